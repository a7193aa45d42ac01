"""Which passages have a term, and how much of it: lists that numpy scores by BM25.

FTS5 scores a passage at a time, at 2 µs each; a question of words that thousands of passages have
would take 50 ms. A list is read as a whole and scored in one go. The formula is that of FTS5's
`bm25()`, so both give the same scores.
"""

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
CutRow: TypeAlias = tuple[int, str, str, str, str]  # position; terms of the four columns

# A word of the title or of a caller's question says more than one of the text.
COLUMN_WEIGHTS: Final = (2.0, 2.0, 1.5, 1.0)
_K1: Final = 1.2  # these two as in FTS5
_B: Final = 0.75
TF_LIMIT: Final = _K1 + 1  # what endless repeats of a word would earn


def counts_of(columns: Iterable[str]) -> dict[str, float]:
    """How often each term stands in the columns of a passage, by their weights."""
    counts: defaultdict[str, float] = defaultdict(float)
    for weight, column in zip(COLUMN_WEIGHTS, columns, strict=True):
        for term in column.split():
            counts[term] += weight
    return counts


class ListWriter:
    """Collects the terms of passages and writes them as one list a term."""

    def __init__(self) -> None:
        self._passages: defaultdict[str, array[int]] = defaultdict(lambda: array("i"))
        self._counts: defaultdict[str, array[float]] = defaultdict(lambda: array("f"))

    def count(self, row: CutRow) -> CutRow:
        """Take in a passage; returns it as it came."""
        position, *columns = row
        for term, count in counts_of(columns).items():
            self._passages[term].append(position)
            self._counts[term].append(count)
        return row

    def write(self, connection: sqlite3.Connection) -> None:
        """Add the lists to those that are there."""
        connection.executemany(
            "INSERT INTO word_lists (term, passages, counts) VALUES (?, ?, ?)",
            (
                (
                    term,
                    np.array(self._passages[term], "<i4").tobytes(),
                    np.array(self._counts[term], "<f2").tobytes(),
                )
                for term in sorted(self._passages)
            ),
        )


def create_word_lists(connection: sqlite3.Connection) -> None:
    """Make the table of lists; a term has one row for each time that passages were added."""
    connection.execute(
        "CREATE TABLE word_lists (term TEXT, passages BLOB, counts BLOB) STRICT"  # <i4, <f2
    )
    connection.execute("CREATE INDEX lists_of_term ON word_lists (term)")


def has_word_lists(connection: sqlite3.Connection) -> bool:
    """Whether the release was made with lists."""
    query = "SELECT count(*) FROM sqlite_master WHERE name = 'word_lists'"
    return bool(connection.execute(query).fetchone()[0])


class WordLists:
    """The lists of one release, and from FTS5 how many terms each passage has."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        rows = connection.execute("SELECT id, sz FROM words_docsize").fetchall()
        last = max((position for position, _ in rows), default=-1)
        lengths = np.zeros(last + 2, np.float32)  # the last one: for all that left behind it
        for position, sizes in rows:
            lengths[position] = _sum_of_varints(sizes)
        mean = max(1.0, float(lengths.sum())) / max(1, len(rows))
        # A passage that has left the release is in old lists still: it is endlessly long.
        damping = np.where(lengths > 0, _K1 * (1 - _B + _B * lengths / mean), np.inf)
        self._damping: Scores = damping.astype(np.float32)

    def scores(self, weights: Mapping[str, float]) -> Scores:
        """BM25 of each passage position (0: it left) for terms with their rarity (`idf`)."""
        scores = np.zeros(len(self._damping), np.float32)
        for term, weight in weights.items():
            for passages, counts in self._connection.execute(
                "SELECT passages, counts FROM word_lists WHERE term = ?", (term,)
            ):
                at = np.minimum(np.frombuffer(passages, "<i4"), len(scores) - 1)
                often = np.frombuffer(counts, "<f2").astype(np.float32)
                scores[at] += np.float32(weight * TF_LIMIT) * often / (often + self._damping[at])
        return scores


def best_of(scores: Scores, *, limit: int) -> dict[int, float]:
    """The positions with the highest scores above zero, best first, at most `limit`."""
    found = np.flatnonzero(scores)
    if len(found) > limit:
        least = np.partition(scores[found], len(found) - limit)[len(found) - limit]
        found = found[scores[found] >= least]
    order = np.argsort(-scores[found], kind="stable")[:limit]
    return dict(zip(found[order].tolist(), scores[found[order]].tolist(), strict=True))


def _sum_of_varints(data: bytes) -> int:
    """Sum of SQLite's variable-length integers (seven bits a byte, the highest first)."""
    total = number = 0
    for byte in data:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            total, number = total + number, 0
    return total
