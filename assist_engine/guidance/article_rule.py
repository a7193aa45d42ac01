"""Proposes the article that answers the customer's need, where the search is sure of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from assist_engine.call.state import CallState
from assist_engine.contract.ids import SuggestionId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import ArticleReference, Suggestion, SuggestionKind
from assist_engine.guidance.need import ArticleQuery, LiveSpeech, find_need
from assist_engine.guidance.rule import KNOWLEDGE, Proposal

_LIVE_MARGIN: Final = 0.2  # how much surer the search must be while words still move


class ArticleRule:
    """One article a need. `threshold`: the score from which the search is sure, asked each time."""

    name = "article"

    def __init__(self, threshold: Callable[[], float]) -> None:
        self._threshold = threshold

    def wants(self, state: CallState, live: LiveSpeech | None) -> Sequence[ArticleQuery]:
        """Ways to look for the need as it stands, plainest first."""
        return find_need(state, live)

    def propose(
        self,
        state: CallState,
        live: LiveSpeech | None,
        found: Mapping[ArticleQuery, Sequence[FoundPassage]],
    ) -> Sequence[Proposal]:
        """The best article of the plainest query that the search is sure of."""
        for query in find_need(state, live):
            passages = found.get(query)
            if passages and self._is_sure(query, passages[0]):
                return (_proposal(query, passages[0]),)
        return ()

    def _is_sure(self, query: ArticleQuery, top: FoundPassage) -> bool:
        needed = self._threshold()
        if query.is_live:
            needed = min(needed + _LIVE_MARGIN, (1.0 + needed) / 2)
        return top.score >= needed


def _proposal(query: ArticleQuery, top: FoundPassage) -> Proposal:
    topic = f"article-{top.article_id}"
    suggestion = Suggestion(
        suggestion_id=SuggestionId(topic),
        kind=SuggestionKind.ARTICLE,
        topic=topic,
        title=top.title,
        body=top.passage,
        probability=round(top.score, 3),
        evidence=(query.evidence,),
        answer=top.answer,
        article=ArticleReference(
            article_id=top.article_id,
            version=top.version,
            release=top.release,
            updated_ms=top.updated_ms,
        ),
    )
    return Proposal(
        suggestion=suggestion, asked_ms=query.asked_ms, rule=ArticleRule.name, priority=KNOWLEDGE
    )
