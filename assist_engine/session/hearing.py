"""One channel of one call: audio frames in, heard words out, decoded on a lane.

Frames go straight to the lane's thread, and the event loop is woken only when something was
heard: most blocks of audio change nothing, and waking it for each cost as much as a tenth of
the recognition itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor, Future
from typing import Final, TypeAlias

import msgspec

from assist_engine.audio.frame_clock import FrameClock
from assist_engine.contract.commands import ChannelFormat
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.wire import AudioFrame
from assist_engine.speech.engine import Heard, Listener, SpeechEngine

OnHeard: TypeAlias = Callable[["ChannelEar", UtteranceId, Heard], Awaitable[None]]

_LONGEST_HOLE_MS: Final = 60_000  # a longer one is not listened through: the ear begins anew


class _Turn(msgspec.Struct, frozen=True):
    """Tells the ear to settle what it heard so far, and where to hear on (None: nowhere yet)."""

    start_sample: int | None


class _Told(msgspec.Struct, frozen=True):
    """What the lane says to the event loop."""

    heard: Sequence[tuple[UtteranceId, Heard]]
    error: BaseException | None = None
    is_last: bool = False


class ChannelEar:
    """Owns the listener of a channel. Frames wait in bounded number, then the sender waits.

    Made in a running event loop. The clock and the listener belong to the lane's thread.
    """

    def __init__(
        self,
        *,
        leg: ChannelFormat,
        participant_id: ParticipantId,
        engine: SpeechEngine,
        lane: Executor,
        queue_blocks: int,
        start_ms: int,
        first_turn: int,
    ) -> None:
        self.leg = leg
        self.participant_id = participant_id
        self.is_paused = False
        self._engine = engine
        self._lane = lane
        self._limit = queue_blocks
        self._loop = asyncio.get_running_loop()
        self._told: asyncio.Queue[_Told] = asyncio.Queue()
        self._given = self._done = 0  # written by the event loop, by the lane
        self._has_room = asyncio.Event()
        self._is_awaited = False
        self._is_closed = self._is_deaf = False
        self._clock: FrameClock
        self._listener: Listener
        self._is_finished = False
        self._next_turn = first_turn
        self._received = start_ms * leg.sample_rate_hz // 1000
        self._tune_in(self._received)

    @property
    def position_ms(self) -> int:
        """Newest audio received, ms from the start of the call."""
        return self._ms(self._received)

    @property
    def backlog_ms(self) -> int:
        """Audio received that still waits to be decoded."""
        return self.position_ms - self._clock.position_ms if self._waiting else 0

    async def put(self, frame: AudioFrame) -> None:
        """Take a frame, when there is room; while paused it only moves the position."""
        if not self.is_paused:
            await self._wait_for_room()
            self._give(frame)
        # Only now: a frame whose sender goes away while it waits was not received.
        self._received = max(self._received, frame.start_sample + len(frame.pcm) // 2)

    def pause(self) -> None:
        """Settle what was said so far and hear nothing more."""
        self.is_paused = True
        self._give(_Turn(None))

    def resume(self) -> None:
        """Hear again, from the next frame on."""
        self.is_paused = False
        self._give(_Turn(self._received))

    def close(self) -> None:
        """No more frames come; `run` ends when all are heard, to the last word."""
        self._give(None)
        self._is_closed = True
        self._has_room.set()

    def deafen(self) -> None:
        """Hear nothing more, not even what waits; whoever waits to send goes on."""
        self._is_closed = self._is_deaf = True
        self._has_room.set()
        self._told.put_nowait(_Told((), is_last=True))

    async def run(self, on_heard: OnHeard) -> None:
        """Tell what is heard until closed; raises what broke the listener."""
        try:
            is_last = False
            while not is_last:
                told = await self._told.get()
                if told.error:
                    raise told.error
                for utterance_id, heard in told.heard:
                    await on_heard(self, utterance_id, heard)
                is_last = told.is_last
        finally:
            self._is_closed = self._is_deaf = True

    @property
    def _waiting(self) -> int:
        return self._given - self._done

    async def _wait_for_room(self) -> None:
        while self._waiting >= self._limit and not self._is_closed:
            self._has_room.clear()
            self._is_awaited = True  # before looking again: the lane counts, then looks at this
            if self._waiting >= self._limit:
                await self._has_room.wait()

    def _give(self, item: AudioFrame | _Turn | None) -> None:
        if self._is_closed:
            return
        self._given += 1
        self._lane.submit(self._work, item).add_done_callback(self._report)

    def _work(self, item: AudioFrame | _Turn | None) -> _Told:
        """On the lane: hear a frame, or settle. None: settle for good."""
        if self._is_deaf:
            return _Told(())
        if isinstance(item, AudioFrame):
            return _Told(self._hear_frame(item))
        heard = self._finish()
        if item is not None and item.start_sample is not None:
            self._tune_in(item.start_sample)
        return _Told(heard, is_last=item is None)

    def _report(self, work: Future[_Told]) -> None:
        """On the lane: wake the event loop where there is something for it."""
        self._done += 1
        told = _Told(()) if work.cancelled() else self._outcome(work)
        if self._is_awaited and not self._is_deaf:
            self._is_awaited = False
            self._loop.call_soon_threadsafe(self._has_room.set)
        if told.heard or told.error or told.is_last:
            self._is_deaf |= told.error is not None or told.is_last
            self._loop.call_soon_threadsafe(self._told.put_nowait, told)

    def _outcome(self, work: Future[_Told]) -> _Told:
        error = work.exception()
        return _Told((), error=error) if error else work.result()

    def _hear_frame(self, frame: AudioFrame) -> list[tuple[UtteranceId, Heard]]:
        if self._is_finished:
            return []  # it waited while the call was paused
        heard: list[tuple[UtteranceId, Heard]] = []
        if self._clock.position_ms + _LONGEST_HOLE_MS < self._ms(frame.start_sample):
            heard += self._finish()
            self._tune_in(frame.start_sample)
        for pcm in self._clock.receive(frame):
            heard += self._named(self._listener.hear(pcm))
        return heard

    def _finish(self) -> list[tuple[UtteranceId, Heard]]:
        if self._is_finished:
            return []
        self._is_finished = True
        rest = [heard for pcm in self._clock.flush() for heard in self._listener.hear(pcm)]
        return self._named([*rest, *self._listener.finish()])

    def _named(self, heard: Sequence[Heard]) -> list[tuple[UtteranceId, Heard]]:
        """Give each turn of the listener its name in the call."""
        named: list[tuple[UtteranceId, Heard]] = []
        for item in heard:
            number = self._first_turn + item.turn
            self._next_turn = max(self._next_turn, number + 1)
            named.append((UtteranceId(f"{self.participant_id}-{number}"), item))
        return named

    def _tune_in(self, start_sample: int) -> None:
        rate = self.leg.sample_rate_hz
        self._first_turn = self._next_turn
        self._is_finished = False
        self._clock = FrameClock(sample_rate_hz=rate, start_sample=start_sample)
        self._listener = self._engine.listen(source_rate_hz=rate, start_ms=self._ms(start_sample))

    def _ms(self, sample: int) -> int:
        return sample * 1000 // self.leg.sample_rate_hz
