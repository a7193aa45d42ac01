"""Keeps what looks at a customer's words found, shown or not, until it is recorded.

It says nothing to anybody on the call: with it `simulate` can decide stored calls anew, at the
moments at which words that still moved were looked at.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from assist_engine.contract.events import ArticlesWeighed, DriverRead, Event
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import ArticleLook, ArticleScore
from assist_engine.guidance.need import ArticleQuery, LiveSpeech

_MOST: Final = 5  # articles of one search
_LEAST: Final = 0.1  # less than that says nothing, by itself or beside another search


class Weighing:
    """One call's looks since they were last taken."""

    def __init__(self) -> None:
        self._looks: dict[UtteranceId, list[ArticleLook]] = {}
        self._newest: dict[tuple[UtteranceId, bool], tuple[tuple[ArticleScore, ...], ...]] = {}
        self._live_ms: dict[tuple[UtteranceId, str], int] = {}

    def heard(self, live: LiveSpeech, *, now_ms: int) -> None:
        """Drivers in words that still move."""
        for read in live.drivers:
            self._live_ms.setdefault((live.utterance_id, read.driver), now_ms)

    def timed(self, read: Sequence[Event]) -> list[Event]:
        """What was read from finished words, with when it was first heard."""
        return [
            replace(event, live_ms=self._live_ms.get((event.utterance_id, event.driver), 0))
            if isinstance(event, DriverRead)
            else event
            for event in read
        ]

    def look(
        self,
        found: Mapping[ArticleQuery, Sequence[FoundPassage]],
        *,
        now_ms: int,
        is_live: bool,
    ) -> None:
        """What was found by each query, in their order; the same again is left out."""
        asked: dict[UtteranceId, list[ArticleQuery]] = {}
        for query in found:
            if query.evidence.utterance_id is not None:
                asked.setdefault(query.evidence.utterance_id, []).append(query)
        for utterance_id, queries in asked.items():
            look = ArticleLook(
                at_ms=now_ms,
                asked_ms=queries[0].asked_ms,
                is_live=is_live,
                found=tuple(_best(found[query]) for query in queries),
            )
            if self._newest.get((utterance_id, is_live), ()) != look.found:
                self._newest[utterance_id, is_live] = look.found
                self._looks.setdefault(utterance_id, []).append(look)

    def take(self, *, threshold: float) -> list[ArticlesWeighed]:
        """The looks to record, by utterance."""
        looks, self._looks = self._looks, {}
        return [
            ArticlesWeighed(
                utterance_id=utterance_id, looks=tuple(those), threshold=round(threshold, 4)
            )
            for utterance_id, those in looks.items()
            if any(any(look.found) for look in those)
        ]


def _best(passages: Sequence[FoundPassage]) -> tuple[ArticleScore, ...]:
    return tuple(
        ArticleScore(one.article_id, round(one.score, 4), one.version)
        for one in passages[:_MOST]
        if one.score >= _LEAST
    )
