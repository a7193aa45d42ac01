"""Vectors of texts, taken from a release where it has them, and which of them are near."""

import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np

from knowledge_base.embedding import Embedder, Vectors, in_batches
from knowledge_base.errors import ReleaseBroken
from knowledge_base.release import verify
from knowledge_base.segments import known_vectors, text_hash

OnProgress = Callable[[int, int], None]
_FLAT_PAIRS: Final = 50_000**2  # every pair is compared up to here, HNSW beyond


class Meaning:
    """Embeds each text once. `release`: a release folder whose vectors are taken over."""

    def __init__(
        self, embedder: Embedder, *, release: Path | None, on_progress: OnProgress
    ) -> None:
        self._embedder = embedder
        self._release = release
        self._on_progress = on_progress
        self._fresh: dict[str, Vectors] = {}

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts, shape (len(texts), dimension)."""
        found = np.zeros((len(texts), self._embedder.dimension), np.float32)
        published = _published(self._release) if self._release else {}
        missing: dict[str, list[int]] = {}
        for at, text in enumerate(texts):
            vector = self._fresh.get(text)
            if vector is None:
                vector = published.get(text_hash(self._embedder.name, text))
            if vector is None:
                missing.setdefault(text, []).append(at)
            else:
                found[at] = vector
        # Texts of one length in a batch: nothing is computed for padding.
        fresh = sorted(missing, key=len)
        batches = in_batches(fresh, embedder=self._embedder, on_progress=self._on_progress)
        for text, vector in zip(fresh, _rows(batches), strict=True):
            self._fresh[text] = vector
            found[missing[text]] = vector
        return found


def near_pairs(
    vectors: Vectors, asked: Sequence[int], *, limit: int, at_least: float
) -> Iterator[tuple[int, int, float]]:
    """Pairs of rows with their nearness, one of them asked for, each pair once."""
    if len(vectors) < 2 or not asked:
        return
    index = _index(vectors, queries=len(asked))
    scores, rows = index.search(vectors[list(asked)], min(limit + 1, len(vectors)))
    seen: set[tuple[int, int]] = set()
    for row, near, found in zip(asked, scores, rows, strict=True):
        for score, other in zip(near.tolist(), found.tolist(), strict=True):
            pair = (min(row, other), max(row, other))
            if other < 0 or other == row or score < at_least or pair in seen:
                continue
            seen.add(pair)
            yield *pair, score


def _index(vectors: Vectors, *, queries: int) -> Any:  # noqa: ANN401 - faiss has no types
    dimension = vectors.shape[1]
    index: Any = faiss.IndexFlatIP(dimension)
    if len(vectors) * queries > _FLAT_PAIRS:
        index = faiss.IndexHNSWFlat(dimension, 16, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efSearch = 64
    index.add(vectors)
    return index


def _rows(batches: Iterator[Vectors]) -> Iterator[Vectors]:
    for batch in batches:
        yield from batch


@functools.lru_cache(maxsize=2)
def _published(release: Path) -> dict[bytes, Vectors]:
    """Vectors of a release by the hash of model and text; none of one that does not verify."""
    try:
        return known_vectors(release, verify(release).segments)
    except ReleaseBroken:
        return {}
