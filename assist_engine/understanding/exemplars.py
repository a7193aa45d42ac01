"""Recognises what is said in other words: nearest example sentences, less the nearest neutral one.

Each label has a dozen ways of saying it. An utterance scores half by the nearest of them and half
by the mean of the nearest three (cosines); the margin is by how much that beats the nearest
sentence that says something else.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from assist_engine.understanding.signal import Vector

_NEAREST: Final = 3


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Log odds that a label is meant: intercept + score * cosine + margin * lead."""

    intercept: float
    score: float
    margin: float

    def probability(self, score: float, margin: float) -> float:
        """How probable it is (0 to 1) that a label with this score and margin is meant."""
        logit = self.intercept + self.score * score + self.margin * margin
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, logit))))


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """The label whose examples lie nearest."""

    label: str
    score: float  # cosine, -1 to 1
    margin: float  # to the nearest sentence that says something else
    probability: float


class Meaning(Protocol):
    """Says which of its labels an utterance most likely means."""

    def nearest(self, vector: Vector) -> Match:
        """The likeliest label of an utterance with this sentence vector (L2-normalised)."""


class Exemplars:
    """Example sentences by label, and neutral ones, as vectors."""

    def __init__(
        self,
        said: Mapping[str, Sequence[str]],
        neutral: Sequence[str],
        *,
        embed: Callable[[Sequence[str]], Vector],
        calibration: Calibration,
    ) -> None:
        """`embed` gives L2-normalised rows. Every label and `neutral` hold a sentence or more."""
        texts = [text for several in said.values() for text in several]
        vectors = embed([*texts, *neutral])
        self._vectors = np.asarray(vectors, np.float32)
        self._calibration = calibration
        ends = np.cumsum([len(several) for several in said.values()]).tolist()
        self._rows = dict(zip(said, zip([0, *ends[:-1]], ends, strict=True), strict=True))
        self._neutral_from = len(texts)

    def nearest(self, vector: Vector) -> Match:
        """The likeliest label of an utterance with this sentence vector (L2-normalised)."""
        cosines = self._vectors @ vector
        scores = {label: _score(cosines[start:end]) for label, (start, end) in self._rows.items()}
        label = max(scores, key=lambda name: scores[name])
        margin = scores[label] - float(cosines[self._neutral_from :].max())
        return Match(
            label=label,
            score=scores[label],
            margin=margin,
            probability=self._calibration.probability(scores[label], margin),
        )


class MeaningHead:
    """A softmax over labels and *none of them*, for the vectors of one embedding model.

    Trained on example sentences against thousands of texts that say nothing of the kind, so it
    knows better than the examples alone what is none of them.
    """

    def __init__(
        self,
        labels: Sequence[str],
        *,
        model: str,
        weights: Vector,
        bias: Vector,
        calibration: Calibration,
    ) -> None:
        """`weights` (labels + 1, dimension), `bias` (labels + 1,); the last row is for none.

        Of `calibration` the margin is the log odds of the label against all others.
        """
        if len(weights) != len(labels) + 1 or len(bias) != len(weights):
            raise ValueError(f"{len(labels)} labels need {len(labels) + 1} rows of weights")
        self.model = model
        self._labels, self._weights, self._bias = tuple(labels), weights, bias
        self._calibration = calibration

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "MeaningHead":
        """The head in the arrays of an `.npz`; raises `KeyError` where one is missing."""
        intercept, score, margin = arrays["calibration"].tolist()
        return cls(
            arrays["labels"].tolist(),
            model=str(arrays["model"]),
            weights=arrays["weights"].astype(np.float32),
            bias=arrays["bias"].astype(np.float32),
            calibration=Calibration(intercept=intercept, score=score, margin=margin),
        )

    def nearest(self, vector: Vector) -> Match:
        """The likeliest label of an utterance with this sentence vector (L2-normalised)."""
        logits = self._weights @ vector + self._bias
        row = int(logits[:-1].argmax())
        others = np.delete(logits, row)
        score, margin = float(logits[row]), float(logits[row] - np.logaddexp.reduce(others))
        return Match(
            label=self._labels[row],
            score=score,
            margin=margin,
            probability=self._calibration.probability(score, margin),
        )


def sentences(text: str) -> tuple[str, ...]:
    """The lines of a table, without blank ones."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _score(cosines: Vector) -> float:
    best = np.sort(cosines)[::-1][:_NEAREST]
    return float(0.5 * best[0] + 0.5 * best.mean())
