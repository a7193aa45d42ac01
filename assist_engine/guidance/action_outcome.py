"""Reads from a call's events what came of each next best action that was shown. Pure."""

from collections.abc import Sequence
from typing import Final

import msgspec

from assist_engine.call.fold import fold
from assist_engine.call.selectors import mood_course
from assist_engine.call.state import CallState, Card, CardStatus
from assist_engine.contract.events import Recorded, SuggestionMade
from assist_engine.contract.ids import PlaybookId
from assist_engine.contract.values import SuggestionKind

SOLVED: Final = "Solved"
_TAKEN_UP: Final = 0.6  # of an outcome: the agent took the card up, or rated it
_SOLVED: Final = 0.25
_SATISFIED: Final = 0.25  # by the customer's own score
_MOOD: Final = 0.15
_SCORE_STEPS: Final = 4  # from 1 to 5
_MOOD_STEP: Final = 0.15  # of the smoothed mood; less is no change


class ActionOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """One card: what it was chosen for and among which, and how well it went, 0 to 1."""

    playbook_id: PlaybookId
    value: float
    is_accepted: bool
    context: str = ""
    propensity: float = 1.0
    candidates: tuple[str, ...] = ()


def action_outcomes(recorded: Sequence[Recorded]) -> tuple[ActionOutcome, ...]:
    """What came of each next best action of a call, in the order in which they were shown.

    A card that the engine took back before the agent did anything with it teaches nothing.
    """
    made = {
        item.event.suggestion.suggestion_id: item.event
        for item in recorded
        if isinstance(item.event, SuggestionMade)
        and item.event.suggestion.kind is SuggestionKind.NEXT_ACTION
        and item.event.suggestion.playbook_id is not None
    }
    if not made:
        return ()
    state = fold(recorded, CallState(call_id=recorded[0].call_id))
    return tuple(
        _outcome(card, made[card.suggestion.suggestion_id], state)
        for card in state.cards
        if card.suggestion.suggestion_id in made and not _was_taken_back(card, state)
    )


def _outcome(card: Card, made: SuggestionMade, state: CallState) -> ActionOutcome:
    is_accepted = _is_accepted(card, state)
    parts = [(_TAKEN_UP, float(is_accepted))]
    wrap_up = state.wrap_up or state.wrap_up_draft
    if is_accepted and wrap_up is not None and wrap_up.outcome:
        parts.append((_SOLVED, float(wrap_up.outcome == SOLVED)))
    if is_accepted and state.satisfaction is not None:
        parts.append((_SATISFIED, (state.satisfaction.score - 1) / _SCORE_STEPS))
    mood = _mood_change(card, state)
    if mood is not None:
        parts.append((_MOOD, mood))
    value = sum(weight * part for weight, part in parts) / sum(weight for weight, _ in parts)
    return ActionOutcome(
        playbook_id=PlaybookId(str(card.suggestion.playbook_id)),
        value=round(value, 4),
        is_accepted=is_accepted,
        context=made.context,
        propensity=made.propensity,
        candidates=made.candidates,
    )


def _is_accepted(card: Card, state: CallState) -> bool:
    """Rated as of help, used, or done: the agent was heard saying a step of it."""
    if card.is_helpful is not None:
        return card.is_helpful
    return card.status is CardStatus.USED or (
        card.status is not CardStatus.DISMISSED and _is_followed(card, state)
    )


def _is_followed(card: Card, state: CallState) -> bool:
    """Whether a step was done after the card came."""
    return any(
        tick.is_done
        and tick.playbook_id == card.suggestion.playbook_id
        and all((said.start_ms or 0) >= card.made_ms for said in tick.evidence)
        for tick in state.ticks
    )


def _was_taken_back(card: Card, state: CallState) -> bool:
    is_withdrawn = card.status is CardStatus.WITHDRAWN
    return is_withdrawn and card.is_helpful is None and not _is_followed(card, state)


def _mood_change(card: Card, state: CallState) -> float | None:
    """1: the mood was better at the end than when the card came, 0: worse; None: unknown."""
    course = mood_course(state)
    before = [mood for end_ms, mood in course if end_ms <= card.made_ms]
    after = [mood for end_ms, mood in course if end_ms > card.made_ms]
    if not before or not after:
        return None
    change = after[-1] - before[-1]
    if abs(change) < _MOOD_STEP:
        return 0.5
    return 1.0 if change > 0 else 0.0
