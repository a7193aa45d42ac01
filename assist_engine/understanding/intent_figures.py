"""Measures an intent reader on labelled sentences: how often it is right, and whether it knows."""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from assist_engine.errors import BadInput
from assist_engine.understanding.intent_reader import IntentReader, Matrix

_BINS: Final = 15


class OneIntent(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one intent at the shipped threshold."""

    rows: int
    recall: float
    precision: float
    f1: float


class IntentFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a file; those of what is out of scope are None where the file has none."""

    rows: int
    out_of_scope_rows: int
    accuracy: float  # all rows at the threshold, `oos` being a label
    in_scope_accuracy: float | None  # in-scope rows, likeliest intent, nothing refused
    in_scope_accuracy_at_threshold: float | None  # in-scope rows accepted and right
    oos_recall: float | None  # out-of-scope rows refused
    oos_auroc: float | None  # in scope against out of scope, without a threshold
    ece: float  # 15 bins: the likeliest intent's probability against how often it is right
    threshold: float
    per_intent: dict[str, OneIntent]


def measure(reader: IntentReader, vectors: Matrix, labels: Sequence[str]) -> IntentFigures:
    """Read `vectors` (n, dimension) whose right intents are `labels` (n), "" for out of scope."""
    names = [intent.id for intent in reader.intents]
    unknown = sorted({label for label in labels if label} - set(names))
    if unknown:
        raise BadInput(
            f"the intent {unknown[0]} was not trained ({len(unknown)} such); trained were "
            f"{len(names)}: {', '.join(names[:5])} …"
        )
    if not labels:
        raise BadInput("nothing to measure: the file has no examples")
    number = {name: at for at, name in enumerate(names)}
    wanted = np.array([number.get(label, -1) for label in labels])
    likely, in_scope = reader.probabilities(vectors)
    best = likely.argmax(axis=1)
    threshold = reader.calibration.threshold
    said = np.where(in_scope >= threshold, best, -1)
    inside = wanted >= 0
    return IntentFigures(
        rows=len(labels),
        out_of_scope_rows=int((~inside).sum()),
        accuracy=float((said == wanted).mean()),
        in_scope_accuracy=_share(best == wanted, inside),
        in_scope_accuracy_at_threshold=_share(said == wanted, inside),
        oos_recall=_share(said == -1, ~inside),
        oos_auroc=_auroc(in_scope, inside),
        ece=calibration_error(likely.max(axis=1), best == wanted),
        threshold=threshold,
        per_intent={name: _one(said, wanted, at) for name, at in number.items()},
    )


def calibration_error(probabilities: Matrix, is_right: NDArray[np.bool_]) -> float:
    """Expected calibration error: mean gap of probability and share right over 15 equal bins."""
    place = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    gaps = [
        (place == at).mean() * abs(probabilities[place == at].mean() - is_right[place == at].mean())
        for at in range(_BINS)
        if (place == at).any()
    ]
    return float(sum(gaps))


def _share(is_so: NDArray[np.bool_], among: NDArray[np.bool_]) -> float | None:
    return float(is_so[among].mean()) if among.any() else None


def _auroc(in_scope: Matrix, inside: NDArray[np.bool_]) -> float | None:
    if inside.all() or not inside.any():
        return None
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(inside, in_scope))


def _one(said: NDArray[np.int_], wanted: NDArray[np.int_], at: int) -> OneIntent:
    hits = int(((said == at) & (wanted == at)).sum())
    rows, told = int((wanted == at).sum()), int((said == at).sum())
    return OneIntent(
        rows=rows,
        recall=hits / max(1, rows),
        precision=hits / max(1, told),
        f1=2 * hits / max(1, rows + told),
    )
