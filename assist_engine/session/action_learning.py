"""Learns from calls that are over what became of the next best actions shown on them.

The event log is the memory: what an engine learned, the next one reads again. A log that cannot
be read costs the lesson only.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from assist_engine.contract.ids import CallId
from assist_engine.errors import AssistError
from assist_engine.event_log.log import EventLog
from assist_engine.guidance.action_outcome import action_outcomes
from assist_engine.guidance.ranking import ActionMemory

log = logging.getLogger(__name__)

_REACH_MS: Final = 90 * 86_400_000
_MOST_CALLS: Final = 20_000  # the newest; with more, older ones say nothing new
_FAILURES: Final = (AssistError, OSError, ValueError)


class ActionLearning:
    """Fills a memory from the log at the start, and from each call that ends.

    A call of which more is heard after its end, such as a rating, is learned again.
    """

    def __init__(
        self, *, event_log: EventLog, memory: ActionMemory, now_ms: Callable[[], int]
    ) -> None:
        self._log = event_log
        self._memory = memory
        self._now_ms = now_ms
        self._ended: dict[CallId, None] = {}  # in order, each once
        self._woken = asyncio.Event()

    def on_ended(self, call_id: CallId) -> None:
        """Something happened to a call that is over."""
        self._ended[call_id] = None
        self._woken.set()

    async def run(self) -> None:
        """Learn until cancelled."""
        await self.read_past()
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._ended:
                call_id = next(iter(self._ended))
                del self._ended[call_id]
                await self._learn(call_id)

    async def read_past(self) -> None:
        """Learn what the log holds of the last ninety days, newest calls first."""
        try:
            ended = await self._log.ended(self._now_ms() - _REACH_MS)
        except _FAILURES as error:
            log.error("what became of earlier actions cannot be read: %s", error)
            return
        for call_id in list(reversed(ended))[:_MOST_CALLS]:
            await self._learn(call_id)

    async def _learn(self, call_id: CallId) -> None:
        try:
            recorded = await self._log.read(call_id)
            self._memory.learn(call_id, await asyncio.to_thread(action_outcomes, recorded))
        except _FAILURES as error:
            log.error("what became of the actions of call %s is not learned: %s", call_id, error)
