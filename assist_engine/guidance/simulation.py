"""Decides the cards of a stored call anew, with other limits and other rules.

What was heard and read from it stays as it was recorded, and so does when words that still moved
were heard. A card of a kind that no rule gives anew is a candidate from the moment it was first
proposed: so are articles of a log that does not say what searches had found. What the agent did
with a card is taken over where the card is on the screen when they did it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec.structs import replace

from assist_engine.call.fold import apply, fold
from assist_engine.call.selectors import shown_cards
from assist_engine.call.state import CallState, Card, CardStatus
from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import CallId, SuggestionId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import SuggestionKind
from assist_engine.guidance.arbiter import Arbiter, Moment
from assist_engine.guidance.need import STAYS_OPEN_MS, ArticleQuery, LiveSpeech
from assist_engine.guidance.rule import KNOWLEDGE, OF_TIME, URGENT, GuidanceRule, Proposal
from assist_engine.guidance.stored_talk import Talk, is_last_of_moment
from assist_engine.guidance.weighed_articles import WeighedArticles

_TICK_MS: Final = 2_000  # so often time alone may bring a card
_STAYS_MS: Final = {SuggestionKind.ARTICLE: STAYS_OPEN_MS}
_OTHER_STAYS_MS: Final = 30_000
_PRIORITY: Final = {
    SuggestionKind.ARTICLE: KNOWLEDGE,
    SuggestionKind.NEXT_ACTION: URGENT + 50,
    SuggestionKind.COACHING: 50,
    SuggestionKind.COMPLIANCE: URGENT,
}
NO_RULES: Final[Mapping[SuggestionKind, GuidanceRule]] = MappingProxyType({})
# Decided anew, so not taken over.
_DECIDED = (events.SuggestionMade, events.SuggestionWithdrawn)
_TOUCHED = (events.SuggestionUsed, events.SuggestionDismissed, events.SuggestionRated)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A card that was, or would have been, on the screen."""

    topic: str
    kind: SuggestionKind
    title: str
    at_ms: int
    status: CardStatus
    was_shown: bool = True  # it was on the screen then, sooner or later
    is_too_late: bool = False  # it would come after the agent had used it or put it away

    @property
    def is_judged(self) -> bool:
        """Whether what the agent did then says something about it."""
        return self.was_shown and not self.is_too_late


class CallSimulation(msgspec.Struct, frozen=True, kw_only=True):
    """One call as it was and as it would have been."""

    call_id: CallId
    audio_ms: int
    was: tuple[Shown, ...]
    would: tuple[Shown, ...]


class RecordedCards:
    """Proposes what the log shows to have been proposed, as long as it was of use."""

    name = "recorded cards"

    def __init__(self, recorded: Sequence[Recorded], kinds: Collection[SuggestionKind]) -> None:
        self._made = [
            (item.audio_ms - item.event.held_ms, item.event)
            for item in recorded
            if isinstance(item.event, events.SuggestionMade) and item.event.suggestion.kind in kinds
        ]

    def wants(self, state: CallState, live: LiveSpeech | None) -> Sequence[ArticleQuery]:
        """Nothing is searched again."""
        return ()

    def propose(
        self,
        state: CallState,
        live: LiveSpeech | None,
        found: Mapping[ArticleQuery, Sequence[FoundPassage]],
    ) -> Sequence[Proposal]:
        """Those whose moment it is; what was shown in the end was worth its wait."""
        return [
            Proposal(
                suggestion=made.suggestion,
                asked_ms=made.asked_ms,
                rule=self.name,
                priority=_PRIORITY[made.suggestion.kind],
            )
            for first_ms, made in self._made
            if first_ms <= state.audio_ms <= first_ms + made.held_ms + _stays_ms(made)
        ]


def simulate(
    recorded: Sequence[Recorded],
    *,
    arbiter: Arbiter,
    rules: Mapping[SuggestionKind, GuidanceRule] = NO_RULES,
    articles: WeighedArticles | None = None,
) -> CallSimulation:
    """Decide the cards of one call again; those of kinds without a rule are those of the log.

    `articles`: gives the articles anew.
    """
    call_id = recorded[0].call_id
    before = fold(recorded, CallState(call_id=call_id))
    replay = _Replay(recorded, arbiter=arbiter, rules=rules, articles=articles)
    after = replay.run()
    touched_ms = _touched_ms(recorded)
    return CallSimulation(
        call_id=call_id,
        audio_ms=before.audio_ms,
        was=tuple(_shown(card, before, {}) for card in before.cards),
        would=tuple(_shown(card, before, touched_ms) for card in after.cards),
    )


