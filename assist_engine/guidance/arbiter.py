"""Decides which of the proposed cards the agent sees. Pure: a function of the call's events.

At most one new card in a stretch of audio, never a topic twice in a call, nothing unsure, one card
that asks for attention and few beside it. Compliance goes first and keeps its own distance: its
cards neither wait for the others nor hold them back. A hint waits for all but compliance, unless
it is of this moment only, and no answer waits for a hint. Why so is in decision 16.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from assist_engine.call.card_places import primary_card, quiet_cards
from assist_engine.call.selectors import shown_cards
from assist_engine.call.state import CallState, Card, CardStatus
from assist_engine.contract.events import Event, SuggestionMade, SuggestionWithdrawn
from assist_engine.contract.ids import SuggestionId
from assist_engine.contract.values import GuidanceMode, Suggestion, SuggestionKind
from assist_engine.guidance.coaching_rule import was_followed
from assist_engine.guidance.rule import IMPORTANT, URGENT, Proposal

MADE_ROOM: Final = "made room for a newer card"
MOMENT_PASSED: Final = "its moment has passed"
DONE: Final = "it was said"

_LOOK_AGAIN_MS: Final = 500  # while the agent speaks: their words may end at any time
_ANSWERS: Final = {SuggestionKind.ARTICLE, SuggestionKind.NEXT_ACTION}
# From which cards another kind keeps its distance. An answer never waits for a hint, and a hint
# that is of use at this moment only waits for no answer.
_KEEPS_FROM: Final = {
    SuggestionKind.COMPLIANCE: {SuggestionKind.COMPLIANCE},
    SuggestionKind.COACHING: {*_ANSWERS, SuggestionKind.COACHING},
}

# Who is shown first, and who may take the primary place from whom.
_FIRST: Final = {SuggestionKind.COMPLIANCE: 2, SuggestionKind.COACHING: 0}
_PLACE: Final = {
    SuggestionKind.COMPLIANCE: 3,
    SuggestionKind.NEXT_ACTION: 2,
    SuggestionKind.ARTICLE: 1,
    SuggestionKind.COACHING: 0,
}


class Coaching(StrEnum):
    """Which hints an agent is shown."""

    ALL = "all"
    IMPORTANT = "important"
    NONE = "none"


class ModeLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How much guidance an agent wants; compliance is shown in every mode."""

    min_gap_ms: int = 0  # where it is more than the arbiter's
    min_probability: float = 0.0  # where it is more than the arbiter's
    coaching: Coaching = Coaching.IMPORTANT


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What is known besides the state: who speaks, and which topics have waited since when (ms)."""

    agent_since_ms: int | None = None  # the agent is speaking since then
    waiting: Mapping[str, int] = {}


NOBODY_SPEAKS: Final = Moment()


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What to record now, and from when on to ask again, where a card has to wait."""

    events: tuple[Event, ...] = ()
    waiting: tuple[str, ...] = ()  # topics
    again_ms: int | None = None


