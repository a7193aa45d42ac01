"""Recorded calls: what is read, what is refused in one sentence, and playing on the clock."""

import io
import math
import struct
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from agent_desktop.sound.demo_call import NoSuchCall, read_demo_call
from agent_desktop.sound.live_source import BLOCK, LiveSource
from agent_desktop.sound.source import SoundEnded, channel_formats
from agent_desktop.sound.wav import ACCEPTED, BadWav, StereoRecording, read_wav
from agent_desktop.sound.wav_source import WavSource
from assist_engine.contract.values import Role

pytestmark = pytest.mark.integration

RATE = 8_000


def wav_bytes(
    *, channels: int = 2, width: int = 2, rate_hz: int = RATE, frames: int = RATE
) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(bytes(range(256)) * (frames * channels * width // 256))
    return buffer.getvalue()


def recording(*, blocks: int, extra: int = 0) -> StereoRecording:
    count = blocks * RATE // 10 + extra
    left = np.arange(count, dtype=np.int16)
    return StereoRecording(samples=np.stack([left, -left], axis=1), sample_rate_hz=RATE)


class Taken:
    """What a source sent, with the moment it came."""

    def __init__(self) -> None:
        self.blocks: list[tuple[int, int, bytes, float]] = []
        self.ended = threading.Event()
        self.end = SoundEnded()

    def send(self, channel: int, start_sample: int, pcm: bytes) -> None:
        self.blocks.append((channel, start_sample, pcm, time.monotonic()))

    def put(self, end: SoundEnded) -> None:
        self.end = end
        self.ended.set()

    def channel(self, number: int) -> NDArray[np.int16]:
        pcm = b"".join(block[2] for block in self.blocks if block[0] == number)
        return np.frombuffer(pcm, dtype="<i2").astype(np.int16)


def test_the_shipped_calls_can_be_read() -> None:
    for number in (1, 2, 3):
        call, sound = read_demo_call(number)
        assert call.number == number
        assert sound.samples.shape[1] == 2
        assert sound.sample_rate_hz == RATE
        assert 60_000 < sound.duration_ms < 120_000
    with pytest.raises(NoSuchCall, match="no demo call 9; there are 1, 2, 3"):
        read_demo_call(9)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty (0 bytes)"),
        (b"RIFF", "is cut off within its header"),
        (b"this is a letter to a friend, not a sound", "is not a WAV file of PCM"),
        (wav_bytes(channels=3), "has 3 channels, not 2"),
        (wav_bytes(channels=1), "has 1 channel, not 2"),
        (wav_bytes(width=1), "has 8 bits a sample, not 16"),
        (wav_bytes(rate_hz=4_000), "has a sample rate of 4000 Hz"),
        (wav_bytes(rate_hz=96_000), "has a sample rate of 96000 Hz"),
        (wav_bytes()[: 44 + 4 * 4_000 + 3], "is cut off: 0.5 s of 1.0 s are there"),
        (wav_bytes(frames=0), "holds no sound"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(content)
    with pytest.raises(BadWav) as refused:
        read_wav(path)
    text = str(refused.value)
    assert text.startswith(f"{path} {problem}")
    assert text.endswith(f"; {ACCEPTED}.")
    assert "\n" not in text


def test_floats_and_missing_files_are_refused(tmp_path: Path) -> None:
    floats = bytearray(wav_bytes())
    floats[20:22] = struct.pack("<H", 3)
    (tmp_path / "floats.wav").write_bytes(floats)
    with pytest.raises(BadWav, match="is not a WAV file of PCM"):
        read_wav(tmp_path / "floats.wav")
    with pytest.raises(BadWav, match="cannot be read"):
        read_wav(tmp_path / "nowhere.wav")


def test_both_channels_arrive_whole_and_in_order() -> None:
    taken, sound = Taken(), recording(blocks=7, extra=123)
    source = WavSource(sound, send=taken.send, put=taken.put, speed=math.inf)
    source.start()
    assert taken.ended.wait(5)
    source.wait()
    assert np.array_equal(taken.channel(0), sound.samples[:, 0])
    assert np.array_equal(taken.channel(1), sound.samples[:, 1])
    assert [start for channel, start, _, _ in taken.blocks if channel == 1] == [
        n * RATE // 10 for n in range(8)
    ]
    assert taken.end == SoundEnded()
    assert source.position_ms == sound.duration_ms == 715


def test_blocks_come_when_they_have_sounded_and_lateness_does_not_add_up() -> None:
    taken = Taken()

    def slow_send(channel: int, start_sample: int, pcm: bytes) -> None:
        taken.send(channel, start_sample, pcm)
        time.sleep(0.02)

    source = WavSource(recording(blocks=10), send=slow_send, put=taken.put)
    began = time.monotonic()
    source.start()
    positions = []
    while not taken.ended.wait(0.05):
        positions.append(source.position_ms)
    times = [(start, came - began) for channel, start, _, came in taken.blocks if channel == 0]
    assert all(came >= start / RATE + 0.099 for start, came in times)
    assert times[-1][1] < 1.25  # ten delays of 40 ms would have made it 1.4
    assert positions == sorted(positions)
    assert len(set(positions)) > 10  # it moves between blocks
    source.wait()


def test_a_held_recording_goes_on_where_it_was_and_a_stopped_one_says_nothing() -> None:
    taken = Taken()
    source = WavSource(recording(blocks=50), send=taken.send, put=taken.put)
    source.start()
    _until(lambda: len(taken.blocks) >= 4)
    source.pause()
    time.sleep(0.15)
    held = len(taken.blocks)
    time.sleep(0.25)
    assert len(taken.blocks) == held
    source.go_on()
    _until(lambda: len(taken.blocks) > held)
    starts = [start for channel, start, _, _ in taken.blocks if channel == 0]
    assert starts == [n * RATE // 10 for n in range(len(starts))]
    source.stop()
    source.wait()
    assert not taken.ended.is_set()


def test_a_faster_source_keeps_its_own_clock() -> None:
    taken = Taken()
    began = time.monotonic()
    source = WavSource(recording(blocks=20), send=taken.send, put=taken.put, speed=4)
    source.start()
    assert taken.ended.wait(5)
    assert 0.5 <= time.monotonic() - began < 1
    source.wait()


def test_a_fast_source_waits_for_those_who_send() -> None:
    taken = Taken()
    backlog = [5_000]
    source = WavSource(
        recording(blocks=30),
        send=taken.send,
        put=taken.put,
        speed=math.inf,
        backlog_ms=lambda: backlog[0],
    )
    source.start()
    time.sleep(0.1)
    assert taken.blocks == []
    backlog[0] = 0
    assert taken.ended.wait(5)
    source.wait()


class ScriptedEars:
    """Two devices of one loudness each; the microphone begins late or breaks after `blocks`."""

    def __init__(self, *, blocks: int = 10_000, late_s: float = 0.0) -> None:
        self._blocks = blocks
        self._late_s = late_s

    @contextmanager
    def microphone(self, *, sample_rate_hz: int, block: int) -> Iterator["ScriptedRecorder"]:
        time.sleep(self._late_s)
        yield ScriptedRecorder(0.5, blocks=self._blocks)

    @contextmanager
    def own_sound(self, *, sample_rate_hz: int, block: int) -> Iterator["ScriptedRecorder"]:
        yield ScriptedRecorder(-2.0, blocks=10_000)


class ScriptedRecorder:
    def __init__(self, level: float, *, blocks: int) -> None:
        self._level, self._left = level, blocks

    def record(self, numframes: int) -> NDArray[np.float32]:
        if not self._left:
            raise RuntimeError("unplugged")
        self._left -= 1
        time.sleep(0.001)
        return np.full((numframes, 1), self._level, dtype=np.float32)


def test_a_live_call_sends_the_microphone_as_agent_and_the_own_sound_as_customer() -> None:
    taken = Taken()
    source = LiveSource(ScriptedEars(), send=taken.send, put=taken.put)
    source.start()
    _until(lambda: len(taken.blocks) > 20)
    source.stop()
    source.wait()
    customer, agent = (leg.channel for leg in channel_formats(source.sample_rate_hz))
    roles = {leg.channel: leg.role for leg in channel_formats(source.sample_rate_hz)}
    assert roles == {customer: Role.CUSTOMER, agent: Role.AGENT}
    assert set(taken.channel(agent)) == {16383}
    assert set(taken.channel(customer)) == {-32767}  # clipped, not wrapped
    starts = [start for channel, start, _, _ in taken.blocks if channel == agent]
    assert starts == [n * BLOCK for n in range(len(starts))]
    assert source.position_ms >= 100
    assert not taken.ended.is_set()


def test_a_device_that_begins_late_does_not_shift_its_channel() -> None:
    taken = Taken()
    source = LiveSource(ScriptedEars(late_s=0.7), send=taken.send, put=taken.put)
    source.start()
    _until(lambda: any(channel == 1 for channel, _, _, _ in taken.blocks))
    source.stop()
    source.wait()
    starts = [start for channel, start, _, _ in taken.blocks if channel == 1]
    assert 0.55 < starts[0] / source.sample_rate_hz < 1.0
    assert starts == [starts[0] + n * BLOCK for n in range(len(starts))]


def test_a_device_that_goes_away_ends_the_sound_with_its_reason() -> None:
    taken = Taken()
    source = LiveSource(ScriptedEars(blocks=3), send=taken.send, put=taken.put)
    source.start()
    assert taken.ended.wait(5)
    source.wait()
    assert "went away during the call: unplugged" in taken.end.problem


def test_without_a_sound_system_one_sentence_says_so(tmp_path: Path) -> None:
    program = (
        "from agent_desktop.sound.sound_system import NoSound, SoundSystem\n"
        "try:\n    SoundSystem()\nexcept NoSound as error:\n    print(error)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={"PULSE_SERVER": f"unix:{tmp_path}/none", "PATH": "", "HOME": str(tmp_path)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stdout.startswith("There is no sound system: ")
    assert "start the call again." in told.stdout


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
