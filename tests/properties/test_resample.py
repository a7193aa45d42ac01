"""Resampling in any block sizes gives the same samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.audio.resample import PassThrough, resampler

RATES = [(8000, 16000), (16000, 8000), (48000, 16000), (44100, 16000), (48000, 8000)]


def in_blocks(pcm: bytes, *, from_hz: int, to_hz: int, sizes: list[int]) -> bytes:
    """Resample, cut into blocks of these sizes over and over."""
    stream = resampler(from_hz=from_hz, to_hz=to_hz)
    out, at, turn = b"", 0, 0
    while at < len(pcm):
        size = 2 * sizes[turn % len(sizes)]
        out += stream.resample(pcm[at : at + size])
        at, turn = at + size, turn + 1
    return out + stream.finish()


@given(
    rates=st.sampled_from(RATES),
    sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=5),
    seed=st.integers(0, 2**16),
)
def test_block_sizes_do_not_matter(rates: tuple[int, int], sizes: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    pcm = (random.normal(0, 9000, 9000).clip(-32768, 32767)).astype("<i2").tobytes()
    from_hz, to_hz = rates
    whole = in_blocks(pcm, from_hz=from_hz, to_hz=to_hz, sizes=[9000])
    assert in_blocks(pcm, from_hz=from_hz, to_hz=to_hz, sizes=sizes) == whole
    assert abs(len(whole) // 2 - 9000 * to_hz / from_hz) <= 1


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
def test_a_tone_keeps_its_pitch_level_and_place(from_hz: int, to_hz: int) -> None:
    time = np.arange(from_hz) / from_hz
    tone = (8000 * np.sin(2 * np.pi * 1000 * time)).astype("<i2").tobytes()
    out = np.frombuffer(
        in_blocks(tone, from_hz=from_hz, to_hz=to_hz, sizes=[from_hz // 10]), dtype="<i2"
    )
    middle = out[to_hz // 4 : 3 * to_hz // 4]
    place = np.arange(to_hz // 4, 3 * to_hz // 4) / to_hz
    turned = 2 * np.mean(middle * np.exp(-2j * np.pi * 1000 * place))
    assert abs(turned) == pytest.approx(8000, rel=0.01)
    delay_ms = -(np.angle(turned) + np.pi / 2) / (2 * np.pi * 1000) * 1000
    assert abs(delay_ms) < 0.3
    rest = middle - (turned * np.exp(2j * np.pi * 1000 * place)).real
    assert np.abs(rest).max() < 8000 / 1000


def test_equal_rates_pass_through_untouched() -> None:
    stream = resampler(from_hz=16000, to_hz=16000)
    assert isinstance(stream, PassThrough)
    assert stream.resample(b"\1\0") + stream.finish() == b"\1\0"


def test_audio_is_held_back_30_ms_at_most() -> None:
    stream = resampler(from_hz=8000, to_hz=16000)
    heard = [len(stream.resample(bytes(1600))) for _ in range(10)]
    held_back_ms = (1000 * 16000 // 1000 * 2 - sum(heard)) / 32
    assert held_back_ms <= 30
