"""Finds the nearest vectors: exactly while the release is small, by HNSW beyond."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedding import Vectors
from knowledge_base.segments import Segment, read_segment_vectors

FLAT_LIMIT: Final = 50_000  # passages
_HNSW_LINKS: Final = 32
_HNSW_BUILD: Final = 120
_HNSW_SEARCH: Final = 256
_AT_ONCE: Final = 16_384  # vectors made float32 at a time


class VectorIndex:
    """Inner products with L2-normalised vectors; rows are numbered as they were given."""

    def __init__(self, index: Any) -> None:  # noqa: ANN401 - faiss has no types
        self._index = index

    @classmethod
    def empty(cls, dimension: int, *, is_exact: bool) -> "VectorIndex":
        """An index that holds nothing yet."""
        return cls(_flat(dimension) if is_exact else _graph(dimension))

    @classmethod
    def of_segments(
        cls, folder: Path, segments: Iterable[Segment], *, passages: int
    ) -> "VectorIndex":
        """Index the searched vectors of segments in their order; exact up to `FLAT_LIMIT`."""
        segments = tuple(segments)
        dimension = read_segment_vectors(folder, segments[0]).shape[1]
        index = cls.empty(dimension, is_exact=passages <= FLAT_LIMIT)
        index.add_segments(folder, segments)
        return index

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """Read what `save` wrote; raises `RuntimeError` where it is no index."""
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        """Write to a file; raises `OSError`, which faiss itself does not."""
        path.write_bytes(faiss.serialize_index(self._index).tobytes())

    def add(self, vectors: Vectors) -> None:
        """Take in vectors of shape (n, dimension)."""
        self._index.add(np.ascontiguousarray(vectors, np.float32))

    def add_segments(self, folder: Path, segments: Iterable[Segment]) -> None:
        """Take in the searched vectors of segments."""
        for segment in segments:
            vectors = read_segment_vectors(folder, segment)[: segment.searched]
            for start in range(0, len(vectors), _AT_ONCE):
                self.add(vectors[start : start + _AT_ONCE].astype(np.float32))

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
        return not isinstance(self._index, faiss.IndexHNSW)

    def nearest(self, vector: Vectors, *, limit: int) -> NDArray[np.int64]:
        """Rows nearest to a vector of shape (dimension,), best first, at most `limit`."""
        if not self.size:
            return np.zeros(0, np.int64)
        _, rows = self._index.search(vector.reshape(1, -1), min(limit, self.size))
        found: NDArray[np.int64] = rows[0]
        return found[found >= 0]  # HNSW fills up with -1 where it finds too few


def _flat(dimension: int) -> Any:  # noqa: ANN401 - faiss has no types
    # float16, as the vectors came: half the memory of an IndexFlat, and as exact as they are.
    return faiss.IndexScalarQuantizer(
        dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )


def _graph(dimension: int) -> Any:  # noqa: ANN401 - faiss has no types
    kind: Any = faiss.ScalarQuantizer.QT_fp16  # its stubs ask for a ScalarQuantizer here
    index = faiss.IndexHNSWSQ(dimension, kind, _HNSW_LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = _HNSW_BUILD
    index.hnsw.efSearch = _HNSW_SEARCH
    index.is_trained = True
    return index
