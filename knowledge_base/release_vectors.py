"""The vectors of a release across its segments, and what each is of."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedding import Vectors
from knowledge_base.segments import ROW, Rows, Segment, read_rows, read_segment_vectors

Numbers = NDArray[np.int64]


class RowVectors:
    """One array of vectors that lies in several files, read from disk as it is used."""

    def __init__(self, parts: Sequence[NDArray[np.float16]], dimension: int) -> None:
        # A plain view: indexing an np.memmap itself makes another memmap each time.
        self.parts = [np.asarray(part) for part in parts if len(part)]
        self._ends = np.cumsum([len(part) for part in self.parts])
        self._dimension = dimension

    def take(self, rows: Numbers) -> Vectors:
        """Vectors of some rows, float32, shape (len(rows), dimension)."""
        if len(self.parts) == 1:
            whole: Vectors = self.parts[0][rows].astype(np.float32)
            return whole
        taken = np.empty((len(rows), self._dimension), np.float32)
        part_of = np.searchsorted(self._ends, rows, side="right")
        for at in np.unique(part_of):
            is_here = part_of == at
            start = self._ends[at - 1] if at else 0
            taken[is_here] = self.parts[at][rows[is_here] - start]
        return taken


class ReleaseVectors:
    """Searched vectors (questions and passages) and sentences of one release."""

    def __init__(self, folder: Path, segments: Sequence[Segment], *, dimension: int) -> None:
        rows = [read_rows(folder, segment) for segment in segments]
        vectors = [read_segment_vectors(folder, segment) for segment in segments]
        cuts = [segment.searched for segment in segments]
        self.dimension = dimension
        self._searched = RowVectors(
            [part[:cut] for part, cut in zip(vectors, cuts, strict=True)], dimension
        )
        self._spoken = RowVectors(
            [part[cut:] for part, cut in zip(vectors, cuts, strict=True)], dimension
        )
        searched = _join([part[:cut] for part, cut in zip(rows, cuts, strict=True)])
        self.article_of: Numbers = searched["article"].astype(np.int64)
        self.passage_of: Numbers = searched["passage"].astype(np.int64)  # -1: a question
        self._sentences = _join([part[cut:] for part, cut in zip(rows, cuts, strict=True)])
        self._sentence_passages: Numbers = self._sentences["passage"].astype(np.int64)

    @property
    def size(self) -> int:
        """Number of searched vectors."""
        return len(self.article_of)

    @property
    def parts(self) -> Sequence[NDArray[np.float16]]:
        """The searched vectors as they lie in the files, one after the other."""
        return self._searched.parts

    def take(self, rows: Numbers) -> Vectors:
        """Searched vectors of some rows, float32, shape (len(rows), dimension)."""
        return self._searched.take(rows)

    def some_sentences(self, count: int) -> Vectors:
        """Vectors of sentences, at most `count`, from all over the release."""
        step = 1 + len(self._sentences) // count
        return self._spoken.take(np.arange(0, len(self._sentences), step))

    def rows_of(self, articles: Numbers) -> tuple[Numbers, Numbers]:
        """All searched rows of some articles, one article after the other, and where each begins.

        Numbers only ever grow, so the rows of an article lie together.
        """
        firsts = np.searchsorted(self.article_of, articles, side="left")
        counts = np.searchsorted(self.article_of, articles, side="right") - firsts
        begins = np.cumsum(counts) - counts
        rows = np.repeat(firsts - begins, counts) + np.arange(int(counts.sum()))
        return rows, begins

    def nearness(self, rows: Numbers, vector: Vectors) -> Vectors:
        """Cosines of searched rows with a vector."""
        return _inner_products(self._searched.take(rows), vector)

    def sentence_like(self, passage: int, vector: Vectors) -> tuple[int, int] | None:
        """Where in a passage's text the sentence most like a vector is; None: it has none."""
        first, end = np.searchsorted(self._sentence_passages, [passage, passage + 1])
        if first == end:
            return None
        near = _inner_products(self._spoken.take(np.arange(first, end)), vector)
        best = self._sentences[first + int(np.argmax(near))]
        return int(best["start"]), int(best["end"])


def _inner_products(vectors: Vectors, vector: Vectors) -> Vectors:
    # Not `@`: BLAS would share so little among threads and wait for them where cores are busy.
    products: Vectors = np.einsum("ij,j->i", vectors, vector)
    return products


def _join(parts: Sequence[Rows]) -> Rows:
    return np.concatenate(parts) if parts else np.zeros(0, ROW)
