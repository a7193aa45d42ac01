"""What knowledge managers do with the knowledge base: edit, review, try, publish, close gaps.

Everything runs in threads beside the event loop. What cannot be done is a `BadInput` with the
knowledge base's own code and words.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from assist_engine.contract import knowledge_answers as told
from assist_engine.contract.ids import ArticleId, GapId
from assist_engine.errors import BadInput
from assist_engine.session import knowledge_values as values
from assist_engine.session.knowledge_finder import KnowledgeFinder
from assist_engine.session.release_preview import look_ahead, try_text
from knowledge_base.article import parse_article, render_article
from knowledge_base.errors import KnowledgeError, PublishBlocked
from knowledge_base.gap_articles import draft_from_gap
from knowledge_base.gaps import GapBook, GapState
from knowledge_base.history import History
from knowledge_base.lifecycle import ArticleState, day_of, review_due_ms
from knowledge_base.lint.check import blocking
from knowledge_base.listing import ListedArticle
from knowledge_base.usage import UsageBook

T = TypeVar("T")


class KnowledgeDesk:
    """One knowledge base, as those see it who write it."""

    def __init__(self, finder: KnowledgeFinder) -> None:
        self._finder = finder
        self._base = finder.base
        self._uses = UsageBook(self._base.folder)
        self._gaps = GapBook(self._base.folder)

    async def articles(self) -> tuple[told.ArticleSummary, ...]:
        """All articles, with where each is in its life and how calls met it."""

        def read() -> tuple[told.ArticleSummary, ...]:
            uses, listed = self._uses.uses(), self._base.listing(self._now_ms)
            return tuple(
                values.article_summary(one, uses[one.article.article_id])
                if one.article.article_id in uses
                else values.article_summary(one)
                for one in listed
            )

        return await self._do(read)

    async def read(
        self, article_id: ArticleId, *, version: int = 0
    ) -> tuple[told.ArticleSummary, str, int]:
        """One article, a version's Markdown, and which version that is; 0: the newest."""

        def read() -> tuple[told.ArticleSummary, str, int]:
            article = self._base.read(article_id, version=version or None)
            return self._summary(article_id), render_article(article), article.version

        return await self._do(read)

    async def read_published(self, article_id: ArticleId) -> tuple[told.ArticleSummary, str, int]:
        """One article as the release in use has it: what is said on calls was approved."""
        newest, _, _ = await self.read(article_id)
        if not newest.published_version:
            raise BadInput(f"article {article_id!r} is not in the release in use")
        return await self.read(article_id, version=newest.published_version)

    async def history(self, article_id: ArticleId) -> told.HistoryRead:
        """All versions of an article and what was said of them."""
        history = await self._do(lambda: self._base.history(article_id))
        return values.history_read(article_id, history)

    async def save(
        self, article_id: ArticleId, markdown: str, *, author: str, reason: str, based_on: int
    ) -> told.ArticleSummary:
        """Save a version."""

        def save() -> told.ArticleSummary:
            self._base.save(
                parse_article(markdown, article_id=article_id),
                author=author,
                reason=reason,
                now_ms=self._now_ms,
                based_on=based_on,
            )
            return self._summary(article_id)

        return await self._do(save)

    async def move(
        self,
        article_id: ArticleId,
        version: int,
        to: told.ArticleState,
        *,
        by: str,
        comment: str,
        publish_at_ms: int,
    ) -> told.ArticleSummary:
        """Take a version a step further in its life."""

        def move() -> told.ArticleSummary:
            self._base.move(
                article_id,
                version,
                ArticleState(to),
                by=by,
                now_ms=self._now_ms,
                comment=comment,
                publish_at_ms=publish_at_ms,
            )
            return self._summary(article_id)

        return await self._do(move)

    async def comment(
        self, article_id: ArticleId, version: int, text: str, *, by: str
    ) -> told.HistoryRead:
        """Say something of a version; answers with the history that holds it."""

        def comment() -> History:
            self._base.comment(article_id, version, text, by=by, now_ms=self._now_ms)
            return self._base.history(article_id)

        return values.history_read(article_id, await self._do(comment))

    async def try_draft(self, article_id: ArticleId, markdown: str, query: str) -> told.DraftTried:
        """What a text would be cut to, what the check says, what a search would find."""
        return await self._do(lambda: try_text(self._finder, article_id, markdown, query))

    async def preview(self) -> told.ReleasePreviewed:
        """What publishing now would change."""
        return await self._do(lambda: look_ahead(self._finder))

    async def publish(self, *, author: str, reason: str, override: str) -> told.ReleasePublished:
        """Make the next release and move to it; errors of the check need an `override`."""
        finder = self._finder
        async with finder.publishing:

            def publish() -> told.ReleasePublished:
                now_ms = self._now_ms
                errors = blocking(self._base.to_publish(now_ms), today=day_of(now_ms))
                if errors and not override.strip():
                    raise _Blocked(errors=len(errors))
                info = self._base.publish(
                    finder.embedder,
                    author=author,
                    reason=reason,
                    now_ms=now_ms,
                    override=override.strip() if errors else "",
                )
                return values.release_published(info)

            published = await self._do(publish)
            await finder.refresh()
        return published

    async def releases(self) -> tuple[told.ReleaseSummary, ...]:
        """All releases, newest first."""
        infos = await self._do(self._base.releases)
        return tuple(values.release_summary(info) for info in infos)

    async def roll_back(self, release: int, *, author: str, reason: str) -> told.ReleasePublished:
        """Use an older release again."""
        finder = self._finder
        async with finder.publishing:
            info = await self._do(
                lambda: self._base.roll_back(
                    release, author=author, reason=reason, now_ms=self._now_ms
                )
            )
            await finder.refresh()
        return values.release_published(info)

    async def gaps(self) -> tuple[told.Gap, ...]:
        """What callers asked that no article answers, most asked first."""
        listed = await self._do(lambda: self._gaps.listing(now_ms=self._now_ms))
        return tuple(values.gap_told(gap) for gap in listed)

    async def update_gap(
        self, gap_id: GapId, *, owner: str, state: told.GapState
    ) -> tuple[told.Gap, ...]:
        """Give a gap an owner and a state; answers with all gaps."""
        await self._do(
            lambda: self._gaps.update(gap_id, owner=owner.strip(), state=GapState(state))
        )
        return await self.gaps()

    async def draft_from_gap(
        self, gap_id: GapId, *, by: str
    ) -> tuple[told.ArticleSummary, str, int]:
        """Start the article that a gap asks for, or find it where it was begun; as `read`."""
        article_id = await self._do(
            lambda: draft_from_gap(self._base, gap_id, by=by, now_ms=self._now_ms)
        )
        return await self.read(ArticleId(article_id))

    @property
    def _now_ms(self) -> int:
        return self._finder.now_ms()

    def _summary(self, article_id: str) -> told.ArticleSummary:
        """The newest version in a list, without reading all others."""
        article, history = self._base.read(article_id), self._base.history(article_id)
        newest = history.versions[0]
        approved = [s.at_ms for s in history.steps if s.state is ArticleState.APPROVED]
        lived = [s for s in history.steps if s.version == newest.version and s.state is not None]
        publish_at_ms = lived[-1].publish_at_ms if lived else 0
        is_archived = newest.state is ArticleState.ARCHIVED
        looked_at_ms = max([newest.saved_ms, *approved])
        listed = ListedArticle(
            article=article,
            state=newest.state,
            author=newest.author,
            review_due_ms=0
            if is_archived
            else review_due_ms(article.review_days, looked_at_ms=looked_at_ms),
            publish_at_ms=publish_at_ms if publish_at_ms > self._now_ms else 0,
        )
        return values.article_summary(listed, self._uses.use_of(article_id))

    async def _do(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except KnowledgeError as error:
            refused = BadInput(str(error))
            refused.code = error.code
            raise refused from error


class _Blocked(PublishBlocked):
    """As `PublishBlocked`, said to a window and not to a command line."""

    def __str__(self) -> str:
        found = "1 error keeps" if self.errors == 1 else f"{self.errors} errors keep"
        return f"{found} the release back: mend it, or say why to publish all the same"
