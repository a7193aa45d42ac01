"""Keeps the last audio of one channel, so that it can be sent again to an engine that died."""

from collections import deque
from typing import NamedTuple


class Block(NamedTuple):
    """16-bit mono PCM; `start_sample` counts from the start of the call."""

    start_sample: int
    pcm: bytes

    @property
    def end_sample(self) -> int:
        """The sample after the last one."""
        return self.start_sample + len(self.pcm) // 2


class KeptAudio:
    """Blocks of one channel in order: those sent and those not yet sent.

    Over `kept_ms` the oldest go, sent or not: an engine that is away for longer than that
    hears silence for the part that was given up (`lost_ms` says how much was never sent).
    """

    def __init__(self, *, sample_rate_hz: int, kept_ms: int) -> None:
        self._rate = sample_rate_hz
        self._kept_samples = kept_ms * sample_rate_hz // 1000
        self._sent: deque[Block] = deque()
        self._unsent: deque[Block] = deque()
        self._end = 0
        self._lost_samples = 0

    @property
    def lost_ms(self) -> int:
        """Audio given up without ever being sent."""
        return self._lost_samples * 1000 // self._rate

    @property
    def unsent_ms(self) -> int:
        """Audio that waits."""
        return (
            (self._end - self._unsent[0].start_sample) * 1000 // self._rate if self._unsent else 0
        )

    def keep(self, start_sample: int, pcm: bytes) -> None:
        """Add the next block."""
        block = Block(start_sample, pcm)
        self._unsent.append(block)
        self._end = max(self._end, block.end_sample)
        oldest = self._end - self._kept_samples
        while self._sent and self._sent[0].start_sample < oldest:
            self._sent.popleft()
        while self._unsent[0].start_sample < oldest:
            self._lost_samples += len(self._unsent.popleft().pcm) // 2

    def take(self) -> Block | None:
        """The next block to send, or None."""
        if not self._unsent:
            return None
        block = self._unsent.popleft()
        self._sent.append(block)
        return block

    def rewind(self, from_ms: int) -> None:
        """Send again whatever of the kept audio reaches past `from_ms`; the rest counts as sent."""
        wanted = from_ms * self._rate // 1000
        while self._sent and self._sent[-1].end_sample > wanted:
            self._unsent.appendleft(self._sent.pop())
        while self._unsent and self._unsent[0].end_sample <= wanted:
            self._sent.append(self._unsent.popleft())
