"""Voice is found above the line's noise, wherever that noise is."""

import numpy as np
import pytest

from assist_engine.audio.voice_activity import HANGOVER_MS, VoiceActivity

RATE_HZ = 8000


def noise(level: float, *, blocks: int, seed: int = 1) -> list[bytes]:
    """Blocks of 100 ms of noise with a standard deviation of `level`."""
    random = np.random.default_rng(seed)
    return [random.normal(0, level, 800).astype("<i2").tobytes() for _ in range(blocks)]


@pytest.mark.parametrize("line", [0.0, 20.0, 200.0, 800.0])
def test_speech_is_told_from_the_noise_of_the_line(line: float) -> None:
    voice = VoiceActivity(sample_rate_hz=RATE_HZ)
    for block in noise(line, blocks=20):
        voice.observe(block)
    assert not voice.is_speaking
    for block in noise(line * 4 + 1000, blocks=3):
        voice.observe(block)
        assert voice.is_speaking
    assert voice.began_ms == 2000
    for block in noise(line, blocks=10, seed=2):
        voice.observe(block)
    assert not voice.is_speaking
    assert voice.silent_ms == 1000


def test_a_stop_within_a_word_does_not_end_the_stretch() -> None:
    voice = VoiceActivity(sample_rate_hz=RATE_HZ, start_ms=5000)
    for level in (20, 3000, 20, 3000, 20, 20, 3000):
        voice.observe(noise(level, blocks=1)[0])
    assert voice.began_ms == 5100
    assert voice.is_speaking


def test_a_louder_line_is_taken_for_noise_after_a_while() -> None:
    voice = VoiceActivity(sample_rate_hz=RATE_HZ)
    for block in noise(20, blocks=20):
        voice.observe(block)
    for block in noise(600, blocks=200):  # a fan was switched on
        voice.observe(block)
    assert not voice.is_speaking
    assert voice.silent_ms > HANGOVER_MS


def test_a_call_that_begins_in_mid_word_is_heard_at_once() -> None:
    voice = VoiceActivity(sample_rate_hz=RATE_HZ)
    voice.observe(noise(3000, blocks=1)[0])
    assert voice.is_speaking
    assert voice.began_ms == 0
