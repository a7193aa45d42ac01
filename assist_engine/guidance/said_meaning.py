"""Says how probable it is that an agent's words mean one of a few example sentences.

By the sentence vector: how near the nearest example is, and by how much it beats the nearest
sentence that means something else. Words that deny something mean none of it, unless the nearest
example denies too. Calibrated on sentences of their own: `benchmarks/said_meaning.py`.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec
import numpy as np

from assist_engine.guidance.rule import Vector

_FEWEST, _LONGEST = 3, 40  # words: of more, the vector says little of any of them
_NONE: Final = r"nobody|no one|nothing"
_IDLE: Final = r"don't (?:worry|panic|have to|need)|needn't|(?:won't|doesn't|not) cost|not a"
_NOT: Final = rf"(?!(?:{_IDLE})\b)(?:not|never|cannot|\w+n't)|neither|without|nor|unable"
DENYING: Final = rf"(?:{_NOT}|{_NONE})"
# "no you can keep it", "at no extra cost" and "oh no" deny nothing of what else is said.
_NO: Final = r"(?<!oh )no(?! (?:one|you|we|i|extra|additional|charge|cost|fee|problem|worries)\b)"
_SAYS_NOT: Final = re.compile(rf"\b(?:{_NOT}|{_NO}|as soon as|before that)\b")
_SAYS_NONE: Final = re.compile(rf"\b(?:{_NONE})\b")
# What agents say on any call.
NEUTRAL: Final = (
    "thank you for calling my name is linda how can i help you today",
    "thank you please give me a moment while i check",
    "okay i understand",
    "of course i can help you with that",
    "let me look into it right away",
    "is there anything else i can do for you",
    "you are welcome have a great day",
    "thank you for your patience",
    "one moment please",
    "does that work for you",
    "could you please hold the line",
    "can i have your email address please",
    "i see",
    "yes that is right",
    "no that is not possible",
    "i am not sure about that",
    "let me ask my colleague",
    "our opening hours are from nine to five",
    "you will get a confirmation by email",
    "have you tried that before",
)


class Sense(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be said in many ways."""

    says: tuple[str, ...]  # examples; at least one
    unlike: tuple[str, ...] = ()  # sounds like it and is not


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Log odds that a sense is meant: intercept + score * cosine + margin * lead."""

    intercept: float
    score: float
    margin: float

    def probability(self, score: float, margin: float) -> float:
        """How probable it is, 0 to 1."""
        logit = self.intercept + self.score * score + self.margin * margin
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, logit))))


CALIBRATION: Final = Calibration(intercept=-8.8, score=13.2, margin=8.5)


class SaidMeaning:
    """The examples of some senses as vectors; the same for all calls."""

    def __init__(
        self,
        senses: Iterable[Sense],
        *,
        others: Sequence[str] = (),
        embed: Callable[[Sequence[str]], Vector],
    ) -> None:
        """`others`: what is said beside them, besides what agents say on any call.

        `embed` gives L2-normalised rows; it is asked once, for each sentence once.
        """
        wanted = dict.fromkeys(senses)
        neutral = (*NEUTRAL, *others)
        said = [text for sense in wanted for text in (*sense.says, *sense.unlike)]
        texts = list(dict.fromkeys([*neutral, *said])) if wanted else []
        self._vectors = np.asarray(embed(texts) if texts else np.zeros((0, 0)), np.float32)
        row = {text: number for number, text in enumerate(texts)}
        self._says = {s: [row[text] for text in s.says] for s in wanted}
        self._others = {s: [row[text] for text in (*neutral, *s.unlike)] for s in wanted}
        self._says_not = np.array([_SAYS_NOT.search(t.lower()) is not None for t in texts], bool)
        self._may_say_none = {s for s in wanted if any(_denies(text) for text in s.says)}

    def probability(self, sense: Sense, words: str, vector: Vector) -> float:
        """How probable it is (0 to 1) that these words, with this vector, mean it."""
        if not _FEWEST <= len(words.split()) <= _LONGEST or self._is_denial(sense, words, vector):
            return 0.0
        return CALIBRATION.probability(*self.rate(sense, vector))

    def rate(self, sense: Sense, vector: Vector) -> tuple[float, float]:
        """How near the examples are (cosine), and by how much that beats what is none of them."""
        score = float((self._vectors[self._says[sense]] @ vector).max())
        return score, score - float((self._vectors[self._others[sense]] @ vector).max())

    def _is_denial(self, sense: Sense, words: str, vector: Vector) -> bool:
        """Whether words deny what the nearest example does not."""
        said, rows = words.lower(), self._says[sense]
        if _SAYS_NOT.search(said):
            return not self._says_not[rows[int((self._vectors[rows] @ vector).argmax())]]
        return sense not in self._may_say_none and _SAYS_NONE.search(said) is not None


def _denies(text: str) -> bool:
    said = text.lower()
    return _SAYS_NOT.search(said) is not None or _SAYS_NONE.search(said) is not None
