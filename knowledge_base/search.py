"""Finds the passages that answer a question: nearness of meaning, and a little of the words.

How the two are weighed is in `fusion.py`. Only articles that suit the caller are found.
"""

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from knowledge_base.applies import ANYONE, Applies
from knowledge_base.calibration import Calibration
from knowledge_base.coded_index import CodedIndex
from knowledge_base.embedding import Vectors
from knowledge_base.errors import ModelError, ReleaseBroken
from knowledge_base.fusion import Evidence, best_passages, fuse
from knowledge_base.query import plain_question
from knowledge_base.release import INDEX, Manifest, open_passages, verify
from knowledge_base.release_tables import Card, read_cards
from knowledge_base.release_vectors import Numbers, ReleaseVectors
from knowledge_base.text_index import NONE, FoundWords, TextIndex
from knowledge_base.vector_index import NearVectors, VectorIndex

_NEAR_VECTORS: Final = 192
_NEAR_WORDS: Final = 60
_ENOUGH: Final = 8  # articles that suit the caller; with fewer more of the base is looked at
_FURTHER: Final = 8
_LOCALE: Final = "en-US"  # of a question whose language nobody named


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


class Searcher:
    """Searches one release. Safe to use from any thread, several at once."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._manifest = manifest
        self.vectors = ReleaseVectors(folder, manifest.segments, dimension=manifest.dimension)
        self.index: NearVectors = (
            VectorIndex.of(self.vectors)
            if manifest.is_exact
            else CodedIndex.load(folder / INDEX, self.vectors, reach=manifest.reach)
        )
        self._connection = open_passages(folder)
        self._lock = threading.Lock()  # of the connection
        self.words = TextIndex(self._connection, passages=manifest.passages)
        self._cards = read_cards(self._connection)
        self._article_of_passage = _articles_of_passages(self._connection, manifest.next_passage)

    @classmethod
    def open(cls, path: Path) -> "Searcher":
        """Open a release folder; raises `ReleaseBroken` unless every file of it verifies."""
        manifest = verify(path)
        try:
            return cls(path, manifest)
        except (sqlite3.Error, RuntimeError, ValueError, OSError) as error:
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
        self,
        query: str,
        vector: Vectors,
        *,
        limit: int = 5,
        applies: Applies = ANYONE,
        prior: Mapping[str, float] | None = None,
        uncertain: frozenset[str] = NONE,
    ) -> list[Found]:
        """Passages that may answer, best first, also those below the threshold.

        `vector`: the embedding, shape (dimension,), of `plain_question(query)`. `prior`: by
        article id, from -1 (was of no help) to 1 (helped); it can only settle what is close.
        `uncertain`: words of the query, in lower case, that recognition was not sure of.
        Raises `ModelError`.
        """
        ranked = self.rank(query, vector, applies=applies, prior=prior, uncertain=uncertain)[:limit]
        return [self.found(one, vector) for one in ranked]

    def rank(
        self,
        query: str,
        vector: Vectors,
        *,
        applies: Applies = ANYONE,
        prior: Mapping[str, float] | None = None,
        uncertain: frozenset[str] = NONE,
    ) -> list[RankedArticle]:
        """Articles with their fused score, best first."""
        question = plain_question(query)
        if not question:
            return []
        words = self._find_words(question, applies.locale, uncertain)
        articles = self._candidates(vector, words, applies)
        if not len(articles):
            return []
        rows, begins = self.vectors.rows_of(articles)
        near = self.vectors.nearness(rows, vector)
        passages = self.vectors.passage_of[rows]
        evidence = Evidence(near=near, passages=passages, begins=begins, words=words)
        scores = fuse(evidence)
        if prior:
            scores = scores + self._prior(articles, prior)
        return _in_order(articles, best_passages(evidence), scores)

    def rank_by_vectors(self, vector: Vectors) -> list[tuple[str, float]]:
        """Articles by their best vector alone, best first: what a fusion must beat."""
        rows = self._near_rows(vector)
        near = self.vectors.nearness(rows, vector).tolist()
        numbers = self.vectors.article_of[rows].tolist()
        return self._best_of_each(zip(numbers, near, strict=True))

    def rank_by_words(self, query: str) -> list[tuple[str, float]]:
        """Articles by BM25 alone, best first."""
        found = self._find_words(plain_question(query), "").exact
        numbers = self._article_of_passage[list(found)].tolist()
        return self._best_of_each(zip(numbers, found.values(), strict=True))

    def _best_of_each(self, scored: Iterable[tuple[int, float]]) -> list[tuple[str, float]]:
        best: dict[str, float] = {}
        for number, score in sorted(scored, key=lambda pair: -pair[1]):
            if number in self._cards:
                best.setdefault(self.article_id(number), score)
        return list(best.items())

    def article_id(self, number: int) -> str:
        """Id of the article with this number in the release."""
        return self._cards[number].article_id

    def _candidates(self, vector: Vectors, words: FoundWords, applies: Applies) -> Numbers:
        """Numbers of the articles near by meaning or by words that suit the caller, ascending."""
        by_words = self._article_of_passage[[*words.exact, *words.alike]]
        looked_at = _NEAR_VECTORS
        while True:
            near = self.vectors.article_of[self._near_rows(vector, limit=looked_at)]
            both = self._alive(np.union1d(near, by_words)).tolist()
            suitable = [one for one in both if self._cards[one].scope.suits(applies)]
            # Where most of a base is for others, what suits lies further away.
            if len(suitable) >= _ENOUGH or looked_at >= self.index.size:
                return np.array(suitable, np.int64)
            looked_at *= _FURTHER

    def _alive(self, numbers: Numbers) -> Numbers:
        """Without the articles that have left the release."""
        return np.array([one for one in numbers.tolist() if one in self._cards], np.int64)

    def _near_rows(self, vector: Vectors, *, limit: int = _NEAR_VECTORS) -> Numbers:
        if vector.shape != (self._manifest.dimension,):
            raise ModelError(
                f"release {self.release} is searched with vectors of {self.model} "
                f"({self._manifest.dimension} numbers), not of shape {vector.shape}"
            )
        return self.index.nearest(vector, limit=limit)

    def _find_words(
        self, question: str, locale: str, uncertain: frozenset[str] = NONE
    ) -> FoundWords:
        with self._lock:
            return self.words.find(
                question, locale=locale or _LOCALE, limit=_NEAR_WORDS, uncertain=uncertain
            )

    def _prior(self, articles: Numbers, prior: Mapping[str, float]) -> Vectors:
        said = [prior.get(self.article_id(number), 0.0) for number in articles.tolist()]
        return np.clip(np.array(said, np.float32), -1.0, 1.0) * _PRIOR_WEIGHT

    def found(self, ranked: RankedArticle, vector: Vectors) -> Found:
        """What is shown of an article that was ranked."""
        with self._lock:
            heading, text = self._connection.execute(
                "SELECT heading, text FROM passages WHERE position = ?", (ranked.passage,)
            ).fetchone()
        card: Card = self._cards[ranked.article]
        return Found(
            article_id=card.article_id,
            title=card.title,
            heading=heading,
            passage=text,
            score=self.calibration.probability(score=ranked.score, lead=ranked.lead),
            answer=self.vectors.sentence_like(ranked.passage, vector),
            version=card.version,
            release=self.release,
            updated_ms=card.updated_ms,
        )


_PRIOR_WEIGHT: Final = 0.02  # of the score: about what separates two articles on the same matter


def leads(scores: Sequence[float]) -> list[float]:
    """Of scores, best first: each less the best other one."""
    best = scores[0] if scores else 0.0
    second = scores[1] if len(scores) > 1 else 0.0
    return [score - (best if place else second) for place, score in enumerate(scores)]


def _in_order(articles: Numbers, passages: Numbers, scores: Vectors) -> list[RankedArticle]:
    order = np.argsort(-scores, kind="stable")
    rows = zip(
        articles[order].tolist(), passages[order].tolist(), scores[order].tolist(), strict=True
    )
    return [
        RankedArticle(article=article, passage=passage, score=score, lead=lead)
        for (article, passage, score), lead in zip(rows, leads(scores[order].tolist()), strict=True)
    ]


def _articles_of_passages(connection: sqlite3.Connection, count: int) -> Numbers:
    """Article number of each passage position; -1 where the passage has left the release."""
    numbers = np.full(count, -1, np.int64)
    pairs = np.array(
        connection.execute("SELECT position, article FROM passages").fetchall(), np.int64
    ).reshape(-1, 2)
    numbers[pairs[:, 0]] = pairs[:, 1]
    return numbers
