"""One channel of one call: audio frames in, heard words out, decoded on the thread pool."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor

import msgspec

from assist_engine.audio.frame_clock import FrameClock
from assist_engine.contract.commands import ChannelFormat
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.wire import AudioFrame
from assist_engine.speech.engine import HeardFinal, HeardPartial, Listener, SpeechEngine

Heard = HeardPartial | HeardFinal
OnHeard = Callable[["ChannelEar", Heard], Awaitable[None]]


class _Turn(msgspec.Struct, frozen=True):
    """Tells the ear to settle what it heard so far, and where to hear on (None: nowhere yet)."""

    start_sample: int | None


class ChannelEar:
    """Owns the listener of a channel. Frames wait in a bounded queue, then the sender waits."""

    def __init__(
        self,
        *,
        leg: ChannelFormat,
        participant_id: ParticipantId,
        engine: SpeechEngine,
        decoding: Executor,
        queue_blocks: int,
        start_ms: int,
        first_turn: int,
    ) -> None:
        self.leg = leg
        self.participant_id = participant_id
        self.is_paused = False
        self._engine = engine
        self._decoding = decoding
        self._next_turn = first_turn
        self._is_finished = False
        self._queue: asyncio.Queue[AudioFrame | _Turn | None] = asyncio.Queue(queue_blocks)
        self._received = self._sample_at(start_ms)
        self._tune_in(self._received)

    @property
    def position_ms(self) -> int:
        """Newest audio received, ms from the start of the call."""
        return self._received * 1000 // self.leg.sample_rate_hz

    @property
    def backlog_ms(self) -> int:
        """Audio received that still waits to be decoded."""
        return self.position_ms - self._clock.position_ms

    def utterance_id(self, heard: Heard) -> UtteranceId:
        """The call-wide name of a listener's turn."""
        return UtteranceId(f"{self.participant_id}-{self._first_turn + heard.turn}")

    async def put(self, frame: AudioFrame) -> None:
        """Queue a frame; while paused it only moves the position."""
        end = frame.start_sample + len(frame.pcm) // 2
        self._received = max(self._received, end)
        if not self.is_paused:
            await self._queue.put(frame)

    async def pause(self) -> None:
        """Settle what was said so far and hear nothing more."""
        self.is_paused = True
        await self._queue.put(_Turn(None))

    async def resume(self) -> None:
        """Hear again, from the next frame on."""
        self.is_paused = False
        await self._queue.put(_Turn(self._received))

    async def close(self) -> None:
        """No more frames come; `run` ends when all are heard."""
        await self._queue.put(None)

    async def run(self, on_heard: OnHeard) -> None:
        """Decode until closed, and flush so that no last word is lost."""
        while (item := await self._queue.get()) is not None:
            if isinstance(item, AudioFrame):
                await self._hear_frame(item, on_heard)
                continue
            await self._finish(on_heard)
            if item.start_sample is not None:
                self._tune_in(item.start_sample)
        await self._finish(on_heard)

    async def _hear_frame(self, frame: AudioFrame, on_heard: OnHeard) -> None:
        for pcm in self._clock.receive(frame):
            await self._hear(pcm, on_heard)

    async def _hear(self, pcm: bytes, on_heard: OnHeard) -> None:
        loop = asyncio.get_running_loop()
        for heard in await loop.run_in_executor(self._decoding, self._listener.hear, pcm):
            await self._tell(heard, on_heard)

    async def _finish(self, on_heard: OnHeard) -> None:
        if self._is_finished:
            return
        self._is_finished = True
        for pcm in self._clock.flush():
            await self._hear(pcm, on_heard)
        loop = asyncio.get_running_loop()
        for heard in await loop.run_in_executor(self._decoding, self._listener.finish):
            await self._tell(heard, on_heard)

    async def _tell(self, heard: Heard, on_heard: OnHeard) -> None:
        self._next_turn = max(self._next_turn, self._first_turn + heard.turn + 1)
        await on_heard(self, heard)

    def _tune_in(self, start_sample: int) -> None:
        rate = self.leg.sample_rate_hz
        self._first_turn = self._next_turn
        self._is_finished = False
        self._clock = FrameClock(sample_rate_hz=rate, start_sample=start_sample)
        self._listener: Listener = self._engine.listen(
            source_rate_hz=rate, start_ms=start_sample * 1000 // rate
        )

    def _sample_at(self, position_ms: int) -> int:
        return position_ms * self.leg.sample_rate_hz // 1000
