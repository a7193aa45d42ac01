"""What a signal is: it reads one finished utterance and says what it found, with evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from assist_engine.call.state import CallState
from assist_engine.contract.events import Event, UtteranceFinal
from assist_engine.contract.values import Evidence, Role

Vector: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Observation:
    """A finished utterance with its sentence vector, embedded once for all signals."""

    final: UtteranceFinal
    role: Role
    vector: Vector


class Signal(Protocol):
    """Reads an utterance; `state` already holds it. Returns no event where it is unsure."""

    @property
    def name(self) -> str:
        """Stable name, used in failures."""

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """The events that this utterance gives rise to."""


@runtime_checkable
class LiveSignal(Protocol):
    """A signal so cheap and so sure that it is also read while the words are being said."""

    def observe_live(self, words: UtteranceFinal, role: Role) -> Sequence[Event]:
        """What the words say that will hardly change; nothing of it is recorded."""


def quote(final: UtteranceFinal, start: int = 0, end: int | None = None) -> Evidence:
    """The characters start..end of an utterance as evidence, with the time they were said."""
    words_before = final.text[:start].count(" ")
    spoken = final.words[words_before] if words_before < len(final.words) else None
    return Evidence(
        quote=final.text[start:end].strip(),
        utterance_id=final.utterance_id,
        start_ms=spoken.start_ms if spoken else final.start_ms,
    )
