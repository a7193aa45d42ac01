"""Questions that several rooms ask of a call's state."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Final

import msgspec

from assist_engine.call.state import Alert, CallState, Card, CardStatus, Utterance
from assist_engine.contract.events import IntentRead
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.values import Evidence, FollowUp, Role, Sentiment

TURN: Final = 0.3  # how far the smoothed mood must come back for a turn, of its range -1 to 1


class TurningPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where the customer's smoothed mood turned, and what was said there and before it."""

    at_ms: int  # end of the utterance, ms from the start of the call
    utterance_id: UtteranceId
    change: float  # from the last extreme; negative: it fell
    mood: float  # after it, -1 to 1
    words: Evidence
    before: Evidence | None  # what the agent said last before it


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
    """The likeliest intent of the newest utterance that has any, or None."""
    for utterance in reversed(state.utterances):
        if utterance.intents:
            return max(utterance.intents, key=lambda read: read.probability)
    return None


def intent_course(state: CallState) -> tuple[IntentRead, ...]:
    """How what the customer wants changed, oldest first: an intent is named again only after
    another one came.
    """
    course: list[IntentRead] = []
    before: frozenset[str] = frozenset()
    for utterance in state.utterances:
        course += [read for read in utterance.intents if read.intent not in before]
        before = frozenset(read.intent for read in utterance.intents) or before
    return tuple(course)


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
    return tuple((state.utterances[at].final.end_ms, mood) for at, mood in _moods(state))


def turning_points(state: CallState, *, turn: float = TURN) -> tuple[TurningPoint, ...]:
    """Where the smoothed mood fell or rose by `turn` and more: by turns, oldest first.

    A turn is said of the utterance with the largest step since the last extreme; smaller ups and
    downs within are none, and what a call grows by never changes the turns that it had.
    """
    course = list(_moods(state))
    turns: list[TurningPoint] = []
    lowest = highest = 0  # places of the extremes since the last turn
    is_falling = is_rising = False
    for place, (_, mood) in enumerate(course):
        lowest = place if mood < course[lowest][1] else lowest
        highest = place if mood > course[highest][1] else highest
        falls = not is_falling and course[highest][1] - mood >= turn
        if falls or (not is_rising and mood - course[lowest][1] >= turn):
            extreme = highest if falls else lowest
            turns.append(_turning_point(state, course[extreme : place + 1]))
            is_falling, is_rising = falls, not falls
            lowest = highest = place
    return tuple(turns)


def _moods(state: CallState) -> Iterator[tuple[int, float]]:
    """Of each utterance with a clear sentiment its place and the mood after it."""
    mood = 0.0
    for at, utterance in enumerate(state.utterances):
        sentiment = utterance.sentiment
        if utterance.role is not Role.CUSTOMER or sentiment is None:
            continue
        if sentiment.sentiment is not Sentiment.UNCLEAR:
            mood = 0.5 * mood + 0.5 * sentiment.score
            yield at, mood


def _turning_point(state: CallState, leg: list[tuple[int, float]]) -> TurningPoint:
    """The turn of a leg from an extreme to where the turn is far enough."""
    change = leg[-1][1] - leg[0][1]
    steps = [(abs(after[1] - before[1]), after) for before, after in pairwise(leg)]
    _, (at, mood) = max(steps, key=lambda step: step[0])
    final = state.utterances[at].final
    agents = (u for u in reversed(state.utterances[:at]) if u.role is Role.AGENT)
    before = next(agents, None)
    return TurningPoint(
        at_ms=final.end_ms,
        utterance_id=final.utterance_id,
        change=round(change, 3),
        mood=round(mood, 3),
        words=_whole(state.utterances[at]),
        before=_whole(before) if before else None,
    )


def _whole(utterance: Utterance) -> Evidence:
    final = utterance.final
    return Evidence(quote=final.text, utterance_id=final.utterance_id, start_ms=final.start_ms)


def follow_up_line(follow_up: FollowUp) -> str:
    """A promise as one line; when it is due is said once, and as a calendar day if one is known."""
    says_due = follow_up.due.casefold() in follow_up.text.casefold()
    line = follow_up.text if says_due else f"{follow_up.text} · {follow_up.due}"
    try:
        day = date.fromisoformat(follow_up.due_on)
    except ValueError:
        return line
    return f"{line} · {day:%a} {day.day} {day:%b}"
