"""Decides which of the proposed cards the agent sees. Pure: a function of the call's events.

At most one new card in a stretch of audio, never a topic twice in a call, nothing unsure, and
never more cards on the screen than an agent can take in.
"""

from collections.abc import Sequence

import msgspec

from assist_engine.call.selectors import shown_cards
from assist_engine.call.state import CallState, Card, CardStatus
from assist_engine.contract.events import Event, SuggestionMade, SuggestionWithdrawn
from assist_engine.contract.values import SuggestionKind
from assist_engine.guidance.rule import Proposal


class Arbiter(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on cards; times are ms of audio."""

    min_gap_ms: int = 20_000
    max_visible: int = 3
    min_probability: float = 0.5

    def review(
        self, state: CallState, proposals: Sequence[Proposal], *, now_ms: int
    ) -> list[Event]:
        """The events that put at most one card up, and take an old one away for it."""
        if not state.is_live or now_ms < self.next_slot_ms(state):
            return []
        seen = {card.suggestion.topic for card in state.cards}
        seen_ids = {card.suggestion.suggestion_id for card in state.cards}
        fit = [
            proposal
            for proposal in proposals
            if proposal.suggestion.probability >= self.min_probability
            and proposal.suggestion.topic not in seen
            and proposal.suggestion.suggestion_id not in seen_ids
        ]
        if not fit:
            return []
        best = max(fit, key=_rank)
        made = SuggestionMade(
            suggestion=best.suggestion,
            asked_ms=best.asked_ms,
            context=best.context,
            propensity=best.propensity,
            candidates=best.candidates,
        )
        return [*self._make_room(state), made]

    def next_slot_ms(self, state: CallState) -> int:
        """From when on the next card may come, ms of audio."""
        return max((card.made_ms + self.min_gap_ms for card in state.cards), default=0)

    def _make_room(self, state: CallState) -> list[Event]:
        visible = shown_cards(state)
        too_many = max(0, len(visible) - self.max_visible + 1)
        leaving = sorted(visible, key=_leaves_first)[:too_many]
        return [
            SuggestionWithdrawn(
                suggestion_id=card.suggestion.suggestion_id, reason="made room for a newer card"
            )
            for card in leaving
        ]


def _rank(proposal: Proposal) -> tuple[int, float, str]:
    suggestion = proposal.suggestion
    return (proposal.priority, suggestion.probability, suggestion.suggestion_id)


def _leaves_first(card: Card) -> tuple[bool, bool, int]:
    """Unused before used, articles before actions, old before new."""
    is_used = card.status is CardStatus.USED
    is_article = card.suggestion.kind is SuggestionKind.ARTICLE
    return (is_used, not is_article, card.made_ms)
