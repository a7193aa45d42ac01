"""How much a call needs a supervisor, said as what it is: open alerts, mood and drivers."""

from enum import StrEnum

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.driver_words import driver_name
from assist_engine.call.driver_kinds import urgent
from assist_engine.call.selectors import mood_course, open_alerts
from assist_engine.call.state import CallState

_PER_ALERT, _ALERTS_AT_MOST = 0.4, 0.5
_MOOD_AT_MOST = 0.3
_PER_DRIVER, _DRIVERS_AT_MOST = 0.1, 0.2
LOW_MOOD = -0.2


class RiskWord(StrEnum):
    """A risk as people read it."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """`level` is 0 to 1: a rule of thumb over `reasons`, not a probability."""

    level: float
    reasons: tuple[str, ...] = ()

    @property
    def word(self) -> RiskWord:
        """The level as a word: high from 0.6, medium from 0.25."""
        if self.level >= 0.6:
            return RiskWord.HIGH
        return RiskWord.MEDIUM if self.level >= 0.25 else RiskWord.LOW

    @property
    def text(self) -> str:
        """The word and the reasons, for tool tips and screen readers."""
        said = {
            RiskWord.HIGH: tr("high"),
            RiskWord.MEDIUM: tr("medium"),
            RiskWord.LOW: tr("low"),
        }[self.word]
        return tr("risk {word}", word=said) + "".join(f" · {reason}" for reason in self.reasons)


def driver_labels(state: CallState, *, without: str = "") -> tuple[str, ...]:
    """What makes the call urgent, each once, newest first; `without` leaves one driver out."""
    labels = [
        driver_name(read)
        for utterance in reversed(state.utterances)
        for read in reversed(urgent(utterance.drivers))
        if read.driver != without
    ]
    return tuple(dict.fromkeys(labels))


def risk_of(state: CallState) -> Risk:
    """The risk of a call as it is now."""
    alerts = len(open_alerts(state))
    course = mood_course(state)
    mood = course[-1][1] if course else 0.0
    drivers = driver_labels(state)
    level = (
        min(_PER_ALERT * alerts, _ALERTS_AT_MOST)
        + _MOOD_AT_MOST * max(0.0, -mood)
        + min(_PER_DRIVER * len(drivers), _DRIVERS_AT_MOST)
    )
    return Risk(level=level, reasons=_reasons(alerts=alerts, mood=mood, drivers=drivers))


def _reasons(*, alerts: int, mood: float, drivers: tuple[str, ...]) -> tuple[str, ...]:
    reasons = []
    if alerts:
        reasons.append(tr("{count} open alerts", count=alerts) if alerts > 1 else tr("open alert"))
    if mood <= LOW_MOOD:
        reasons.append(tr("mood low"))
    return (*reasons, *drivers)
