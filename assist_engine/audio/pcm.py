"""16-bit PCM: reading it out of WAV bytes, splitting stereo into channels, measuring its level.

Everything behind this door is signed 16-bit little-endian mono PCM (`bytes`) with its rate beside.
"""

import struct
from typing import Final

import msgspec
import numpy as np

from assist_engine.errors import BadInput

BYTES_PER_SAMPLE: Final = 2
LOWEST_RATE_HZ: Final = 8_000
HIGHEST_RATE_HZ: Final = 48_000
MAX_CHANNELS: Final = 2
SILENCE_DBFS: Final = -96.0
ACCEPTED: Final = (
    f"accepted are WAV files with 16-bit PCM, 1 or 2 channels, {LOWEST_RATE_HZ} to "
    f"{HIGHEST_RATE_HZ} Hz"
)

_PCM_FORMAT: Final = 1
_EXTENSIBLE_FORMAT: Final = 0xFFFE
_UNKNOWN_SIZE: Final = 0xFFFFFFFF  # what recorders that stream write for the size of the data


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded call: one `bytes` of PCM for each channel, all of one length."""

    sample_rate_hz: int
    channels: tuple[bytes, ...]

    @property
    def duration_ms(self) -> int:
        """Length of the recording."""
        return duration_ms(self.channels[0], sample_rate_hz=self.sample_rate_hz)


class _Format(msgspec.Struct, frozen=True):
    code: int
    channels: int
    sample_rate_hz: int
    bits: int


def duration_ms(pcm: bytes, *, sample_rate_hz: int) -> int:
    """Length of mono PCM in ms."""
    return len(pcm) * 1000 // (BYTES_PER_SAMPLE * sample_rate_hz)


def parse_wav(data: bytes, *, source: str) -> Recording:
    """Read a WAV file; `BadInput` names `source`, what is wrong and what is accepted."""
    if not data:
        raise BadInput(f"{source} is empty (0 bytes); {ACCEPTED}")
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise BadInput(f"{source} is not a WAV file; {ACCEPTED}")
    layout, frames = _find_chunks(data, source=source)
    _check_format(layout, source=source)
    if len(frames) % (BYTES_PER_SAMPLE * layout.channels):
        raise BadInput(f"{source} breaks off in the middle of a frame; {ACCEPTED}")
    if not frames:
        raise BadInput(f"{source} holds no sound; {ACCEPTED}")
    return Recording(
        sample_rate_hz=layout.sample_rate_hz,
        channels=split_channels(frames, channels=layout.channels),
    )


def _find_chunks(data: bytes, *, source: str) -> tuple[_Format, bytes]:
    layout: _Format | None = None
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = at + 8
        if name == b"fmt ":
            layout = _read_format(data[body : body + size], source=source)
        elif name == b"data" and layout is not None:
            return layout, _take_data(data, body=body, size=size, source=source)
        at = body + size + size % 2
    missing = "data" if layout is not None else "format"
    raise BadInput(f"{source} is a WAV file without its {missing} part; {ACCEPTED}")


def _read_format(chunk: bytes, *, source: str) -> _Format:
    if len(chunk) < 16:
        raise BadInput(f"{source} is a WAV file with a broken format part; {ACCEPTED}")
    code, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if code == _EXTENSIBLE_FORMAT and len(chunk) >= 26:
        (code,) = struct.unpack_from("<H", chunk, 24)
    return _Format(code, channels, rate_hz, bits)


def _take_data(data: bytes, *, body: int, size: int, source: str) -> bytes:
    present = len(data) - body
    if size == _UNKNOWN_SIZE:
        size = present
    if size > present:
        raise BadInput(
            f"{source} breaks off: {size} bytes of sound are announced and {present} are there; "
            f"{ACCEPTED}"
        )
    return data[body : body + size]


def _check_format(layout: _Format, *, source: str) -> None:
    if layout.code != _PCM_FORMAT:
        raise BadInput(f"{source} holds compressed sound (WAV code {layout.code}); {ACCEPTED}")
    if not 1 <= layout.channels <= MAX_CHANNELS:
        raise BadInput(f"{source} has {layout.channels} channels; {ACCEPTED}")
    if layout.bits != 8 * BYTES_PER_SAMPLE:
        raise BadInput(f"{source} has {layout.bits} bits in a sample; {ACCEPTED}")
    check_rate(layout.sample_rate_hz, source=source)


def check_rate(sample_rate_hz: int, *, source: str) -> None:
    """Raise `BadInput` where a rate is outside of what is accepted."""
    if not LOWEST_RATE_HZ <= sample_rate_hz <= HIGHEST_RATE_HZ:
        raise BadInput(f"{source} has {sample_rate_hz} samples in a second; {ACCEPTED}")


def split_channels(pcm: bytes, *, channels: int) -> tuple[bytes, ...]:
    """Take interleaved PCM apart, first channel first."""
    if channels == 1:
        return (pcm,)
    frames = np.frombuffer(pcm, dtype="<i2").reshape(-1, channels)
    return tuple(frames[:, channel].tobytes() for channel in range(channels))


def level_dbfs(pcm: bytes) -> float:
    """Level of PCM: 0 for a full-scale square wave, `SILENCE_DBFS` for digital silence."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
    if not samples.size:
        return SILENCE_DBFS
    mean_square = float(np.dot(samples, samples)) / samples.size / 32768.0**2
    return max(SILENCE_DBFS, 10 * float(np.log10(mean_square))) if mean_square else SILENCE_DBFS
