"""Decides the cards of a stored call anew, with other limits and other rules.

What was heard and read from it stays as it was recorded. A card of a kind that no rule gives anew
is a candidate from the moment it was first proposed: so are articles, since a log does not hold
what else a search had found. What the agent did with a card is taken over where the card is on the
screen when they did it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from assist_engine.call.fold import apply
from assist_engine.call.state import CallState, Card, CardStatus
from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import CallId, UtteranceId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import Role, SuggestionKind
from assist_engine.guidance.arbiter import Arbiter, Moment
from assist_engine.guidance.need import STAYS_OPEN_MS, ArticleQuery, LiveSpeech
from assist_engine.guidance.rule import KNOWLEDGE, OF_TIME, URGENT, GuidanceRule, Proposal

_TICK_MS: Final = 2_000  # so often time alone may bring a card
_STAYS_MS: Final = {SuggestionKind.ARTICLE: STAYS_OPEN_MS}
_OTHER_STAYS_MS: Final = 30_000
_PRIORITY: Final = {
    SuggestionKind.ARTICLE: KNOWLEDGE,
    SuggestionKind.NEXT_ACTION: URGENT + 50,
    SuggestionKind.COACHING: 50,
    SuggestionKind.COMPLIANCE: URGENT,
}
# Decided anew, so not taken over.
_DECIDED = (events.SuggestionMade, events.SuggestionWithdrawn)
_READ = (events.UtteranceFinal, events.SentimentRead, events.IntentRead, events.DriverRead)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A card that was, or would have been, on the screen."""

    topic: str
    kind: SuggestionKind
    title: str
    at_ms: int
    status: CardStatus
    was_shown: bool = True  # False: nobody could judge it, it was not on the screen then


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

    @property
    def moments_ms(self) -> tuple[int, ...]:
        """When each was first proposed."""
        return tuple(first_ms for first_ms, _ in self._made)

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
    rules: Sequence[GuidanceRule] = (),
    anew: Collection[SuggestionKind] = (),
) -> CallSimulation:
    """Decide the cards of one call again. `anew`: the kinds of cards that `rules` give."""
    call_id = recorded[0].call_id
    before = CallState(call_id=call_id)
    for item in recorded:
        before = apply(before, item)
    replay = _Replay(recorded, arbiter=arbiter, rules=rules, anew=anew)
    after = replay.run()
    topics = {card.suggestion.topic for card in before.cards}
    return CallSimulation(
        call_id=call_id,
        audio_ms=before.audio_ms,
        was=tuple(_shown(card, topics) for card in before.cards),
        would=tuple(_shown(card, topics) for card in after.cards),
    )


class _Replay:
    """Walks through a call's log once, with its own state and its own cards."""

    def __init__(
        self,
        recorded: Sequence[Recorded],
        *,
        arbiter: Arbiter,
        rules: Sequence[GuidanceRule],
        anew: Collection[SuggestionKind],
    ) -> None:
        self._recorded = recorded
        self._arbiter = arbiter
        old = RecordedCards(recorded, [kind for kind in SuggestionKind if kind not in anew])
        self._rules: Sequence[GuidanceRule] = (*rules, old)
        self._first_ms = sorted(old.moments_ms, reverse=True)
        self._agent = _talk(recorded, Role.AGENT)
        self._customer = _talk(recorded, Role.CUSTOMER, is_read=True)
        self._state = CallState(call_id=recorded[0].call_id)
        self._waiting: dict[str, int] = {}
        self._again_ms: int | None = None
        self._looked_ms = 0

    def run(self) -> CallState:
        """The state at the end."""
        for number, item in enumerate(self._recorded):
            for now_ms, is_tick in self._moments(item.audio_ms):
                self._look(now_ms, is_tick=is_tick)
            if not isinstance(item.event, (*_DECIDED, events.Unrecognised)):
                self._add(item.event, now_ms=item.audio_ms, recorded_ms=item.recorded_ms)
            following = self._recorded[number + 1 : number + 2]
            is_last = not following or following[0].audio_ms > item.audio_ms
            if is_last and self._after_customer(item.audio_ms) == item.audio_ms:
                self._look(item.audio_ms)
        return self._state

    def _moments(self, until_ms: int) -> Iterator[tuple[int, bool]]:
        """When to look before the next event comes, and whether only because time has passed."""
        while True:
            at_ms, is_tick = self._looked_ms + _TICK_MS, True
            again_ms = self._after_customer(self._again_ms)
            if again_ms is not None and again_ms <= at_ms:
                at_ms, is_tick = max(again_ms, self._looked_ms + 1), False
            if self._first_ms and self._first_ms[-1] <= min(at_ms, until_ms - 1):
                at_ms, is_tick = max(self._first_ms.pop(), self._looked_ms), False
            if at_ms >= until_ms:
                return
            yield at_ms, is_tick

    def _after_customer(self, at_ms: int | None) -> int | None:
        """When the customer has ended, where they speak then: a card that had to wait comes after
        it, and what is in their words is known then.
        """
        if at_ms is None:
            return None
        return next((end for start, end in self._customer if start < at_ms < end), at_ms)

    def _look(self, now_ms: int, *, is_tick: bool = False) -> None:
        self._looked_ms = max(now_ms, self._looked_ms)
        if not self._state.is_live:
            return
        state = replace(self._state, audio_ms=now_ms)
        proposals = [
            proposal
            for rule in self._rules
            for proposal in rule.propose(state, None, {})
            if not is_tick or proposal.suggestion.kind in OF_TIME
        ]
        since_ms = next((start for start, end in self._agent if start < now_ms <= end), None)
        moment = Moment(agent_since_ms=since_ms, waiting=self._waiting)
        decision = self._arbiter.decide(state, proposals, now_ms=now_ms, moment=moment)
        for topic in decision.waiting:
            self._waiting.setdefault(topic, now_ms)
        if decision.again_ms is not None or not is_tick:
            self._again_ms = decision.again_ms
        for event in decision.events:
            self._add(event, now_ms=now_ms, recorded_ms=0)

    def _add(self, event: Event, *, now_ms: int, recorded_ms: int) -> None:
        recorded = Recorded(
            call_id=self._state.call_id,
            seq=self._state.seq + 1,
            recorded_ms=recorded_ms,
            audio_ms=now_ms,
            event=event,
        )
        self._state = apply(self._state, recorded)


def _talk(
    recorded: Sequence[Recorded], role: Role, *, is_read: bool = False
) -> list[tuple[int, int]]:
    """When somebody of that role spoke, ms; `is_read`: until their words had been read."""
    speakers = {
        item.event.participant.participant_id
        for item in recorded
        if isinstance(item.event, events.ParticipantJoined) and item.event.participant.role is role
    }
    read_ms: dict[UtteranceId, int] = {}  # when the last thing was read from it
    for item in recorded:
        if isinstance(item.event, _READ):
            read_ms[item.event.utterance_id] = item.audio_ms
    return [
        (item.event.start_ms, read_ms[item.event.utterance_id] if is_read else item.event.end_ms)
        for item in recorded
        if isinstance(item.event, events.UtteranceFinal) and item.event.participant_id in speakers
    ]


def _stays_ms(made: events.SuggestionMade) -> int:
    return _STAYS_MS.get(made.suggestion.kind, _OTHER_STAYS_MS)


def _shown(card: Card, topics: Collection[str]) -> Shown:
    suggestion = card.suggestion
    return Shown(
        topic=suggestion.topic,
        kind=suggestion.kind,
        title=suggestion.title,
        at_ms=card.made_ms,
        status=card.status,
        was_shown=suggestion.topic in topics,
    )
