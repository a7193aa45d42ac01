"""Answers what knowledge managers and searching agents ask."""

from collections.abc import Callable
from typing import assert_never

from msgspec.structs import replace

from assist_engine.call.decide import Caller
from assist_engine.contract import answers, commands
from assist_engine.contract.answers import Answer, ReleasePublished
from assist_engine.contract.commands import KnowledgeRequest
from assist_engine.session.knowledge_finder import KnowledgeFinder


class Library:
    """The knowledge base as connections see it."""

    def __init__(
        self, finder: KnowledgeFinder, *, on_release: Callable[[ReleasePublished], None]
    ) -> None:
        self._finder = finder
        self._on_release = on_release

    async def answer(self, ref: int, request: KnowledgeRequest, caller: Caller) -> Answer:
        """Do what is asked; raises `BadInput` with what was wrong."""
        finder, author = self._finder, caller.agent_name or caller.agent_id
        match request:
            case commands.SearchKnowledge(query=query, limit=limit):
                passages = await finder.find(query, limit=max(1, min(limit, 50)))
                return answers.KnowledgeFound(
                    ref=ref, passages=tuple(passages), threshold=finder.threshold
                )
            case commands.ListArticles():
                listed = await finder.articles()
                return answers.ArticlesListed(ref=ref, articles=listed, release=finder.release)
            case commands.ReadArticle(article_id=article_id):
                article, markdown = await finder.read(article_id)
                return answers.ArticleFetched(ref=ref, article=article, markdown=markdown)
            case commands.SaveArticle(article_id=article_id, markdown=markdown, reason=reason):
                saved = await finder.save(article_id, markdown, author=author, reason=reason)
                return answers.ArticleSaved(ref=ref, article=saved)
            case commands.PublishRelease(reason=reason):
                published = await finder.publish(author=author, reason=reason)
                self._on_release(published)
                return replace(published, ref=ref)
            case _:
                assert_never(request)
