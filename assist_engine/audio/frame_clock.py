"""Orders the frames of one channel by their position. Pure: give it frames, it gives PCM.

Repeats and overlaps are trimmed (what came first stays), frames that overtook others wait up to
`reorder_ms` of audio, and what is then still missing becomes silence, so that every word keeps
its time.
"""

from typing import Final

from assist_engine.audio.pcm import BYTES_PER_SAMPLE
from assist_engine.contract.wire import AudioFrame
from assist_engine.errors import BadInput

REORDER_MS: Final = 200
MAX_GAP_MS: Final = 600_000


class FrameClock:
    """The clock of one channel: audio positions in, audio without holes out."""

    def __init__(
        self,
        *,
        sample_rate_hz: int,
        start_sample: int = 0,
        reorder_ms: int = REORDER_MS,
        max_gap_ms: int = MAX_GAP_MS,
    ) -> None:
        self._sample_rate_hz = sample_rate_hz
        self._next_sample = start_sample
        self._reorder_samples = reorder_ms * sample_rate_hz // 1000
        self._max_gap_samples = max_gap_ms * sample_rate_hz // 1000
        self._waiting: list[AudioFrame] = []

    @property
    def position_ms(self) -> int:
        """Audio given out so far, from the start of the call."""
        return self._next_sample * 1000 // self._sample_rate_hz

    def receive(self, frame: AudioFrame) -> list[bytes]:
        """Take a frame; give the PCM that is now in order, in pieces of at most one second.

        Raises `BadInput` for half a sample, and for a frame further ahead than the longest gap.
        """
        self._check(frame)
        if _end_of(frame) > self._next_sample:
            self._waiting.append(frame)
            self._waiting.sort(key=_position)
        return self._take_in_order(patience_samples=self._reorder_samples)

    def flush(self) -> list[bytes]:
        """Wait for nothing any more: give all that came, gaps as silence."""
        return self._take_in_order(patience_samples=0)

    def _check(self, frame: AudioFrame) -> None:
        if len(frame.pcm) % BYTES_PER_SAMPLE:
            raise BadInput(f"16-bit PCM has an even number of bytes, got {len(frame.pcm)}")
        ahead = frame.start_sample - self._next_sample
        if ahead > self._max_gap_samples:
            raise BadInput(
                f"audio of channel {frame.channel} jumps {ahead // self._sample_rate_hz} s ahead; "
                f"at most {self._max_gap_samples // self._sample_rate_hz} s may be missing"
            )

    def _take_in_order(self, *, patience_samples: int) -> list[bytes]:
        pieces: list[bytes] = []
        while self._waiting:
            first = self._waiting[0]
            newest = max(map(_end_of, self._waiting))
            if first.start_sample > self._next_sample:
                if patience_samples and newest - self._next_sample <= patience_samples:
                    break
                pieces += self._silence_until(first.start_sample)
            del self._waiting[0]
            pieces += self._trimmed(first)
        return pieces

    def _trimmed(self, frame: AudioFrame) -> list[bytes]:
        repeated = self._next_sample - frame.start_sample
        fresh = frame.pcm[repeated * BYTES_PER_SAMPLE :]
        self._next_sample += len(fresh) // BYTES_PER_SAMPLE
        return [fresh] if fresh else []

    def _silence_until(self, sample: int) -> list[bytes]:
        missing = sample - self._next_sample
        self._next_sample = sample
        second = self._sample_rate_hz
        return [
            bytes(BYTES_PER_SAMPLE * min(second, missing - at)) for at in range(0, missing, second)
        ]


def _position(frame: AudioFrame) -> tuple[int, int]:
    return frame.start_sample, frame.sequence


def _end_of(frame: AudioFrame) -> int:
    return frame.start_sample + len(frame.pcm) // BYTES_PER_SAMPLE
