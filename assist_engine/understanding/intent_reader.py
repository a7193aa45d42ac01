"""Says how likely each intent is for a sentence vector, and how likely it is none of them.

Kernel ridge regression on the organisation's own examples: every example says how much a sentence
near it speaks for each intent. Far from all examples nothing speaks for anything, which is what
tells a question of another subject. Pure arrays; `intent_fitting.py` makes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from assist_engine.errors import BadInput

Matrix = NDArray[np.float32]

WIDTH: Final = 3.0  # of the kernel: exp(WIDTH * (cosine - 1))
NEAREST: Final = 3  # examples whose mean cosine says how near the known ones are
SHARPEST: Final = 10.0  # of the soft maximum of the scores
_AT_ONCE: Final = 512  # rows that are compared with all examples together


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that customers want."""

    id: str
    label: str = ""  # as people say it
    queue: str = ""  # empty: any queue


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """What turns scores into probabilities, learnt from examples left out in turn."""

    sharpness: float  # probability of an intent among the others: softmax(sharpness * score)
    scope: tuple[float, float, float, float, float]  # weights of `scope_evidence`
    threshold: float  # below this probability of being in scope, nothing is read


class LikelyIntent(NamedTuple):
    """An intent and how often a reading with such a probability is right."""

    intent: Intent
    probability: float


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one sentence wants. The probabilities of all and of none sum to 1."""

    ranked: tuple[LikelyIntent, ...]  # likeliest first; empty where the queue has no intents
    out_of_scope: float
    is_in_scope: bool  # at the shipped threshold

    @property
    def best(self) -> LikelyIntent | None:
        """The likeliest intent, or None where it is out of scope."""
        return self.ranked[0] if self.is_in_scope else None


class _Scope(NamedTuple):
    """What a queue asks for: the numbers of its intents and of their examples."""

    intents: NDArray[np.intp]
    examples: NDArray[np.intp]


class IntentReader:
    """Reads intents from sentence vectors of the model that the examples were embedded with."""

    def __init__(
        self,
        *,
        intents: Sequence[Intent],
        examples: Matrix,
        owners: NDArray[np.int32],
        weights: Matrix,
        calibration: Calibration,
        model: str = "",
    ) -> None:
        """`examples` (n, dimension), L2-normalised; `weights` (n, intents + 1), the last column
        for what is out of scope; `owners` (n,): the number of an example's intent, or -1.
        """
        _check(len(intents), examples, owners, weights)
        self.intents = tuple(intents)
        self.examples, self.owners, self.weights = examples, owners, weights
        self.calibration = calibration
        self.model = model
        self._scopes: dict[str, _Scope] = {}  # by queue

    def read(self, vectors: Matrix, queue: str = "") -> list[Reading]:
        """Read sentences, `vectors` (n, dimension): only intents of the queue and of any queue."""
        if len(vectors) and vectors.shape[1] != self.examples.shape[1]:
            raise BadInput(
                f"intents for vectors of {self.examples.shape[1]} numbers were given vectors of "
                f"{vectors.shape[1]}"
            )
        scope = self._scope(queue)
        if not scope.intents.size:
            return [Reading(ranked=(), out_of_scope=1.0, is_in_scope=False)] * len(vectors)
        rows: list[Reading] = []
        for start in range(0, len(vectors), _AT_ONCE):
            rows += self._read(vectors[start : start + _AT_ONCE], scope)
        return rows

    def probabilities(self, vectors: Matrix) -> tuple[Matrix, Matrix]:
        """Of each intent (n, intents), and of being in scope (n,); any queue."""
        parts = [
            self._probabilities(vectors[start : start + _AT_ONCE], self._scope(""))
            for start in range(0, len(vectors), _AT_ONCE)
        ]
        return np.concatenate([part[0] for part in parts]), np.concatenate([p[1] for p in parts])

    def _scope(self, queue: str) -> _Scope:
        if queue not in self._scopes:
            numbers = [
                number
                for number, intent in enumerate(self.intents)
                if not queue or intent.queue in {"", queue}
            ]
            intents = np.array(numbers, np.intp)
            examples = np.flatnonzero(np.isin(self.owners, intents))
            self._scopes[queue] = _Scope(intents=intents, examples=examples)
        return self._scopes[queue]

    def _read(self, vectors: Matrix, scope: _Scope) -> list[Reading]:
        likely, in_scope = self._probabilities(vectors, scope)
        readings: list[Reading] = []
        for row, inside in zip(likely, in_scope, strict=True):
            order = np.argsort(-row, kind="stable")
            ranked = tuple(
                LikelyIntent(self.intents[scope.intents[at]], float(row[at])) for at in order
            )
            readings.append(
                Reading(
                    ranked=ranked,
                    out_of_scope=float(1.0 - inside),
                    is_in_scope=bool(inside >= self.calibration.threshold),
                )
            )
        return readings

    def _probabilities(self, vectors: Matrix, scope: _Scope) -> tuple[Matrix, Matrix]:
        cosines = vectors @ self.examples.T
        scores = kernel(cosines) @ self.weights
        near = nearest(cosines[:, scope.examples])
        evidence = scope_evidence(scores[:, scope.intents], near, scores[:, -1])
        in_scope = logistic(evidence @ np.array(self.calibration.scope, np.float32))
        among = softmax(scores[:, scope.intents] * np.float32(self.calibration.sharpness))
        return among * in_scope[:, None], in_scope


def kernel(cosines: Matrix) -> Matrix:
    """How much an example speaks for a sentence at this cosine: 1 for the same sentence."""
    speaks: Matrix = np.exp(np.float32(WIDTH) * (cosines - np.float32(1.0)))
    return speaks


def nearest(cosines: Matrix) -> Matrix:
    """Mean of the highest cosines of each row (n, examples)."""
    count = min(NEAREST, cosines.shape[1])
    mean: Matrix = np.partition(cosines, -count, axis=1)[:, -count:].mean(axis=1)
    return mean


def scope_evidence(scores: Matrix, near: Matrix, nothing: Matrix) -> Matrix:
    """What tells whether a sentence asks for any intent, (n, 5).

    One, how much speaks for any intent at all, how far the first is ahead of the second, how near
    the known examples are, how much speaks for being out of scope.
    """
    top = np.partition(scores, -2, axis=1)[:, -2:] if scores.shape[1] > 1 else None
    margin = scores[:, 0] if top is None else top[:, 1] - top[:, 0]
    grown = np.expm1(np.float32(SHARPEST) * scores.clip(0.0, 2.0)).sum(axis=1)
    anything = np.log1p(grown) / np.float32(SHARPEST)
    return np.stack([np.ones_like(near), anything, margin, near, nothing], axis=1)


def softmax(logits: Matrix) -> Matrix:
    """Rows that sum to 1."""
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Matrix = grown / grown.sum(axis=1, keepdims=True)
    return shares


def logistic(logits: Matrix) -> Matrix:
    """Probabilities of log odds."""
    odds: Matrix = 1.0 / (1.0 + np.exp(-logits.clip(-30.0, 30.0)))
    return odds


def _check(intents: int, examples: Matrix, owners: NDArray[np.int32], weights: Matrix) -> None:
    if weights.shape != (len(examples), intents + 1) or owners.shape != (len(examples),):
        raise BadInput(
            f"{intents} intents with {len(examples)} examples need weights of the shape "
            f"{(len(examples), intents + 1)} and {len(examples)} owners, got {weights.shape} "
            f"and {owners.shape}"
        )
    if len(examples) and (owners.min() < -1 or owners.max() >= intents):
        raise BadInput(f"an example belongs to an intent beyond the {intents} that there are")
