"""What calls did with articles and asked, in a real base: once a call, counted right."""

import threading

import pytest

from knowledge_base.analytics import analyse, picture
from knowledge_base.errors import BaseUnreadable
from knowledge_base.store import KnowledgeBase
from knowledge_base.usage import ArticleUse, AskedQuestion, RecordedUse, UsageBook

pytestmark = pytest.mark.integration


def question(call: str, **fields: object) -> AskedQuestion:
    known: dict[str, object] = {"utterance_id": "customer-1", "text": "where is it", "asked_ms": 5}
    return AskedQuestion(call_id=call, **{**known, **fields})  # type: ignore[arg-type]


def record(
    book: UsageBook, call: str, *uses: RecordedUse, seq: int = 9, ended_ms: int = 10
) -> bool:
    return book.record(call, seq=seq, ended_ms=ended_ms, uses=uses, questions=[question(call)])


OFFERED = RecordedUse(article_id="late-parcel", intent="late", offered=True, dwell_ms=4_000)
USED = RecordedUse(
    article_id="late-parcel", intent="late", offered=True, used=True, solved=True, dwell_ms=1_000
)
PUT_AWAY = RecordedUse(
    article_id="late-parcel", intent="late", offered=True, dismissed=True, dwell_ms=2_000
)


def test_a_call_counts_once_however_often_it_is_recorded(small_base: KnowledgeBase) -> None:
    book = UsageBook(small_base.folder)
    assert record(book, "a", USED)
    assert not record(book, "a", USED)
    assert book.uses() == {"late-parcel": ArticleUse(offered=1, used=1, solved=1)}
    assert book.use_of("late-parcel") == book.uses()["late-parcel"]
    assert book.use_of("lost-card") == ArticleUse()
    assert len(book.recent_questions(0)) == 1


def test_what_came_later_replaces_what_was_known(small_base: KnowledgeBase) -> None:
    book = UsageBook(small_base.folder)
    record(book, "a", USED)
    assert record(book, "a", PUT_AWAY, seq=12)
    assert not record(book, "a", USED, seq=11)
    assert book.uses() == {"late-parcel": ArticleUse(offered=1, dismissed=1)}
    assert book.learned(0) == {"a": 12}


def test_a_question_stays_as_it_was_found_the_first_time(small_base: KnowledgeBase) -> None:
    book = UsageBook(small_base.folder)
    first = question("a", article_id="x", score=0.2, release=1)
    shown = question("a", utterance_id="customer-2", shown=True, answered=True, article_id="y")
    book.record("a", seq=1, ended_ms=1, uses=[], questions=[first, shown])
    later = question("a", article_id="z", score=0.9, release=2, answered=True)
    refused = question("a", utterance_id="customer-2", shown=True, rejected=True, article_id="y")
    book.record("a", seq=2, ended_ms=1, uses=[], questions=[later, refused])
    assert book.recent_questions(0) == [first, refused]


def test_recent_questions_come_newest_first_and_not_before_their_time(
    small_base: KnowledgeBase,
) -> None:
    book = UsageBook(small_base.folder)
    asked = [question(f"call-{at}", asked_ms=at) for at in (10, 30, 20)]
    for one in asked:
        book.record(one.call_id, seq=1, ended_ms=1, uses=[], questions=[one])
    assert [one.asked_ms for one in book.recent_questions(20)] == [30, 20]
    assert [one.asked_ms for one in book.recent_questions(0, limit=1)] == [30]


def test_feedback_is_of_an_intent_and_use_outweighs_putting_away(
    small_base: KnowledgeBase,
) -> None:
    book = UsageBook(small_base.folder)
    used_then_gone = RecordedUse(
        article_id="late-parcel", intent="late", offered=True, used=True, dismissed=True
    )
    no_help = RecordedUse(
        article_id="late-parcel", intent="refund", offered=True, used=True, not_helpful=True
    )
    for call, use in {"a": USED, "b": PUT_AWAY, "c": used_then_gone, "d": no_help}.items():
        record(book, call, use)
    record(book, "e", OFFERED)
    assert book.feedback() == {
        "late": {"late-parcel": (2, 1)},
        "refund": {"late-parcel": (0, 1)},
    }


def test_analytics_name_the_unshown_and_the_put_away(small_base: KnowledgeBase) -> None:
    book = UsageBook(small_base.folder)
    for number in range(3):
        record(book, f"put-away-{number}", PUT_AWAY)
    record(book, "used", USED)
    found = analyse(book, ["late-parcel", "lost-card"])
    assert found.never_shown == ("lost-card",)
    assert found.shown_but_dismissed == ("late-parcel",)
    (figures,) = found.articles
    assert (figures.article_id, figures.use.offered, figures.dwell_ms) == ("late-parcel", 4, 2_000)


def test_few_offers_judge_no_article() -> None:
    found = picture({"a": ArticleUse(offered=2, dismissed=2)}, {}, ["a"])
    assert found.shown_but_dismissed == ()
    assert found.articles[0].dwell_ms == 0


def test_calls_that_end_together_are_all_counted(small_base: KnowledgeBase) -> None:
    book = UsageBook(small_base.folder)
    ending = [
        threading.Thread(target=record, args=(book, f"call-{number}", USED)) for number in range(8)
    ]
    for thread in ending:
        thread.start()
    for thread in ending:
        thread.join()
    assert book.uses()["late-parcel"].offered == 8


def test_a_damaged_base_is_a_clear_error(small_base: KnowledgeBase) -> None:
    (small_base.folder / "knowledge.db").write_bytes(b"no database at all, not even nearly")
    with pytest.raises(BaseUnreadable, match=r"knowledge\.db"):
        UsageBook(small_base.folder).uses()
