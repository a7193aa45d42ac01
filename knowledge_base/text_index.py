"""Finds passages by their words: BM25 of SQLite FTS5, in a release's own database."""

import math
import sqlite3
from collections.abc import Iterable
from typing import Final

import msgspec
from sqlite_utils import Database

from knowledge_base.query import match_any, search_terms

# A word of the title or of a caller's question says more than one of the text.
_WEIGHTS: Final = "2.0, 2.0, 1.5, 1.0"
_TF_LIMIT: Final = 2.2  # k1 + 1 of FTS5's BM25: what endless repeats of a word would earn


class WordsRow(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one passage; `position` numbers it in the release."""

    position: int
    title: str
    questions: str
    heading: str
    text: str


def create_text_index(database: Database, rows: Iterable[WordsRow]) -> None:
    """Make and fill the table `words`; it holds the index only, no second copy of the text."""
    database.execute(
        "CREATE VIRTUAL TABLE words USING fts5(title, questions, heading, text, content='', "
        "tokenize=\"porter unicode61 remove_diacritics 2 tokenchars ''''\")"
    )
    database.conn.executemany(
        "INSERT INTO words (rowid, title, questions, heading, text) VALUES (?, ?, ?, ?, ?)",
        (
            (row.position, row.title, row.questions, row.heading, row.text.replace("’", "'"))
            for row in rows
        ),
    )
    database.execute("INSERT INTO words (words) VALUES ('optimize')")


def find_words(
    connection: sqlite3.Connection, question: str, *, passages: int, limit: int
) -> list[tuple[int, float]]:
    """Positions of passages and their share (0 to 1) of what all the question's words could earn.

    `passages`: how many the release holds. A word that no passage has counts against all.
    """
    terms = search_terms(question)
    if not terms or not passages:
        return []
    possible = _TF_LIMIT * sum(_weight(connection, term, passages) for term in terms)
    rows = connection.execute(
        f"SELECT rowid, bm25(words, {_WEIGHTS}) FROM words WHERE words MATCH ? ORDER BY 2 LIMIT ?",
        (match_any(terms), limit),
    )
    return [(position, min(1.0, -rank / possible)) for position, rank in rows]


def _weight(connection: sqlite3.Connection, term: str, passages: int) -> float:
    """Inverse document frequency as FTS5 counts it."""
    row = connection.execute(
        "SELECT count(*) FROM words WHERE words MATCH ?", (match_any((term,)),)
    ).fetchone()
    having = int(row[0])
    return max(1e-6, math.log((passages - having + 0.5) / (having + 0.5)))
