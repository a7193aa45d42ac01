"""Which cards stand where: one that asks for attention, quiet ones below it, no moving.

A card keeps its place until it is dismissed, withdrawn, or a newer one takes that place.
"""

import msgspec

from assist_engine.call.selectors import current_intent, shown_cards
from assist_engine.call.state import ActionRun, ActionStatus, CallState, Card, CardStatus
from assist_engine.contract.ids import SuggestionId
from assist_engine.contract.values import SuggestionKind

QUIET_PLACES = 3  # two, and an article while nothing asks for attention
_LASTING = {SuggestionKind.ARTICLE, SuggestionKind.NEXT_ACTION}  # stay on screen once used


class Guidance(msgspec.Struct, frozen=True, kw_only=True):
    """The cards on screen: `quiet` has one entry a place, None where it is free."""

    primary: Card | None = None
    quiet: tuple[Card | None, ...] = (None,) * QUIET_PLACES
    listed: Card | None = None  # the next action whose checklist is shown
    runs: tuple[ActionRun, ...] = ()  # of the primary card, oldest first, without those undone
    has_asked: bool = False  # the customer wants something that we know of

    @property
    def newest_quiet(self) -> Card | None:
        """The newest quiet card: it is rated and put away by key."""
        cards = [card for card in self.quiet if card is not None]
        return max(reversed(cards), key=lambda card: card.made_ms, default=None)

    def newest_like(self, like: Card) -> Card | None:
        """The newest quiet card that is an article too, or is none either: its keys work on it."""
        cards = [card for card in self.quiet if card is not None and _is_alike(card, like)]
        return max(reversed(cards), key=lambda card: card.made_ms, default=None)

    @property
    def in_focus(self) -> Card | None:
        """The card that Escape puts away: the primary while it waits, else the newest quiet one."""
        if self.primary is not None and self.primary.status is CardStatus.SHOWN:
            return self.primary
        return self.newest_quiet or self.primary


def arrange(before: Guidance, state: CallState | None) -> Guidance:
    """The cards of a state, those already on screen where they were."""
    if state is None:
        return Guidance()
    cards, primary = shown_cards(state), _primary(state)
    actions = [card for card in cards if card.suggestion.kind is SuggestionKind.NEXT_ACTION]
    with_steps = [card for card in actions if card.suggestion.checklist]
    return Guidance(
        primary=primary,
        quiet=_quiet(before, [card for card in cards if card is not primary]),
        listed=primary if primary in with_steps else next(reversed(with_steps), None),
        runs=runs_of(state, primary.suggestion.suggestion_id) if primary else (),
        has_asked=current_intent(state) is not None,
    )


def runs_of(state: CallState, suggestion_id: SuggestionId) -> tuple[ActionRun, ...]:
    """The newest run of each of a card's actions; one taken back is told by its own status."""
    runs: dict[object, ActionRun] = {}
    for run in state.actions:
        is_told = run.started.undoes is not None and run.status is ActionStatus.DONE
        if run.started.suggestion_id == suggestion_id and not is_told:
            step = (run.started.action_id, run.started.undoes)
            runs.pop(step, None)
            runs[step] = run
    return tuple(runs.values())


def _primary(state: CallState) -> Card | None:
    """The card that asks for attention: the newest made to, used or not, while it stays.

    An article has a place of its own and takes it from no card.
    """
    asking = [
        card
        for card in state.cards
        if card.suggestion.is_primary and card.suggestion.kind is not SuggestionKind.ARTICLE
    ]
    newest = asking[-1] if asking else None
    return newest if newest in shown_cards(state) and newest and _stays(newest) else None


def _stays(card: Card) -> bool:
    """What was said or heeded needs no room; articles and actions can be used again."""
    return card.status is CardStatus.SHOWN or card.suggestion.kind in _LASTING


def _quiet(before: Guidance, cards: list[Card]) -> tuple[Card | None, ...]:
    """Those that wait come before used ones, newer before older.

    A new one stands below those on screen, where it moves none; above them only where no place
    is left.
    """
    lasting = sorted(filter(_stays, cards), key=lambda card: card.status is CardStatus.SHOWN)
    newest = {_id(card): card for card in lasting[-QUIET_PLACES:]}
    places: list[Card | None] = [
        newest.pop(_id(card), None) if card is not None else None for card in before.quiet
    ]
    for card in newest.values():
        places[_free_place(places)] = card
    return tuple(places)


def _free_place(places: list[Card | None]) -> int:
    last = max((n for n, card in enumerate(places) if card is not None), default=-1)
    return last + 1 if last + 1 < len(places) else places.index(None)


def _is_alike(card: Card, like: Card) -> bool:
    kinds = {card.suggestion.kind, like.suggestion.kind}
    return len(kinds) == 1 or SuggestionKind.ARTICLE not in kinds


def _id(card: Card) -> SuggestionId:
    return card.suggestion.suggestion_id
