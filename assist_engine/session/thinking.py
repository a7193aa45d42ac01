"""Turns what was heard into signals, cards and alerts, one turn at a time.

Finals wait in order; of the words still moving only the newest are looked at, and only when
no final waits.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from msgspec.structs import replace

from assist_engine.call.customer_words import CustomerWords
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import (
    DriverRead,
    Event,
    StageFailed,
    SuggestionMade,
    UtteranceFinal,
)
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import Role
from assist_engine.event_log.log import LogFailed
from assist_engine.guidance.arbiter import Moment
from assist_engine.guidance.need import ArticleQuery, LiveSpeech
from assist_engine.guidance.rule import OF_TIME, ClauseRule, Proposal, Vector
from assist_engine.guidance.said_parts import parts_of
from assist_engine.session.article_search import find_articles
from assist_engine.session.stages import Stages
from assist_engine.session.weighing import Weighing
from assist_engine.understanding.clauses import clauses_of
from assist_engine.understanding.signal import Feelings, Observation

log = logging.getLogger(__name__)

_PAUSE_MS: Final = 400  # no new word for so long: the speaker made a pause, or is done
_AGENT_PAUSE_MS: Final = 1_200  # the same of an agent, whose final ends it sooner
_TICK_MS: Final = 1_000  # so often time alone may bring a reminder or a hint

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
        self._found: dict[ArticleQuery, Sequence[FoundPassage]] = {}  # for needs still open
        self._held_until_ms: int | None = None
        self._held_since_ms: dict[str, int] = {}
        self._agent_since_ms: int | None = None  # of the agent's unfinished utterance
        self._agent_talked_ms = 0
        self._agent_words = ""
        self._ticked_ms = 0
        self._weighing = Weighing()
        self._woken = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    def add_final(self, final: UtteranceFinal, role: Role) -> None:
        """A participant finished an utterance."""
        self._finals.append((final, role))
        if role is Role.AGENT:
            self._agent_since_ms = None
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

    def on_agent_talk(self, start_ms: int, heard_ms: int, stable: str) -> None:
        """The agent was heard saying this until then, since `start_ms`."""
        self._agent_since_ms, self._agent_talked_ms = start_ms, heard_ms
        self._agent_words = stable

    def on_audio(self) -> None:
        """Look again at a card that was held back, when its turn has come, and at the time."""
        if self._is_due() or self._is_tick():
            self._wake()

    async def drain(self) -> None:
        """Return when all that was heard has been thought about."""
        await self._is_idle.wait()

    async def run(self) -> None:
        """Think until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._finals or self._live or self._is_due() or self._is_tick():
                await self._think_once()
            self._is_idle.set()

    async def _think_once(self) -> None:
        try:
            if self._finals:
                await self._understand(*self._finals.popleft())
            elif self._live:
                live, self._live = self._live, None
                await self._look(self._read(live))
            elif not self._is_due():
                await self._tick()
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
        stages, observation = self._stages, None
        if final.text and (stages.analyzer.reads(role) or stages.event_rules):
            observation = await self._observe(final, role)
            read = stages.analyzer.analyze(observation, self._state())
            await self._commit(self._weighing.timed(read))
        if role is Role.CUSTOMER:
            await self._commit(stages.alerting.review(self._state()))
        utterance = self._state().utterance(final.utterance_id)
        await self._review(utterance, observation.vector if observation else None)
        if utterance is not None and observation is not None and observation.clauses is not None:
            await self._review_clauses(utterance, observation.clauses)
        await self._guide(None)

    async def _review(self, utterance: Utterance | None, vector: Vector | None) -> None:
        """Let each event rule see what the one before it recorded."""
        for rule in self._stages.event_rules:
            await self._commit(rule.review(self._state_now(), utterance, vector))

    async def _review_clauses(self, utterance: Utterance, vectors: Vector) -> None:
        """Let rules that read parts of an utterance see each of them."""
        text = utterance.final.text
        rules = [rule for rule in self._stages.event_rules if isinstance(rule, ClauseRule)]
        for (start, end), vector in zip(_parts(text, utterance.role), vectors, strict=True):
            for rule in rules:
                state = self._state_now()
                await self._commit(rule.review_clause(state, utterance, text[start:end], vector))

    async def _observe(self, final: UtteranceFinal, role: Role) -> Observation:
        """An utterance with its vectors and, of a customer, the feelings, queued at once."""
        clauses = [final.text[start:end] for start, end in _parts(final.text, role)]
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
        live = replace(live, drivers=tuple(e for e in found if isinstance(e, DriverRead)))
        self._weighing.heard(live, now_ms=self._now_ms())
        return live

    async def _look(self, live: LiveSpeech | None) -> None:
        """Guide on words still moving, or because time has passed."""
        await self._review(None, None)
        await self._guide(live)

    async def _tick(self) -> None:
        """Time has passed: deadlines, and cards that wait for nobody's words."""
        self._ticked_ms = self._now_ms()
        await self._review(None, None)
        state = self._state_now()
        speaking = self._speaking()
        proposals = [p for rule in self._stages.rules for p in rule.propose(state, speaking, {})]
        await self._decide([p for p in proposals if p.suggestion.kind in OF_TIME])

    async def _guide(self, live: LiveSpeech | None) -> None:
        state, rules = self._state_now(), self._stages.rules
        queries = dict.fromkeys(q for rule in rules for q in rule.wants(state, live))
        found = await self._find_all(queries)
        looked = {query: found[query] for query in queries}
        self._weighing.look(looked, now_ms=self._now_ms(), is_live=live is not None)
        state = self._state_now()
        await self._decide([p for rule in rules for p in rule.propose(state, live, found)])
        threshold = self._stages.article_threshold()
        if live is None and (weighed := self._weighing.take(threshold=threshold)):
            await self._commit(weighed)

    async def _find_all(
        self, queries: Collection[ArticleQuery]
    ) -> dict[ArticleQuery, Sequence[FoundPassage]]:
        """Search for what was not looked for before; a need that waits for its card is again."""
        new = [query for query in queries if query not in self._found]
        passages = await asyncio.gather(*(self._find(query) for query in new))
        known = {query: self._found[query] for query in queries if query in self._found}
        self._found = known | dict(zip(new, passages, strict=True))
        return self._found

    async def _decide(self, proposals: Sequence[Proposal]) -> None:
        """Put up what the arbiter lets through, and remember what has to wait."""
        now_ms = self._now_ms()
        moment = Moment(agent_since_ms=self._agent_since(now_ms), waiting=self._held_since_ms)
        decision = self._stages.arbiter.decide(
            self._state_now(), proposals, now_ms=now_ms, moment=moment
        )
        for topic in decision.waiting:
            self._held_since_ms.setdefault(topic, now_ms)
        if decision.again_ms is not None:
            self._held_until_ms = decision.again_ms
        await self._commit([self._with_wait(event, now_ms=now_ms) for event in decision.events])

    def _state_now(self) -> CallState:
        """The state with the time that has passed since its last event."""
        return replace(self._state(), audio_ms=self._now_ms())

    def _speaking(self) -> LiveSpeech | None:
        """Who speaks, or paused last, of those whose words are no final yet; an agent's words."""
        now_ms = self._now_ms()
        is_agent = self._agent_since(now_ms) is not None
        heard_ms = max(self._talked_ms, self._agent_talked_ms)
        if not heard_ms:
            return None
        role = Role.AGENT if is_agent else Role.CUSTOMER
        return LiveSpeech(
            utterance_id=UtteranceId(""),
            participant_id=ParticipantId(""),
            role=role,
            stable=self._agent_words if is_agent else "",
            start_ms=heard_ms,
            heard_ms=heard_ms,
            has_paused=not is_agent and now_ms >= heard_ms + _PAUSE_MS,
        )

    def _agent_since(self, now_ms: int) -> int | None:
        """Since when the agent has been speaking, or None where they are silent."""
        is_talking = now_ms < self._agent_talked_ms + _AGENT_PAUSE_MS
        return self._agent_since_ms if is_talking else None

    def _with_wait(self, event: Event, *, now_ms: int) -> Event:
        """A card that was held back says for how long."""
        if not isinstance(event, SuggestionMade):
            return event
        since_ms = self._held_since_ms.pop(event.suggestion.topic, now_ms)
        return replace(event, held_ms=now_ms - since_ms)

    async def _find(self, query: ArticleQuery) -> Sequence[FoundPassage]:
        return await find_articles(self._stages.finder, self._state(), query)

    def _is_tick(self) -> bool:
        return self._now_ms() >= self._ticked_ms + _TICK_MS

    def _is_due(self) -> bool:
        if self._held_until_ms is None:
            return False
        # While they talk something more urgent may be coming: the next pause decides.
        is_talking = self._talk is not None and self._now_ms() < self._talked_ms + _PAUSE_MS
        return not is_talking and self._now_ms() >= self._held_until_ms

    def _wake(self) -> None:
        self._is_idle.clear()
        self._woken.set()


def _parts(text: str, role: Role) -> Sequence[tuple[int, int]]:
    """What of an utterance is looked at by itself: an agent's steps, a customer's matters."""
    return parts_of(text) if role is Role.AGENT else clauses_of(text)
