"""Finds the nearest of very many vectors: by short codes first, the best of these exactly.

A code has 4 bits for each pair of numbers (product quantisation, Jégou et al. 2011), an eighth of
the vector at half precision. A search compares all codes ("fast scan", André et al. 2015: 3 ms for
233,000 on one core) and computes the cosine of the `reach` best from the vectors themselves.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import faiss
import msgspec
import numpy as np

from knowledge_base.embedding import Vectors
from knowledge_base.release_vectors import Numbers, ReleaseVectors
from knowledge_base.vector_index import VectorIndex

_BITS: Final = 4
_TRAINED_ON: Final = 16_384  # vectors
_AT_ONCE: Final = 16_384  # vectors made float32 at a time
_REACHES: Final = (800, 1_600, 3_200, 6_400, 12_800)
_GOOD_RECALL: Final = 0.995
_TRIED: Final = 100  # sentences that are searched to measure the recall
_NEAREST: Final = 10
_EQUAL: Final = 1e-5  # cosines nearer than this are as good
_MOST_COMPARED: Final = 2_000  # beyond, and beyond the reach, the order is that of the codes


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the best codes are compared exactly, and the recall@10 measured so."""

    reach: int
    recall: float


class CodedIndex:
    """Inner products with L2-normalised vectors; rows are those of `vectors`."""

    def __init__(self, index: Any, vectors: ReleaseVectors, *, reach: int) -> None:  # noqa: ANN401 - faiss has no types
        self._index = index
        self._vectors = vectors
        self._reach = reach

    @classmethod
    def build(cls, vectors: ReleaseVectors) -> "CodedIndex":
        """Learn codes from the searched vectors of a release and encode them all."""
        dimension = vectors.dimension
        pairs = dimension // 2 if dimension % 2 == 0 else dimension
        index = faiss.IndexPQFastScan(dimension, pairs, _BITS, faiss.METRIC_INNER_PRODUCT)
        step = 1 + (vectors.size - 1) // _TRAINED_ON
        index.train(vectors.take(np.arange(0, vectors.size, step)))
        coded = cls(index, vectors, reach=_REACHES[0])
        coded.add_new()
        return coded

    @classmethod
    def load(cls, path: Path, vectors: ReleaseVectors, *, reach: int) -> "CodedIndex":
        """Read what `save` wrote; raises `RuntimeError` where it is no index."""
        return cls(faiss.read_index(str(path)), vectors, reach=reach)

    def save(self, path: Path) -> None:
        """Write the codes to a file; raises `OSError`, which faiss itself does not."""
        path.write_bytes(faiss.serialize_index(self._index).tobytes())

    def add_new(self) -> None:
        """Encode the searched vectors that have no code yet, the last ones."""
        for start in range(self.size, self._vectors.size, _AT_ONCE):
            rows = np.arange(start, min(start + _AT_ONCE, self._vectors.size))
            self._index.add(self._vectors.take(rows))

    @property
    def size(self) -> int:
        """Number of vectors that have a code."""
        return int(self._index.ntotal)

    def nearest(self, vector: Vectors, *, limit: int) -> Numbers:
        """Rows nearest to a vector of shape (dimension,), best first, at most `limit`."""
        compared = min(max(limit, self._reach), self.size)
        _, found = self._index.search(vector.reshape(1, -1), compared)
        rows: Numbers = found[0][found[0] >= 0]
        if len(rows) > max(self._reach, _MOST_COMPARED):
            return rows[:limit]
        order = np.argsort(-self._vectors.nearness(rows, vector), kind="stable")
        return rows[order[:limit]]

    def settle_reach(self) -> Reach:
        """Choose the smallest reach with a good recall@10, measured on the release's sentences."""
        asked = self._vectors.some_sentences(_TRIED)
        if not len(asked):
            return Reach(reach=self._reach, recall=1.0)
        least = _least_nearness(self._vectors, asked)
        for reach in _REACHES:
            self._reach = reach
            recall = self._recall(asked, least)
            if recall >= _GOOD_RECALL:
                break
        return Reach(reach=self._reach, recall=recall)

    def _recall(self, asked: Vectors, least: Iterable[float]) -> float:
        shares = [
            np.mean(self._vectors.nearness(self.nearest(one, limit=_NEAREST), one) >= bound)
            for one, bound in zip(asked, least, strict=True)
        ]
        return float(np.mean(shares))


def _least_nearness(vectors: ReleaseVectors, asked: Vectors) -> list[float]:
    """The cosine of the last of the ten truly nearest, for each of some vectors."""
    exact = VectorIndex.of(vectors)
    return [
        float(vectors.nearness(exact.nearest(one, limit=_NEAREST), one).min()) - _EQUAL
        for one in asked
    ]
