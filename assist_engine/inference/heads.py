"""Reads labels from a sentence: one calibrated logistic head a label over vector and words.

The sentence vector knows what an utterance is about, its words and word pairs know how it is
said; both together read feelings far better than either. Weights travel as one `.npz` of
plain arrays; scikit-learn is needed for training only.
"""

import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assist_engine.errors import BadInput

Matrix = NDArray[np.float32]


def terms_of(text: str) -> set[str]:
    """The words and pairs of neighbouring words of a text, lower case, no punctuation."""
    words = re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))
    return {*words, *(f"{first} {second}" for first, second in pairwise(words))}


class LinearHead:
    """Independent probabilities of labels; for vectors of the model it was trained with."""

    def __init__(
        self,
        *,
        labels: Sequence[str],
        model: str,
        weights: Matrix,
        bias: Matrix,
        terms: Sequence[str] = (),
        term_weights: Matrix | None = None,
        thresholds: Mapping[str, float] | None = None,
    ) -> None:
        """`weights` (labels, dimension), `bias` (labels,), `term_weights` (terms, labels)."""
        if term_weights is None:
            term_weights = np.zeros((0, len(labels)), np.float32)
        _check_shapes(len(labels), len(terms), weights, bias, term_weights)
        self.labels = tuple(labels)
        self.model = model
        self.thresholds = dict.fromkeys(labels, 0.5) | dict(thresholds or {})
        self._weights = weights.astype(np.float32)
        self._bias = bias.astype(np.float32)
        self._terms = tuple(terms)
        self._row = {term: row for row, term in enumerate(terms)}
        self._term_weights = term_weights.astype(np.float32)

    def __call__(self, vector: Matrix, text: str) -> dict[str, float]:
        """Probability (0 to 1) of each label of a text with this sentence vector."""
        rows = [self._row[term] for term in terms_of(text) if term in self._row]
        logits = self._weights @ vector + self._bias + self._term_weights[rows].sum(axis=0)
        return {
            label: 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, float(logit)))))
            for label, logit in zip(self.labels, logits, strict=True)
        }

    def save(self, path: Path) -> None:
        """Write the head as `.npz`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            path,
            labels=np.array(self.labels),
            model=np.array(self.model),
            weights=self._weights,
            bias=self._bias,
            terms=np.array("\n".join(self._terms)),
            term_weights=self._term_weights,
            thresholds=np.array([self.thresholds[name] for name in self.labels], np.float32),
        )

    @classmethod
    def load(cls, path: Path) -> "LinearHead":
        """Read a head, or raise `BadInput` naming the file and what is wrong with it."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return cls._from(arrays)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, BadInput) as error:
            raise BadInput(
                f"{path} is not a head that `attune-engine train` wrote: {error}"
            ) from error

    @classmethod
    def _from(cls, arrays: Mapping[str, Any]) -> "LinearHead":
        labels = [str(name) for name in arrays["labels"]]
        thresholds = [float(value) for value in arrays["thresholds"]]
        terms = str(arrays["terms"])
        return cls(
            labels=labels,
            model=str(arrays["model"]),
            weights=arrays["weights"],
            bias=arrays["bias"],
            terms=terms.split("\n") if terms else [],
            term_weights=arrays["term_weights"],
            thresholds=dict(zip(labels, thresholds, strict=True)),
        )


def _check_shapes(
    labels: int, terms: int, weights: Matrix, bias: Matrix, term_weights: Matrix
) -> None:
    wanted = ((labels, weights.shape[-1]), (labels,), (terms, labels))
    got = (weights.shape, bias.shape, term_weights.shape)
    if got != wanted:
        raise BadInput(
            f"a head of {labels} labels and {terms} terms has weights, bias and term weights of "
            f"the shapes {wanted}, got {got}"
        )
