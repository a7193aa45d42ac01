"""One channel of one call: audio frames in, heard words out, decoded on the thread pool."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor

import msgspec

from assist_engine.audio.frame_clock import FrameClock
from assist_engine.contract.commands import ChannelFormat
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.wire import AudioFrame
from assist_engine.session.audio_queue import AudioQueue
from assist_engine.speech.engine import HeardFinal, HeardPartial, Listener, SpeechEngine

Heard = HeardPartial | HeardFinal
OnHeard = Callable[["ChannelEar", Heard], Awaitable[None]]

_LONGEST_HOLE_MS = 60_000  # a longer one is not listened through: the ear begins anew behind it


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
        self._queue: AudioQueue[AudioFrame | _Turn] = AudioQueue(queue_blocks)
        self._received = start_ms * leg.sample_rate_hz // 1000
        self._tune_in(self._received)

    @property
    def position_ms(self) -> int:
        """Newest audio received, ms from the start of the call."""
        return self._ms(self._received)

    @property
    def backlog_ms(self) -> int:
        """Audio received that still waits to be decoded."""
        return self.position_ms - self._clock.position_ms if self._queue else 0

    def utterance_id(self, heard: Heard) -> UtteranceId:
        """The call-wide name of a listener's turn."""
        return UtteranceId(f"{self.participant_id}-{self._first_turn + heard.turn}")

    async def put(self, frame: AudioFrame) -> None:
        """Queue a frame; while paused it only moves the position."""
        if not self.is_paused:
            await self._queue.put(frame)
        # Only now: a frame whose sender goes away while it waits was not received.
        self._received = max(self._received, frame.start_sample + len(frame.pcm) // 2)

    def pause(self) -> None:
        """Settle what was said so far and hear nothing more."""
        self.is_paused = True
        self._queue.steer(_Turn(None))

    def resume(self) -> None:
        """Hear again, from the next frame on."""
        self.is_paused = False
        self._queue.steer(_Turn(self._received))

    def close(self) -> None:
        """No more frames come; `run` ends when all are heard."""
        self._queue.close()

    def deafen(self) -> None:
        """Hear nothing more, not even what waits; whoever waits to send goes on."""
        self._queue.discard()

    async def run(self, on_heard: OnHeard) -> None:
        """Decode until closed, and flush so that no last word is lost."""
        while item := await self._queue.take():
            if isinstance(item, _Turn):
                await self._turn(item.start_sample, on_heard)
            elif not self._is_finished:
                await self._hear_frame(item, on_heard)
        await self._finish(on_heard)

    async def _turn(self, start_sample: int | None, on_heard: OnHeard) -> None:
        await self._finish(on_heard)
        if start_sample is not None:
            self._tune_in(start_sample)

    async def _hear_frame(self, frame: AudioFrame, on_heard: OnHeard) -> None:
        if self._clock.position_ms + _LONGEST_HOLE_MS < self._ms(frame.start_sample):
            await self._turn(frame.start_sample, on_heard)
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
            source_rate_hz=rate, start_ms=self._ms(start_sample)
        )

    def _ms(self, sample: int) -> int:
        return sample * 1000 // self.leg.sample_rate_hz
