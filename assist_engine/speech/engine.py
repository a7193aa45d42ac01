"""What a speech engine is: it makes listeners; a listener hears one channel of one call.

A worked example is `scripted_engine.py`; a new engine passes `tests/conformance/speech`.
"""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import msgspec

from assist_engine.contract.values import Word


class HeardPartial(msgspec.Struct, frozen=True, kw_only=True):
    """What is being said now. `stable` only grows within a turn; `tail` still moves.

    Both empty: the turn came to nothing (a cough, music) and no final follows.
    """

    turn: int
    stable: str
    tail: str
    start_ms: int
    heard_ms: int  # end of the audio that this covers, from the start of the call


class HeardFinal(msgspec.Struct, frozen=True, kw_only=True):
    """What was said, settled. One for each turn."""

    turn: int
    text: str
    words: tuple[Word, ...]
    start_ms: int
    end_ms: int
    is_promoted: bool = False  # recognition lost its final: this is the last stable partial


Heard: TypeAlias = HeardPartial | HeardFinal


class Listener(Protocol):
    """Hears one channel of one call; used by one thread at a time, which it keeps busy."""

    def hear(self, pcm: bytes) -> Sequence[Heard]:
        """Hear the next PCM of the channel (at best 100 ms) and say what is new."""
        ...

    def finish(self) -> Sequence[Heard]:
        """Say what is still open; after that the listener hears nothing any more."""
        ...


class SpeechEngine(Protocol):
    """Makes listeners; used from several threads."""

    @property
    def name(self) -> str:
        """The model's name, as people see it."""
        ...

    @property
    def is_demo(self) -> bool:
        """Whether it hears people badly, which must be said before a microphone is used."""
        ...

    @property
    def sample_rate_hz(self) -> int:
        """The rate the model works at; listeners take any rate and resample."""
        ...

    def listen(self, *, source_rate_hz: int, start_ms: int) -> Listener:
        """Start to hear a channel whose audio begins `start_ms` after the start of the call."""
        ...
