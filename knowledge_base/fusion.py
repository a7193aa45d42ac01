"""Weighs meaning and words of the candidates of one question.

An article counts by the best of its vectors (title, callers' questions, passages), by the mean of
its three best and by the mean of its questions: one vector that happens to be near is not enough.
To that the share of the question's words found in it is added. The share is small where words are
rare elsewhere but missing here, so recognition errors weigh little; words that only sound like the
question's weigh less than its own.

The weights were chosen on the demo's questions, BANKING77 and CLINC150 at 0 to 30 % wrong words
(`benchmarks/search_quality.py`): above both alone on each of them at each rate. Making the weight
of words depend on how rare the rarest is changed nothing there; adding ranks instead (reciprocal
rank fusion) is below the vectors alone.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedding import Vectors
from knowledge_base.text_index import FoundWords

_WORDS_WEIGHT: Final = 0.2
_ALIKE_WEIGHT: Final = 0.15
_BEST_WEIGHT: Final = 0.6
_FEW_WEIGHT: Final = 0.1
_QUESTIONS_WEIGHT: Final = 0.3
_BEST_FEW: Final = 3
_OPENING_WEIGHT: Final = 0.15  # which passage is shown: an article opens with its answer


class Evidence:
    """What speaks for the candidates: one entry a searched row, the rows of an article together.

    `near`: cosine of each row. `passages`: the passage of each, -1 for a question about the
    article. `begins`: where the rows of each article begin; no article has none.
    """

    def __init__(
        self,
        *,
        near: Vectors,
        passages: NDArray[np.int64],
        begins: NDArray[np.int64],
        words: FoundWords,
    ) -> None:
        self.near, self.passages, self.begins = near, passages, begins
        self.counts = np.diff(np.append(begins, len(near)))
        self.of_words = _of_words(passages, words)  # what words add to each row


def fuse(evidence: Evidence) -> Vectors:
    """The score of each article."""
    near, begins = evidence.near, evidence.begins
    few = _mean_of_best(evidence)
    score: Vectors = (
        _BEST_WEIGHT * np.maximum.reduceat(near, begins)
        + _FEW_WEIGHT * few
        + _QUESTIONS_WEIGHT * _mean_of_questions(evidence, otherwise=few)
        + np.maximum.reduceat(evidence.of_words, begins)
    ).astype(np.float32)
    return score


def best_passages(evidence: Evidence) -> NDArray[np.int64]:
    """The passage of each article that is shown: the nearest, the opening one a little favoured."""
    is_passage = evidence.passages >= 0
    shown = np.where(is_passage, evidence.near + evidence.of_words, -np.inf)
    before: NDArray[np.int64] = np.cumsum(is_passage) - is_passage
    is_opening = is_passage & (before == np.repeat(before[evidence.begins], evidence.counts))
    shown[is_opening] += _OPENING_WEIGHT
    best = np.repeat(np.maximum.reduceat(shown, evidence.begins), evidence.counts)
    rows = np.flatnonzero((shown == best) & is_passage)
    first = rows[np.searchsorted(rows, evidence.begins)]
    chosen: NDArray[np.int64] = evidence.passages[first]
    return chosen


def _of_words(passages: NDArray[np.int64], words: FoundWords) -> Vectors:
    added: dict[int, float] = {at: _WORDS_WEIGHT * share for at, share in words.exact.items()}
    for at, share in words.alike.items():
        added[at] = added.get(at, 0.0) + _ALIKE_WEIGHT * share
    if not added:
        return np.zeros(len(passages), np.float32)
    known = np.array(sorted(added), np.int64)
    worth = np.array([added[at] for at in known.tolist()], np.float32)
    place = np.minimum(np.searchsorted(known, passages), len(known) - 1)
    found: Vectors = np.where(known[place] == passages, worth[place], np.float32(0))
    return found


def _mean_of_questions(evidence: Evidence, *, otherwise: Vectors) -> Vectors:
    """Mean of title and callers' questions of each article; a title alone says too little."""
    is_question = evidence.passages < 0
    counts = np.add.reduceat(is_question.astype(np.int64), evidence.begins)
    sums = np.add.reduceat(np.where(is_question, evidence.near, 0.0), evidence.begins)
    mean: Vectors = np.where(counts > 1, sums / np.maximum(counts, 1), otherwise)
    return mean


def _mean_of_best(evidence: Evidence) -> Vectors:
    """Mean of the few best rows of each article."""
    near, begins, counts = evidence.near, evidence.begins, evidence.counts
    order = np.lexsort((-near, np.repeat(np.arange(len(begins)), counts)))
    place = np.arange(len(near)) - np.repeat(begins, counts)
    sums = np.add.reduceat(np.where(place < _BEST_FEW, near[order], 0.0), begins)
    mean: Vectors = (sums / np.minimum(counts, _BEST_FEW)).astype(np.float32)
    return mean
