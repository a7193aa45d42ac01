"""What a signal is: it reads one finished utterance and says what it found, with evidence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from assist_engine.call.customer_words import CustomerWords
from assist_engine.call.state import CallState
from assist_engine.contract.events import Event, UtteranceFinal
from assist_engine.contract.values import Evidence, Role

Vector: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Feelings:
    """What the emotion model reads in a customer's words: probabilities (0 to 1) by name."""

    words: CustomerWords
    labels: Mapping[str, float]  # the 28 of GoEmotions
    groups: Mapping[str, float]  # positive, negative, unclear, neutral


@dataclass(frozen=True, kw_only=True, eq=False)
class Observation:
    """A finished utterance, redacted, with its sentence vector, embedded once for all signals."""

    final: UtteranceFinal
    role: Role
    vector: Vector
    feelings: Feelings | None = None  # of a customer, where the emotion model is in use
    clauses: Vector | None = None  # (n, dimension), of its parts, where it has several


class Signal(Protocol):
    """Reads an utterance; `state` already holds it. Returns no event where it is unsure."""

    @property
    def name(self) -> str:
        """Stable name, used in failures."""

    @property
    def reads(self) -> Role:
        """Whose utterances it is shown. Of an agent's only behaviour is read, never feeling."""

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """The events that this utterance gives rise to."""


@runtime_checkable
class LiveSignal(Protocol):
    """A signal so cheap and so sure that it is also read while the words are being said."""

    def observe_live(self, words: UtteranceFinal, role: Role) -> Sequence[Event]:
        """What the words say that will hardly change; nothing of it is recorded."""


@dataclass(frozen=True, kw_only=True)
class SignalTools:
    """What a signal may be made with, at the start of the engine."""

    embed: Callable[[Sequence[str]], Vector]  # (n, dimension), L2-normalised; may take seconds
    embedding_model: str  # its name: heads are for vectors of one model
    intents: Path  # the organisation's intents: a file of examples or a folder of trained heads


SignalMaker: TypeAlias = Callable[[SignalTools], Signal | None]
"""What an entry point of the group `attune.signals` names. None: not in use here."""


def quote(final: UtteranceFinal, start: int = 0, end: int | None = None) -> Evidence:
    """The characters start..end of an utterance as evidence, with the time they were said."""
    words_before = final.text[:start].count(" ")
    spoken = final.words[words_before] if words_before < len(final.words) else None
    return Evidence(
        quote=final.text[start:end].strip(),
        utterance_id=final.utterance_id,
        start_ms=spoken.start_ms if spoken else final.start_ms,
    )
