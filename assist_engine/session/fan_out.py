"""Carries what happens to whoever watches. Events are never dropped, partials are.

Each listener has a bounded queue of events and, per participant, only the newest partial. One
that falls behind by more events than its queue holds is told to come back and resume by seq.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from typing import Final

from assist_engine.contract.answers import Answer, PartialHeard
from assist_engine.contract.events import Recorded, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId
from assist_engine.contract.wire import encode_answer, encode_recorded, kind_of
from assist_engine.session.agents_own import for_others

_CALLS_REMEMBERED: Final = 10_000  # with who watches them; the longest silent one is forgotten


class Subscriber:
    """One listener's queue: put from the event loop, taken by the task that sends."""

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._events: deque[bytes] = deque()
        self._live = 0  # of the events that wait; the others are history
        self._partials: dict[tuple[CallId, ParticipantId], tuple[PartialHeard, bytes]] = {}
        self._waiting = asyncio.Event()
        self._taken = asyncio.Event()
        self.has_overflowed = False
        self.dropped_partials = 0

    def put_answer(self, answer: Answer) -> None:
        """Queue an answer among the events."""
        self._put(encode_answer(answer))

    def put_recorded(self, recorded: Recorded, encoded: bytes) -> None:
        """Queue an event; a final takes the place of its utterance's partial."""
        event = recorded.event
        if isinstance(event, UtteranceFinal):
            key = (recorded.call_id, event.participant_id)
            waiting = self._partials.get(key)
            if waiting and waiting[0].utterance_id == event.utterance_id:
                del self._partials[key]
        self._put(encoded)

    def put_history(self, encoded: bytes) -> None:
        """Queue an event asked for by seq; the limit holds for live ones only."""
        if not self.has_overflowed:
            self._events.append(encoded)
        self._waiting.set()

    def put_partial(self, partial: PartialHeard, encoded: bytes) -> None:
        """Keep the newest partial of a participant."""
        key = (partial.call_id, partial.participant_id)
        self.dropped_partials += key in self._partials
        self._partials[key] = (partial, encoded)
        self._waiting.set()

    async def take(self) -> list[bytes]:
        """Wait for something to send; events come before partials."""
        await self._waiting.wait()
        self._waiting.clear()
        batch = [*self._events, *(encoded for _, encoded in self._partials.values())]
        self._events.clear()
        self._live = 0
        self._partials.clear()
        self._taken.set()
        return batch

    async def room(self) -> None:
        """Return when no more waits than the limit: who asks for history waits for it first."""
        while len(self._events) > self._limit:
            self._taken.clear()
            await self._taken.wait()

    def _put(self, data: bytes) -> None:
        # After an overflow nothing is queued any more: there is never a hole in what is sent.
        self.has_overflowed = self.has_overflowed or self._live >= self._limit
        if not self.has_overflowed:
            self._events.append(data)
            self._live += 1
        self._waiting.set()


class FanOut:
    """Who watches which call. `counts`: events published so far, by kind.

    Of the watchers of a call some are its own: its agent's desktop, which gets the words as they
    are said. All others get them redacted, and no coaching.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._by_call: OrderedDict[CallId, dict[Subscriber, bool]] = OrderedDict()
        self._of_all: set[Subscriber] = set()

    def watch(self, call_id: CallId, subscriber: Subscriber, *, is_own: bool = False) -> None:
        """Send this call's events and partials from now on."""
        self._watchers(call_id)[subscriber] = is_own

    def watch_all(self, subscriber: Subscriber) -> None:
        """Send the events and partials of every call that begins from now on."""
        self._of_all.add(subscriber)

    def leave(self, subscriber: Subscriber) -> None:
        """Send nothing more."""
        self._of_all.discard(subscriber)
        for watchers in self._by_call.values():
            watchers.pop(subscriber, None)

    def publish(self, recorded: Recorded) -> None:
        """Carry a durable event."""
        self.counts[kind_of(recorded.event)] += 1
        watchers = self._watchers(recorded.call_id)
        if recorded.seq == 1:
            watchers.update(dict.fromkeys(self._of_all - watchers.keys(), False))
        if watchers:
            others = for_others(recorded)
            encoded = {True: encode_recorded(recorded)}
            encoded[False] = encoded[True] if others is recorded else encode_recorded(others)
            for subscriber, is_own in watchers.items():
                subscriber.put_recorded(recorded, encoded[is_own])

    def publish_partial(self, redacted: PartialHeard, *, own: PartialHeard | None = None) -> None:
        """Carry words that are still moving: as they are said to the call's own, if given."""
        self.counts["utterance.partial"] += 1
        as_said = own or redacted
        for is_own, partial in ((False, redacted), (True, as_said)):
            takers = [s for s, owns in self._watchers(redacted.call_id).items() if owns is is_own]
            if takers:
                encoded = encode_answer(partial)
                for subscriber in takers:
                    subscriber.put_partial(partial, encoded)

    def tell(self, call_id: CallId, answer: Answer) -> None:
        """Say something to all who watch a call."""
        for subscriber in self._watchers(call_id):
            subscriber.put_answer(answer)

    def tell_own(self, call_id: CallId, answer: Answer) -> None:
        """Say something to the call's own agent only."""
        for subscriber, is_own in self._watchers(call_id).items():
            if is_own:
                subscriber.put_answer(answer)

    def _watchers(self, call_id: CallId) -> dict[Subscriber, bool]:
        watchers = self._by_call.setdefault(call_id, {})
        self._by_call.move_to_end(call_id)
        if len(self._by_call) > _CALLS_REMEMBERED:
            self._by_call.popitem(last=False)
        return watchers
