"""Where a card is on the screen: one place asks for attention, the others are quiet.

The place is the newest card's that was made for it; a card that it took the place from stays on
the screen as a quiet one, and never moves back up.
"""

from assist_engine.call.selectors import shown_cards
from assist_engine.call.state import CallState, Card


def primary_card(state: CallState) -> Card | None:
    """The card in the primary place, used or not, or None."""
    made = [card for card in state.cards if card.suggestion.is_primary]
    return made[-1] if made and made[-1] in shown_cards(state) else None


def quiet_cards(state: CallState) -> tuple[Card, ...]:
    """The cards beside the primary one, oldest first."""
    primary = primary_card(state)
    return tuple(card for card in shown_cards(state) if card is not primary)
