"""WAV files: what is accepted, and one clear sentence for what is not."""

import struct

import numpy as np
import pytest

from assist_engine.audio.pcm import (
    SILENCE_DBFS,
    duration_ms,
    level_dbfs,
    parse_wav,
    split_channels,
)
from assist_engine.errors import BadInput


def wav(
    frames: bytes,
    *,
    channels: int = 1,
    rate_hz: int = 8000,
    bits: int = 16,
    code: int = 1,
    announced: int | None = None,
    before: bytes = b"",
) -> bytes:
    """A WAV file, right or wrong in any way."""
    width = channels * bits // 8
    layout = struct.pack("<HHIIHH", code, channels, rate_hz, rate_hz * width, width, bits)
    if code == 0xFFFE:
        layout += struct.pack("<HHIH", 22, bits, 3, 1) + bytes(14)
    size = len(frames) if announced is None else announced
    body = b"fmt " + struct.pack("<I", len(layout)) + layout + before
    body += b"data" + struct.pack("<I", size) + frames
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def test_stereo_is_split_into_its_channels() -> None:
    recording = parse_wav(wav(struct.pack("<4h", 1, -1, 2, -2), channels=2), source="a.wav")
    assert recording.sample_rate_hz == 8000
    assert recording.channels == (struct.pack("<2h", 1, 2), struct.pack("<2h", -1, -2))


def test_other_chunks_before_the_sound_are_passed_over() -> None:
    extra = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    assert parse_wav(wav(b"\1\0", before=extra), source="a.wav").channels == (b"\1\0",)


def test_the_extensible_format_is_plain_pcm_too() -> None:
    assert parse_wav(wav(b"\1\0", code=0xFFFE), source="a.wav").channels == (b"\1\0",)


def test_a_recorder_that_never_wrote_the_size_is_read_to_the_end() -> None:
    data = wav(b"\1\0\2\0", announced=0xFFFFFFFF)
    assert parse_wav(data, source="a.wav").channels == (b"\1\0\2\0",)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "call.wav is empty (0 bytes)"),
        (b"ID3\x04 this is an mp3, not a wav", "call.wav is not a WAV file"),
        (b"RIFF", "call.wav is not a WAV file"),
        (b"RIFF\4\0\0\0WAVE", "without its format part"),
        (wav(b"")[:36], "without its data part"),
        (wav(bytes(6), channels=3), "call.wav has 3 channels"),
        (wav(bytes(2), bits=8), "call.wav has 8 bits in a sample"),
        (wav(bytes(6), bits=24), "call.wav has 24 bits in a sample"),
        (wav(bytes(2), code=7, bits=8), "compressed sound (WAV code 7)"),
        (wav(bytes(2), rate_hz=4000), "call.wav has 4000 samples in a second"),
        (wav(bytes(2), rate_hz=96000), "call.wav has 96000 samples in a second"),
        (wav(bytes(7), channels=2), "breaks off in the middle of a frame"),
        (wav(bytes(7), channels=2, announced=800), "800 bytes of sound are announced and 7 are"),
        (wav(b""), "holds no sound"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_is_accepted(data: bytes, says: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_wav(data, source="call.wav")
    message = str(refused.value)
    assert says in message
    assert message.endswith(
        "accepted are WAV files with 16-bit PCM, 1 or 2 channels, 8000 to 48000 Hz"
    )
    assert "\n" not in message


def test_level_is_relative_to_full_scale() -> None:
    square = np.full(800, -32768, dtype="<i2").tobytes()
    tenth = np.full(800, 3277, dtype="<i2").tobytes()
    assert level_dbfs(square) == pytest.approx(0.0)
    assert level_dbfs(tenth) == pytest.approx(-20.0, abs=0.01)
    assert level_dbfs(bytes(1600)) == SILENCE_DBFS
    assert level_dbfs(b"") == SILENCE_DBFS


def test_duration_counts_samples() -> None:
    assert duration_ms(bytes(1600), sample_rate_hz=8000) == 100


def test_mono_stays_as_it_is() -> None:
    assert split_channels(b"\1\0\2\0", channels=1) == (b"\1\0\2\0",)
