"""The one call an agent is on, as the views see it: fed with batches, asked by widgets.

`apply` folds what came and emits `changed(Changed)` once; what a person does leaves as
`command_given(Saying)`. Nothing here knows a network, a thread or a clock.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, Signal

from agent_desktop.view_models.changed import Changed, changed_by
from agent_desktop.view_models.live_words import LiveWords, Whole
from assist_engine.call import fold
from assist_engine.call.latency import LatencyMeter
from assist_engine.call.state import CallState, Phase
from assist_engine.call.voice_metrics import VoiceMeter
from assist_engine.contract import commands
from assist_engine.contract.actions import ActionPreviewed, ActionTold, OpenPage
from assist_engine.contract.answers import (
    Answer,
    CallerHeard,
    CallOpened,
    CustomerHeard,
    EngineStatus,
    EntityHeard,
    FinalHeard,
    PartialHeard,
    Refused,
)
from assist_engine.contract.commands import Saying
from assist_engine.contract.events import CallOffered, Recorded, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId
from assist_engine.contract.knowledge_answers import ArticleFetched, KnowledgeFound
from assist_engine.contract.values import GuidanceMode

_WORDS: Final = Changed.TRANSCRIPT | Changed.CUSTOMER | Changed.ENTITIES


class LinkPhase(StrEnum):
    """How the desktop stands with its engine."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    CLOSED = "closed"


