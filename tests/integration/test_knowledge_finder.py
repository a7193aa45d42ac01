"""The finder shows what suits the caller of today, and what helped before where it is close."""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assist_engine.session.knowledge_finder import KnowledgeFinder
from knowledge_base.article import Article
from knowledge_base.lifecycle import ReviewPolicy
from knowledge_base.store import KnowledgeBase
from knowledge_base.usage import RecordedUse, UsageBook
from tests.fakes.hash_embedder import HashEmbedder

pytestmark = pytest.mark.integration

NOW = int(dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC).timestamp() * 1000)
QUESTION = "how long does the parcel take"


def answer(name: str, **fields: object) -> Article:
    return Article(
        article_id=name,
        title="Parcel",
        body="The parcel takes long, how long does it take.",
        **fields,  # type: ignore[arg-type]
    )


ARTICLES = (
    answer("all"),
    answer("gold", applies_to={"tier": ("gold",)}),
    answer("german", locale="de-DE"),
    answer("over", valid_until="2026-06-14"),
    answer("to-come", valid_from="2026-06-16"),
    answer("today", valid_from="2026-06-15", valid_until="2026-06-15"),
    answer("cards", products=("cards",)),
)


@pytest.fixture
async def finder(tmp_path: Path) -> AsyncIterator[KnowledgeFinder]:
    base = KnowledgeBase.create(tmp_path / "kb")
    base.set_policy(ReviewPolicy.NONE)
    early = int(dt.datetime(2026, 6, 1, tzinfo=dt.UTC).timestamp() * 1000)
    base.import_articles(ARTICLES, author="ana", reason="", now_ms=early)
    base.publish(HashEmbedder(), author="ana", reason="", now_ms=early)
    finder = KnowledgeFinder(base, embedder=HashEmbedder(), now_ms=lambda: NOW)
    finder.encoder.start()
    await finder.refresh()
    yield finder
    finder.encoder.close()


async def ids(finder: KnowledgeFinder, **whom: object) -> set[str]:
    found = await finder.find(QUESTION, limit=20, **whom)  # type: ignore[arg-type]
    return {str(one.article_id) for one in found}


async def test_an_article_is_shown_to_whom_it_is_for_and_while_it_is_valid(
    finder: KnowledgeFinder,
) -> None:
    assert await ids(finder) == {"all", "gold", "german", "today", "cards"}
    assert await ids(finder, facts={"tier": "silver"}) == {"all", "german", "today", "cards"}
    assert "gold" in await ids(finder, facts={"tier": "Gold"})
    assert await ids(finder, locale="en-GB", products=("orders",)) == {"all", "gold", "today"}


async def test_what_helped_with_an_intent_comes_first_with_it_and_only_there(
    finder: KnowledgeFinder,
) -> None:
    book = UsageBook(finder.base.folder)
    for number in range(10):
        helped = RecordedUse(article_id="today", intent="late", offered=True, used=True)
        put_away = RecordedUse(article_id="all", intent="late", offered=True, dismissed=True)
        book.record(f"c-{number}", seq=1, ended_ms=NOW, uses=[helped, put_away], questions=[])
    before = [one.article_id for one in await finder.find(QUESTION, intent="late")]
    await finder.weigh_use()
    after = [one.article_id for one in await finder.find(QUESTION, intent="late")]
    assert after[0] == "today"
    assert after != before
    assert [one.article_id for one in await finder.find(QUESTION, intent="refund")] == before
