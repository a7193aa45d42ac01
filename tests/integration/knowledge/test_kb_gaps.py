"""Questions that no article answers become gaps, gaps become articles, articles close gaps."""

import random
from typing import Any

import pytest

from knowledge_base.article import Article
from knowledge_base.embedding import SentenceEmbedder
from knowledge_base.errors import GapMissing
from knowledge_base.gap_articles import draft_from_gap, try_to_close
from knowledge_base.gaps import DAY_MS, Gap, GapBook, GapState
from knowledge_base.lifecycle import ArticleState, ReviewPolicy
from knowledge_base.search import Searcher
from knowledge_base.store import KnowledgeBase
from knowledge_base.usage import AskedQuestion, UsageBook
from tests.fakes.hash_embedder import HashEmbedder

pytestmark = pytest.mark.integration

NOW = 100 * DAY_MS
LOYALTY = (
    "how many loyalty points do i have left",
    "can i still use my old loyalty points",
    "when do my loyalty points expire",
    "how do i spend my loyalty points",
)
INSURANCE = (
    "does my travel insurance cover a cancelled flight",
    "is a cancelled flight covered by the travel insurance",
)


def ask(base: KnowledgeBase, *texts: str, asked_ms: int = NOW, **fields: Any) -> None:
    """One call a question; nobody answers it unless `fields` say so."""
    book = UsageBook(base.folder)
    for text in texts:
        call = f"call-{len(book.learned(0))}"
        question = AskedQuestion(
            call_id=call,
            utterance_id="customer-0",
            text=text,
            asked_ms=asked_ms,
            **fields,
        )
        book.record(call, seq=1, ended_ms=asked_ms, uses=[], questions=[question])


def gaps_of(base: KnowledgeBase, embedder: HashEmbedder | SentenceEmbedder) -> list[Gap]:
    book = GapBook(base.folder)
    book.sort_new(embedder, now_ms=NOW)
    return book.listing(now_ms=NOW)


def test_questions_of_one_matter_are_one_gap_in_the_callers_words(
    small_base: KnowledgeBase, model: SentenceEmbedder
) -> None:
    ask(small_base, LOYALTY[0], INSURANCE[0], *LOYALTY[1:], INSURANCE[1])
    loyalty, insurance = gaps_of(small_base, model)
    assert (loyalty.asked, insurance.asked) == (4, 2)
    assert set(loyalty.questions) == set(LOYALTY)
    assert loyalty.label == loyalty.questions[0]
    assert loyalty.state is GapState.OPEN


def test_an_answered_question_is_in_no_gap_and_a_rejected_answer_is_none(
    small_base: KnowledgeBase,
) -> None:
    ask(small_base, "where is my parcel", shown=True, answered=True)
    ask(small_base, "who stole my wallet", shown=True, rejected=True, article_id="lost-card")
    assert [gap.label for gap in gaps_of(small_base, HashEmbedder())] == ["who stole my wallet"]


def test_ids_stay_whatever_is_asked_later(small_base: KnowledgeBase) -> None:
    order = random.Random(7)
    told: dict[str, str] = {}
    for _ in range(6):
        ask(small_base, *(f"{order.choice('abcde')} {order.choice('vwxyz')} q" for _ in range(8)))
        for gap in gaps_of(small_base, HashEmbedder()):
            for question in gap.questions:
                assert told.setdefault(question, gap.gap_id) == gap.gap_id


def test_sorting_again_adds_nothing(small_base: KnowledgeBase) -> None:
    ask(small_base, *LOYALTY)
    book = GapBook(small_base.folder)
    assert book.sort_new(HashEmbedder(), now_ms=NOW) == 4
    assert book.sort_new(HashEmbedder(), now_ms=NOW) == 0


def test_the_trend_is_this_week_beside_the_week_before(small_base: KnowledgeBase) -> None:
    for days, times in {0: 2, 6: 1, 8: 3, 13: 1, 15: 4}.items():
        ask(small_base, *["where are you"] * times, asked_ms=NOW - days * DAY_MS)
    (gap,) = gaps_of(small_base, HashEmbedder())
    assert (gap.asked, gap.asked_last_week, gap.asked_week_before) == (11, 3, 4)
    assert gap.questions == ("where are you",)


def test_a_gap_has_an_owner_and_a_state(small_base: KnowledgeBase) -> None:
    ask(small_base, *LOYALTY[:1])
    (gap,) = gaps_of(small_base, HashEmbedder())
    book = GapBook(small_base.folder)
    book.update(gap.gap_id, owner="mia", state=GapState.IGNORED)
    ask(small_base, *LOYALTY[:1])
    (gap,) = gaps_of(small_base, HashEmbedder())
    assert (gap.owner, gap.state, gap.asked) == ("mia", GapState.IGNORED, 2)
    with pytest.raises(GapMissing, match="no gap 'gap-9'"):
        book.update("gap-9", owner="", state=GapState.OPEN)


def test_another_embedding_model_keeps_the_gaps(small_base: KnowledgeBase) -> None:
    ask(small_base, "loyalty points", "travel insurance")
    before = gaps_of(small_base, HashEmbedder())
    ask(small_base, "loyalty points", "insurance travel")
    after = gaps_of(small_base, HashEmbedder(name="other", dimension=32))
    assert {gap.gap_id: gap.asked for gap in before} == {"gap-1": 1, "gap-2": 1}
    assert {gap.gap_id: gap.asked for gap in after} == {"gap-1": 2, "gap-2": 2}