class Arbiter(msgspec.Struct, frozen=True, kw_only=True):
    """Limits on cards; times are ms of audio."""

    min_gap_ms: int = 20_000
    max_quiet: int = 2
    min_probability: float = 0.5
    primary_ms: int = 60_000  # a primary card nobody touched gives way after that
    hint_ms: int = 30_000  # a hint nobody touched is taken away after that
    hold_ms: int = 4_000  # a card waits so long at most for the end of the agent's words
    reminder_hold_ms: int = 10_000  # a reminder does: they may be just saying it
    fresh_ms: int = 6_000  # an answer to words not older than that does not wait for them
    guide_me: ModeLimits = ModeLimits(coaching=Coaching.ALL)
    standard: ModeLimits = ModeLimits()
    quiet: ModeLimits = ModeLimits(min_gap_ms=40_000, min_probability=0.75, coaching=Coaching.NONE)

    @property
    def max_visible(self) -> int:
        """Cards on the screen at once."""
        return 1 + self.max_quiet

    def review(
        self, state: CallState, proposals: Sequence[Proposal], *, now_ms: int
    ) -> list[Event]:
        """The events of now, where nobody speaks."""
        return list(self.decide(state, proposals, now_ms=now_ms).events)

    def decide(
        self,
        state: CallState,
        proposals: Sequence[Proposal],
        *,
        now_ms: int,
        moment: Moment = NOBODY_SPEAKS,
    ) -> Decision:
        """At most one card to put up, and the old ones to take away."""
        if not state.is_live:
            return Decision()
        faded = self._faded(state, now_ms)
        gone = {event.suggestion_id for event in faded}
        ready_ms = {
            p: self._ready_ms(state, p, now_ms, moment) for p in self._fit(state, proposals)
        }
        shown = self._shown(state, [p for p in ready_ms if ready_ms[p] <= now_ms], gone, now_ms)
        later = {p.suggestion.topic: at_ms for p, at_ms in ready_ms.items() if at_ms > now_ms}
        return Decision(
            events=(*faded, *shown),
            waiting=tuple(later),
            again_ms=min(later.values(), default=None),
        )

    def next_slot_ms(
        self,
        state: CallState,
        kind: SuggestionKind = SuggestionKind.ARTICLE,
        *,
        is_of_moment: bool = False,
    ) -> int:
        """From when on the next card of a kind may come, ms of audio."""
        keeps_from = {kind} if is_of_moment else _KEEPS_FROM.get(kind, _ANSWERS)
        gap_ms = self.min_gap_ms if kind is SuggestionKind.COMPLIANCE else self._gap_ms(state)
        before = [card for card in state.cards if card.suggestion.kind in keeps_from]
        return max((card.made_ms + gap_ms for card in before), default=0)

    def mode(self, state: CallState) -> ModeLimits:
        """The limits of the mode that the agent chose."""
        modes = {
            GuidanceMode.GUIDE_ME: self.guide_me,
            GuidanceMode.STANDARD: self.standard,
            GuidanceMode.QUIET: self.quiet,
        }
        return modes[state.guidance_mode]

    def _gap_ms(self, state: CallState) -> int:
        return max(self.min_gap_ms, self.mode(state).min_gap_ms)

    def _fit(self, state: CallState, proposals: Sequence[Proposal]) -> list[Proposal]:
        """Those that this agent may be shown at all, each topic once."""
        seen = {card.suggestion.topic for card in state.cards}
        seen_ids = {card.suggestion.suggestion_id for card in state.cards}
        return [
            proposal
            for proposal in proposals
            if proposal.suggestion.topic not in seen
            and proposal.suggestion.suggestion_id not in seen_ids
            and self._is_wanted(proposal, self.mode(state))
        ]

    def _is_wanted(self, proposal: Proposal, mode: ModeLimits) -> bool:
        suggestion = proposal.suggestion
        if suggestion.kind is SuggestionKind.COACHING:
            is_important = proposal.priority >= IMPORTANT
            if mode.coaching is Coaching.NONE or not (
                is_important or mode.coaching is Coaching.ALL
            ):
                return False
        extra = 0.0 if _is_compliance(suggestion) else mode.min_probability
        return suggestion.probability >= max(self.min_probability, extra)

    def _ready_ms(self, state: CallState, proposal: Proposal, now_ms: int, moment: Moment) -> int:
        """From when on it may be shown: after the cards before it, and the agent's words."""
        suggestion = proposal.suggestion
        is_hint = suggestion.kind is SuggestionKind.COACHING
        is_of_moment = is_hint and proposal.priority >= URGENT
        slot_ms = self.next_slot_ms(state, suggestion.kind, is_of_moment=is_of_moment)
        is_answer = suggestion.kind in _ANSWERS and now_ms - proposal.asked_ms <= self.fresh_ms
        is_due = _is_compliance(suggestion) and suggestion.is_primary
        if moment.agent_since_ms is None or is_answer or is_due or slot_ms > now_ms:
            return slot_ms
        if is_hint:
            return now_ms + _LOOK_AGAIN_MS
        since_ms = max(slot_ms, moment.waiting.get(suggestion.topic, now_ms))
        hold_ms = self.reminder_hold_ms if _is_compliance(suggestion) else self.hold_ms
        waited_ms = since_ms + hold_ms
        return now_ms if now_ms >= waited_ms else min(now_ms + _LOOK_AGAIN_MS, waited_ms)

    def _faded(self, state: CallState, now_ms: int) -> list[SuggestionWithdrawn]:
        """Hints and reminders whose moment has passed, and what has been said since."""
        met = {f"compliance-{one.rule}" for one in state.met}
        breached = {f"compliance-{one.rule}" for one in state.breaches}
        faded = []
        for card in shown_cards(state):
            if card.status is not CardStatus.SHOWN:
                continue
            if _is_compliance(card.suggestion) and card.suggestion.topic in met:
                faded.append(_withdrawn(card, DONE))
                continue
            if _is_hint(card) and was_followed(state, card):
                faded.append(_withdrawn(card, DONE))
                continue
            is_over = _is_hint(card) or card.suggestion.topic in breached
            if is_over and now_ms - card.made_ms >= self.hint_ms:
                faded.append(_withdrawn(card, MOMENT_PASSED))
        return faded

    def _shown(
        self,
        state: CallState,
        ready: Sequence[Proposal],
        gone: Collection[SuggestionId],
        now_ms: int,
    ) -> list[Event]:
        """The first of those ready for which there is room, and who leaves for it."""
        for best in sorted(ready, key=_rank, reverse=True):
            is_primary = self._takes_place(state, best, gone, now_ms)
            leaving = self._leaving(state, best, gone, is_primary=is_primary)
            if leaving is not None:
                suggestion = replace(best.suggestion, is_primary=is_primary)
                made = SuggestionMade(
                    suggestion=suggestion,
                    asked_ms=best.asked_ms,
                    context=best.context,
                    propensity=best.propensity,
                    candidates=best.candidates,
                )
                return [*(_withdrawn(card, MADE_ROOM) for card in leaving), made]
        return []

    def _takes_place(
        self, state: CallState, best: Proposal, gone: Collection[SuggestionId], now_ms: int
    ) -> bool:
        """Whether it gets the primary place: that is free, or it clearly comes before its card."""
        card = primary_card(state)
        if not best.suggestion.is_primary:
            return False
        if card is None or card.suggestion.suggestion_id in gone:
            return True
        if card.status is CardStatus.USED or now_ms - card.made_ms >= self.primary_ms:
            return True
        new, old = _PLACE[best.suggestion.kind], _PLACE[card.suggestion.kind]
        return new > old or (new == old and best.asked_ms > card.asked_ms)

    def _leaving(
        self,
        state: CallState,
        best: Proposal,
        gone: Collection[SuggestionId],
        *,
        is_primary: bool,
    ) -> list[Card] | None:
        """Who must leave the quiet places; None where that would be for less than it is."""
        beside = [*quiet_cards(state)]
        holder = primary_card(state)
        if is_primary and holder is not None:
            beside.append(holder)
        beside = [card for card in beside if card.suggestion.suggestion_id not in gone]
        room = self.max_quiet if is_primary else self.max_quiet - 1
        leaving = sorted(beside, key=_leaves_first)[: max(0, len(beside) - room)]
        if best.suggestion.kind is SuggestionKind.COACHING and not all(map(_is_hint, leaving)):
            return None
        return None if room < 0 else leaving


def _rank(proposal: Proposal) -> tuple[int, int, int, float, str]:
    """Of the same priority what was asked last: the agent is talking about that now."""
    suggestion = proposal.suggestion
    first = _FIRST.get(suggestion.kind, 1)
    urgency = (first, proposal.priority, proposal.asked_ms)
    return (*urgency, suggestion.probability, suggestion.suggestion_id)


def _leaves_first(card: Card) -> tuple[int, bool, bool, int]:
    """Hints first, compliance last; unused before used, articles before actions, old before new."""
    kind = card.suggestion.kind
    is_used = card.status is CardStatus.USED
    is_article = kind is SuggestionKind.ARTICLE
    return (_FIRST.get(kind, 1), is_used, not is_article, card.made_ms)


def _is_compliance(suggestion: Suggestion) -> bool:
    return suggestion.kind is SuggestionKind.COMPLIANCE


def _is_hint(card: Card) -> bool:
    return card.suggestion.kind is SuggestionKind.COACHING


def _withdrawn(card: Card, why: str) -> SuggestionWithdrawn:
    return SuggestionWithdrawn(suggestion_id=card.suggestion.suggestion_id, reason=why)
