"""Finds the nearest vectors: exactly while the index is small, by HNSW beyond."""

from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedding import Vectors

FLAT_LIMIT: Final = 50_000
_HNSW_LINKS: Final = 32
_HNSW_BUILD: Final = 120
_HNSW_SEARCH: Final = 256


class VectorIndex:
    """Inner products with L2-normalised vectors; rows are numbered as they were given."""

    def __init__(self, index: Any) -> None:  # noqa: ANN401 - faiss has no types
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors, *, flat_limit: int = FLAT_LIMIT) -> "VectorIndex":
        """Index vectors of shape (n, dimension)."""
        count, dimension = vectors.shape
        index = faiss.IndexFlatIP(dimension) if count <= flat_limit else _graph(dimension)
        index.add(vectors)
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """Read what `save` wrote; raises `RuntimeError` where it is no index."""
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        """Write to a file; raises `OSError`, which faiss itself does not."""
        path.write_bytes(faiss.serialize_index(self._index).tobytes())

    @property
    def size(self) -> int:
        """Number of vectors."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    @property
    def is_exact(self) -> bool:
        """Whether every vector is compared."""
        return isinstance(self._index, faiss.IndexFlat)

    def nearest(self, vector: Vectors, *, limit: int) -> NDArray[np.int64]:
        """Rows nearest to a vector of shape (dimension,), best first, at most `limit`."""
        _, rows = self._index.search(vector.reshape(1, -1), min(limit, self.size))
        found: NDArray[np.int64] = rows[0]
        return found[found >= 0]  # HNSW fills up with -1 where it finds too few


def _graph(dimension: int) -> Any:  # noqa: ANN401 - faiss has no types
    index = faiss.IndexHNSWFlat(dimension, _HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = _HNSW_BUILD
    index.hnsw.efSearch = _HNSW_SEARCH
    return index