@pytest.mark.parametrize("policy", list(ReviewPolicy))
def test_the_article_of_a_gap_is_begun_once_as_a_draft(
    small_base: KnowledgeBase, policy: ReviewPolicy
) -> None:
    small_base.set_policy(policy)
    ask(small_base, *["loyalty points expired already"] * 2, queue="cards")
    (gap,) = gaps_of(small_base, HashEmbedder())
    article_id = draft_from_gap(small_base, gap.gap_id, by="mia", now_ms=NOW)
    article = small_base.read(article_id)
    assert article_id == "loyalty-points-expired-already"
    assert article.title == "Loyalty points expired already"
    assert article.variants == ("loyalty points expired already",)
    assert (article.products, article.owner) == (("cards",), "mia")
    assert small_base.history(article_id).versions[0].state is ArticleState.DRAFT
    again = draft_from_gap(small_base, gap.gap_id, by="mia", now_ms=NOW)
    assert (again, small_base.read(again).version) == (article_id, 1)
    (gap,) = gaps_of(small_base, HashEmbedder())
    assert (gap.state, gap.article_id) == (GapState.DRAFTED, article_id)


def test_a_begun_article_takes_no_id_that_is_taken(small_base: KnowledgeBase) -> None:
    ask(small_base, "late parcel")
    (gap,) = gaps_of(small_base, HashEmbedder())
    assert draft_from_gap(small_base, gap.gap_id, by="mia", now_ms=NOW) == "late-parcel-2"


class Desk:
    """A base with the real model, and what a knowledge manager does with it."""

    def __init__(self, base: KnowledgeBase, model: SentenceEmbedder) -> None:
        self.base, self.model = base, model

    def publish(self, *articles: Article) -> list[Gap]:
        for one in articles:
            self.base.save(one, author="mia", reason="", now_ms=NOW)
        info = self.base.publish(self.model, author="mia", reason="", now_ms=NOW)
        searcher = Searcher.open(self.base.release_path(info.release))
        try:
            return try_to_close(self.base, searcher, self.model, now_ms=NOW)
        finally:
            searcher.close()

    def gap(self) -> Gap:
        (gap,) = gaps_of(self.base, self.model)
        return gap


@pytest.fixture
def desk(small_base: KnowledgeBase, model: SentenceEmbedder) -> Desk:
    desk = Desk(small_base, model)
    desk.publish()
    ask(small_base, *LOYALTY, release=1)
    return desk


def written(desk: Desk) -> Article:
    article_id = draft_from_gap(desk.base, desk.gap().gap_id, by="mia", now_ms=NOW)
    begun = desk.base.read(article_id)
    return Article(
        article_id=article_id,
        title="Loyalty points: how many are left and when they expire",
        body="Loyalty points stay for two years. The app shows how many are left and spends them.",
        variants=begun.variants,
    )


def test_a_gap_closes_itself_once_its_article_is_published(desk: Desk) -> None:
    article = written(desk)
    assert desk.publish() == []
    assert desk.gap().state is GapState.DRAFTED
    assert [gap.gap_id for gap in desk.publish(article)] == [desk.gap().gap_id]
    assert desk.gap().state is GapState.CLOSED
    assert desk.gap().told == "release 3 answers 4 of 4 questions"


def test_a_gap_that_its_article_does_not_answer_says_why(desk: Desk) -> None:
    article_id = draft_from_gap(desk.base, desk.gap().gap_id, by="mia", now_ms=NOW)
    beside = Article(article_id=article_id, title="Parking", body="There is a garage below.")
    assert desk.publish(beside) == []
    assert desk.gap().state is GapState.DRAFTED
    assert desk.gap().told.startswith(f"{article_id} answers 0 of 4 questions; not “")


def test_a_gap_opens_again_when_it_is_asked_unanswered_after_it_closed(desk: Desk) -> None:
    desk.publish(written(desk))
    ask(desk.base, LOYALTY[1], release=1)  # of a call that had only the release before
    assert desk.gap().state is GapState.CLOSED
    ask(desk.base, LOYALTY[1], release=2)
    assert desk.gap().state is GapState.OPEN
    assert LOYALTY[1] in desk.gap().told


def test_any_better_article_closes_a_gap_that_nobody_began_one_for(desk: Desk) -> None:
    by_chance = Article(
        article_id="points",
        title="Loyalty points",
        body="Loyalty points stay for two years. The app shows how many are left and spends them.",
        variants=LOYALTY,
    )
    assert desk.gap().article_id == ""
    assert len(desk.publish(by_chance)) == 1


def test_what_was_refused_closes_a_gap_only_in_a_newer_version(
    small_base: KnowledgeBase, model: SentenceEmbedder
) -> None:
    desk = Desk(small_base, model)
    desk.publish()
    wallet: dict[str, Any] = {"article_id": "lost-card", "version": 1, "release": 1, "shown": True}
    ask(small_base, "someone stole my wallet", queue="cards", rejected=True, **wallet)
    assert desk.gap().state is GapState.OPEN
    assert desk.publish() == []
    better = small_base.read("lost-card")
    changed = Article(
        article_id="lost-card", title=better.title, body="Block it at once.",
        products=("cards",), variants=better.variants,
    )  # fmt: skip
    assert len(desk.publish(changed)) == 1
