"""One live call as a line of the wall: made from its state, compared and sorted as a value."""

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.call_risk import Risk, driver_labels, risk_of
from agent_desktop.view_models.compliance_model import ComplianceLine, compliance_lines
from agent_desktop.view_models.marked_words import readable
from assist_engine.call.selectors import (
    current_intent,
    customer_utterances,
    mood_course,
    open_alerts,
)
from assist_engine.call.state import Alert, CallState, Phase
from assist_engine.contract.ids import CallId
from assist_engine.contract.values import Certainty, Role, certainty_of

COURSE_POINTS = 24


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the wall says of a call. `mood`: -1 to 1, oldest first; `talk`: shares, 0 to 1."""

    call_id: CallId
    customer: str
    agent: str
    queue: str
    time_ms: int
    offered_at_ms: int
    mood: tuple[float, ...]
    about: str
    is_about_sure: bool
    talk: dict[Role, float]
    risk: Risk
    alerts: tuple[Alert, ...]
    drivers: tuple[str, ...]
    quote: str
    phase: Phase
    rules: tuple[ComplianceLine, ...] = ()

    @property
    def mood_now(self) -> float:
        """The newest mood; 0 where none was read."""
        return self.mood[-1] if self.mood else 0.0

    @property
    def is_over(self) -> bool:
        """Whether the call ended and only stays until the mouse is away."""
        return self.phase in {Phase.RELEASED, Phase.COMPLETED}


def row_of(state: CallState, *, heard_ms: int = 0, talk: dict[Role, float]) -> CallRow:
    """The line of a call; `heard_ms` is how far its partials are, ms from the start."""
    alerts = open_alerts(state)
    intent = current_intent(state)
    return CallRow(
        call_id=state.call_id,
        customer=customer_name(state),
        agent=state.agent_name or state.agent_id,
        queue=queue_name(state.queue),
        time_ms=max(state.audio_ms, heard_ms),
        offered_at_ms=state.offered_at_ms,
        mood=tuple(mood for _, mood in mood_course(state))[-COURSE_POINTS:],
        about=intent.label if intent else "",
        is_about_sure=intent is not None and certainty_of(intent.probability) is Certainty.LIKELY,
        talk=talk,
        risk=risk_of(state),
        alerts=alerts,
        drivers=driver_labels(state),
        quote=readable(_quote(state, alerts)),
        phase=state.phase,
        rules=compliance_lines(state),
    )


def worst_first(row: CallRow) -> tuple[int, float, int, str]:
    """Sort key: open alerts, then mood, then the longest call; moves only with events."""
    return (-len(row.alerts), row.mood_now, row.offered_at_ms, row.call_id)


def customer_name(state: CallState) -> str:
    """The customer as named on screen."""
    return state.customer.name if state.customer else tr("Unknown caller")


def queue_name(queue: str) -> str:
    """A queue's id as a name."""
    return queue.replace("_", " ").replace("-", " ").capitalize()


def _quote(state: CallState, alerts: tuple[Alert, ...]) -> str:
    for alert in reversed(alerts):
        if alert.raised.evidence:
            return alert.raised.evidence[-1].quote
    said = customer_utterances(state)
    return said[-1].final.text if said else ""
