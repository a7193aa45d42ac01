"""Proposes the articles that answer the customer's needs, where the search is sure of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from assist_engine.call.plain_talk import content_words
from assist_engine.call.state import CallState
from assist_engine.contract.ids import ArticleId, SuggestionId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import ArticleReference, Role, Suggestion, SuggestionKind
from assist_engine.guidance.need import ArticleQuery, LiveSpeech, Need, find_needs
from assist_engine.guidance.rule import KNOWLEDGE, WAITED, Proposal

_MARGIN: Final = 0.2  # how much surer the search must be of words that do not say all
_FRESH_MS: Final = 6_000  # a need older than that comes after what is asked of the agent now
_SUPPORT: Final = 0.1  # score by the customer's own words without which nothing else finds it
_ANSWERED: Final = 0.5  # share of the answer's words that the agent said


class ArticleRule:
    """The articles that answer what the customer needs to know and nobody has said yet.

    `threshold`: the score from which the search is sure, asked each time.
    """

    name = "article"

    def __init__(self, threshold: Callable[[], float]) -> None:
        self._threshold = threshold

    def wants(self, state: CallState, live: LiveSpeech | None) -> Sequence[ArticleQuery]:
        """Ways to look for the needs as they stand."""
        return [query for need in find_needs(state, live) for query in need.queries]

    def propose(
        self,
        state: CallState,
        live: LiveSpeech | None,
        found: Mapping[ArticleQuery, Sequence[FoundPassage]],
    ) -> Sequence[Proposal]:
        """What answers the needs as they stand."""
        return self.answer(state, find_needs(state, live), found)

    def answer(
        self,
        state: CallState,
        needs: Sequence[Need],
        found: Mapping[ArticleQuery, Sequence[FoundPassage]],
    ) -> Sequence[Proposal]:
        """Of each need the article of the plainest query that the search is sure of."""
        proposals: dict[ArticleId, Proposal] = {}
        for need in needs:
            for query, top in self._answers(state, need, found):
                if not _is_answered(state, query, top):
                    proposals.setdefault(top.article_id, _proposal(state, query, top))
        return tuple(proposals.values())

    def _answers(
        self,
        state: CallState,
        need: Need,
        found: Mapping[ArticleQuery, Sequence[FoundPassage]],
    ) -> Iterator[tuple[ArticleQuery, FoundPassage]]:
        """What answers a need and, where it has several matters, each of them."""
        sure = {
            query: passages[0]
            for query in need.queries
            if (passages := found.get(query)) and self._is_sure(query, passages[0])
        }
        support = {passage.article_id: passage.score for passage in found.get(need.words, ())}
        for query in (need.words, *need.leaning, *need.since):
            if query not in sure:
                continue
            own = support.get(sure[query].article_id, 0.0)
            if own >= _SUPPORT or need.is_bare:
                yield query, sure[query]
                break
        yield from ((query, sure[query]) for query in need.parts if query in sure)

    def _is_sure(self, query: ArticleQuery, top: FoundPassage) -> bool:
        needed = self._threshold()
        if query.is_tentative:
            needed = min(needed + _MARGIN, (1.0 + needed) / 2)
        return top.score >= needed


def _is_answered(state: CallState, query: ArticleQuery, passage: FoundPassage) -> bool:
    """Whether the agent has said since what the article answers, in much the same words."""
    span = passage.answer
    answer = passage.passage[span.start : span.end] if span else passage.passage
    said = {
        word
        for utterance in state.utterances
        if utterance.role is Role.AGENT and utterance.final.end_ms > query.asked_ms
        for word in content_words(utterance.final.text)
    }
    needed = set(content_words(answer))
    return len(needed & said) >= _ANSWERED * len(needed) if needed else False


def _proposal(state: CallState, query: ArticleQuery, top: FoundPassage) -> Proposal:
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
    is_fresh = state.audio_ms - query.asked_ms <= _FRESH_MS
    return Proposal(
        suggestion=suggestion,
        asked_ms=query.asked_ms,
        rule=ArticleRule.name,
        priority=KNOWLEDGE if is_fresh else WAITED,
    )
