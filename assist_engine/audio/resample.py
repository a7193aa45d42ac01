"""Brings one channel to the rate that the speech model wants, block by block."""

from typing import Protocol

import numpy as np
import soxr


class Resampler(Protocol):
    """One channel's way from one rate to another; the blocks must come in order."""

    def resample(self, pcm: bytes) -> bytes:
        """Give what can be given so far; the rest follows with later blocks."""
        ...

    def finish(self) -> bytes:
        """Give the last samples."""
        ...


def resampler(*, from_hz: int, to_hz: int) -> Resampler:
    """Make the resampler of one channel; equal rates pass the audio through untouched."""
    if from_hz == to_hz:
        return PassThrough()
    return SoxrResampler(from_hz=from_hz, to_hz=to_hz)


class PassThrough:
    """Gives what it gets."""

    def resample(self, pcm: bytes) -> bytes:
        """Give the block back."""
        return pcm

    def finish(self) -> bytes:
        """There is nothing left."""
        return b""


class SoxrResampler:
    """A streaming soxr filter: the same samples whatever the block sizes.

    soxr's variable-rate engine is used at a fixed ratio because its delay is short and constant
    (30 ms from 8 to 16 kHz; the fixed-rate engine holds back 28 to 80 ms, measured), and floats
    because its 16-bit output is dithered, which makes it depend on the block sizes.
    """

    def __init__(self, *, from_hz: int, to_hz: int) -> None:
        self._stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32", vr=True)

    def resample(self, pcm: bytes) -> bytes:
        """Filter one block."""
        return self._run(pcm, is_last=False)

    def finish(self) -> bytes:
        """Give the samples that the filter still holds."""
        return self._run(b"", is_last=True)

    def _run(self, pcm: bytes, *, is_last: bool) -> bytes:
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
        filtered = self._stream.resample_chunk(samples, last=is_last)
        rounded = np.rint(np.clip(filtered, -32768.0, 32767.0))
        return bytes(rounded.astype("<i2").tobytes())
