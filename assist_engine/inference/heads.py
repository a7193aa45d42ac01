"""Reads labels from a sentence vector: one calibrated logistic head a label, a matrix product.

Weights travel as one `.npz` of plain arrays; scikit-learn is needed for training only.
"""

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assist_engine.errors import BadInput

Matrix = NDArray[np.float32]


class LinearHead:
    """Independent probabilities of labels from a vector of the model it was trained on."""

    def __init__(
        self,
        *,
        labels: Sequence[str],
        weights: Matrix,
        bias: Matrix,
        model: str,
        thresholds: Mapping[str, float] | None = None,
    ) -> None:
        if weights.shape != (len(labels), weights.shape[-1]) or bias.shape != (len(labels),):
            raise BadInput(
                f"a head for {len(labels)} labels has weights ({len(labels)}, dimension) and "
                f"bias ({len(labels)},), got {weights.shape} and {bias.shape}"
            )
        self.labels = tuple(labels)
        self.model = model
        self.thresholds = {label: 0.5 for label in labels} | dict(thresholds or {})
        self._weights = weights.astype(np.float32)
        self._bias = bias.astype(np.float32)

    @property
    def dimension(self) -> int:
        """Length of the vectors that the head reads."""
        return int(self._weights.shape[1])

    def __call__(self, vector: Matrix) -> dict[str, float]:
        """Probability (0 to 1) of each label."""
        probabilities = self.read_all(vector[None, :])[0]
        return {
            label: float(p) for label, p in zip(self.labels, probabilities, strict=True)
        }

    def read_all(self, vectors: Matrix) -> Matrix:
        """Probabilities (n, labels) of vectors (n, dimension)."""
        logits = vectors @ self._weights.T + self._bias
        probabilities: Matrix = 1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0)))
        return probabilities

    def save(self, path: Path) -> None:
        """Write the head as `.npz`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(
            path,
            labels=np.array(self.labels),
            weights=self._weights,
            bias=self._bias,
            thresholds=np.array([self.thresholds[name] for name in self.labels], np.float32),
            model=np.array(self.model),
        )

    @classmethod
    def load(cls, path: Path) -> "LinearHead":
        """Read a head, or raise `BadInput` naming the file and what is wrong with it."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                labels = [str(name) for name in arrays["labels"]]
                thresholds = [float(value) for value in arrays["thresholds"]]
                return cls(
                    labels=labels,
                    weights=arrays["weights"],
                    bias=arrays["bias"],
                    model=str(arrays["model"]),
                    thresholds=dict(zip(labels, thresholds, strict=True)),
                )
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise BadInput(f"{path} is not a head that `train` wrote: {error}") from error


def train_head(
    vectors: Matrix,
    targets: NDArray[np.bool_],
    *,
    labels: Sequence[str],
    model: str,
    regularisation: float = 1.0,
    on_label: Callable[[str], None] = lambda _: None,
) -> LinearHead:
    """Fit one logistic regression a label, then Platt-scale it on a held-out tenth.

    `vectors` (n, dimension), `targets` (n, labels). `on_label` hears each label when done.
    The Platt scale is part of the weights: a logistic of a line of a line is one logistic.
    """
    held_out = np.arange(len(vectors)) % 10 == 9
    weights: list[Matrix] = []
    biases: list[float] = []
    for column, label in enumerate(labels):
        wanted = targets[:, column]
        weight, bias = _fit(vectors[~held_out], wanted[~held_out], regularisation)
        logits = vectors[held_out] @ weight + bias
        scale, offset = _fit(logits[:, None], wanted[held_out], 1e6)
        weights.append(weight * scale[0])
        biases.append(bias * float(scale[0]) + offset)
        on_label(label)
    return LinearHead(
        labels=labels,
        weights=np.array(weights, np.float32),
        bias=np.array(biases, np.float32),
        model=model,
    )


def _fit(
    vectors: Matrix, wanted: NDArray[np.bool_], regularisation: float
) -> tuple[Matrix, float]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 -- slow; training only

    fitted = LogisticRegression(C=regularisation, max_iter=300).fit(vectors, wanted)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])
