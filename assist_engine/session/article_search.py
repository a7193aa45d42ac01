"""Searches articles for what a customer needs to know: on a live call, and again on stored ones."""

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from assist_engine.call.fold import apply
from assist_engine.call.selectors import current_intent, customer_facts
from assist_engine.call.state import CallState
from assist_engine.contract.events import ArticlesWeighed, Recorded
from assist_engine.contract.ids import ArticleId, UtteranceId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import ArticleLook
from assist_engine.guidance.need import ArticleQuery, find_needs
from assist_engine.guidance.stored_talk import Talk, is_last_of_moment
from assist_engine.session.knowledge_finder import KnowledgeFinder
from assist_engine.session.weighing import Weighing


async def find_articles(
    finder: KnowledgeFinder, state: CallState, query: ArticleQuery
) -> Sequence[FoundPassage]:
    """The passages that suit this call and its customer, best first."""
    intent = current_intent(state)
    return await finder.find(
        query.text,
        products=query.products,
        locale=state.locale,
        facts=customer_facts(state),
        intent=intent.intent if intent else "",
        uncertain=query.uncertain,
    )


async def search_again(
    finder: KnowledgeFinder, recorded: Sequence[Recorded], *, threshold: float
) -> tuple[list[ArticlesWeighed], dict[ArticleId, FoundPassage]]:
    """What the finder finds today for the words of a stored call, and the passages by article.

    Looks at words that still moved stay as they were, where they found what is found today.
    `threshold`: from which score on they are to be sure.
    """
    weighing, talk = Weighing(), Talk(recorded)
    state = CallState(call_id=recorded[0].call_id)
    known: dict[ArticleQuery, Sequence[FoundPassage]] = {}
    for number, item in enumerate(recorded):
        state = apply(state, item)
        if not state.is_live or not is_last_of_moment(recorded, number):
            continue
        if talk.read_ms(item.audio_ms) != item.audio_ms:
            continue
        queries = [query for need in find_needs(state, None) for query in need.queries]
        new = [query for query in dict.fromkeys(queries) if query not in known]
        found = await asyncio.gather(*(find_articles(finder, state, query) for query in new))
        known.update(zip(new, found, strict=True))
        weighing.look(
            {query: known[query] for query in queries}, now_ms=item.audio_ms, is_live=False
        )
    weighed = weighing.take(threshold=threshold)
    passages = {found[0].article_id: found[0] for found in known.values() if found}
    return [*_live_looks(recorded, weighed, threshold), *weighed], passages


def _live_looks(
    recorded: Sequence[Recorded], weighed: Sequence[ArticlesWeighed], threshold: float
) -> list[ArticlesWeighed]:
    today: dict[UtteranceId, set[ArticleId]] = {
        one.utterance_id: {
            scores[0].article_id for look in one.looks for scores in look.found if scores
        }
        for one in weighed
    }

    def is_found(utterance_id: UtteranceId, look: ArticleLook) -> bool:
        found = today.get(utterance_id, set())
        return look.is_live and any(s[0].article_id in found for s in look.found if s)

    before = [item.event for item in recorded if isinstance(item.event, ArticlesWeighed)]
    return [
        replace(
            one,
            looks=tuple(look for look in one.looks if is_found(one.utterance_id, look)),
            threshold=threshold,
        )
        for one in before
    ]
