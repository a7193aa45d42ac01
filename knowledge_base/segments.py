"""Vectors of a release in segments: files that later releases share and only ever add to.

A segment holds the articles that one publish added: `NAME.vectors.npy`, float16 of shape
(rows, dimension), those that are searched first and the sentences after them, and
`NAME.rows.npy`, which says what each is of. An article lies in one segment, its rows together.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedding import Embedder, Vectors, in_batches

ROW: Final = np.dtype(
    [("hash", "V16"), ("article", "<i4"), ("passage", "<i4"), ("start", "<i4"), ("end", "<i4")]
)
Rows = NDArray[np.void]


class VectorRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a vector is of: a passage, a question about an article, or a passage's sentence."""

    text: str
    article: int
    passage: int = -1  # -1: a question
    start: int = -1  # sentence within the passage's text; -1: no sentence
    end: int = -1


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A segment as the manifest names it; `searched` rows come first."""

    name: str
    searched: int
    rows: int

    @property
    def files(self) -> tuple[str, str]:
        """Names of its two files."""
        return f"{self.name}.vectors.npy", f"{self.name}.rows.npy"


class Embedded(msgspec.Struct, frozen=True, kw_only=True):
    """How many different texts were embedded, and how many taken over."""

    embedded: int
    reused: int


def write_segment(
    folder: Path,
    name: str,
    searched: Sequence[VectorRow],
    sentences: Sequence[VectorRow],
    *,
    embedder: Embedder,
    known: Mapping[bytes, Vectors],
    on_progress: Callable[[int, int], None],
) -> tuple[Segment, Embedded]:
    """Embed what is not `known` (vectors by `text_hash`) and write a segment."""
    every = [*searched, *sentences]
    hashes = [text_hash(embedder.name, row.text) for row in every]
    vectors = np.zeros((len(every), embedder.dimension), np.float16)
    missing: dict[str, list[int]] = {}
    for at, its_hash in enumerate(hashes):
        if its_hash in known:
            vectors[at] = known[its_hash]
        else:
            missing.setdefault(every[at].text, []).append(at)
    # Texts of one length in a batch: nothing is computed for padding.
    texts = sorted(missing, key=len)
    fresh = _rows(in_batches(texts, embedder=embedder, on_progress=on_progress))
    for text, vector in zip(texts, fresh, strict=True):
        vectors[missing[text]] = vector
    rows = np.array(
        [
            (its_hash, row.article, row.passage, row.start, row.end)
            for its_hash, row in zip(hashes, every, strict=True)
        ],
        ROW,
    )
    segment = Segment(name=name, searched=len(searched), rows=len(every))
    for file, array in zip(segment.files, (vectors, rows), strict=True):
        np.save(folder / file, array)
    reused = sum(its_hash in known for its_hash in set(hashes))
    return segment, Embedded(embedded=len(texts), reused=reused)


def share_segment(segment: Segment, source: Path, folder: Path) -> None:
    """Let another release have a segment too: the same files under a second name."""
    for file in segment.files:
        os.link(source / file, folder / file)


def read_rows(folder: Path, segment: Segment) -> Rows:
    """What each vector of a segment is of."""
    rows: Rows = np.load(folder / segment.files[1], mmap_mode="r")
    return rows


def read_segment_vectors(folder: Path, segment: Segment) -> NDArray[np.float16]:
    """Vectors of a segment, read from disk as they are used."""
    vectors: NDArray[np.float16] = np.load(folder / segment.files[0], mmap_mode="r")
    return vectors


def known_vectors(
    folder: Path, segments: Iterable[Segment], *, of: frozenset[int] | None = None
) -> dict[bytes, Vectors]:
    """Vectors of segments by the hash of their text; `of`: of these articles only."""
    known: dict[bytes, Vectors] = {}
    for segment in segments:
        rows, vectors = read_rows(folder, segment), read_segment_vectors(folder, segment)
        if of is not None:
            wanted = np.flatnonzero(np.isin(rows["article"], list(of)))
            rows, vectors = rows[wanted], vectors[wanted]
        known.update(zip(rows["hash"].tolist(), vectors, strict=True))
    return known


def count_texts(folder: Path, segments: Iterable[Segment], *, of: Sequence[int]) -> int:
    """How many different texts of some articles have a vector."""
    rows = [read_rows(folder, segment) for segment in segments]
    wanted = [part["hash"][np.isin(part["article"], of)] for part in rows]
    return len(np.unique(np.concatenate(wanted)))


def text_hash(model: str, text: str) -> bytes:
    """Names a vector: which model, of which text."""
    return hashlib.sha256(f"{model}\0{text}".encode()).digest()[:16]


def _rows(batches: Iterable[Vectors]) -> Iterable[Vectors]:
    for batch in batches:
        yield from batch
