"""Every durable thing that happens in a call. Immutable; past tense; times in ms.

Adding a field with a default is compatible, adding a kind too (older readers keep it as
`Unrecognised`); renaming or removing is not: the golden logs in `tests/golden` hold it.
"""

from typing import TypeAlias

import msgspec

from assist_engine.contract.actions import ActionDone, ActionFailed, ActionStarted
from assist_engine.contract.ids import (
    AgentId,
    AlertId,
    ArticleId,
    CallId,
    ParticipantId,
    PlaybookId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.message import EventBase
from assist_engine.contract.values import (
    AlertVerdict,
    ArticleLook,
    ComplianceVerdict,
    CustomerProfile,
    EntityType,
    Evidence,
    Felt,
    GuidanceMode,
    Handoff,
    Participant,
    PredictedReason,
    Redaction,
    Sentiment,
    Suggestion,
    TimelineEntry,
    Word,
    WrapUp,
)


class CallOffered(EventBase, frozen=True, kw_only=True, tag="call.offered"):
    """A call reached an agent."""

    caller_number: str
    agent_id: AgentId
    agent_name: str = ""
    queue: str = ""
    locale: str = "en-US"


class ParticipantJoined(EventBase, frozen=True, kw_only=True, tag="participant.joined"):
    """A participant can be heard on a channel."""

    participant: Participant


class CustomerIdentified(EventBase, frozen=True, kw_only=True, tag="customer.identified"):
    """The caller is known: record, history over all contact channels, handoff."""

    profile: CustomerProfile
    identified_by: str
    timeline: tuple[TimelineEntry, ...] = ()
    handoff: Handoff | None = None


class ReasonPredicted(EventBase, frozen=True, kw_only=True, tag="reason.predicted"):
    """Why the customer probably calls."""

    reason: PredictedReason


class CallPaused(EventBase, frozen=True, kw_only=True, tag="call.paused"):
    """Recognition and storage stopped on request (consent, card details)."""


class CallContinued(EventBase, frozen=True, kw_only=True, tag="call.continued"):
    """Recognition and storage go on."""


class CallReleased(EventBase, frozen=True, kw_only=True, tag="call.released"):
    """The call ended; nothing more will be said."""

    reason: str = "hang-up"


class UtteranceFinal(EventBase, frozen=True, kw_only=True, tag="utterance.final"):
    """What a participant said, settled and redacted. It never changes again.

    What was private is a placeholder such as `[CARD]` in `text`, one word in `words`; the call's
    own agent is shown the words as they were said (`FinalHeard`), which are never stored.
    """

    utterance_id: UtteranceId
    participant_id: ParticipantId
    text: str
    start_ms: int
    end_ms: int
    words: tuple[Word, ...] = ()
    is_promoted: bool = False  # recognition lost its final; this is its last stable partial
    redactions: tuple[Redaction, ...] = ()


class SentimentRead(EventBase, frozen=True, kw_only=True, tag="signal.sentiment"):
    """How a customer's utterance reads."""

    utterance_id: UtteranceId
    sentiment: Sentiment
    score: float  # -1 to 1
    probability: float
    evidence: tuple[Evidence, ...] = ()


class EmotionRead(EventBase, frozen=True, kw_only=True, tag="signal.emotion"):
    """What a customer feels, by what the words say: the likely emotions, strongest first."""

    utterance_id: UtteranceId
    emotions: tuple[Felt, ...]  # empty: neutral
    intensity: float  # 0 to 1
    evidence: tuple[Evidence, ...] = ()


class EffortRead(EventBase, frozen=True, kw_only=True, tag="signal.effort"):
    """How hard the customer has had to work so far; recorded when an utterance adds to it."""

    utterance_id: UtteranceId
    effort: float  # 0 to 1, of the whole call so far
    evidence: tuple[Evidence, ...] = ()  # all that counts, oldest first


class EntityRead(EventBase, frozen=True, kw_only=True, tag="signal.entity"):
    """Something a participant named; one that came in pieces is recorded again, whole.

    `value` is what the redaction policy lets be stored. The call's own agent gets it whole
    (`EntityHeard`).
    """

    entity_id: str
    utterance_id: UtteranceId  # the one that completed it
    type: EntityType
    value: str
    is_valid: bool  # check digit, calendar, form; False: say it back
    probability: float
    evidence: tuple[Evidence, ...] = ()


class BehaviourRead(EventBase, frozen=True, kw_only=True, tag="signal.behaviour"):
    """Something an agent did well or had to do: greeted, acknowledged, checked identity."""

    utterance_id: UtteranceId
    behaviour: str
    label: str  # as people say it
    probability: float
    evidence: tuple[Evidence, ...] = ()


class IntentRead(EventBase, frozen=True, kw_only=True, tag="signal.intent"):
    """What the customer wants, one of the organisation's own intents."""

    utterance_id: UtteranceId
    intent: str
    label: str  # as people say it
    probability: float
    evidence: tuple[Evidence, ...] = ()


class DriverRead(EventBase, frozen=True, kw_only=True, tag="signal.driver"):
    """Something worth a rule: a threat to cancel, a third contact, thanks, a promise."""

    utterance_id: UtteranceId
    driver: str
    label: str
    probability: float = 1.0
    evidence: tuple[Evidence, ...] = ()
    live_ms: int = 0  # when it was first heard while the words still moved; 0: not before the end


class SuggestionMade(EventBase, frozen=True, kw_only=True, tag="suggestion.made"):
    """A card was put before the agent."""

    suggestion: Suggestion
    asked_ms: int = 0  # end of the customer's words it answers, ms from the start of the call
    held_ms: int = 0  # how long the card before it kept it waiting
    context: str = ""  # of a next action: what the customer wants, as learning counts it
    propensity: float = 1.0  # how probable it was to be chosen among the candidates
    candidates: tuple[str, ...] = ()  # playbooks among which it was chosen; empty: no others


class SuggestionUsed(EventBase, frozen=True, kw_only=True, tag="suggestion.used"):
    """The agent used a card."""

    suggestion_id: SuggestionId


class SuggestionDismissed(EventBase, frozen=True, kw_only=True, tag="suggestion.dismissed"):
    """The agent put a card away."""

    suggestion_id: SuggestionId
    reason: str = ""


class SuggestionRated(EventBase, frozen=True, kw_only=True, tag="suggestion.rated"):
    """The agent said whether a card helped."""

    suggestion_id: SuggestionId
    is_helpful: bool


class SuggestionWithdrawn(EventBase, frozen=True, kw_only=True, tag="suggestion.withdrawn"):
    """The engine took a card back."""

    suggestion_id: SuggestionId
    reason: str


class ChecklistTicked(EventBase, frozen=True, kw_only=True, tag="checklist.ticked"):
    """A step of a playbook is done, or is not after all."""

    playbook_id: PlaybookId
    item: str
    is_done: bool
    is_heard: bool = False  # the agent said it; False: ticked by hand
    probability: float = 1.0
    evidence: tuple[Evidence, ...] = ()


class ComplianceMet(EventBase, frozen=True, kw_only=True, tag="compliance.met"):
    """What a compliance rule requires was said in time."""

    rule: str
    title: str
    evidence: tuple[Evidence, ...] = ()


class ComplianceBreached(EventBase, frozen=True, kw_only=True, tag="compliance.breached"):
    """What was required was not said in time, or something forbidden was said."""

    rule: str
    title: str
    evidence: tuple[Evidence, ...] = ()


class ComplianceJudged(EventBase, frozen=True, kw_only=True, tag="compliance.judged"):
    """The verdicts of a call that is over, one a rule."""

    verdicts: tuple[ComplianceVerdict, ...]


class GuidanceModeSet(EventBase, frozen=True, kw_only=True, tag="guidance.mode"):
    """The agent wants so much guidance from now on."""

    mode: GuidanceMode


class ArticleOpened(EventBase, frozen=True, kw_only=True, tag="article.opened"):
    """The agent read a whole article during the call, from a card or from a search."""

    article_id: ArticleId


class ArticlesWeighed(EventBase, frozen=True, kw_only=True, tag="articles.weighed"):
    """What looks at a customer's words found, shown or not: other limits are tried on it."""

    utterance_id: UtteranceId
    looks: tuple[ArticleLook, ...]
    threshold: float = 1.0  # from this score on the search was sure then


class AlertRaised(EventBase, frozen=True, kw_only=True, tag="alert.raised"):
    """The call needs a supervisor."""

    alert_id: AlertId
    rule: str
    title: str
    evidence: tuple[Evidence, ...]


class AlertAcknowledged(EventBase, frozen=True, kw_only=True, tag="alert.acknowledged"):
    """A supervisor saw the alert and judged it."""

    alert_id: AlertId
    by: AgentId
    verdict: AlertVerdict


class WhisperSent(EventBase, frozen=True, kw_only=True, tag="whisper.sent"):
    """A supervisor told the agent something the customer does not hear."""

    whisper_id: str
    by: AgentId
    by_name: str
    text: str


class NoteTaken(EventBase, frozen=True, kw_only=True, tag="note.taken"):
    """The agent wrote something down."""

    text: str


class WrapUpDrafted(EventBase, frozen=True, kw_only=True, tag="wrap_up.drafted"):
    """The engine proposes the wrap-up."""

    wrap_up: WrapUp


class WrapUpCompleted(EventBase, frozen=True, kw_only=True, tag="wrap_up.completed"):
    """The agent accepted the wrap-up, changed or not."""

    wrap_up: WrapUp
    changed_share: float = 0.0  # of the draft's text, by edit distance, 0 to 1


class SatisfactionGiven(EventBase, frozen=True, kw_only=True, tag="satisfaction.given"):
    """How satisfied the customer says they were (CSAT); the newest of a call counts."""

    score: int  # 1, very dissatisfied, to 5, very satisfied
    by: AgentId  # who brought it in
    source: str = ""  # where the customer said it, such as "text message survey"
    comment: str = ""


class StageFailed(EventBase, frozen=True, kw_only=True, tag="stage.failed"):
    """A stage could not do its work on this call; the call went on without it."""

    stage: str
    code: str
    message: str


class Unrecognised(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a newer engine: kept as it came, so that seq has no hole."""

    kind: str
    raw: bytes


Event: TypeAlias = (
    CallOffered
    | ParticipantJoined
    | CustomerIdentified
    | ReasonPredicted
    | CallPaused
    | CallContinued
    | CallReleased
    | UtteranceFinal
    | SentimentRead
    | EmotionRead
    | EffortRead
    | EntityRead
    | BehaviourRead
    | IntentRead
    | DriverRead
    | SuggestionMade
    | SuggestionUsed
    | SuggestionDismissed
    | SuggestionRated
    | SuggestionWithdrawn
    | ChecklistTicked
    | ComplianceMet
    | ComplianceBreached
    | ComplianceJudged
    | GuidanceModeSet
    | ActionStarted
    | ActionDone
    | ActionFailed
    | ArticleOpened
    | ArticlesWeighed
    | AlertRaised
    | AlertAcknowledged
    | WhisperSent
    | NoteTaken
    | WrapUpDrafted
    | WrapUpCompleted
    | SatisfactionGiven
    | StageFailed
)


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An event in its envelope. `seq` starts at 1 in each call and has no holes."""

    call_id: CallId
    seq: int
    recorded_ms: int  # wall clock of the engine, ms since 1970
    audio_ms: int  # newest audio received when it was recorded, ms from the start of the call
    event: Event | Unrecognised