class CallModel(QObject):
    """Holds one `CallState`, the partials being said, and how engine and link are.

    `live_words` has the words as they were said where the state has them redacted; they are
    forgotten when the call is released.
    """

    changed = Signal(object)  # Changed: once a batch
    command_given = Signal(object)  # Saying
    resume_wanted = Signal(object)  # Watch, after a gap in the events
    page_opened = Signal(object)  # OpenPage, to be opened in the browser
    mode_chosen = Signal(object)  # GuidanceMode, to be kept for the next calls

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: CallState | None = None
        self._partials: dict[ParticipantId, PartialHeard] = {}
        self._live_words, self._no_words = LiveWords(), LiveWords()
        self._hidings = 0
        self.voice = VoiceMeter()
        self.engine: EngineStatus | None = None
        self.link = LinkPhase.CONNECTING
        self.link_reason = ""
        self.is_engine_here = True  # on this computer
        self.capture_problem = ""
        self.is_recording = False  # the call is played from a file: nobody is heard
        self.found: KnowledgeFound | None = None
        self.article: ArticleFetched | None = None
        self.refusal: Refused | None = None
        self.previewed: ActionPreviewed | None = None
        self.latency = LatencyMeter()
        self._wanted_mode = GuidanceMode.STANDARD
        self._sent_ms = 0
        self._is_resuming = False

    @property
    def guidance_mode(self) -> GuidanceMode:
        """How much guidance the agent wants: as the call has it, else for the next call."""
        is_known = self.state is not None and self.state.is_live
        return self.state.guidance_mode if self.state and is_known else self._wanted_mode

    @property
    def audio_ms(self) -> int:
        """How far the call is, ms of audio: the newest of what was sent and what was heard."""
        heard = max((p.heard_ms for p in self._partials.values()), default=0)
        return max(self.state.audio_ms if self.state else 0, heard, self._sent_ms)

    @property
    def state_with_record(self) -> CallState | None:
        """The state with the caller's record whole, while the call goes on."""
        return self.live_words.with_record(self.state) if self.state else None

    @property
    def partials(self) -> dict[ParticipantId, PartialHeard]:
        """What is being said now."""
        return {} if self._hidings else self._partials

    @property
    def live_words(self) -> LiveWords:
        """What is only for this screen, and only until the call ends."""
        return self._no_words if self._hidings else self._live_words

    def hide_words(self) -> None:
        """Show only what is stored of the call, until `show_words` was called as often."""
        self._hidings += 1
        self._say(_WORDS)

    def show_words(self) -> None:
        """Show what is said as it is said again."""
        self._hidings -= 1
        self._say(_WORDS)

    # What comes from outside

    def apply(self, items: Sequence[Recorded | Answer]) -> None:
        """Take in a batch, oldest first, and say once what changed."""
        changes = Changed.NOTHING
        for item in items:
            changes |= self._take(item)
        self._say(changes)

    def set_link(self, phase: LinkPhase, *, reason: str = "", is_engine_here: bool = True) -> None:
        """Tell how the link is; `reason` is for people."""
        self.link, self.link_reason = phase, reason
        self.is_engine_here = is_engine_here
        self._is_resuming = False
        self._say(Changed.STATUS | Changed.LATENCY)

    def set_capture_problem(self, problem: str) -> None:
        """Tell that sound cannot be captured, and what to do; empty when it can."""
        self.capture_problem = problem
        self._say(Changed.STATUS)

    def set_recording(self, is_recording: bool) -> None:
        """Tell whether the next call is played from a file."""
        self.is_recording = is_recording
        self._say(Changed.STATUS)

    def audio_sent(self, position_ms: int) -> None:
        """Tell how much audio of the call left for the engine, ms; nothing is announced."""
        self._sent_ms = max(self._sent_ms, position_ms)

    def leave_call(self) -> None:
        """Put the call away: the desktop is ready for the next."""
        self.is_recording = False
        self._begin(None)
        self._say(Changed.EVERYTHING)

    # What a person does

    def choose_mode(self, mode: GuidanceMode) -> None:
        """Want so much guidance from the next call on; a call that goes on is told apart."""
        self._wanted_mode = mode
        self.mode_chosen.emit(mode)
        self._say(Changed.STATUS)

    def forget_preview(self) -> None:
        """Put the preview of an action away; it may hold private words."""
        self.previewed = None
        self._say(Changed.ACTION)

    def give(self, saying: Saying) -> None:
        """Hand a command or request to the link."""
        self.refusal = None
        self.command_given.emit(saying)

    def forget_search(self) -> None:
        """Put the passages found away."""
        self.found = None
        self._say(Changed.KNOWLEDGE)

    def forget_article(self) -> None:
        """Close the article that was read."""
        self.article = None
        self._say(Changed.KNOWLEDGE)

    def _say(self, changes: Changed) -> None:
        if changes:
            self.changed.emit(changes)

    def _take(self, item: Recorded | Answer) -> Changed:
        match item:
            case Recorded():
                return self._recorded(item)
            case PartialHeard():
                return self._heard(item)
            case CallerHeard() | CustomerHeard() | FinalHeard() | EntityHeard() | ActionTold():
                return self._heard_whole(item)
            case CallOpened(call_id=call_id):
                return self._opened(call_id)
            case ActionPreviewed() | OpenPage():
                return self._prepared(item)
            case _:
                return self._answered(item)

    def _prepared(self, answer: ActionPreviewed | OpenPage) -> Changed:
        is_ours = self.state is not None and self.state.call_id == answer.call_id
        if isinstance(answer, OpenPage):
            if is_ours:
                self.page_opened.emit(answer)
            return Changed.NOTHING
        self.previewed = answer if is_ours else None
        return Changed.ACTION

    def _answered(self, answer: Answer) -> Changed:
        match answer:
            case EngineStatus():
                self.engine = answer
                return Changed.STATUS
            case KnowledgeFound():
                self.found = answer
                return Changed.KNOWLEDGE
            case ArticleFetched():
                self.article, self.found = answer, None  # what was searched for is found
                return Changed.KNOWLEDGE
            case Refused():
                self.refusal = answer
                return Changed.STATUS
            case _:
                return Changed.NOTHING

    def _recorded(self, recorded: Recorded) -> Changed:
        began = self._adopt(recorded)
        if self.state is None or recorded.call_id != self.state.call_id:
            return began
        if recorded.seq <= self.state.seq:
            return began
        try:
            self.state = fold.apply(self.state, recorded)
        except fold.SequenceGap:
            self._resume(self.state)
            return began
        self._is_resuming = False
        self.latency.observe(recorded)
        if isinstance(recorded.event, UtteranceFinal):
            self._settle(recorded.event)
            self.voice.follow(self.state)
        if _is_over(self.state):
            self._partials.clear()
            self._live_words.forget()
        return began | changed_by(recorded.event)

    def _adopt(self, recorded: Recorded) -> Changed:
        is_other = self.state is None or self.state.call_id != recorded.call_id
        is_busy = self.state is not None and self.state.is_live
        if is_other and not is_busy and isinstance(recorded.event, CallOffered):
            self._begin(CallState(call_id=recorded.call_id))
            return Changed.EVERYTHING
        return Changed.NOTHING

    def _opened(self, call_id: CallId) -> Changed:
        if self.state is not None and self.state.call_id == call_id:
            return Changed.STATUS
        self._begin(CallState(call_id=call_id))
        return Changed.EVERYTHING

    def _begin(self, state: CallState | None) -> None:
        self.state = state
        self._partials.clear()
        self._live_words.forget()
        self.found = self.article = self.refusal = self.previewed = None
        self.latency, self.voice = LatencyMeter(), VoiceMeter()
        self._sent_ms = 0
        self._is_resuming = False

    def _resume(self, state: CallState) -> None:
        if not self._is_resuming:  # once: all events after the gap would ask again
            self._is_resuming = True
            self.resume_wanted.emit(commands.Watch(call_id=state.call_id, after_seq=state.seq))

    def _heard(self, partial: PartialHeard) -> Changed:
        state = self.state
        if state is None or partial.call_id != state.call_id or not state.is_live:
            return Changed.NOTHING
        if state.utterance(partial.utterance_id) is not None:
            return Changed.NOTHING  # late: its final is here already
        self._partials[partial.participant_id] = partial
        if self._sent_ms:
            self.latency.observe_partial(partial, audio_ms=self._sent_ms)
        return Changed.TRANSCRIPT | Changed.LATENCY

    def _heard_whole(self, heard: Whole) -> Changed:
        state = self.state
        if state is None or heard.call_id != state.call_id or _is_over(state):
            return Changed.NOTHING
        self._live_words.hear(heard)
        match heard:
            case CallerHeard() | CustomerHeard():
                return Changed.CUSTOMER
            case FinalHeard():
                return Changed.TRANSCRIPT
            case EntityHeard():
                return Changed.ENTITIES
            case ActionTold():
                return Changed.CARDS

    def _settle(self, final: UtteranceFinal) -> None:
        partial = self._partials.get(final.participant_id)
        if partial is not None and partial.utterance_id == final.utterance_id:
            del self._partials[final.participant_id]


def _is_over(state: CallState) -> bool:
    return state.phase in {Phase.RELEASED, Phase.COMPLETED}
