"""Answers what knowledge managers and searching agents ask."""

from collections.abc import Callable
from typing import assert_never

from msgspec.structs import replace

from assist_engine.call.decide import Caller
from assist_engine.call.selectors import customer_facts
from assist_engine.call.state import CallState
from assist_engine.contract import knowledge_answers as told
from assist_engine.contract import knowledge_requests as asks
from assist_engine.contract.answers import Answer
from assist_engine.contract.knowledge_answers import ReleasePublished
from assist_engine.contract.knowledge_requests import KnowledgeRequest
from assist_engine.server.access import WRITERS
from assist_engine.session.knowledge_desk import KnowledgeDesk
from assist_engine.session.knowledge_finder import NOTHING_KNOWN, KnowledgeFinder


class Library:
    """The knowledge base as connections see it."""

    def __init__(
        self, finder: KnowledgeFinder, *, on_release: Callable[[ReleasePublished], None]
    ) -> None:
        self._finder = finder
        self._desk = KnowledgeDesk(finder)
        self._on_release = on_release

    async def answer(
        self,
        ref: int,
        request: KnowledgeRequest,
        caller: Caller,
        *,
        call: CallState | None = None,
    ) -> Answer:
        """Do what is asked; raises `BadInput` with what was wrong.

        `call`: the one that the caller is on; a search finds what suits its customer.
        """
        who = caller.agent_name or caller.agent_id
        match request:
            case asks.SearchKnowledge(query=query, limit=limit):
                return await self._search(ref, query, limit, call)
            case asks.ListArticles() | asks.ReadArticle() | asks.ReadHistory():
                return await self._read(ref, request, caller.role)
            case asks.SaveArticle() | asks.MoveArticle() | asks.CommentArticle() | asks.TryDraft():
                return await self._edit(ref, request, who)
            case asks.ListReleases() | asks.PreviewRelease():
                return await self._look(ref, request)
            case asks.PublishRelease() | asks.RollBackRelease():
                return await self._release(ref, request, who)
            case asks.ListGaps() | asks.UpdateGap() | asks.DraftFromGap():
                return await self._gap(ref, request, who)
            case _:
                assert_never(request)

    async def _search(self, ref: int, query: str, limit: int, call: CallState | None) -> Answer:
        facts = customer_facts(call) if call else NOTHING_KNOWN
        passages = await self._finder.find(query, facts=facts, limit=max(1, min(limit, 50)))
        return told.KnowledgeFound(
            ref=ref, passages=tuple(passages), threshold=self._finder.threshold
        )

    async def _read(
        self, ref: int, request: asks.ListArticles | asks.ReadArticle | asks.ReadHistory, role: str
    ) -> Answer:
        match request:
            case asks.ListArticles():
                listed = await self._desk.articles()
                return told.ArticlesListed(ref=ref, articles=listed, release=self._finder.release)
            case asks.ReadArticle(article_id=article_id) if role not in WRITERS:
                return _fetched(ref, *await self._desk.read_published(article_id))
            case asks.ReadArticle(article_id=article_id, version=version):
                return _fetched(ref, *await self._desk.read(article_id, version=version))
            case asks.ReadHistory(article_id=article_id):
                return replace(await self._desk.history(article_id), ref=ref)
            case _:
                assert_never(request)

    async def _edit(
        self,
        ref: int,
        request: asks.SaveArticle | asks.MoveArticle | asks.CommentArticle | asks.TryDraft,
        who: str,
    ) -> Answer:
        match request:
            case asks.SaveArticle():
                saved = await self._desk.save(
                    request.article_id,
                    request.markdown,
                    author=who,
                    reason=request.reason,
                    based_on=request.based_on,
                )
                return told.ArticleSaved(ref=ref, article=saved)
            case asks.MoveArticle():
                moved = await self._desk.move(
                    request.article_id,
                    request.version,
                    request.to,
                    by=who,
                    comment=request.comment,
                    publish_at_ms=request.publish_at_ms,
                )
                return told.ArticleSaved(ref=ref, article=moved)
            case asks.CommentArticle(article_id=article_id, version=version, text=text):
                history = await self._desk.comment(article_id, version, text, by=who)
                return replace(history, ref=ref)
            case asks.TryDraft(article_id=article_id, markdown=markdown, query=query):
                return replace(await self._desk.try_draft(article_id, markdown, query), ref=ref)
            case _:
                assert_never(request)

    async def _look(self, ref: int, request: asks.ListReleases | asks.PreviewRelease) -> Answer:
        match request:
            case asks.ListReleases():
                return told.ReleasesListed(ref=ref, releases=await self._desk.releases())
            case asks.PreviewRelease():
                return replace(await self._desk.preview(), ref=ref)
            case _:
                assert_never(request)

    async def _release(
        self, ref: int, request: asks.PublishRelease | asks.RollBackRelease, who: str
    ) -> Answer:
        match request:
            case asks.PublishRelease(reason=reason, override=override):
                made = await self._desk.publish(author=who, reason=reason, override=override)
            case asks.RollBackRelease(release=release, reason=reason):
                made = await self._desk.roll_back(release, author=who, reason=reason)
            case _:
                assert_never(request)
        self._on_release(made)
        return replace(made, ref=ref)

    async def _gap(
        self, ref: int, request: asks.ListGaps | asks.UpdateGap | asks.DraftFromGap, who: str
    ) -> Answer:
        match request:
            case asks.ListGaps():
                return told.GapsListed(ref=ref, gaps=await self._desk.gaps())
            case asks.UpdateGap(gap_id=gap_id, owner=owner, state=state):
                gaps = await self._desk.update_gap(gap_id, owner=owner, state=state)
                return told.GapsListed(ref=ref, gaps=gaps)
            case asks.DraftFromGap(gap_id=gap_id):
                return _fetched(ref, *await self._desk.draft_from_gap(gap_id, by=who))
            case _:
                assert_never(request)


def _fetched(ref: int, article: told.ArticleSummary, markdown: str, version: int) -> Answer:
    return told.ArticleFetched(ref=ref, article=article, markdown=markdown, version=version)
