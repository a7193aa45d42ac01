"""Finds the nearest vectors by comparing all of them."""

from typing import Any, Final, Protocol

import faiss
import numpy as np

from knowledge_base.embedding import Vectors
from knowledge_base.release_vectors import Numbers, ReleaseVectors

FLAT_LIMIT: Final = 50_000  # passages; beyond, vectors are found by codes


class NearVectors(Protocol):
    """Finds the nearest of the searched vectors of a release."""

    @property
    def size(self) -> int:
        """Number of vectors."""
        ...

    def nearest(self, vector: Vectors, *, limit: int) -> Numbers:
        """Rows nearest to a vector of shape (dimension,), best first, at most `limit`."""
        ...


class VectorIndex:
    """Inner products with L2-normalised vectors; rows are numbered as they were given."""

    def __init__(self, dimension: int) -> None:
        # float16, as the vectors came: half the memory of an IndexFlat, and as exact as they are.
        self._index: Any = faiss.IndexScalarQuantizer(
            dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )

    @classmethod
    def of(cls, vectors: ReleaseVectors) -> "VectorIndex":
        """Index the searched vectors of a release."""
        index = cls(vectors.dimension)
        for part in vectors.parts:
            index._index.add_sa_codes(part.view(np.uint8))  # the codes are the numbers themselves
        return index

    @property
    def size(self) -> int:
        """Number of vectors."""
        return int(self._index.ntotal)

    def nearest(self, vector: Vectors, *, limit: int) -> Numbers:
        """Rows nearest to a vector of shape (dimension,), best first, at most `limit`."""
        if not self.size:
            return np.zeros(0, np.int64)
        _, rows = self._index.search(vector.reshape(1, -1), min(limit, self.size))
        found: Numbers = rows[0]
        return found
