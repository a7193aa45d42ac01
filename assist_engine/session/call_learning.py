"""Learns from calls that are over, one at a time and never in a call's way.

A call is learned when its wrap-up is drafted, and again when more happens to it; what an engine
did not come to is made up for by the next. A knowledge base that fails costs the lesson only.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from assist_engine.contract.ids import CallId
from assist_engine.errors import AssistError
from assist_engine.event_log.log import EventLog
from assist_engine.guidance.need import is_need
from assist_engine.learning.knowledge_use import learn
from assist_engine.learning.wrap_up_choices import MOST_CALLS, WrapUpChoices
from assist_engine.session.knowledge_teacher import KnowledgeTeacher
from assist_engine.understanding.anonymity import without_identity

log = logging.getLogger(__name__)

_MADE_UP_FOR_MS: Final = 7 * 86_400_000
_AGAIN_S: Final = 600.0  # what failed is tried again that often
_FAILURES: Final = (AssistError, OSError, ValueError)


class CallLearning:
    """Waits for ended calls and new releases."""

    def __init__(
        self,
        *,
        event_log: EventLog,
        teacher: KnowledgeTeacher,
        now_ms: Callable[[], int],
        choices: WrapUpChoices | None = None,
    ) -> None:
        self._log = event_log
        self._choices = choices or WrapUpChoices({})
        self._teacher = teacher
        self._now_ms = now_ms
        self._ended: dict[CallId, None] = {}  # in order, each once
        self._has_new_release = False
        self._woken = asyncio.Event()

    def on_ended(self, call_id: CallId) -> None:
        """Something happened to a call that is over."""
        self._ended[call_id] = None
        self._woken.set()

    def on_release(self) -> None:
        """Another release is in use."""
        self._has_new_release = True
        self._woken.set()

    async def run(self) -> None:
        """Learn until cancelled."""
        self._has_new_release = True
        await self._recall_choices()
        while True:
            await self._find_missed()
            await self._learn_waiting()
            try:
                async with asyncio.timeout(_AGAIN_S):
                    while True:
                        await self._woken.wait()
                        self._woken.clear()
                        await self._learn_waiting()
            except TimeoutError:
                continue

    async def _recall_choices(self) -> None:
        try:
            self._choices.take(await self._log.wrap_ups(MOST_CALLS))
        except _FAILURES as error:
            log.error("how agents filed earlier calls cannot be read: %s", error)

    async def _find_missed(self) -> None:
        since_ms = self._now_ms() - _MADE_UP_FOR_MS
        try:
            ended = await self._log.ended(since_ms)
            known = await self._teacher.known(since_ms)
        except _FAILURES as error:
            log.error("calls that were not learned cannot be looked for: %s", error)
            return
        missed = [call_id for call_id, seq in ended.items() if known.get(call_id, 0) < seq]
        self._ended.update(dict.fromkeys(missed))

    async def _learn_waiting(self) -> None:
        while self._ended:
            call_id = next(iter(self._ended))
            del self._ended[call_id]
            await self._learn(call_id)
        if self._has_new_release:
            self._has_new_release = False
            await self._try_gaps()

    async def _learn(self, call_id: CallId) -> None:
        try:
            recorded = await self._log.read(call_id)
            self._choices.take(recorded)
            taught = learn(recorded, is_need=is_need, without_identity=without_identity)
            await self._teacher.teach(call_id, taught)
        except _FAILURES as error:
            log.error("what call %s taught is not kept: %s", call_id, error)

    async def _try_gaps(self) -> None:
        try:
            await self._teacher.try_gaps()
        except _FAILURES as error:
            log.error("gaps cannot be tried: %s", error)
