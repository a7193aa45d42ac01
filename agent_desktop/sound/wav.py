"""Reads a recorded call: stereo WAV, the customer left, the agent right."""

import wave
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

RATES_HZ: Final = range(8_000, 48_001)
ACCEPTED: Final = (
    f"accepted are stereo WAV files (left customer, right agent) of 16-bit PCM at "
    f"{RATES_HZ.start} to {RATES_HZ.stop - 1} Hz"
)


class BadWav(ValueError):
    """A recording cannot be played; one sentence says why and what is accepted."""

    code = "wav.bad"

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(path, problem)
        self.path, self.problem = path, problem

    def __str__(self) -> str:
        return f"{self.path} {self.problem}; {ACCEPTED}."


class StereoRecording(msgspec.Struct, frozen=True, kw_only=True):
    """`samples`: (n, 2) 16-bit integers; column 0 customer, column 1 agent."""

    samples: NDArray[np.int16]
    sample_rate_hz: int

    @property
    def duration_ms(self) -> int:
        """Its length."""
        return len(self.samples) * 1000 // self.sample_rate_hz


def read_wav(path: Path) -> StereoRecording:
    """Read a whole recording. Raises `BadWav`."""
    try:
        if path.stat().st_size == 0:
            raise BadWav(path, "is empty (0 bytes)")
        with wave.open(str(path), "rb") as file:
            _check_format(path, file)
            return _read_samples(path, file)
    except OSError as error:
        raise BadWav(path, f"cannot be read ({error.strerror or error})") from error
    except EOFError as error:
        raise BadWav(path, "is cut off within its header") from error
    except wave.Error as error:
        raise BadWav(path, f"is not a WAV file of PCM ({error})") from error


def _check_format(path: Path, file: wave.Wave_read) -> None:
    channels, bits, rate = file.getnchannels(), 8 * file.getsampwidth(), file.getframerate()
    if channels != 2:
        raise BadWav(path, f"has {channels} channel{'s' if channels > 1 else ''}, not 2")
    if bits != 16:
        raise BadWav(path, f"has {bits} bits a sample, not 16")
    if rate not in RATES_HZ:
        raise BadWav(path, f"has a sample rate of {rate} Hz")


def _read_samples(path: Path, file: wave.Wave_read) -> StereoRecording:
    promised, rate = file.getnframes(), file.getframerate()
    pcm = file.readframes(promised)
    if len(pcm) < promised * 4:
        there, all_of_it = len(pcm) / 4 / rate, promised / rate
        raise BadWav(path, f"is cut off: {there:.1f} s of {all_of_it:.1f} s are there")
    if promised == 0:
        raise BadWav(path, "holds no sound")
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.int16, copy=False).reshape(-1, 2)
    return StereoRecording(samples=samples, sample_rate_hz=rate)
