"""Turns what was heard into signals, cards and alerts, one turn at a time.

Finals wait in order; of the words still moving only the newest are looked at, and only when
no final waits.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from msgspec.structs import replace

from assist_engine.call.customer_words import CustomerWords
from assist_engine.call.selectors import current_intent, customer_facts
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import (
    DriverRead,
    Event,
    StageFailed,
    SuggestionMade,
    UtteranceFinal,
)
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import Role
from assist_engine.event_log.log import LogFailed
from assist_engine.guidance.need import ArticleQuery, LiveSpeech
from assist_engine.guidance.rule import Proposal, Vector
from assist_engine.session.stages import Stages
from assist_engine.understanding.clauses import clauses_of
from assist_engine.understanding.signal import Feelings, Observation

log = logging.getLogger(__name__)

_PAUSE_MS: Final = 400  # no new word for so long: the customer made a pause, or is done

Commit = Callable[[Sequence[Event]], Awaitable[None]]


class Thinking:
    """Understands and guides one call."""

    def __init__(
        self,
        *,
        stages: Stages,
        state: Callable[[], CallState],
        now_ms: Callable[[], int],
        commit: Commit,
    ) -> None:
        self._stages = stages
        self._state = state
        self._now_ms = now_ms
        self._commit = commit
        self._finals: deque[tuple[UtteranceFinal, Role]] = deque()
        self._live: LiveSpeech | None = None
        self._talk: LiveSpeech | None = None  # the newest words of an unfinished utterance
        self._talked_ms = 0
        self._held_until_ms: int | None = None
        self._held_since_ms: dict[str, int] = {}
        self._woken = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    def add_final(self, final: UtteranceFinal, role: Role) -> None:
        """A participant finished an utterance."""
        self._finals.append((final, role))
        if self._talk and self._talk.utterance_id == final.utterance_id:
            self._talk = self._live = None
        self._wake()

    def add_live(self, live: LiveSpeech) -> None:
        """A participant is saying this; it replaces what was live before."""
        self._live = self._talk = live
        self.on_talk(live.heard_ms)
        self._wake()

    def on_talk(self, heard_ms: int) -> None:
        """The customer was heard talking until then; the words may not be worth a look."""
        self._talked_ms = heard_ms

    def on_audio(self) -> None:
        """Look again at a card that another one held back, when its turn has come."""
        if self._is_due():
            self._wake()

    async def drain(self) -> None:
        """Return when all that was heard has been thought about."""
        await self._is_idle.wait()

    async def run(self) -> None:
        """Think until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._finals or self._live or self._is_due():
                await self._think_once()
            self._is_idle.set()

    async def _think_once(self) -> None:
        try:
            if self._finals:
                await self._understand(*self._finals.popleft())
            elif self._live:
                live, self._live = self._live, None
                await self._look(self._read(live))
            else:
                self._held_until_ms = None
                talk = self._talk
                await self._look(self._read(replace(talk, has_paused=True)) if talk else None)
        except LogFailed:
            raise
        except Exception as error:  # boundary: one turn's failure never ends the call
            log.exception("call %s: a turn could not be understood", self._state().call_id)
            code = getattr(error, "code", "engine.error")
            await self._commit([StageFailed(stage="thinking", code=code, message=str(error))])

    async def _understand(self, final: UtteranceFinal, role: Role) -> None:
        stages, vector = self._stages, None
        if final.text and (stages.analyzer.reads(role) or stages.event_rules):
            observation = await self._observe(final, role)
            vector = observation.vector
            await self._commit(stages.analyzer.analyze(observation, self._state()))
        if role is Role.CUSTOMER:
            await self._commit(stages.alerting.review(self._state()))
        await self._review(self._state().utterance(final.utterance_id), vector)
        await self._guide(None)

    async def _review(self, utterance: Utterance | None, vector: Vector | None) -> None:
        """Let each event rule see what the one before it recorded."""
        for rule in self._stages.event_rules:
            await self._commit(rule.review(self._state_now(), utterance, vector))

    async def _observe(self, final: UtteranceFinal, role: Role) -> Observation:
        """An utterance with its vectors and, of a customer, the feelings, queued at once."""
        clauses = [final.text[start:end] for start, end in clauses_of(final.text)]
        vector, parts, feelings = await asyncio.gather(
            self._stages.encoder.encode(final.text),
            self._stages.encoder.encode_all(clauses),
            self._feelings(final, role),
        )
        return Observation(
            final=final,
            role=role,
            vector=vector,
            feelings=feelings,
            clauses=parts if clauses else None,
        )

    async def _feelings(self, final: UtteranceFinal, role: Role) -> Feelings | None:
        if self._stages.feelings is None or role is not Role.CUSTOMER:
            return None
        words = CustomerWords(final.text, role)
        read = await self._stages.feelings.read(words)
        return Feelings(words=words, labels=read.labels, groups=read.groups)

    def _read(self, live: LiveSpeech) -> LiveSpeech:
        """The live words with the drivers in them; nothing of it is recorded."""
        words = UtteranceFinal(
            utterance_id=live.utterance_id,
            participant_id=live.participant_id,
            text=live.stable,
            start_ms=live.start_ms,
            end_ms=live.heard_ms,
        )
        found = self._stages.analyzer.preview(words, live.role)
        return replace(live, drivers=tuple(e for e in found if isinstance(e, DriverRead)))

    async def _look(self, live: LiveSpeech | None) -> None:
        """Guide on words still moving, or because time has passed."""
        await self._review(None, None)
        await self._guide(live)

    async def _guide(self, live: LiveSpeech | None) -> None:
        state, stages = self._state_now(), self._stages
        queries = {query for rule in stages.rules for query in rule.wants(state, live)}
        passages = await asyncio.gather(*(self._find(query) for query in queries))
        found = dict(zip(queries, passages, strict=True))
        state, now_ms = self._state_now(), self._now_ms()
        proposals = [p for rule in stages.rules for p in rule.propose(state, live, found)]
        new = stages.arbiter.review(state, proposals, now_ms=now_ms)
        if not new and stages.arbiter.next_slot_ms(state) > now_ms:
            self._hold(proposals, now_ms=now_ms)
        await self._commit([self._with_wait(event, now_ms=now_ms) for event in new])

    def _state_now(self) -> CallState:
        """The state with the time that has passed since its last event."""
        return replace(self._state(), audio_ms=self._now_ms())

    def _hold(self, proposals: Sequence[Proposal], *, now_ms: int) -> None:
        for proposal in proposals:
            self._held_since_ms.setdefault(proposal.suggestion.topic, now_ms)
            self._held_until_ms = self._stages.arbiter.next_slot_ms(self._state())

    def _with_wait(self, event: Event, *, now_ms: int) -> Event:
        """A card that was held back says for how long."""
        if not isinstance(event, SuggestionMade):
            return event
        since_ms = self._held_since_ms.pop(event.suggestion.topic, now_ms)
        return replace(event, held_ms=now_ms - since_ms)

    async def _find(self, query: ArticleQuery) -> Sequence[FoundPassage]:
        state = self._state()
        intent = current_intent(state)
        return await self._stages.finder.find(
            query.text,
            products=query.products,
            locale=state.locale,
            facts=customer_facts(state),
            intent=intent.intent if intent else "",
            uncertain=query.uncertain,
        )

    def _is_due(self) -> bool:
        if self._held_until_ms is None:
            return False
        # While they talk something more urgent may be coming: the next pause decides.
        is_talking = self._talk is not None and self._now_ms() < self._talked_ms + _PAUSE_MS
        return not is_talking and self._now_ms() >= self._held_until_ms

    def _wake(self) -> None:
        self._is_idle.clear()
        self._woken.set()
