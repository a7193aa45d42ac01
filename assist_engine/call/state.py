"""What a call looks like now. Values only; `fold.py` makes each from the one before."""

from enum import StrEnum

import msgspec

from assist_engine.contract.actions import ActionDone, ActionFailed, ActionStarted
from assist_engine.contract.events import (
    AlertRaised,
    BehaviourRead,
    ChecklistTicked,
    ComplianceBreached,
    ComplianceMet,
    DriverRead,
    EffortRead,
    EmotionRead,
    EntityRead,
    IntentRead,
    SatisfactionGiven,
    SentimentRead,
    UtteranceFinal,
    WhisperSent,
)
from assist_engine.contract.ids import (
    ActionKey,
    AgentId,
    ArticleId,
    CallId,
    ParticipantId,
    UtteranceId,
)
from assist_engine.contract.values import (
    AlertVerdict,
    ComplianceVerdict,
    CustomerProfile,
    GuidanceMode,
    Handoff,
    Participant,
    PredictedReason,
    Role,
    Suggestion,
    TimelineEntry,
    WrapUp,
)


class Phase(StrEnum):
    """Where a call is in its life."""

    NEW = "new"
    LIVE = "live"
    PAUSED = "paused"
    RELEASED = "released"
    COMPLETED = "completed"


class CardStatus(StrEnum):
    """What became of a suggestion."""

    SHOWN = "shown"
    USED = "used"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class Utterance(msgspec.Struct, frozen=True, kw_only=True):
    """A final with the signals read from it."""

    final: UtteranceFinal
    role: Role
    sentiment: SentimentRead | None = None
    emotion: EmotionRead | None = None
    intents: tuple[IntentRead, ...] = ()
    drivers: tuple[DriverRead, ...] = ()
    behaviours: tuple[BehaviourRead, ...] = ()


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A suggestion on screen and what became of it."""

    suggestion: Suggestion
    status: CardStatus
    made_ms: int  # audio position when it was made
    asked_ms: int
    held_ms: int = 0
    is_helpful: bool | None = None


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert and a supervisor's judgement of it."""

    raised: AlertRaised
    raised_ms: int  # audio position
    verdict: AlertVerdict | None = None
    acknowledged_by: AgentId | None = None


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A stage that did not work on this call."""

    stage: str
    code: str
    message: str


class ActionStatus(StrEnum):
    """How far an action is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"  # the other system may have done it: check there
    UNDONE = "undone"


class ActionRun(msgspec.Struct, frozen=True, kw_only=True):
    """An action that was started on the call and what became of it."""

    started: ActionStarted
    status: ActionStatus = ActionStatus.RUNNING
    outcome: ActionDone | ActionFailed | None = None


class CallState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known of one call after event `seq`."""

    call_id: CallId
    seq: int = 0
    phase: Phase = Phase.NEW
    caller_number: str = ""
    queue: str = ""
    locale: str = "en-US"
    agent_id: AgentId = AgentId("")
    agent_name: str = ""
    offered_at_ms: int = 0  # wall clock
    released_at_ms: int | None = None
    audio_ms: int = 0
    participants: tuple[Participant, ...] = ()
    customer: CustomerProfile | None = None
    identified_by: str = ""
    timeline: tuple[TimelineEntry, ...] = ()
    handoff: Handoff | None = None
    reason: PredictedReason | None = None
    utterances: tuple[Utterance, ...] = ()
    entities: tuple[EntityRead, ...] = ()  # each once, at its newest
    effort: EffortRead | None = None
    cards: tuple[Card, ...] = ()
    ticks: tuple[ChecklistTicked, ...] = ()  # each step once, at its newest
    met: tuple[ComplianceMet, ...] = ()
    breaches: tuple[ComplianceBreached, ...] = ()
    verdicts: tuple[ComplianceVerdict, ...] = ()  # of a call that is over
    guidance_mode: GuidanceMode = GuidanceMode.STANDARD
    actions: tuple[ActionRun, ...] = ()  # oldest first, those that undo others too
    opened: tuple[ArticleId, ...] = ()  # articles the agent read, in order
    alerts: tuple[Alert, ...] = ()
    whispers: tuple[WhisperSent, ...] = ()
    notes: tuple[str, ...] = ()
    wrap_up_draft: WrapUp | None = None
    wrap_up: WrapUp | None = None
    satisfaction: SatisfactionGiven | None = None  # the newest
    failures: tuple[Failure, ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether more can be said on this call."""
        return self.phase in {Phase.LIVE, Phase.PAUSED}

    def participant(self, participant_id: ParticipantId) -> Participant | None:
        """The participant of that id, or None."""
        return next((p for p in self.participants if p.participant_id == participant_id), None)

    def utterance(self, utterance_id: UtteranceId) -> Utterance | None:
        """The utterance of that id, newest first, or None."""
        return next(
            (u for u in reversed(self.utterances) if u.final.utterance_id == utterance_id), None
        )

    def action(self, key: ActionKey) -> ActionRun | None:
        """The run of that key, or None."""
        return next((run for run in self.actions if run.started.key == key), None)
