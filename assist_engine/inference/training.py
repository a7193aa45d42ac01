"""Fits heads with scikit-learn: logistic regression a label, Platt-scaled on held-out texts."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from assist_engine.errors import BadInput
from assist_engine.inference.heads import LinearHead, Matrix, terms_of

# A word counts less than a whole vector. The only value tried; the gain over vectors is large.
_TERM_SCALE = 0.3


def train_head(
    texts: Sequence[str],
    vectors: Matrix,
    targets: NDArray[np.bool_],
    *,
    labels: Sequence[str],
    model: str,
    held_out: NDArray[np.bool_],
    max_terms: int = 6000,
    on_label: Callable[[str], None] = lambda _: None,
) -> LinearHead:
    """Fit one logistic regression a label on what is not `held_out`, scale it on what is.

    `vectors` (n, dimension), `targets` (n, labels), `held_out` (n,). `on_label` hears each
    label when done. The Platt scale becomes part of the weights: a logistic of a line of a
    line is one logistic.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(analyzer=terms_of, min_df=8, max_features=max_terms, binary=True)
    counts = counter.fit_transform(texts).astype(np.float32) * _TERM_SCALE
    features = hstack([csr_matrix(vectors), counts]).tocsr()
    fitted = []
    for column, label in enumerate(labels):
        wanted = targets[:, column]
        _check_both(wanted, held_out, label)
        weight, bias = _fit(features[~held_out], wanted[~held_out], 1.0)
        logits = features[held_out] @ weight + bias
        scale, offset = _fit(logits[:, None], wanted[held_out], 1e6)
        fitted.append((weight * scale[0], bias * float(scale[0]) + offset))
        on_label(label)
    weights = np.array([weight for weight, _ in fitted], np.float32)
    dimension = vectors.shape[1]
    return LinearHead(
        labels=labels,
        model=model,
        weights=weights[:, :dimension],
        bias=np.array([bias for _, bias in fitted], np.float32),
        terms=[str(term) for term in counter.get_feature_names_out()],
        term_weights=weights[:, dimension:].T * _TERM_SCALE,
    )


def _check_both(wanted: NDArray[np.bool_], held_out: NDArray[np.bool_], label: str) -> None:
    for part in (wanted[~held_out], wanted[held_out]):
        if part.all() or not part.any():
            raise BadInput(f"label {label} needs texts that have it and texts that do not")


def threshold_for(probabilities: Matrix, *, share_above: float) -> float:
    """The probability that at most this share of the given ones (n,) reaches."""
    ordered = np.sort(probabilities)[::-1]
    allowed = int(len(ordered) * share_above)
    return float(np.nextafter(ordered[allowed], np.float32(2.0), dtype=np.float32))


def best_threshold(probabilities: Matrix, wanted: NDArray[np.bool_]) -> tuple[float, float]:
    """The threshold (of 0.05, 0.07 … 0.95) with the best F1, and that F1."""
    tried = [(f1(probabilities >= cut, wanted), float(cut)) for cut in np.arange(0.05, 0.96, 0.02)]
    best, cut = max(tried)
    return cut, best


def f1(said: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> float:
    """Harmonic mean of precision and recall; 0 where nothing was said or wanted."""
    hits = int((said & wanted).sum())
    return 2 * hits / max(1, int(said.sum()) + int(wanted.sum()))


def _fit(
    features: Matrix, wanted: NDArray[np.bool_], regularisation: float
) -> tuple[Matrix, float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=regularisation, solver="liblinear", max_iter=200)
    fitted = model.fit(features, wanted)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])
