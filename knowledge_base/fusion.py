"""Weighs meaning and words of the candidates of one question.

An article counts by the best of its vectors (title, callers' questions, passages) and, less, by
the mean of its three best; to that the share of the question's words found there is added. The
share is small where the words are rare elsewhere but missing here, so recognition errors weigh
little; words that only sound like the question's weigh less than its own.
"""

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedding import Vectors
from knowledge_base.text_index import FoundWords

WORDS_WEIGHT: Final = 0.3
ALIKE_WEIGHT: Final = 0.15
BEST_WEIGHT: Final = 0.6  # of the best vector; the rest is the mean of the best few
BEST_FEW: Final = 3
_OPENING_WEIGHT: Final = 0.15  # which passage is shown: an article opens with its answer


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What speaks for the candidates: one entry a searched row, the rows of an article together."""

    near: Vectors  # cosine of each row
    passages: NDArray[np.int64]  # passage of each row; -1: a question about the article
    begins: NDArray[np.int64]  # where the rows of each article begin
    words: FoundWords


def fuse(evidence: Evidence) -> Vectors:
    """The score of each article."""
    near, begins = evidence.near, evidence.begins
    best = np.maximum.reduceat(near, begins)
    nearness = BEST_WEIGHT * best + (1 - BEST_WEIGHT) * _mean_of_best(near, begins)
    shares = np.maximum.reduceat(_of_words(evidence), begins)
    score: Vectors = (nearness + shares).astype(np.float32)
    return score


def best_passages(evidence: Evidence) -> NDArray[np.int64]:
    """The passage of each article that is shown: the nearest, the opening one a little favoured."""
    shown = np.where(evidence.passages >= 0, evidence.near + _of_words(evidence), -np.inf)
    ends = np.append(evidence.begins[1:], len(shown))
    chosen = np.empty(len(evidence.begins), np.int64)
    for at, (start, end) in enumerate(zip(evidence.begins, ends, strict=True)):
        own = shown[start:end].copy()
        own[int(np.argmax(own > -np.inf))] += _OPENING_WEIGHT
        chosen[at] = evidence.passages[start + int(np.argmax(own))]
    return chosen


def _of_words(evidence: Evidence) -> Vectors:
    """What words add to each row that is a passage."""
    exact, alike = evidence.words.exact, evidence.words.alike
    return np.array(
        [
            WORDS_WEIGHT * exact.get(at, 0.0) + ALIKE_WEIGHT * alike.get(at, 0.0)
            for at in evidence.passages.tolist()
        ],
        np.float32,
    )


def _mean_of_best(near: Vectors, begins: NDArray[np.int64]) -> Vectors:
    """Mean of the few best rows of each article."""
    counts = np.diff(np.append(begins, len(near)))
    article = np.repeat(np.arange(len(begins)), counts)
    order = np.lexsort((-near, article))
    place = np.arange(len(near)) - np.repeat(begins, counts)
    is_best = place < BEST_FEW
    sums = np.add.reduceat(np.where(is_best, near[order], 0.0), begins)
    mean: Vectors = (sums / np.minimum(counts, BEST_FEW)).astype(np.float32)
    return mean
