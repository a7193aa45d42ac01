"""Runs the demo: starts the call, does what its people would do, and says how it went."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

from agent_desktop.demo.album import SETTLE_MS, Album
from agent_desktop.demo.narrator import Narrator
from agent_desktop.demo.stage import Stage
from agent_desktop.link.link_state import LinkPhase, LinkState
from agent_desktop.view_models.call_actions import CallActions
from agent_desktop.view_models.changed import Changed
from agent_desktop.view_models.start import StartDemoCall
from agent_desktop.view_models.status_model import can_start
from assist_engine.call.latency import LatencyRow
from assist_engine.call.state import CallState, Phase
from assist_engine.contract import events
from assist_engine.contract.answers import Answer
from assist_engine.contract.events import Recorded
from assist_engine.contract.values import Sentiment, SuggestionKind

LOADING_MS: Final = 240_000
AFTER_CALL_MS: Final = 60_000
MIDDLE: Final = 0.6  # of the call: worth a picture whatever happens
WHISPER: Final = "I am listening in. You may offer what the playbook allows."


class Director(QObject):
    """`on_end` is called once with what went wrong (empty: nothing), where the demo ends itself.

    `state` and `latency` keep the finished call, for the tables.
    """

    def __init__(
        self,
        stage: Stage,
        *,
        number: int,
        duration_ms: int,
        narrator: Narrator,
        album: Album,
        on_end: Callable[[str], None] | None,
    ) -> None:
        super().__init__()
        self.state: CallState | None = None
        self.latency: list[LatencyRow] = []
        self._stage = stage
        self._number = number
        self._duration_ms = duration_ms
        self._narrator = narrator
        self._album = album
        self._on_end = on_end
        self._is_started = False
        self._deadline = QTimer(self, singleShot=True, interval=LOADING_MS)
        self._deadline.timeout.connect(self._too_late)
        agent = stage.agent
        agent.took.connect(self._follow)
        agent.link_changed.connect(self._follow_link)
        agent.model.changed.connect(self._look)
        if stage.knowledge is not None:
            stage.knowledge.listing.changed.connect(self._start_when_ready)

    def begin(self) -> None:
        """Count the time in which the engine must be ready."""
        self._deadline.start()

    @Slot(object)
    def _follow_link(self, link: LinkState) -> None:
        if link.phase is LinkPhase.RECONNECTING and self._is_started:
            self._narrator.say(f"link: {link.reason} (attempt {link.attempt})")
        if link.phase is LinkPhase.CLOSED:
            self._end(link.reason)

    @Slot(object)
    def _look(self, changes: Changed) -> None:
        model = self._stage.agent.model
        self._start_when_ready()
        if self._is_started and changes & Changed.STATUS:
            self._end_if(model.capture_problem)
            self._end_if(model.refusal.message if model.refusal else "")

    @Slot()
    def _start_when_ready(self) -> None:
        knowledge = self._stage.knowledge
        are_others_ready = knowledge is None or knowledge.listing.is_listed
        if not self._is_started and are_others_ready and can_start(self._stage.agent.model):
            self._is_started = True
            self._deadline.stop()
            if self._on_end is not None:  # else a person watches and may take the time
                self._deadline.start(self._duration_ms + AFTER_CALL_MS)
            # Not from within the model's own announcement.
            QTimer.singleShot(0, self, self._start)

    def _start(self) -> None:
        self._stage.agent.start_call(StartDemoCall(number=self._number))

    @Slot(list)
    def _follow(self, items: list[Recorded | Answer]) -> None:
        model = self._stage.agent.model
        if model.state is not None:
            self.state, self.latency = model.state, model.latency.rows()
        self._narrator.tell(items, state=self.state)
        for item in items:
            if isinstance(item, Recorded):
                self._picture(item)
                self._act(item)
        if model.audio_ms > MIDDLE * self._duration_ms and not self._album.has("4-middle"):
            self._open_on_wall()
            self._album.take("4-middle", of=("agent", "wall"))

    def _picture(self, recorded: Recorded) -> None:
        match recorded.event:
            case events.ReasonPredicted():
                self._album.take("1-screen-pop", of="agent")
            case events.SuggestionMade():
                self._album.take("2-first-card", of="agent")
            case events.SentimentRead(sentiment=Sentiment.NEGATIVE):
                self._album.take("3-mood", of="agent")
            case events.AlertRaised():
                self._album.take("5-alert", of="wall", delay_ms=3 * SETTLE_MS)
            case events.WhisperSent():
                self._album.take("5-whisper", of="agent")
            case events.WrapUpDrafted():
                self._album.take("6-wrap-up", of="agent", delay_ms=2 * SETTLE_MS)
                self._album.take("7-knowledge", of="knowledge", delay_ms=2 * SETTLE_MS)
            case _:
                pass

    def _act(self, recorded: Recorded) -> None:
        wall, knowledge = self._stage.wall, self._stage.knowledge
        match recorded.event:
            case events.AlertRaised() if wall is not None:
                QTimer.singleShot(SETTLE_MS, self, self._whisper)
            case events.SuggestionMade(suggestion=made) if knowledge is not None:
                if (
                    made.kind is SuggestionKind.ARTICLE
                    and made.article
                    and not knowledge.editor.article
                ):
                    knowledge.editor.open_article(made.article.article_id)
                    self._try(made.evidence[-1].quote if made.evidence else made.title)
            case events.WrapUpDrafted() if self._on_end is not None:
                QTimer.singleShot(4 * SETTLE_MS, self, self._accept)
            case events.WrapUpCompleted():
                self._end(self._what_is_missing())
            case _:
                pass

    def _try(self, query: str) -> None:
        if self._stage.try_pane is not None:
            self._stage.try_pane.field.setText(query)

    def _open_on_wall(self) -> None:
        if self._stage.wall is not None and self.state is not None:
            self._stage.wall.open_call(self.state.call_id)

    def _whisper(self) -> None:
        self._open_on_wall()
        if self._stage.wall is not None and self.state is not None and not self.state.whispers:
            self._stage.wall.whisper(self.state.call_id, text=WHISPER)

    def _accept(self) -> None:
        model = self._stage.agent.model
        if model.state is not None and model.state.phase is Phase.RELEASED:
            draft = model.state.wrap_up_draft
            if draft is not None:
                CallActions(model).complete(draft)

    def _what_is_missing(self) -> str:
        state = self.state
        if state is None or not state.utterances:
            return "nothing was heard on the call"
        if state.customer is None:
            return "the caller was not identified"
        if not any(utterance.sentiment for utterance in state.utterances):
            return "no sentiment was read"
        if not state.cards:
            return "no card appeared on the call"
        return ""

    @Slot()
    def _too_late(self) -> None:
        what = "the call did not end in time" if self._is_started else "the engine was not ready"
        self._end(f"{what}; its log is in the log folder of attune")

    def _end_if(self, problem: str) -> None:
        if problem:
            self._end(problem)

    def _end(self, problem: str) -> None:
        self._deadline.stop()
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end(problem)
        elif problem:
            self._narrator.say(problem)
