"""From the emotion model's logits to calibrated probabilities, and from where each may be said.

A logit becomes a probability by a line of its own (Platt scaling), fitted on the development part.
The probability of a sentiment group looks at its own head and at the labels in it together.
Both the lines and the thresholds travel in one `.npz` of plain arrays.
"""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from assist_engine.call.feeling_names import SENTIMENT_GROUPS
from assist_engine.errors import BadInput

Matrix = NDArray[np.float32]

GROUPS: Final = tuple(SENTIMENT_GROUPS)
_CLEARLY_ABOVE: Final = 1.5  # times the threshold: said although its sentiment is not
_BROKEN: Final = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    zipfile.BadZipFile,
    msgspec.DecodeError,
    BadInput,
)


class EmotionHeads:
    """Names, calibration and thresholds of the outputs: 28 labels, then four groups."""

    def __init__(
        self,
        *,
        labels: Sequence[str],
        scale: Matrix,
        offset: Matrix,
        thresholds: Mapping[str, float],
        group_thresholds: Mapping[str, float],
        said_from: Mapping[str, float],
        carrying: Mapping[str, Mapping[str, float]],
    ) -> None:
        """`scale`, `offset` (outputs,): the line over each logit.

        `thresholds` of labels and groups have the best F1. `said_from` are for live calls: of
        sentiments and emotions, so that few neutral utterances are called negative. `carrying`
        are the words that speak for an emotion, by emotion, with their log-odds.
        """
        self.labels = tuple(labels)
        if not len(scale) == len(offset) == self.outputs:
            raise BadInput(f"{self.outputs} outputs need a line each, got {len(scale)}")
        if set(thresholds) != set(labels) or set(group_thresholds) != set(GROUPS):
            raise BadInput("each label and each group needs a threshold")
        self.scale, self.offset = scale.astype(np.float32), offset.astype(np.float32)
        self.thresholds = dict(thresholds)
        self.group_thresholds = dict(group_thresholds)
        self.said_from = dict(said_from)
        self.carrying = {emotion: dict(words) for emotion, words in carrying.items()}

    @property
    def outputs(self) -> int:
        """How many logits there are: one a label, then one a group."""
        return len(self.labels) + len(GROUPS)

    def check(self, labels: Sequence[str]) -> None:
        """Raise `BadInput` unless these are the labels, in this order."""
        if tuple(labels) != self.labels:
            raise BadInput(f"the emotion model was trained on other labels: {self.labels}")

    def probabilities(self, logits: Matrix) -> Matrix:
        """Calibrated probabilities (n, outputs) of logits (n, outputs)."""
        lines = with_unions(logits, self.labels) * self.scale + self.offset
        return sigmoid(lines)

    def said(self, probabilities: Matrix) -> NDArray[np.bool_]:
        """Which labels may be said (n, labels), by calibrated probabilities (n, outputs).

        Those above their thresholds, in agreement with the sentiments: a sentiment above its own
        has at least its likeliest label, and one below has none that is only just above.
        """
        count = len(self.labels)
        cuts = np.array([self.thresholds[name] for name in self.labels], np.float32)
        strength = probabilities[:, :count] / cuts
        said: NDArray[np.bool_] = strength >= 1.0
        for number, (group, names) in enumerate(SENTIMENT_GROUPS.items(), start=count):
            columns = np.array([at for at, label in enumerate(self.labels) if label in names])
            is_felt = probabilities[:, number] >= self.group_thresholds[group]
            strongest = strength[:, columns].max(axis=1)
            said[np.ix_(~is_felt & (strongest < _CLEARLY_ABOVE), columns)] = False
            missing = np.flatnonzero(is_felt & (strongest < 1.0))
            said[missing, columns[strength[np.ix_(missing, columns)].argmax(axis=1)]] = True
        return said

    def save(self, path: Path) -> None:
        """Write as `.npz`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            path,
            labels=np.array(self.labels),
            scale=self.scale,
            offset=self.offset,
            thresholds=np.array([self.thresholds[name] for name in self.labels], np.float32),
            group_thresholds=np.array([self.group_thresholds[g] for g in GROUPS], np.float32),
            said=np.array(list(self.said_from)),
            said_from=np.array(list(self.said_from.values()), np.float32),
            carrying=np.array(msgspec.json.encode(self.carrying).decode()),
        )

    @classmethod
    def load(cls, path: Path) -> "EmotionHeads":
        """Read what `save` wrote, or raise `BadInput` naming the file and what is wrong."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return cls._from(arrays)
        except _BROKEN as error:
            raise BadInput(
                f"{path} is not what `attune-engine train emotions` wrote: {error}"
            ) from error

    @classmethod
    def _from(cls, arrays: Mapping[str, Any]) -> "EmotionHeads":
        labels = [str(name) for name in arrays["labels"]]
        said = [str(name) for name in arrays["said"]]
        return cls(
            labels=labels,
            scale=arrays["scale"],
            offset=arrays["offset"],
            thresholds=dict(zip(labels, map(float, arrays["thresholds"]), strict=True)),
            group_thresholds=dict(zip(GROUPS, map(float, arrays["group_thresholds"]), strict=True)),
            said_from=dict(zip(said, map(float, arrays["said_from"]), strict=True)),
            carrying=msgspec.json.decode(str(arrays["carrying"]), type=dict[str, dict[str, float]]),
        )


def with_unions(logits: Matrix, labels: Sequence[str]) -> Matrix:
    """The logits, those of the groups halfway to the logit that any of their labels is there."""
    mixed = logits.astype(np.float32, copy=True)
    absent = 1.0 - sigmoid(logits[:, : len(labels)])
    for number, names in enumerate(SENTIMENT_GROUPS.values(), start=len(labels)):
        columns = [column for column, label in enumerate(labels) if label in names]
        none = absent[:, columns].prod(axis=1).clip(1e-6, 1 - 1e-6)
        mixed[:, number] = (mixed[:, number] + np.log((1.0 - none) / none)) / 2
    return mixed


def sigmoid(logits: Matrix) -> Matrix:
    """Logits to probabilities."""
    probabilities: Matrix = 1.0 / (1.0 + np.exp(-logits.clip(-30.0, 30.0)))
    return probabilities.astype(np.float32)
