"""When a call needs a supervisor. Pure: a rule looks at a call's state and says why, or nothing."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from assist_engine.call.driver_kinds import is_urgent
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
    minimum_probability: float = 0.5  # of a driver, to count
    cooldown_ms: int = 60_000  # no second alert sooner
    recovered_mood: float = 0.0  # smoothed mood that must be reached between two alerts


class DriverThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """How sure a driver must be that raises an alert by itself; times are ms of audio."""

    is_on: bool = True
    minimum_probability: float = 0.7
    last_turns: int = 3  # customer's turns that are looked at
    cooldown_ms: int = 120_000  # the same again, once the alert was acknowledged, no sooner


class AlertThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """The thresholds of all rules that we ship."""

    upset: UpsetThresholds = UpsetThresholds()
    vulnerability: DriverThresholds = DriverThresholds()
    legal_threat: DriverThresholds = DriverThresholds()
    escalation: DriverThresholds = DriverThresholds()


class DriverHeard:
    """A customer said something that a supervisor should know of at once.

    What was said raises one alert; the same said again another one only after the first was
    acknowledged and the cool-down is over. Something else of the kind (first an illness, then
    debt) is another alert at once.
    """

    def __init__(self, driver: str, title: str, thresholds: DriverThresholds) -> None:
        """`title` may hold `{label}`, which is what kind it is."""
        self.name = f"{driver}-heard"
        self._driver, self._title, self._thresholds = driver, title, thresholds

    def look(self, state: CallState) -> AlertRaised | None:
        """An alert with the customer's words, or None."""
        earlier = [alert for alert in state.alerts if alert.raised.rule == self.name]
        told = {evidence for alert in earlier for evidence in alert.raised.evidence}
        for turn in customer_utterances(state)[-self._thresholds.last_turns :]:
            for read in turn.drivers:
                if self._is_new(read, told) and self._may_raise(read, state, earlier):
                    return AlertRaised(
                        alert_id=AlertId(f"{self.name}-{len(earlier) + 1}"),
                        rule=self.name,
                        title=self._title_of(read),
                        evidence=read.evidence,
                    )
        return None

    def _is_new(self, read: DriverRead, told: set[Evidence]) -> bool:
        is_sure = read.probability >= self._thresholds.minimum_probability
        return read.driver == self._driver and is_sure and not told.issuperset(read.evidence)

    def _may_raise(self, read: DriverRead, state: CallState, earlier: Sequence[Alert]) -> bool:
        same = [alert for alert in earlier if alert.raised.title == self._title_of(read)]
        if not same:
            return True
        waited_ms = state.audio_ms - same[-1].raised_ms
        return same[-1].verdict is not None and waited_ms >= self._thresholds.cooldown_ms

    def _title_of(self, read: DriverRead) -> str:
        return self._title.format(label=read.label.lower())


class UpsetWithDriver:
    """Most of the customer's last turns are negative, and they hold a threat or a repeat.

    What another alert told already does not count again.
    """

    name = "upset-with-driver"

    def __init__(self, thresholds: UpsetThresholds | None = None) -> None:
        self._thresholds = thresholds or UpsetThresholds()

    def look(self, state: CallState) -> AlertRaised | None:
        """An alert with the driver's words and the negative turns as evidence."""
        last = customer_utterances(state)[-self._thresholds.last_turns :]
        negative = [turn for turn in last if _is_negative(turn)]
        drivers = self._drivers(last, state)
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

    def _drivers(self, last: Sequence[Utterance], state: CallState) -> list[DriverRead]:
        others = (alert.raised for alert in state.alerts if alert.raised.rule != self.name)
        told = {evidence for raised in others for evidence in raised.evidence}
        return [
            read
            for turn in last
            for read in turn.drivers
            if is_urgent(read.driver)
            and read.probability >= self._thresholds.minimum_probability
            and not (read.evidence and told.issuperset(read.evidence))
        ]

    def _may_repeat(self, state: CallState, last: Alert) -> bool:
        if state.audio_ms - last.raised_ms < self._thresholds.cooldown_ms:
            return False
        since = (mood for at_ms, mood in mood_course(state) if at_ms > last.raised_ms)
        return any(mood >= self._thresholds.recovered_mood for mood in since)


def shipped_rules(thresholds: AlertThresholds | None = None) -> tuple[AlertRule, ...]:
    """The rules that we ship; those for one driver first, since they need no more than words."""
    tuned = thresholds or AlertThresholds()
    heard = (
        ("vulnerability", "Customer may be vulnerable: {label}", tuned.vulnerability),
        ("legal-threat", "Customer threatens legal steps", tuned.legal_threat),
        ("escalation", "Customer wants a manager", tuned.escalation),
    )
    rules = [DriverHeard(driver, title, own) for driver, title, own in heard if own.is_on]
    return (*rules, UpsetWithDriver(tuned.upset))


def _is_negative(turn: Utterance) -> bool:
    return turn.sentiment is not None and turn.sentiment.sentiment is Sentiment.NEGATIVE


def _title(drivers: list[DriverRead]) -> str:
    labels = list(dict.fromkeys(driver.label for driver in drivers))
    return f"Upset customer: {', '.join(labels).lower()}"


def _evidence(drivers: list[DriverRead], negative: list[Utterance]) -> tuple[Evidence, ...]:
    quotes = [quote for driver in drivers for quote in driver.evidence]
    quotes += [quote for turn in negative if turn.sentiment for quote in turn.sentiment.evidence]
    return tuple(dict.fromkeys(quotes))
