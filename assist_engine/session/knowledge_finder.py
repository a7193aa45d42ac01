"""Finds passages in the release in use, and moves to a new one whole.

Looks for a new release every moment, and publishes what has come due; a release that does not
verify is left alone and the old one goes on. What knowledge managers do is in `knowledge_desk.py`.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from assist_engine.contract.knowledge_answers import FoundPassage, ReleasePublished
from assist_engine.errors import BadInput
from assist_engine.inference.encoder import Encoder, EncodeTexts
from assist_engine.session.knowledge_values import found_passage
from knowledge_base.applies import Applies, Fact
from knowledge_base.embedding import Embedder, Vectors, load_embedder
from knowledge_base.errors import KnowledgeError, ModelError
from knowledge_base.evaluate import read_golden
from knowledge_base.lifecycle import ReviewPolicy, day_of
from knowledge_base.lint.check import blocking
from knowledge_base.prior import prior_of
from knowledge_base.query import plain_question
from knowledge_base.search import Searcher
from knowledge_base.store import KnowledgeBase
from knowledge_base.usage import UsageBook

log = logging.getLogger(__name__)

OnRelease = Callable[[ReleasePublished], None]
NOTHING_KNOWN: Final[Mapping[str, Fact]] = MappingProxyType({})
SCHEDULE: Final = "schedule"  # who publishes what has come due


class EngineEmbedder:
    """The embedding model for work beside the calls: through the one encoder, a little at a time.

    Two threads in one tokenizer at once make it fail.
    """

    def __init__(self, encoder: Encoder, model: Embedder) -> None:
        self.name, self.dimension = model.name, model.dimension
        self._encoder = encoder

    def encode(self, texts: Sequence[str]) -> Vectors:
        """L2-normalised float32 vectors, shape (len(texts), dimension)."""
        vectors: Vectors = self._encoder.encode_blocking(texts).reshape(len(texts), self.dimension)
        return vectors


class KnowledgeFinder:
    """Searches the current release; the encoder embeds each query once."""

    def __init__(
        self, base: KnowledgeBase, *, embedder: Embedder, now_ms: Callable[[], int]
    ) -> None:
        self.encoder = Encoder(embedder.encode)
        self.base = base
        self.embedder = EngineEmbedder(self.encoder, embedder)
        self.now_ms = now_ms
        self.searcher: Searcher | None = None
        self.publishing = asyncio.Lock()
        self._refused_release = 0
        self._priors: dict[str, dict[str, float]] = {}  # by intent
        self._blocked_at: tuple[int, ...] = ()
        self._told = ""

    @property
    def release(self) -> int:
        """The release in use; 0: none yet."""
        return self.searcher.release if self.searcher else 0

    @property
    def threshold(self) -> float:
        """The score below which a passage is not worth showing."""
        return self.searcher.threshold if self.searcher else 1.0

    async def find(
        self,
        query: str,
        *,
        products: tuple[str, ...] = (),
        locale: str = "",
        facts: Mapping[str, Fact] = NOTHING_KNOWN,
        intent: str = "",
        uncertain: frozenset[str] = frozenset(),
        limit: int = 5,
    ) -> list[FoundPassage]:
        """Passages for a query, best first; none without a release.

        Only what suits the customer, as far as `products`, `locale` and `facts` say, and is valid
        today. What helped on calls with this `intent` goes first where it is close. Words that
        recognition was not sure of (`uncertain`) count for what sounds like them.
        """
        searcher, question = self.searcher, plain_question(query)
        if searcher is None or not question:
            return []
        vector = await self.encoder.encode(question)
        found = await asyncio.to_thread(
            searcher.search,
            query,
            vector,
            limit=limit,
            applies=self.applies(products=products, locale=locale, facts=facts),
            prior=self._priors.get(intent),
            uncertain=uncertain,
        )
        return [found_passage(item) for item in found]

    def applies(
        self,
        *,
        products: tuple[str, ...] = (),
        locale: str = "",
        facts: Mapping[str, Fact] = NOTHING_KNOWN,
    ) -> Applies:
        """For whom, and for today."""
        today = day_of(self.now_ms())
        return Applies(products=products, locale=locale, facts=facts, today=today)

    async def weigh_use(self) -> None:
        """Take into account what calls said of articles up to now."""
        feedback = await asyncio.to_thread(UsageBook(self.base.folder).feedback)
        self._priors = {intent: prior_of(said) for intent, said in feedback.items()}

    async def refresh(self) -> bool:
        """Move to the newest release if it verifies; say whether it changed."""
        newest = await asyncio.to_thread(self.base.current_release)
        if newest in {0, self.release, self._refused_release}:
            return False
        try:
            self.searcher = await asyncio.to_thread(self._open, newest)
        except KnowledgeError as error:
            self._refused_release = newest
            log.error("release %d is refused, %d goes on: %s", newest, self.release, error)
            return False
        await self.weigh_use()
        return True

    def _open(self, release: int) -> Searcher:
        """Open a release; one of another model's vectors is of no use and is refused."""
        searcher = Searcher.open(self.base.release_path(release))
        if searcher.model != self.embedder.name:
            searcher.close()
            raise ModelError(
                f"it was made with {searcher.model}, this engine uses {self.embedder.name}: "
                "publish again"
            )
        return searcher

    async def follow(self, every_s: float, on_release: OnRelease) -> None:
        """Look for a new release, and publish what has come due, until cancelled."""
        while True:
            try:
                async with self.publishing:  # who publishes tells of it
                    await asyncio.to_thread(self._publish_due)
                    before, is_new = self.release, await self.refresh()
            except (KnowledgeError, OSError) as error:
                self._tell_once(f"no new release can be looked for: {error}")
            else:
                self._told = ""
                if is_new and before:
                    on_release(_moved_to(self.release))
            await asyncio.sleep(every_s)

    def _publish_due(self) -> None:
        now_ms = self.now_ms()
        if self.base.has_due(now_ms) and self._may_publish_due(now_ms):
            info = self.base.publish_due(
                self.embedder, author=SCHEDULE, reason="come due", now_ms=now_ms
            )
            log.info("release %d: what has come due is published", info.release)

    def _may_publish_due(self, now_ms: int) -> bool:
        """Whether the check finds no error; where it does, it is asked again after a change."""
        stamp = self.base.stamp()
        if stamp == self._blocked_at:
            return False
        errors = blocking(self.base.to_publish_due(now_ms), today=day_of(now_ms))
        self._blocked_at = stamp if errors else ()
        for error in errors:
            log.error("what has come due is kept back: %s: %s", error.article_id, error.message)
        return not errors

    def _tell_once(self, problem: str) -> None:
        if problem != self._told:
            log.error("%s", problem)
        self._told = problem


