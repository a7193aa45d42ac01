"""The computer's microphone, loudspeaker and its own sound, through `soundcard`.

`soundcard` connects to PulseAudio (or PipeWire's) while it is imported, so that happens here,
late, and every way in which it fails becomes one sentence.
"""

import importlib
import sys
from contextlib import AbstractContextManager
from typing import Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray

# What soundcard 0.4 raises: AssertionError without a sound server, OSError without libpulse,
# IndexError or TypeError without a device, RuntimeError when a stream breaks.
SOUND_ERRORS: Final = (AssertionError, IndexError, KeyError, OSError, RuntimeError, TypeError)

MONITOR: Final = ".monitor"  # how PulseAudio and PipeWire name the record side of an output
NO_MICROPHONE: Final = (
    "There is no microphone: connect one, or choose one in the sound settings, "
    "then start the call again."
)
NO_OWN_SOUND: Final = (
    "The sound of this computer cannot be recorded: there is no loudspeaker or "
    "headset; connect one, then start the call again."
)


class NoSound(RuntimeError):
    """Sound cannot be recorded or played here; the text says why and what to do."""

    code = "sound.none"


class Recorder(Protocol):
    """An opened device."""

    def record(self, numframes: int) -> NDArray[np.float32]:
        """Wait for and return (numframes, 1) samples from -1 to 1."""
        ...


class Player(Protocol):
    """An opened loudspeaker."""

    def play(self, data: NDArray[np.float32]) -> None:
        """Play (n, channels) samples from -1 to 1; waits until there is room."""
        ...


class _Device(Protocol):
    id: str

    def recorder(
        self, *, samplerate: int, channels: int, blocksize: int
    ) -> AbstractContextManager[Recorder]: ...

    def player(self, *, samplerate: int, channels: int) -> AbstractContextManager[Player]: ...


class _Soundcard(Protocol):
    def default_microphone(self) -> _Device: ...

    def default_speaker(self) -> _Device: ...

    def get_microphone(self, device_id: str, *, include_loopback: bool) -> _Device: ...


class SoundSystem:
    """What this computer can record and play. Each method raises `NoSound`."""

    def __init__(self) -> None:
        self._library = _load_soundcard()

    def microphone(self, *, sample_rate_hz: int, block: int) -> AbstractContextManager[Recorder]:
        """The default microphone, opened by `with`."""
        try:
            device = self._library.default_microphone()
            if device.id.endswith(MONITOR):  # what PulseAudio names where nothing else is
                raise NoSound(NO_MICROPHONE)
            return device.recorder(samplerate=sample_rate_hz, channels=1, blocksize=block)
        except SOUND_ERRORS as error:
            raise NoSound(NO_MICROPHONE) from error

    def own_sound(self, *, sample_rate_hz: int, block: int) -> AbstractContextManager[Recorder]:
        """What this computer plays, opened by `with`."""
        try:
            speaker = self._library.default_speaker()
            device = self._library.get_microphone(speaker.id + MONITOR, include_loopback=True)
            return device.recorder(samplerate=sample_rate_hz, channels=1, blocksize=block)
        except SOUND_ERRORS as error:
            raise NoSound(NO_OWN_SOUND) from error

    def loudspeaker(self, *, sample_rate_hz: int) -> AbstractContextManager[Player]:
        """The default loudspeaker, opened by `with`."""
        try:
            return self._library.default_speaker().player(samplerate=sample_rate_hz, channels=2)
        except SOUND_ERRORS as error:
            raise NoSound("There is no loudspeaker.") from error


def _load_soundcard() -> _Soundcard:
    given = sys.argv
    try:
        sys.argv = ["attune"]  # soundcard names itself after argv[0] and trips over "-c" and "-m"
        return cast("_Soundcard", importlib.import_module("soundcard"))
    except SOUND_ERRORS as error:
        raise NoSound(
            "There is no sound system: PulseAudio or PipeWire is not running for this person. "
            "Start it, then start the call again."
        ) from error
    finally:
        sys.argv = given
