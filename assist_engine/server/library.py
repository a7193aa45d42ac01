"""Answers what knowledge managers and searching agents ask."""

from collections.abc import Callable
from typing import assert_never

from msgspec.structs import replace

from assist_engine.call.decide import Caller
from assist_engine.contract import knowledge_answers, knowledge_requests
from assist_engine.contract.answers import Answer
from assist_engine.contract.knowledge_answers import ReleasePublished
from assist_engine.contract.knowledge_requests import KnowledgeRequest
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
            case knowledge_requests.SearchKnowledge(query=query, limit=limit):
                passages = await finder.find(query, limit=max(1, min(limit, 50)))
                return knowledge_answers.KnowledgeFound(
                    ref=ref, passages=tuple(passages), threshold=finder.threshold
                )
            case knowledge_requests.ListArticles():
                listed = await finder.articles()
                return knowledge_answers.ArticlesListed(
                    ref=ref, articles=listed, release=finder.release
                )
            case knowledge_requests.ReadArticle(article_id=article_id):
                article, markdown = await finder.read(article_id)
                return knowledge_answers.ArticleFetched(ref=ref, article=article, markdown=markdown)
            case knowledge_requests.SaveArticle(
                article_id=article_id, markdown=markdown, reason=reason
            ):
                saved = await finder.save(article_id, markdown, author=author, reason=reason)
                return knowledge_answers.ArticleSaved(ref=ref, article=saved)
            case knowledge_requests.PublishRelease(reason=reason):
                published = await finder.publish(author=author, reason=reason)
                self._on_release(published)
                return replace(published, ref=ref)
            case _:
                assert_never(request)