def _moved_to(release: int) -> ReleasePublished:
    return ReleasePublished(ref=0, release=release, changed_articles=0, passages=0)


def load_encode(embedding_model: str, *, threads: int | None = None) -> EncodeTexts:
    """The embedding model alone, for training heads; takes seconds, blocks. Or `BadInput`."""
    try:
        return load_embedder(embedding_model, threads=threads).encode
    except ModelError as error:
        raise BadInput(str(error)) from error


def load_finder(
    folder: Path, embedding_model: str, *, demo: Path | None, now_ms: Callable[[], int]
) -> KnowledgeFinder:
    """Load the embedding model and open the knowledge base; takes seconds, blocks.

    A base without a release is filled from the folder `demo`, where one is given.
    """
    embedder = load_embedder(embedding_model)
    base = KnowledgeBase.create(folder)
    if demo is not None and not base.current_release():
        _fill(base, demo, embedder, now_ms=now_ms())
    finder = KnowledgeFinder(base, embedder=embedder, now_ms=now_ms)
    finder.encoder.start()
    return finder


def _fill(base: KnowledgeBase, demo: Path, embedder: Embedder, *, now_ms: int) -> None:
    """The demo organisation's articles and golden questions; one person may try everything."""
    base.set_policy(ReviewPolicy.SELF)
    base.import_folder(demo / "articles", author="demo", reason="demo articles", now_ms=now_ms)
    base.keep_golden(read_golden(demo / "golden.jsonl"))
    base.publish(embedder, author="demo", reason="demo articles", now_ms=now_ms)
