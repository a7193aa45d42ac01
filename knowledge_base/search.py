"""Finds the passages that answer a question: nearness of meaning, and a little of the words.

An article counts by the best of its vectors (title, callers' questions, passages) and, less, by
the mean of its three best; to that the share of the question's words found there is added. The
share is small where the words are rare elsewhere but missing here, so recognition errors weigh
little. Measured on the demo questions and on BANKING77 at 0 to 25 % wrong words: this is above
both alone everywhere, while adding ranks (reciprocal rank fusion) is below the vectors alone.
"""

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from knowledge_base.calibration import Calibration
from knowledge_base.embedding import Vectors
from knowledge_base.errors import ModelError, ReleaseBroken
from knowledge_base.query import plain_question
from knowledge_base.release import INDEX, Manifest, open_passages, read_vectors, verify
from knowledge_base.text_index import find_words
from knowledge_base.vector_index import VectorIndex

_WORDS_WEIGHT: Final = 0.3
_BEST_WEIGHT: Final = 0.6  # of the best vector; the rest is the mean of the best few
_BEST_FEW: Final = 3
_OPENING_WEIGHT: Final = 0.15  # which passage is shown: an article opens with its answer
_NEAR_VECTORS: Final = 256
_NEAR_WORDS: Final = 60


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A passage that may answer; one an article. `score`: probability of helping, 0 to 1."""

    article_id: str
    title: str
    heading: str
    passage: str
    score: float
    answer: tuple[int, int] | None  # the sentence most like the question, within `passage`
    version: int
    release: int
    updated_ms: int


class RankedArticle(msgspec.Struct, frozen=True, kw_only=True):
    """An article (its number in the release) with its best passage and scores."""

    article: int
    passage: int
    score: float
    lead: float = 0.0  # score less the best other article's


class _Card(msgspec.Struct, frozen=True):
    article_id: str
    title: str
    version: int
    updated_ms: int
    products: frozenset[str]


class Searcher:
    """Searches one release. Safe to use from any thread, several at once."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._manifest = manifest
        self._vectors = read_vectors(folder)
        self._index = VectorIndex.load(folder / INDEX)
        self._connection = open_passages(folder)
        self._lock = threading.Lock()  # of the connection
        self._cards = _read_cards(self._connection)
        of_article, of_passage = _read_rows(self._connection)
        searched = manifest.searched_vectors
        self._article_of = of_article[:searched]
        self._passage_of = of_passage[:searched]
        articles = np.arange(len(self._cards) + 1)
        self._first_row = np.searchsorted(self._article_of, articles)
        self._first_sentence = searched + np.searchsorted(
            of_passage[searched:], np.arange(manifest.passages + 1)
        )
        self._article_of_passage = _read_numbers(
            self._connection, "SELECT article FROM passages ORDER BY position"
        )

    @classmethod
    def open(cls, path: Path) -> "Searcher":
        """Open a release folder; raises `ReleaseBroken` unless every file of it verifies."""
        manifest = verify(path)
        try:
            return cls(path, manifest)
        except (sqlite3.Error, RuntimeError, ValueError) as error:
            raise ReleaseBroken(path, reason=f"it cannot be read: {error}") from error

    def close(self) -> None:
        """Let go of the release; no search may follow."""
        with self._lock:
            self._connection.close()

    @property
    def release(self) -> int:
        """Number of the release."""
        return self._manifest.release

    @property
    def model(self) -> str:
        """Name of the embedding model whose vectors may be searched with."""
        return self._manifest.model

    @property
    def calibration(self) -> Calibration:
        """How scores become probabilities."""
        return self._manifest.calibration

    @property
    def threshold(self) -> float:
        """The score below which a passage is not worth showing."""
        return self.calibration.threshold

    @property
    def passages(self) -> int:
        """How many passages the release holds."""
        return self._manifest.passages

    def search(
        self, query: str, vector: Vectors, *, limit: int = 5, products: tuple[str, ...] = ()
    ) -> list[Found]:
        """Passages that may answer, best first, also those below the threshold.

        `vector`: the embedding, shape (dimension,), of `plain_question(query)`. With `products`
        only articles for one of them or for all products are found. Raises `ModelError`.
        """
        ranked = self.rank(query, vector, products=products)[:limit]
        return [self._found(one, vector) for one in ranked]

    def rank(
        self, query: str, vector: Vectors, *, products: tuple[str, ...] = ()
    ) -> list[RankedArticle]:
        """Articles with their fused score, best first."""
        question = plain_question(query)
        if not question:
            return []
        words = self._words(question)
        near = self._article_of[self._near_rows(vector)]
        articles = np.union1d(near, self._article_of_passage[list(words)]).tolist()
        wanted = [number for number in articles if self._is_for(number, products)]
        return _with_leads([self._score(number, vector, words) for number in wanted])

    def rank_by_vectors(self, vector: Vectors) -> list[str]:
        """Article ids by vectors alone, best first: what a fusion must beat."""
        numbers = [int(self._article_of[row]) for row in self._near_rows(vector)]
        return [self.article_id(number) for number in dict.fromkeys(numbers)]

    def rank_by_words(self, query: str) -> list[str]:
        """Article ids by BM25 alone, best first."""
        positions = self._words(query)
        numbers = dict.fromkeys(int(self._article_of_passage[at]) for at in positions)
        return [self.article_id(number) for number in numbers]

    def article_id(self, number: int) -> str:
        """Id of the article with this number in the release."""
        return self._cards[number].article_id

    def _is_for(self, number: int, products: tuple[str, ...]) -> bool:
        its_own = self._cards[number].products
        return not products or not its_own or not its_own.isdisjoint(products)

    def _near_rows(self, vector: Vectors) -> NDArray[np.int64]:
        if vector.shape != (self._manifest.dimension,):
            raise ModelError(
                f"release {self.release} is searched with vectors of {self.model} "
                f"({self._manifest.dimension} numbers), not of shape {vector.shape}"
            )
        return self._index.nearest(vector, limit=_NEAR_VECTORS)

    def _words(self, question: str) -> dict[int, float]:
        with self._lock:
            found = find_words(
                self._connection, question, passages=self.passages, limit=_NEAR_WORDS
            )
        return dict(found)

    def _score(self, number: int, vector: Vectors, words: dict[int, float]) -> RankedArticle:
        rows = slice(self._first_row[number], self._first_row[number + 1])
        near = self._vectors[rows] @ vector
        positions = self._passage_of[rows]
        is_passage = positions >= 0
        # An article without a passage cannot be: its text is never empty.
        by_words = np.array([words.get(at, 0.0) for at in positions[is_passage].tolist()])
        shown = near[is_passage] + _WORDS_WEIGHT * by_words
        shown[0] += _OPENING_WEIGHT
        best = int(np.argmax(shown))
        return RankedArticle(
            article=number,
            passage=int(positions[is_passage][best]),
            score=_nearness(near) + _WORDS_WEIGHT * float(by_words.max()),
        )

    def _found(self, ranked: RankedArticle, vector: Vectors) -> Found:
        with self._lock:
            heading, text = self._connection.execute(
                "SELECT heading, text FROM passages WHERE position = ?", (ranked.passage,)
            ).fetchone()
        card = self._cards[ranked.article]
        return Found(
            article_id=card.article_id,
            title=card.title,
            heading=heading,
            passage=text,
            score=self.calibration.probability(score=ranked.score, lead=ranked.lead),
            answer=self._answer(ranked.passage, vector),
            version=card.version,
            release=self.release,
            updated_ms=card.updated_ms,
        )

    def _answer(self, position: int, vector: Vectors) -> tuple[int, int] | None:
        first, end = self._first_sentence[position : position + 2].tolist()
        if first == end:
            return None
        row = first + int(np.argmax(self._vectors[first:end] @ vector))
        with self._lock:
            start, stop = self._connection.execute(
                'SELECT start, "end" FROM vectors WHERE row = ?', (row,)
            ).fetchone()
        return start, stop


