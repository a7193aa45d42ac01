"""A recorded call with what the telephone system would have told about it."""

from pathlib import Path

import msgspec

from agent_desktop.settings import RESOURCES
from agent_desktop.sound.wav import StereoRecording, read_wav

DEMO_CALLS = RESOURCES / "demo" / "calls"


class NoSuchCall(ValueError):
    """There is no demo call of that number; the text says which there are."""

    code = "demo.no_such_call"


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What should be on the screen; times in seconds of the call."""

    kind: str
    ids: tuple[str, ...]
    asked_start: float
    asked_end: float
    is_main: bool = False


class DemoCall(msgspec.Struct, frozen=True, kw_only=True):
    """One file `resources/demo/calls/<name>.toml`."""

    number: int
    title: str
    caller_number: str
    customer: str
    queue: str
    agent_id: str
    agent_name: str
    expected: tuple[Expected, ...] = ()


def read_demo_call(number: int, *, folder: Path = DEMO_CALLS) -> tuple[DemoCall, StereoRecording]:
    """The call of that number. Raises `NoSuchCall`, `BadWav`, `msgspec.DecodeError`."""
    known: list[int] = []
    for path in sorted(folder.glob("*.toml")):
        call = msgspec.toml.decode(path.read_bytes(), type=DemoCall)
        if call.number == number:
            return call, read_wav(path.with_suffix(".wav"))
        known.append(call.number)
    numbers = ", ".join(str(n) for n in sorted(known))
    raise NoSuchCall(f"there is no demo call {number}; there are {numbers or 'none'}")
