"""What of a call's record only its own agent gets: coaching hints, and what became of them.

Everybody else gets an event of a kind that nobody knows in its place, so that seq has no hole.
"""

from typing import Final

from msgspec.structs import replace

from assist_engine.contract.events import (
    Event,
    Recorded,
    SuggestionDismissed,
    SuggestionMade,
    SuggestionRated,
    SuggestionUsed,
    SuggestionWithdrawn,
    Unrecognised,
)
from assist_engine.contract.values import SuggestionKind
from assist_engine.guidance.coaching_rule import HINT

_WITHHELD: Final = Unrecognised(kind="withheld", raw=b'{"kind":"withheld"}')


def for_others(recorded: Recorded) -> Recorded:
    """The event as others than the call's own agent get it."""
    event = recorded.event
    if isinstance(event, Unrecognised) or not _is_of_a_hint(event):
        return recorded
    return replace(recorded, event=_WITHHELD)


def _is_of_a_hint(event: Event) -> bool:
    if isinstance(event, SuggestionMade):
        return event.suggestion.kind is SuggestionKind.COACHING
    touched = SuggestionUsed | SuggestionDismissed | SuggestionRated | SuggestionWithdrawn
    return isinstance(event, touched) and event.suggestion_id.startswith(HINT)
