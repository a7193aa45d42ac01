"""Questions that several rooms ask of a call's state."""

from assist_engine.call.state import Alert, CallState, Card, CardStatus, Utterance
from assist_engine.contract.events import IntentRead
from assist_engine.contract.values import FollowUp, Role, Sentiment


def customer_utterances(state: CallState) -> tuple[Utterance, ...]:
    """What the customer said, oldest first."""
    return tuple(u for u in state.utterances if u.role is Role.CUSTOMER)


def shown_cards(state: CallState) -> tuple[Card, ...]:
    """Cards neither dismissed nor withdrawn, oldest first; a used card stays visible."""
    visible = {CardStatus.SHOWN, CardStatus.USED}
    return tuple(card for card in state.cards if card.status in visible)


def open_alerts(state: CallState) -> tuple[Alert, ...]:
    """Alerts nobody acknowledged."""
    return tuple(alert for alert in state.alerts if alert.verdict is None)


def current_intent(state: CallState) -> IntentRead | None:
    """The newest intent read, or None."""
    for utterance in reversed(state.utterances):
        if utterance.intents:
            return utterance.intents[-1]
    return None


def customer_facts(state: CallState) -> dict[str, str | int | float | bool]:
    """What is known of the customer and articles may ask for: the facts, tier, organisation."""
    if state.customer is None:
        return {}
    profile = state.customer
    own = {"tier": profile.tier, "organisation": profile.organisation}
    return {**{name: value for name, value in own.items() if value}, **profile.facts}


def mood_course(state: CallState) -> tuple[tuple[int, float], ...]:
    """Smoothed mood of the customer: (end of utterance in ms, -1 to 1), oldest first.

    Exponential smoothing with weight 0.5; an unclear utterance leaves the mood as it was.
    """
    course: list[tuple[int, float]] = []
    mood = 0.0
    for utterance in customer_utterances(state):
        sentiment = utterance.sentiment
        if sentiment is None or sentiment.sentiment is Sentiment.UNCLEAR:
            continue
        mood = 0.5 * mood + 0.5 * sentiment.score
        course.append((utterance.final.end_ms, mood))
    return tuple(course)


def follow_up_line(follow_up: FollowUp) -> str:
    """A promise as one line; when it is due is said once."""
    says_due = follow_up.due.casefold() in follow_up.text.casefold()
    return follow_up.text if says_due else f"{follow_up.text} · {follow_up.due}"