def _nearness(near: Vectors) -> float:
    few = np.sort(near)[-_BEST_FEW:]
    return float(_BEST_WEIGHT * few[-1] + (1 - _BEST_WEIGHT) * few.mean())


def _with_leads(ranked: Sequence[RankedArticle]) -> list[RankedArticle]:
    ordered = sorted(ranked, key=lambda one: -one.score)
    first = ordered[0].score if ordered else 0.0
    second = ordered[1].score if len(ordered) > 1 else 0.0
    return [
        msgspec.structs.replace(one, lead=one.score - (first if at else second))
        for at, one in enumerate(ordered)
    ]


def _read_cards(connection: sqlite3.Connection) -> list[_Card]:
    rows: Iterable[tuple[str, str, int, int, str]] = connection.execute(
        "SELECT article_id, title, version, updated_ms, products FROM articles ORDER BY number"
    )
    return [
        _Card(article_id, title, version, updated_ms, frozenset(msgspec.json.decode(products)))
        for article_id, title, version, updated_ms, products in rows
    ]


def _read_rows(connection: sqlite3.Connection) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Article and passage of each vector."""
    rows = connection.execute("SELECT article, passage FROM vectors ORDER BY row").fetchall()
    pairs = np.array(rows, np.int64).reshape(-1, 2)
    return np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])


def _read_numbers(connection: sqlite3.Connection, query: str) -> NDArray[np.int64]:
    return np.array([row[0] for row in connection.execute(query)], np.int64)
