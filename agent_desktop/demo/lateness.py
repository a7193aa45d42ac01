"""How late a card came, counted from the end of the customer's words that it answers."""

from assist_engine.call.state import CallState, Card
from assist_engine.contract.values import Suggestion


def words_end_ms(suggestion: Suggestion, state: CallState) -> int | None:
    """End of the newest utterance it quotes; None while that is being said, or where none is."""
    quoted = [e.utterance_id for e in suggestion.evidence if e.utterance_id is not None]
    if not quoted:
        return None
    utterance = state.utterance(quoted[-1])
    return utterance.final.end_ms if utterance else None


def lateness_ms(card: Card, state: CallState) -> int:
    """Made minus end of the words, ms; negative: before the customer stopped."""
    end_ms = words_end_ms(card.suggestion, state)
    return card.made_ms - (card.asked_ms if end_ms is None else end_ms)


def lateness_words(late_ms: int) -> str:
    """As people say it."""
    side = "after" if late_ms > 0 else "before"
    return f"{abs(late_ms) / 1000:.1f} s {side} the customer stopped"
