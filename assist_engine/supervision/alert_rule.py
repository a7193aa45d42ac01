"""When a call needs a supervisor. Pure: a rule looks at a call's state and says why, or nothing."""

from typing import Protocol

import msgspec

from assist_engine.call.selectors import customer_utterances, mood_course
from assist_engine.call.state import Alert, CallState, Utterance
from assist_engine.contract.events import AlertRaised, DriverRead
from assist_engine.contract.ids import AlertId
from assist_engine.contract.values import Evidence, Sentiment


class AlertRule(Protocol):
    """A reason to call a supervisor."""

    @property
    def name(self) -> str:
        """Stable name."""

    def look(self, state: CallState) -> AlertRaised | None:
        """The alert that the call deserves now, if any."""


class UpsetThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """How upset is upset; times are ms of audio."""

    last_turns: int = 3  # customer's turns that are looked at
    negative_turns: int = 2  # of these, how many must be negative
    cooldown_ms: int = 60_000  # no second alert sooner
    recovered_mood: float = 0.0  # smoothed mood that must be reached between two alerts


class UpsetWithDriver:
    """Most of the customer's last turns are negative, and they hold a threat or a repeat."""

    name = "upset-with-driver"

    def __init__(self, thresholds: UpsetThresholds | None = None) -> None:
        self._thresholds = thresholds or UpsetThresholds()

    def look(self, state: CallState) -> AlertRaised | None:
        """An alert with the driver's words and the negative turns as evidence."""
        last = customer_utterances(state)[-self._thresholds.last_turns :]
        negative = [turn for turn in last if _is_negative(turn)]
        drivers = [driver for turn in last for driver in turn.drivers]
        if len(negative) < self._thresholds.negative_turns or not drivers:
            return None
        earlier = [alert for alert in state.alerts if alert.raised.rule == self.name]
        if earlier and not self._may_repeat(state, earlier[-1]):
            return None
        return AlertRaised(
            alert_id=AlertId(f"{self.name}-{len(earlier) + 1}"),
            rule=self.name,
            title=_title(drivers),
            evidence=_evidence(drivers, negative),
        )

    def _may_repeat(self, state: CallState, last: Alert) -> bool:
        if state.audio_ms - last.raised_ms < self._thresholds.cooldown_ms:
            return False
        since = (mood for at_ms, mood in mood_course(state) if at_ms > last.raised_ms)
        return any(mood >= self._thresholds.recovered_mood for mood in since)


def _is_negative(turn: Utterance) -> bool:
    return turn.sentiment is not None and turn.sentiment.sentiment is Sentiment.NEGATIVE


def _title(drivers: list[DriverRead]) -> str:
    labels = list(dict.fromkeys(driver.label for driver in drivers))
    return f"Upset customer: {', '.join(labels).lower()}"


def _evidence(drivers: list[DriverRead], negative: list[Utterance]) -> tuple[Evidence, ...]:
    quotes = [quote for driver in drivers for quote in driver.evidence]
    quotes += [quote for turn in negative if turn.sentiment for quote in turn.sentiment.evidence]
    return tuple(dict.fromkeys(quotes))
