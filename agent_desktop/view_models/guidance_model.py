"""Which cards stand where: one primary next action, at most two quiet articles, no moving.

A card keeps its place until it is dismissed, withdrawn, or a newer one takes that place.
"""

import msgspec

from assist_engine.call.selectors import current_intent, shown_cards
from assist_engine.call.state import CallState, Card, CardStatus
from assist_engine.contract.ids import SuggestionId
from assist_engine.contract.values import SuggestionKind

QUIET_PLACES = 2


class Guidance(msgspec.Struct, frozen=True, kw_only=True):
    """The cards on screen: `quiet` has one entry a place, None where it is free."""

    primary: Card | None = None
    quiet: tuple[Card | None, ...] = (None,) * QUIET_PLACES
    has_asked: bool = False  # the customer wants something that we know of

    @property
    def newest_quiet(self) -> Card | None:
        """The newest article on screen: keys work on it."""
        cards = [card for card in self.quiet if card is not None]
        return max(cards, key=lambda card: card.made_ms, default=None)

    @property
    def in_focus(self) -> Card | None:
        """The card that Escape puts away: the primary while it waits, else the newest article."""
        if self.primary is not None and self.primary.status is CardStatus.SHOWN:
            return self.primary
        return self.newest_quiet or self.primary


def arrange(before: Guidance, state: CallState | None) -> Guidance:
    """The cards of a state, those already on screen where they were."""
    if state is None:
        return Guidance()
    cards = shown_cards(state)
    return Guidance(
        primary=_primary([c for c in cards if c.suggestion.kind is SuggestionKind.NEXT_ACTION]),
        quiet=_quiet(before, [c for c in cards if c.suggestion.kind is SuggestionKind.ARTICLE]),
        has_asked=current_intent(state) is not None,
    )


def _primary(actions: list[Card]) -> Card | None:
    waiting = [card for card in actions if card.status is CardStatus.SHOWN]
    return waiting[-1] if waiting else (actions[-1] if actions else None)


def _quiet(before: Guidance, articles: list[Card]) -> tuple[Card | None, ...]:
    newest = {_id(card): card for card in articles[-QUIET_PLACES:]}
    places: list[Card | None] = [
        newest.pop(_id(card), None) if card is not None else None for card in before.quiet
    ]
    for card in newest.values():
        places[places.index(None)] = card
    return tuple(places)


def _id(card: Card) -> SuggestionId:
    return card.suggestion.suggestion_id
