"""Folds the events of all live calls and keeps one line a call, worst first. No Qt.

Lines and order are made when asked for, and only of calls that changed since.
"""

from agent_desktop.view_models.call_row import CallRow, row_of, worst_first
from agent_desktop.view_models.talk_model import talk_shares
from agent_desktop.view_models.wall_figures import (
    AlertNote,
    LastHour,
    WallFigures,
    mood_now,
    trend_of,
)
from assist_engine.call.fold import apply as apply_event
from assist_engine.call.state import CallState, Phase
from assist_engine.call.voice_metrics import VoiceMeter
from assist_engine.contract import events
from assist_engine.contract.answers import PartialHeard
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import CallId
from assist_engine.contract.values import Sentiment


class LiveCalls:
    """States by call. `kept` is the call that stays after its end (the opened one)."""

    def __init__(self) -> None:
        self._states: dict[CallId, CallState] = {}
        self._heard_ms: dict[CallId, int] = {}
        self._meters: dict[CallId, VoiceMeter] = {}
        self._rows: dict[CallId, CallRow] = {}
        self._order: tuple[CallId, ...] = ()
        self._ended: set[CallId] = set()
        self._touched: set[CallId] = set()
        self._is_order_held = False
        self._last_hour = LastHour()
        self.kept: CallId | None = None

    @property
    def rows(self) -> tuple[CallRow, ...]:
        """A line a call, in the order for the screen."""
        self._refresh()
        return tuple(self._rows[call_id] for call_id in self._order)

    @property
    def figures(self) -> WallFigures:
        """The header numbers; the last hour ends at the newest event seen."""
        live = [row for row in self.rows if not row.is_over]
        mood = mood_now(live)
        return WallFigures(
            live=len(live),
            paused=sum(row.phase is Phase.PAUSED for row in live),
            need_you=sum(bool(row.alerts) for row in live),
            mood=mood,
            trend=trend_of(mood, readings=self._last_hour.moods),
            alerts=self._last_hour.count,
            useful=self._last_hour.useful,
            noise=self._last_hour.noise,
            open=sum(len(row.alerts) for row in live),
        )

    @property
    def held_seqs(self) -> dict[CallId, int]:
        """The newest seq held of each call."""
        return {call_id: state.seq for call_id, state in self._states.items()}

    def state(self, call_id: CallId | None) -> CallState | None:
        """The state of a call, or None where it is not held."""
        return self._states.get(call_id) if call_id is not None else None

    def meter(self, call_id: CallId) -> VoiceMeter:
        """How a call is talked, up to its newest final."""
        meter = self._meters.setdefault(call_id, VoiceMeter())
        state = self._states.get(call_id)
        if state is not None:
            meter.follow(state)
        return meter

    def time_ms(self, call_id: CallId) -> int:
        """How far a call is, ms from its start, partials included."""
        state = self._states.get(call_id)
        return max(state.audio_ms if state else 0, self._heard_ms.get(call_id, 0))

    def contains_text(self, call_id: CallId, text: str) -> bool:
        """Whether the call's customer, agent, queue, intent or words contain the text."""
        row, wanted = self._rows[call_id], text.casefold().strip()
        named = f"{row.customer}\n{row.agent}\n{row.queue}\n{row.about}".casefold()
        said = self._states[call_id].utterances
        return wanted in named or any(wanted in u.final.text.casefold() for u in said)

    def fold(self, recorded: Recorded) -> bool:
        """Apply an event; False for a repeat. Raises `SequenceGap` where events are missing."""
        call_id = recorded.call_id
        state = self._states.get(call_id)
        if state is None and call_id in self._ended:
            return False
        new = apply_event(state or CallState(call_id=call_id), recorded)
        if new is state:
            return False
        self._states[call_id] = new
        self._touched.add(call_id)
        self._last_hour.move_to(recorded.recorded_ms)
        self._note(recorded)
        return True

    def hear(self, partial: PartialHeard) -> bool:
        """Move a call's time to that of a partial; False where the shown second stays."""
        call_id = partial.call_id
        if call_id not in self._states:
            return False
        before = self.time_ms(call_id)
        self._heard_ms[call_id] = max(before, partial.heard_ms)
        if partial.heard_ms // 1000 <= before // 1000:
            return False
        self._touched.add(call_id)
        return True

    def hold_order(self) -> None:
        """Until `release_order` nothing moves or leaves; what is new comes last."""
        self._refresh()
        self._is_order_held = True

    def release_order(self) -> None:
        """Sort again."""
        self._is_order_held = False

    def _note(self, recorded: Recorded) -> None:
        call_id, at_ms = recorded.call_id, recorded.recorded_ms
        match recorded.event:
            case events.AlertRaised(alert_id=alert_id):
                self._last_hour.raised(
                    AlertNote(call_id=call_id, alert_id=alert_id, recorded_ms=at_ms)
                )
            case events.AlertAcknowledged(alert_id=alert_id, verdict=verdict):
                self._last_hour.judged(call_id, alert_id=alert_id, verdict=verdict)
            case events.SentimentRead(sentiment=sentiment, score=score):
                if sentiment is not Sentiment.UNCLEAR:
                    self._last_hour.read(score, recorded_ms=at_ms)
            case events.CallReleased():
                self._ended.add(call_id)
            case _:
                pass

    def _refresh(self) -> None:
        for call_id in self._touched:
            state = self._states[call_id]
            talk = talk_shares(self.meter(call_id).metrics())
            heard_ms = self._heard_ms.get(call_id, 0)
            self._rows[call_id] = row_of(state, heard_ms=heard_ms, talk=talk)
        if self._is_order_held:
            new = sorted(self._touched - set(self._order) - self._ended)
            self._order = (*self._order, *new)
        else:
            self._leave()
            live = [row for row in self._rows.values() if not row.is_over]
            self._order = tuple(row.call_id for row in sorted(live, key=worst_first))
        self._touched.clear()

    def _leave(self) -> None:
        for call_id in (self._ended & self._states.keys()) - {self.kept}:
            del self._states[call_id]
            self._rows.pop(call_id, None)
            self._heard_ms.pop(call_id, None)
            self._meters.pop(call_id, None)
