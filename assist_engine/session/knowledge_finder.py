"""The engine's only door to the knowledge base: finds passages, edits, publishes.

Looks for a new release every moment and moves to it whole; a release that does not verify is
left alone and the old one goes on.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from assist_engine.contract.ids import ArticleId
from assist_engine.contract.knowledge_answers import ArticleSummary, FoundPassage, ReleasePublished
from assist_engine.contract.values import Span
from assist_engine.errors import BadInput
from assist_engine.inference.encoder import Encoder, EncodeTexts
from knowledge_base.article import Article, parse_article, render_article
from knowledge_base.embedding import Embedder, load_embedder
from knowledge_base.errors import KnowledgeError
from knowledge_base.query import plain_question
from knowledge_base.search import Found, Searcher
from knowledge_base.store import KnowledgeBase

T = TypeVar("T")
log = logging.getLogger(__name__)

OnRelease = Callable[[ReleasePublished], None]


class KnowledgeFinder:
    """Searches the current release; the encoder embeds each query once."""

    def __init__(
        self, base: KnowledgeBase, *, embedder: Embedder, now_ms: Callable[[], int]
    ) -> None:
        self.encoder = Encoder(embedder.encode)
        self._base = base
        self._embedder = embedder
        self._now_ms = now_ms
        self._searcher: Searcher | None = None
        self._refused_release = 0
        self._publishing = asyncio.Lock()

    @property
    def release(self) -> int:
        """The release in use; 0: none yet."""
        return self._searcher.release if self._searcher else 0

    @property
    def threshold(self) -> float:
        """The score below which a passage is not worth showing."""
        return self._searcher.threshold if self._searcher else 1.0

    async def find(
        self, query: str, *, products: tuple[str, ...] = (), limit: int = 5
    ) -> list[FoundPassage]:
        """Passages for a query, best first; none without a release."""
        searcher, question = self._searcher, plain_question(query)
        if searcher is None or not question:
            return []
        vector = await self.encoder.encode(question)
        found = await asyncio.to_thread(
            searcher.search, query, vector, limit=limit, products=products
        )
        return [_passage(item) for item in found]

    async def refresh(self) -> bool:
        """Move to the newest release if it verifies; say whether it changed."""
        newest = await asyncio.to_thread(self._base.current_release)
        if newest in {0, self.release, self._refused_release}:
            return False
        try:
            self._searcher = await asyncio.to_thread(Searcher.open, self._base.release_path(newest))
        except KnowledgeError as error:
            self._refused_release = newest
            log.error("release %d is refused, %d goes on: %s", newest, self.release, error)
            return False
        return True

    async def follow(self, every_s: float, on_release: OnRelease) -> None:
        """Look for a new release until cancelled."""
        while True:
            try:
                async with self._publishing:  # who publishes tells of it
                    before, is_new = self.release, await self.refresh()
            except (KnowledgeError, OSError) as error:
                log.error("no new release can be looked for: %s", error)
            else:
                if is_new and before:
                    on_release(_moved_to(self.release))
            await asyncio.sleep(every_s)

    async def articles(self) -> tuple[ArticleSummary, ...]:
        """All articles with their versions."""
        return await asyncio.to_thread(
            lambda: tuple(_summary(article) for article in self._base.articles())
        )

    async def read(self, article_id: ArticleId) -> tuple[ArticleSummary, str]:
        """One article as Markdown; raises `BadInput` for an unknown id."""
        article = await self._editing(lambda: self._base.read(article_id))
        return _summary(article), render_article(article)

    async def save(
        self, article_id: ArticleId, markdown: str, *, author: str, reason: str
    ) -> ArticleSummary:
        """Save a version; raises `BadInput` where the Markdown or its front matter is wrong."""

        def save() -> Article:
            article = parse_article(markdown, article_id=article_id)
            self._base.save(article, author=author, reason=reason, now_ms=self._now_ms())
            return self._base.read(article_id)

        return _summary(await self._editing(save))

    async def publish(self, *, author: str, reason: str) -> ReleasePublished:
        """Make the next release and move to it."""
        async with self._publishing:
            info = await self._editing(
                lambda: self._base.publish(
                    self._embedder, author=author, reason=reason, now_ms=self._now_ms()
                )
            )
            await self.refresh()
        return ReleasePublished(
            ref=0,
            release=info.release,
            changed_articles=info.changed_articles,
            passages=info.passages,
        )

    async def _editing(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except KnowledgeError as error:
            raise BadInput(str(error)) from error


def _moved_to(release: int) -> ReleasePublished:
    return ReleasePublished(ref=0, release=release, changed_articles=0, passages=0)


def _summary(article: Article) -> ArticleSummary:
    return ArticleSummary(
        article_id=ArticleId(article.article_id),
        title=article.title,
        version=article.version,
        published_version=article.published_version,
        products=article.products,
        tags=article.tags,
        updated_ms=article.updated_ms,
    )


def load_encode(embedding_model: str) -> EncodeTexts:
    """The embedding model alone, for training heads; takes seconds, blocks."""
    return load_embedder(embedding_model).encode


def load_finder(
    folder: Path, embedding_model: str, *, articles: Path | None, now_ms: Callable[[], int]
) -> KnowledgeFinder:
    """Load the embedding model and open the knowledge base; takes seconds, blocks.

    A base without a release is filled from the folder `articles`, where one is given.
    """
    embedder = load_embedder(embedding_model)
    base = KnowledgeBase.create(folder)
    if articles is not None and not base.current_release():
        base.import_folder(articles, author="demo", reason="demo articles", now_ms=now_ms())
        base.publish(embedder, author="demo", reason="demo articles", now_ms=now_ms())
    finder = KnowledgeFinder(base, embedder=embedder, now_ms=now_ms)
    finder.encoder.start()
    return finder


def _passage(found: Found) -> FoundPassage:
    return FoundPassage(
        article_id=ArticleId(found.article_id),
        title=found.title,
        passage=found.passage,
        score=found.score,
        answer=Span(start=found.answer[0], end=found.answer[1]) if found.answer else None,
        heading=found.heading,
        version=found.version,
        release=found.release,
        updated_ms=found.updated_ms,
    )