class _Replay:
    """Walks through a call's log once, with its own state and its own cards."""

    def __init__(
        self,
        recorded: Sequence[Recorded],
        *,
        arbiter: Arbiter,
        rules: Mapping[SuggestionKind, GuidanceRule],
        articles: WeighedArticles | None,
    ) -> None:
        self._recorded = recorded
        self._arbiter = arbiter
        anew = {*rules, SuggestionKind.ARTICLE} if articles else {*rules}
        old = RecordedCards(recorded, [kind for kind in SuggestionKind if kind not in anew])
        self._of_time = [*(rules[kind] for kind in rules if kind in OF_TIME), old]
        others = [rules[kind] for kind in rules if kind not in OF_TIME]
        self._rules = [*self._of_time, *others, *([articles] if articles else [])]
        self._talk = Talk(recorded)
        looks_ms = articles.moments_ms if articles else ()
        asked = [(at_ms, False) for at_ms in (*looks_ms, *self._talk.heard_ms)]
        self._due = sorted({*asked, *_came(recorded)}, reverse=True)
        self._quiet_ms = {item.audio_ms for item in recorded if _waits_for_quiet(item)}
        self._state = CallState(call_id=recorded[0].call_id)
        self._waiting: dict[str, int] = {}
        self._again_ms: int | None = None
        self._looked_ms = 0

    def run(self) -> CallState:
        """The state at the end."""
        for number, item in enumerate(self._recorded):
            for now_ms, is_tick in self._moments(item.audio_ms):
                self._look(now_ms, is_tick=is_tick)
            if not isinstance(item.event, events.Unrecognised) and self._happens(item.event):
                self._add(item.event, now_ms=item.audio_ms, recorded_ms=item.recorded_ms)
            if not is_last_of_moment(self._recorded, number):
                continue
            if self._talk.read_ms(item.audio_ms) == item.audio_ms:
                self._look(item.audio_ms)
        return self._state

    def _happens(self, event: Event) -> bool:
        """Whether it happens all the same: nobody can use a card that is not there."""
        if isinstance(event, _DECIDED):
            return False
        if not isinstance(event, _TOUCHED):
            return True
        shown = (card.suggestion.suggestion_id for card in shown_cards(self._state))
        return event.suggestion_id in shown

    def _moments(self, until_ms: int) -> Iterator[tuple[int, bool]]:
        """When to look before the next event comes, and whether only because time has passed."""
        while True:
            at_ms, is_tick = self._looked_ms + _TICK_MS, True
            if self._again_ms is not None:
                again_ms = self._again_ms
                if self._talk.live(again_ms) is None:  # what is in the words is known later
                    again_ms = self._talk.read_ms(again_ms)
                if again_ms <= at_ms:
                    at_ms, is_tick = max(again_ms, self._looked_ms + 1), False
            if self._due and self._due[-1][0] <= min(at_ms, until_ms - 1):
                at_ms, is_tick = self._due.pop()
                at_ms = max(at_ms, self._looked_ms)
            if at_ms >= until_ms:
                return
            yield at_ms, is_tick

    def _look(self, now_ms: int, *, is_tick: bool = False) -> None:
        self._looked_ms = max(now_ms, self._looked_ms)
        if not self._state.is_live:
            return
        state = replace(self._state, audio_ms=now_ms)
        live = self._speaking(now_ms) if is_tick else self._talk.live(now_ms)
        proposals = [
            proposal
            for rule in (self._of_time if is_tick else self._rules)
            for proposal in rule.propose(state, live, {})
            if not is_tick or proposal.suggestion.kind in OF_TIME
        ]
        since_ms = None if now_ms in self._quiet_ms else self._talk.agent_since_ms(now_ms)
        moment = Moment(agent_since_ms=since_ms, waiting=self._waiting)
        decision = self._arbiter.decide(state, proposals, now_ms=now_ms, moment=moment)
        for topic in decision.waiting:
            self._waiting.setdefault(topic, now_ms)
        if decision.again_ms is not None or not is_tick:
            self._again_ms = decision.again_ms
        for event in decision.events:
            self._add(event, now_ms=now_ms, recorded_ms=0)

    def _speaking(self, now_ms: int) -> LiveSpeech | None:
        """Who speaks or spoke last; they were quiet where a card came that waits for that."""
        speaking = self._talk.speaking(now_ms)
        if speaking and now_ms in self._quiet_ms:
            return replace(speaking, has_paused=True)
        return speaking

    def _add(self, event: Event, *, now_ms: int, recorded_ms: int) -> None:
        recorded = Recorded(
            call_id=self._state.call_id,
            seq=self._state.seq + 1,
            recorded_ms=recorded_ms,
            audio_ms=now_ms,
            event=event,
        )
        self._state = apply(self._state, recorded)


def _came(recorded: Sequence[Recorded]) -> Iterator[tuple[int, bool]]:
    """When each card was proposed and when it was put up, and whether that was for the time."""
    for item in recorded:
        if isinstance(item.event, events.SuggestionMade):
            is_of_time = item.event.suggestion.kind in OF_TIME
            yield item.audio_ms - item.event.held_ms, is_of_time
            yield item.audio_ms, is_of_time


def _waits_for_quiet(item: Recorded) -> bool:
    """Whether it is a card that comes only when nobody speaks, so that nobody did."""
    event = item.event
    if not isinstance(event, events.SuggestionMade):
        return False
    is_fresh = item.audio_ms - event.asked_ms <= Arbiter().fresh_ms
    return event.suggestion.kind in OF_TIME or (event.held_ms > 0 and not is_fresh)


def _touched_ms(recorded: Sequence[Recorded]) -> dict[SuggestionId, int]:
    """When the agent first used a card or put it away."""
    touched_ms: dict[SuggestionId, int] = {}
    for item in recorded:
        if isinstance(item.event, _TOUCHED):
            touched_ms.setdefault(item.event.suggestion_id, item.audio_ms)
    return touched_ms


def _stays_ms(made: events.SuggestionMade) -> int:
    return _STAYS_MS.get(made.suggestion.kind, _OTHER_STAYS_MS)


def _shown(card: Card, before: CallState, touched_ms: Mapping[SuggestionId, int]) -> Shown:
    suggestion = card.suggestion
    was = next((one for one in before.cards if one.suggestion.topic == suggestion.topic), None)
    return Shown(
        topic=suggestion.topic,
        kind=suggestion.kind,
        title=suggestion.title,
        at_ms=card.made_ms,
        status=card.status,
        was_shown=was is not None,
        is_too_late=card.made_ms > touched_ms.get(suggestion.suggestion_id, card.made_ms),
    )
