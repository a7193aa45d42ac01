"""Recorded calls on disk: the sound, and the script of what was said in it."""

from pathlib import Path

import msgspec

from assist_engine.audio.pcm import Recording, parse_wav
from assist_engine.errors import BadInput


class Turn(msgspec.Struct, frozen=True):
    """What one speaker said; times in seconds from the start of the call."""

    speaker: str
    start: float
    end: float
    text: str


class CallScript(msgspec.Struct, frozen=True):
    """The turns of a call and whose each side of the stereo recording is."""

    channels: dict[str, str]  # "left" and "right" to the speaker
    turns: tuple[Turn, ...]

    def speakers(self) -> list[str]:
        """Who is on the first channel, and who on the second."""
        return [self.channels[side] for side in ("left", "right") if side in self.channels]

    def said_by(self, speaker: str) -> str:
        """All words of a speaker, in order."""
        return " ".join(turn.text for turn in self.turns if turn.speaker == speaker)


def read_wav(path: Path) -> Recording:
    """Read a recorded call; raises `BadInput` with one sentence where it cannot be used."""
    try:
        return parse_wav(path.read_bytes(), source=path.name)
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}") from error


def read_script(path: Path) -> CallScript:
    """Read the script beside a recording; raises `BadInput` where it is not one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=CallScript)
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise BadInput(f"{path.name} is not the script of a call: {error}") from error
