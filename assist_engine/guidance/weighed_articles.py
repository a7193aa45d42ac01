"""The article rule on a stored call: what was found comes from the log, not from a search."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from assist_engine.call.state import CallState
from assist_engine.contract.events import ArticlesWeighed, Recorded, SuggestionMade
from assist_engine.contract.ids import ArticleId, UtteranceId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import ArticleLook, ArticleScore, Evidence
from assist_engine.guidance.article_rule import ArticleRule
from assist_engine.guidance.need import ArticleQuery, LiveSpeech, Need, find_needs
from assist_engine.guidance.rule import Proposal

NOTHING_FOUND: Final[Mapping[ArticleId, FoundPassage]] = MappingProxyType({})


class WeighedArticles:
    """Proposes as the article rule would have, with another threshold.

    Of an article that was no card the log holds no words: whether the agent has said since what is
    in it is known only where `passages` has them. Else it stays open as long as its need.
    """

    name = ArticleRule.name

    def __init__(
        self,
        recorded: Sequence[Recorded],
        weighed: Sequence[ArticlesWeighed],
        *,
        threshold: float = 0.0,
        passages: Mapping[ArticleId, FoundPassage] = NOTHING_FOUND,
    ) -> None:
        """`threshold`: from which score on the search is sure; 0: as it was then."""
        self._rule = ArticleRule(lambda: threshold or max(one.threshold for one in weighed))
        self._looks: dict[tuple[UtteranceId, bool], list[ArticleLook]] = {}
        for utterance_id, look in _looks(weighed):
            self._looks.setdefault((utterance_id, look.is_live), []).append(look)
        self._passages = dict(_of_cards(recorded)) | dict(passages)

    @property
    def moments_ms(self) -> tuple[int, ...]:
        """When something was found."""
        return tuple(look.at_ms for looks in self._looks.values() for look in looks)

    def wants(self, state: CallState, live: LiveSpeech | None) -> Sequence[ArticleQuery]:
        """Nothing is searched again."""
        return ()

    def propose(
        self,
        state: CallState,
        live: LiveSpeech | None,
        found: Mapping[ArticleQuery, Sequence[FoundPassage]],
    ) -> Sequence[Proposal]:
        """What the rule proposes, from what had been found by then."""
        known: dict[ArticleQuery, Sequence[FoundPassage]] = {}
        needs = find_needs(state, None) if live is None else self._live_needs(state, live)
        for need in needs:
            look = self._newest(need.queries[0].evidence.utterance_id, state, is_live=bool(live))
            queries = dict.fromkeys(need.queries)
            for query, scores in zip(queries, look.found if look else (), strict=False):
                known[query] = [self._passage(one) for one in scores]
        return self._rule.answer(state, needs, known)

    def _live_needs(self, state: CallState, live: LiveSpeech) -> tuple[Need, ...]:
        look = self._newest(live.utterance_id, state, is_live=True)
        if look is None:
            return ()
        evidence = Evidence(quote="", utterance_id=live.utterance_id, start_ms=live.start_ms)
        query = ArticleQuery(text="", asked_ms=look.asked_ms, evidence=evidence, is_tentative=True)
        return (Need(words=query),)

    def _newest(
        self, utterance_id: UtteranceId | None, state: CallState, *, is_live: bool
    ) -> ArticleLook | None:
        if utterance_id is None:
            return None
        looks = self._looks.get((utterance_id, is_live), [])
        return next((look for look in reversed(looks) if look.at_ms <= state.audio_ms), None)

    def _passage(self, scored: ArticleScore) -> FoundPassage:
        bare = FoundPassage(
            article_id=scored.article_id, title=scored.article_id, passage="", score=0.0
        )
        known = self._passages.get(scored.article_id, bare)
        return replace(known, score=scored.score, version=scored.version)


def _of_cards(recorded: Sequence[Recorded]) -> Iterator[tuple[ArticleId, FoundPassage]]:
    for item in recorded:
        if isinstance(item.event, SuggestionMade) and item.event.suggestion.article is not None:
            card = item.event.suggestion
            article_id = item.event.suggestion.article.article_id
            yield (
                article_id,
                FoundPassage(
                    article_id=article_id,
                    title=card.title,
                    passage=card.body,
                    answer=card.answer,
                    score=card.probability,
                ),
            )


def _looks(weighed: Sequence[ArticlesWeighed]) -> Iterator[tuple[UtteranceId, ArticleLook]]:
    for event in weighed:
        for look in event.looks:
            yield event.utterance_id, look
