"""Finds passages by their words: BM25 over SQLite FTS5, in a release's own database.

A word that the release does not have is taken for the words of the release that sound like it:
recognition writes what it has not learned as something near.
"""

import itertools
import math
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final

import jellyfish
import msgspec

from knowledge_base.word_lists import (
    COLUMN_WEIGHTS,
    TF_LIMIT,
    CutRow,
    ListWriter,
    WordLists,
    best_of,
    counts_of,
    create_word_lists,
    has_word_lists,
)
from knowledge_base.words import index_terms, search_terms, sound_of

_WEIGHTS: Final = ", ".join(map(str, COLUMN_WEIGHTS))
_MOST_TERMS: Final = 12  # of a question, the rarest: the others change no order
_COMMON_SHARE: Final = 0.1  # a word of more passages is not looked up beside a rarer one
_ALIKE_LETTERS: Final = 4  # shorter words sound like too many others
_MOST_ALIKE: Final = 3
_COLUMNS: Final = "title, questions, heading, text"


class WordsRow(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one passage; `position` numbers it in the release."""

    position: int
    locale: str
    title: str
    questions: str
    heading: str
    text: str


def create_text_index(connection: sqlite3.Connection) -> None:
    """Make the table `words`; it holds the index only, no second copy of the text."""
    connection.execute(
        f"CREATE VIRTUAL TABLE words USING fts5({_COLUMNS}, content='', "
        "tokenize=\"unicode61 remove_diacritics 2 tokenchars ''''\")"
    )
    connection.execute("CREATE VIRTUAL TABLE word_counts USING fts5vocab(words, 'row')")
    create_word_lists(connection)


def add_words(connection: sqlite3.Connection, rows: Iterable[WordsRow]) -> None:
    """Put passages into the index."""
    lists = ListWriter()
    connection.executemany(
        f"INSERT INTO words (rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?)",
        map(lists.count, map(_cut, rows)),
    )
    lists.write(connection)


def remove_words(connection: sqlite3.Connection, rows: Iterable[WordsRow]) -> None:
    """Take passages out again; each row as it was put in. Their places in lists count no more."""
    connection.executemany(
        f"INSERT INTO words (words, rowid, {_COLUMNS}) VALUES ('delete', ?, ?, ?, ?, ?)",
        map(_cut, rows),
    )


def optimize(connection: sqlite3.Connection) -> None:
    """Merge the index into one piece, after many rows."""
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")


NONE: Final = frozenset[str]()


class FoundWords(msgspec.Struct, frozen=True, kw_only=True):
    """Passages by words: for each the share (0 to 1) of what the question's words could earn."""

    exact: dict[int, float]
    alike: dict[int, float]  # by words that sound like those of the question


NOTHING: Final = FoundWords(exact={}, alike={})


class TextIndex:
    """The words of one release, read once."""

    def __init__(self, connection: sqlite3.Connection, *, passages: int) -> None:
        self._connection = connection
        self._passages = passages
        self._lists = WordLists(connection) if has_word_lists(connection) else None
        self._weights: dict[str, float] = {
            term: _weight(having, passages)
            for term, having in connection.execute("SELECT term, doc FROM word_counts")
        }
        self._by_sound: dict[str, list[str]] = {}
        for term in self._weights:
            if len(term) >= _ALIKE_LETTERS and (sound := sound_of(term)):
                self._by_sound.setdefault(sound, []).append(term)
        self._unknown = _weight(0, passages)

    def find(
        self, question: str, *, locale: str, limit: int, uncertain: frozenset[str] = NONE
    ) -> FoundWords:
        """Passages with words of a question. A word that no passage has counts against all.

        Words recognised badly (`uncertain`) count only for what sounds like them.
        """
        terms = search_terms(question, locale)
        if not terms or not self._passages:
            return NOTHING
        weights = {term: self._weights.get(term, self._unknown) for term in terms}
        possible = TF_LIMIT * sum(weights.values())
        heard = {term: word for term, word in terms.items() if word not in uncertain}
        known = sorted((term for term in heard if term in self._weights), key=weights.__getitem__)
        replaced = self._alikes(terms, uncertain)
        return FoundWords(
            exact=self._shares(self._worth(known), possible, limit),
            alike=self._shares(sorted(replaced), possible, limit),
        )

    def share_of(self, row: WordsRow, question: str, *, locale: str) -> float:
        """What a passage that is not in the release would earn of a question, 0 to 1."""
        terms = search_terms(question, locale)
        weights = {term: self._weights.get(term, self._unknown) for term in terms}
        _, *columns = _cut(row)
        counts = counts_of(columns)
        earned = sum(
            weight * counts[term] * TF_LIMIT / (counts[term] + TF_LIMIT - 1)
            for term, weight in weights.items()
            if term in counts
        )
        return min(1.0, earned / (TF_LIMIT * sum(weights.values()))) if terms else 0.0

    def _worth(self, known: list[str]) -> list[str]:
        """The rarest of the terms (rarest last), without those that too many passages have."""
        rare = known[-_MOST_TERMS:]
        common = _weight(int(_COMMON_SHARE * self._passages) + 1, self._passages)
        telling = [term for term in rare if self._weights[term] >= common]
        return telling if len(self._weights) > 5_000 and telling else rare

    def _alikes(self, terms: dict[str, str], uncertain: frozenset[str]) -> set[str]:
        """Words of the release for those words of a question that it does not have, or may not be.

        Two neighbours may be one word ("fritz box"): recognition splits the names it does not know.
        """
        unknown = {
            term: word
            for term, word in terms.items()
            if term not in self._weights or word in uncertain
        }
        alikes = {alike for term, word in unknown.items() for alike in self._alike(term, word)}
        words = list(terms.values())
        joined = (one + other for one, other in itertools.pairwise(words))
        return alikes | {word for word in joined if word in self._weights}

    def _alike(self, term: str, word: str) -> list[str]:
        if len(term) < _ALIKE_LETTERS:
            return []
        near = {*self._by_sound.get(sound_of(term), ()), *self._by_sound.get(sound_of(word), ())}
        scored = ((jellyfish.jaro_winkler_similarity(term, one), one) for one in near)
        return [one for _, one in sorted(scored, reverse=True)[:_MOST_ALIKE]]

    def _shares(self, terms: list[str], possible: float, limit: int) -> dict[int, float]:
        found = self._scored(terms, limit) if terms else {}
        return {position: min(1.0, score / possible) for position, score in found.items()}

    def _scored(self, terms: list[str], limit: int) -> dict[int, float]:
        """The best passages with their BM25."""
        if self._lists is not None:
            scores = self._lists.scores({term: self._weights[term] for term in terms})
            return best_of(scores, limit=limit)
        return score_with_fts5(self._connection, terms, limit=limit)


def score_with_fts5(
    connection: sqlite3.Connection, terms: Iterable[str], *, limit: int
) -> dict[int, float]:
    """The best passages with their BM25, of a release that was made before there were lists."""
    rows: Iterator[tuple[int, float]] = connection.execute(
        f"SELECT rowid, -bm25(words, {_WEIGHTS}) FROM words WHERE words MATCH ? "
        "ORDER BY 2 DESC LIMIT ?",
        (match_any(terms), limit),
    )
    return dict(rows)


def match_any(terms: Iterable[str]) -> str:
    """FTS5 query that matches any of the terms; nothing in them is read as an operator."""
    return " OR ".join(f'"{term}"' for term in terms)


def _weight(having: int, passages: int) -> float:
    """Inverse document frequency as FTS5 counts it."""
    return max(1e-6, math.log((passages - having + 0.5) / (having + 0.5)))


def _cut(row: WordsRow) -> CutRow:
    def cut(text: str) -> str:
        return " ".join(index_terms(text, row.locale))

    return row.position, cut(row.title), cut(row.questions), cut(row.heading), cut(row.text)
