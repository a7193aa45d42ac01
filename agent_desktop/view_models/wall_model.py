"""The supervisor's wall: takes in what the link brought, gives out what the supervisor does."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from agent_desktop.translation import tr
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.call_row import CallRow
from agent_desktop.view_models.live_calls import LiveCalls
from agent_desktop.view_models.open_requests import OpenRequests
from agent_desktop.view_models.talk_model import WINDOW_MS
from agent_desktop.view_models.wall_figures import WallFigures
from assist_engine.call.fold import SequenceGap
from assist_engine.call.selectors import open_alerts
from assist_engine.call.state import CallState
from assist_engine.call.voice_metrics import VoiceMetrics
from assist_engine.contract import events
from assist_engine.contract.answers import Answer, EngineStatus, PartialHeard, Refused
from assist_engine.contract.commands import AcknowledgeAlert, Saying, SendWhisper, Watch
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import AlertId, CallId, UtteranceId
from assist_engine.contract.values import AlertVerdict

PAUSE_MS: Final = 200  # a person cannot follow lists that change faster; 1,000 calls would


class WallModel(QObject):
    """All live calls, the opened one, and the figures over them.

    Reading is always fresh; the Qt signals say when to look again: `changed` for lists and
    figures (at most every 200 ms), `opened_changed` for the opened call (every batch).
    `command_given(Saying)` goes to the engine. `resume_wanted(CallId, int)`: events are missing
    after that seq. Qt signals carry objects, since a Qt int has 32 bits.
    """

    changed = Signal()
    opened_changed = Signal()
    command_given = Signal(object)
    resume_wanted = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls = LiveCalls()
        self._resuming: set[CallId] = set()
        self._partials: dict[UtteranceId, PartialHeard] = {}
        self._requests = OpenRequests()
        self._refusals: dict[CallId, str] = {}
        self._is_news_waiting = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._end_pause)
        self.status = EngineStatus(is_ready=False, stage=tr("connecting"))
        self.link = LinkPhase.CONNECTING
        self.link_reason = ""
        self.is_engine_here = True  # on this computer

    @property
    def rows(self) -> tuple[CallRow, ...]:
        """The live calls, worst first; while the order is held, in the order they had."""
        return self._calls.rows

    @property
    def figures(self) -> WallFigures:
        """The header numbers."""
        return self._calls.figures

    @property
    def opened(self) -> CallState | None:
        """The call in the drill-in; it stays there after its end."""
        return self._calls.state(self._calls.kept)

    @property
    def opened_time_ms(self) -> int:
        """How far the opened call is, ms from its start."""
        return self._calls.time_ms(self._calls.kept) if self._calls.kept is not None else 0

    @property
    def opened_voice(self) -> tuple[VoiceMetrics, VoiceMetrics]:
        """How the opened call is talked: all of it, and its last two minutes."""
        if self._calls.kept is None:
            return VoiceMetrics(since_ms=0), VoiceMetrics(since_ms=0)
        meter = self._calls.meter(self._calls.kept)
        whole = meter.metrics()
        return whole, meter.window(max(0, whole.silent_since_ms - WINDOW_MS))

    @property
    def partials(self) -> tuple[PartialHeard, ...]:
        """What is being said on the opened call now, oldest first."""
        return tuple(sorted(self._partials.values(), key=lambda partial: partial.start_ms))

    @property
    def is_whispering(self) -> bool:
        """Whether a whisper is on its way."""
        return self._requests.is_waiting(SendWhisper)

    def held_seqs(self) -> dict[CallId, int]:
        """The newest seq held of each call, for `WatchAll(after=...)`."""
        return self._calls.held_seqs

    def is_judging(self, call_id: CallId) -> bool:
        """Whether a verdict on the call's alerts is on its way."""
        return self._requests.has(
            lambda saying: isinstance(saying, AcknowledgeAlert) and saying.call_id == call_id
        )

    def refusal(self, call_id: CallId) -> str:
        """Why the last command for a call was refused, or an empty text."""
        return self._refusals.get(call_id, "")

    def contains_text(self, call_id: CallId, text: str) -> bool:
        """Whether the call's customer, agent, queue, intent or words contain the text."""
        return self._calls.contains_text(call_id, text)

    def apply(self, items: Sequence[Recorded | Answer]) -> None:
        """Take in what the link brought, oldest first."""
        news = opened_news = False
        for item in items:
            is_news = self._fold(item) if isinstance(item, Recorded) else self._hear(item)
            news = news or is_news
            opened_news = opened_news or self._is_about_opened(item)
        if opened_news:
            self.opened_changed.emit()
        if news:
            self._announce()

    def set_link(self, phase: LinkPhase, *, reason: str = "", is_engine_here: bool = True) -> None:
        """Tell how the link is; what is shown stays while there is none."""
        self.link, self.link_reason, self.is_engine_here = phase, reason, is_engine_here
        self._resuming.clear()
        self.changed.emit()

    def hold_order(self) -> None:
        """The mouse is over a list: nothing moves or leaves until `release_order`."""
        self._calls.hold_order()

    def release_order(self) -> None:
        """The mouse is away: sort again."""
        self._calls.release_order()
        self.changed.emit()

    def open_call(self, call_id: CallId) -> None:
        """Show a call in the drill-in and watch its partials."""
        state = self._calls.state(call_id)
        if state is None or call_id == self._calls.kept:
            return
        self._calls.kept = call_id
        self._partials.clear()
        self.command_given.emit(Watch(call_id=call_id, after_seq=state.seq))
        self.opened_changed.emit()
        self.changed.emit()

    def close_call(self) -> None:
        """Empty the drill-in."""
        self._calls.kept = None
        self._partials.clear()
        self.opened_changed.emit()
        self.changed.emit()

    def acknowledge(self, call_id: CallId, *, verdict: AlertVerdict) -> None:
        """Judge all open alerts of a call."""
        state = self._calls.state(call_id)
        if state is None or self.is_judging(call_id):
            return
        for alert in open_alerts(state):
            alert_id = alert.raised.alert_id
            self._give(AcknowledgeAlert(call_id=call_id, alert_id=alert_id, verdict=verdict))
        self.changed.emit()

    def whisper(self, call_id: CallId, *, text: str) -> bool:
        """Tell the agent something; False where there is nothing to tell or nobody hears it."""
        state = self._calls.state(call_id)
        if state is None or not state.is_live or not text.strip():
            return False
        self._give(SendWhisper(call_id=call_id, text=text.strip()))
        self.opened_changed.emit()
        return True

    def _give(self, command: AcknowledgeAlert | SendWhisper) -> None:
        self._refusals.pop(command.call_id, None)
        self._requests.ask(command)
        self.command_given.emit(command)

    def _fold(self, recorded: Recorded) -> bool:
        try:
            is_news = self._calls.fold(recorded)
        except SequenceGap as gap:
            self._ask_again(gap.call_id, after_seq=gap.expected - 1)
            return False
        self._resuming.discard(recorded.call_id)
        self._close_requests(recorded)
        return is_news

    def _ask_again(self, call_id: CallId, *, after_seq: int) -> None:
        if call_id not in self._resuming:
            self._resuming.add(call_id)
            self.resume_wanted.emit(call_id, after_seq)

    def _close_requests(self, recorded: Recorded) -> None:
        call_id = recorded.call_id
        match recorded.event:
            case events.AlertAcknowledged(alert_id=alert_id):
                key = (call_id, alert_id)
                self._requests.done(lambda saying: _alert_key(saying) == key)
            case events.WhisperSent(text=text):
                whisper = SendWhisper(call_id=call_id, text=text)
                self._requests.done(lambda saying: saying == whisper)
            case events.UtteranceFinal(utterance_id=utterance_id):
                self._partials.pop(utterance_id, None)
            case _:
                pass

    def _hear(self, answer: Answer) -> bool:
        match answer:
            case EngineStatus():
                self.status = answer
                return True
            case PartialHeard():
                self._hear_partial(answer)
                return self._calls.hear(answer)
            case Refused(code=code, message=message):
                return self._refuse(code, message)
            case _:
                return False  # of a command the event says more than its answer

    def _hear_partial(self, partial: PartialHeard) -> None:
        state = self.opened
        is_opened = state is not None and partial.call_id == state.call_id
        if is_opened and state and state.is_live and not state.utterance(partial.utterance_id):
            self._partials[partial.utterance_id] = partial

    def _refuse(self, code: str, message: str) -> bool:
        command = self._requests.refused(code)
        if isinstance(command, AcknowledgeAlert | SendWhisper):
            self._refusals[command.call_id] = message
            self.opened_changed.emit()
            return True
        return False

    def _is_about_opened(self, item: Recorded | Answer) -> bool:
        if isinstance(item, Recorded | PartialHeard):
            return item.call_id == self._calls.kept
        return False

    def _announce(self) -> None:
        if self._pause.isActive():
            self._is_news_waiting = True
            return
        self.changed.emit()
        self._pause.start()

    def _end_pause(self) -> None:
        if self._is_news_waiting:
            self._is_news_waiting = False
            self._announce()


def _alert_key(saying: Saying) -> tuple[CallId, AlertId] | None:
    return (saying.call_id, saying.alert_id) if isinstance(saying, AcknowledgeAlert) else None
