"""What a guidance rule is: it declares its queries, and proposes cards from what was found.

An event rule keeps the book of a call instead: steps done, compliance met or breached.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol, TypeAlias, runtime_checkable

import msgspec
import numpy as np
from numpy.typing import NDArray

from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import Event
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import Suggestion, SuggestionKind
from assist_engine.guidance.need import ArticleQuery, LiveSpeech

Vector: TypeAlias = NDArray[np.float32]

# Knowledge for what was just asked goes before an action that can wait, and after one that a
# threat or a repeated call makes urgent. Playbooks' own priorities lie between 0 and 100.
KNOWLEDGE: Final = 100
WAITED: Final = 0  # knowledge for what was asked a while ago
URGENT: Final = 100
# Coaching from this priority on is shown in the standard mode too, below it only in *guide me*.
IMPORTANT: Final = 50
# What may come because time has passed; other cards wait for somebody's words.
OF_TIME: Final = frozenset({SuggestionKind.COMPLIANCE, SuggestionKind.COACHING})


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A card that a rule would show; the arbiter decides. Higher `priority` goes first."""

    suggestion: Suggestion
    asked_ms: int  # end of the words it answers, ms from the start of the call
    rule: str
    priority: int = 0
    context: str = ""  # these three go into the log with the card: `SuggestionMade`
    propensity: float = 1.0
    candidates: tuple[str, ...] = ()


class GuidanceRule(Protocol):
    """Looks at a call after each final and while words are still moving."""

    @property
    def name(self) -> str:
        """Stable name."""

    def wants(self, state: CallState, live: LiveSpeech | None) -> Sequence[ArticleQuery]:
        """What the knowledge base must be asked before `propose`."""

    def propose(
        self,
        state: CallState,
        live: LiveSpeech | None,
        found: Mapping[ArticleQuery, Sequence[FoundPassage]],
    ) -> Sequence[Proposal]:
        """Cards that are of use now."""


class EventRule(Protocol):
    """Looks at a call after each final, of agents too, and as time passes."""

    @property
    def name(self) -> str:
        """Stable name."""

    def review(
        self, state: CallState, utterance: Utterance | None, vector: Vector | None
    ) -> Sequence[Event]:
        """The events of now: `state.audio_ms` is the time.

        `utterance`: the one just finished, signals read; `vector`: its sentence embedding (unit
        length, as a release's passages have it). Both None when only time has passed.
        """


@runtime_checkable
class ClauseRule(Protocol):
    """An event rule that is also shown each matter of an utterance that has several."""

    def review_clause(
        self, state: CallState, utterance: Utterance, clause: str, vector: Vector
    ) -> Sequence[Event]:
        """The events of a part of the utterance just finished, with its own sentence embedding."""
