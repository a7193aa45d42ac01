"""Whatever order frames come in, the audio comes out in its order, without holes."""

import random as chance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.audio.frame_clock import FrameClock
from assist_engine.contract.wire import AudioFrame
from assist_engine.errors import BadInput

RATE_HZ = 8000


def frame(start: int, count: int, *, sequence: int = 0) -> AudioFrame:
    """Samples that hold their own position, from `start`."""
    pcm = b"".join((at % 30000).to_bytes(2, "little") for at in range(start, start + count))
    return AudioFrame(channel=0, sequence=sequence, start_sample=start, pcm=pcm)


def play(clock: FrameClock, frames: list[AudioFrame]) -> bytes:
    """All that comes out."""
    pieces = [piece for each in frames for piece in clock.receive(each)]
    return b"".join(pieces + clock.flush())


def audio(start: int, count: int) -> bytes:
    return frame(start, count).pcm


frame_sizes = st.lists(st.integers(1, 400), min_size=1, max_size=30)


@given(sizes=frame_sizes, data=st.data(), start=st.integers(0, 50_000))
def test_any_order_within_the_window_and_any_repeat_gives_the_same(
    sizes: list[int], data: st.DataObject, start: int
) -> None:
    frames, at = [], start
    for number, size in enumerate(sizes):
        frames.append(frame(at, size, sequence=number))
        at += size
    # Each frame may come later than others by less than the window of 1,600 samples.
    late = data.draw(st.lists(st.integers(0, 1000), min_size=len(sizes), max_size=len(sizes)))
    shuffled = [
        each
        for _, each in sorted(
            zip(late, frames, strict=True), key=lambda pair: pair[1].start_sample + pair[0]
        )
    ]
    repeats = data.draw(st.lists(st.sampled_from(frames), max_size=10))
    for repeated in repeats:
        shuffled.insert(shuffled.index(repeated) + 1, repeated)
    clock = FrameClock(sample_rate_hz=RATE_HZ, start_sample=start)
    assert play(clock, shuffled) == audio(start, sum(sizes))
    assert clock.position_ms == at * 1000 // RATE_HZ


@given(cuts=st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 900)), max_size=15))
def test_overlapping_frames_are_trimmed(cuts: list[tuple[int, int]]) -> None:
    whole = [frame(at, 100) for at in range(0, 4000, 100)]
    mixed = whole + [frame(start, count) for start, count in cuts]
    mixed.sort(key=lambda each: each.start_sample)
    assert play(FrameClock(sample_rate_hz=RATE_HZ), mixed) == audio(0, 4000)


@given(lost=st.sets(st.integers(0, 39), max_size=39), seed=st.integers(0, 1000))
def test_lost_frames_become_silence_of_their_length(lost: set[int], seed: int) -> None:
    kept = [frame(at * 100, 100, sequence=at) for at in range(40) if at not in lost]
    kept.append(frame(4000, 100))
    chance.Random(seed).shuffle(kept[-3:])
    expected = b"".join(bytes(200) if at in lost else audio(at * 100, 100) for at in range(40))
    assert play(FrameClock(sample_rate_hz=RATE_HZ), kept) == expected + audio(4000, 100)


def test_frames_in_order_are_given_at_once() -> None:
    clock = FrameClock(sample_rate_hz=RATE_HZ)
    assert clock.receive(frame(0, 160)) == [audio(0, 160)]
    assert clock.receive(frame(160, 160)) == [audio(160, 160)]


def test_a_hole_is_waited_for_only_so_long() -> None:
    clock = FrameClock(sample_rate_hz=RATE_HZ, reorder_ms=100)
    assert clock.receive(frame(160, 160)) == []
    assert clock.receive(frame(320, 480)) == []
    assert b"".join(clock.receive(frame(800, 160))) == bytes(320) + audio(160, 800)
    assert clock.receive(frame(0, 160)) == []  # too late


def test_a_long_gap_comes_in_pieces_of_a_second() -> None:
    clock = FrameClock(sample_rate_hz=RATE_HZ)
    pieces = clock.receive(frame(20_000, 160))
    assert [len(piece) for piece in pieces] == [16_000, 16_000, 8_000, 320]


def test_a_jump_beyond_the_limit_is_refused_and_forgotten() -> None:
    clock = FrameClock(sample_rate_hz=RATE_HZ, max_gap_ms=60_000)
    with pytest.raises(BadInput, match="jumps 61 s ahead; at most 60 s may be missing"):
        clock.receive(frame(61 * RATE_HZ, 160))
    assert clock.receive(frame(0, 160)) == [audio(0, 160)]


def test_half_a_sample_is_refused() -> None:
    clock = FrameClock(sample_rate_hz=RATE_HZ)
    with pytest.raises(BadInput, match="even number of bytes, got 3"):
        clock.receive(AudioFrame(channel=0, sequence=0, start_sample=0, pcm=b"abc"))
