"""The numbers over the wall: how many calls, who needs help, the mood, how good the alerts were."""

from collections import deque
from collections.abc import Iterable
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from agent_desktop.view_models.call_row import CallRow
from assist_engine.contract.ids import AlertId, CallId
from assist_engine.contract.values import AlertVerdict

HOUR_MS = 3_600_000
FEWEST_READINGS = 5


class MoodTrend(StrEnum):
    """The mood of the live calls against that of the last hour."""

    BETTER = "better"
    SLIGHTLY_BETTER = "slightly better"
    SAME = "about the same"
    SLIGHTLY_WORSE = "slightly worse"
    WORSE = "worse"
    UNKNOWN = "unknown"


class AlertNote(msgspec.Struct, frozen=True, kw_only=True):
    """An alert and when it came (wall clock of the engine, ms)."""

    call_id: CallId
    alert_id: AlertId
    recorded_ms: int
    verdict: AlertVerdict | None = None


class WallFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The header. `alerts` of the last hour are useful, noise or open; those of calls that
    ended unjudged are none of the three."""

    live: int = 0
    paused: int = 0
    need_you: int = 0
    mood: float | None = None
    trend: MoodTrend = MoodTrend.UNKNOWN
    alerts: int = 0
    useful: int = 0
    noise: int = 0
    open: int = 0


def mood_now(rows: Iterable[CallRow]) -> float | None:
    """The mean mood of the calls in which one was read, -1 to 1."""
    moods = [row.mood_now for row in rows if row.mood]
    return sum(moods) / len(moods) if moods else None


def trend_of(now: float | None, *, readings: list[float]) -> MoodTrend:
    """Compare the mood now with the mean of the last hour's readings; unknown while few."""
    if now is None or len(readings) < FEWEST_READINGS:
        return MoodTrend.UNKNOWN
    difference = now - sum(readings) / len(readings)
    if abs(difference) < 0.05:
        return MoodTrend.SAME
    if abs(difference) < 0.25:
        return MoodTrend.SLIGHTLY_BETTER if difference > 0 else MoodTrend.SLIGHTLY_WORSE
    return MoodTrend.BETTER if difference > 0 else MoodTrend.WORSE


class LastHour:
    """Alerts and moods of the hour before the newest event."""

    def __init__(self) -> None:
        self._now_ms = 0
        self._alerts: dict[tuple[CallId, AlertId], AlertNote] = {}
        self._moods: deque[tuple[int, float]] = deque()

    @property
    def moods(self) -> list[float]:
        """Every mood read, -1 to 1."""
        return [score for _, score in self._moods]

    @property
    def count(self) -> int:
        """All alerts."""
        return len(self._alerts)

    @property
    def useful(self) -> int:
        """Alerts judged useful."""
        return sum(note.verdict is AlertVerdict.USEFUL for note in self._alerts.values())

    @property
    def noise(self) -> int:
        """Alerts judged noise."""
        return sum(note.verdict is AlertVerdict.NOISE for note in self._alerts.values())

    def move_to(self, now_ms: int) -> None:
        """Let go of what is over an hour older than the newest event."""
        self._now_ms = max(self._now_ms, now_ms)
        oldest = self._now_ms - HOUR_MS
        while self._moods and self._moods[0][0] <= oldest:
            self._moods.popleft()
        while self._alerts:
            first = next(iter(self._alerts))
            if self._alerts[first].recorded_ms > oldest:
                return
            del self._alerts[first]

    def raised(self, note: AlertNote) -> None:
        """An alert came."""
        if note.recorded_ms > self._now_ms - HOUR_MS:
            self._alerts[note.call_id, note.alert_id] = note

    def judged(self, call_id: CallId, *, alert_id: AlertId, verdict: AlertVerdict) -> None:
        """A supervisor judged an alert."""
        note = self._alerts.get((call_id, alert_id))
        if note is not None:
            self._alerts[call_id, alert_id] = replace(note, verdict=verdict)

    def read(self, score: float, *, recorded_ms: int) -> None:
        """A customer's mood was read."""
        if recorded_ms > self._now_ms - HOUR_MS:
            self._moods.append((recorded_ms, score))
