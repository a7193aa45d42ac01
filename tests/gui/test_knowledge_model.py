"""The knowledge desk's model: what it asks of the engine and what it makes of the answers."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from agent_desktop.view_models.articles_model import (
    ARTICLE_ROLE,
    DETAIL_ROLE,
    ArticlesModel,
    ArticleState,
)
from agent_desktop.view_models.knowledge_model import KnowledgeModel, Part
from assist_engine.contract.answers import EngineStatus, Refused
from assist_engine.contract.ids import ArticleId
from assist_engine.contract.knowledge_answers import (
    ArticleFetched,
    ArticleSaved,
    ArticlesListed,
    ArticleSummary,
    FoundPassage,
    KnowledgeFound,
    ReleasePublished,
)
from assist_engine.contract.knowledge_requests import (
    ListArticles,
    PublishRelease,
    ReadArticle,
    SaveArticle,
    SearchKnowledge,
)

pytestmark = pytest.mark.gui

READY = EngineStatus(is_ready=True, stage="ready", release=19)
LATE = ArticleId("late")


def article(
    article_id: str, *, title: str = "", version: int = 1, published: int = 1, product: str = ""
) -> ArticleSummary:
    return ArticleSummary(
        article_id=ArticleId(article_id),
        title=title or article_id.title(),
        version=version,
        published_version=published,
        products=(product,) if product else (),
    )


ARTICLES = (
    article("late", title="Late or lost parcels", version=8, published=7, product="orders"),
    article("refund", title="Refund to card", version=3, published=3, product="orders"),
    article("block", title="Block a lost card", version=1, published=0, product="cards"),
)


class Desk:
    """A model that was told the articles of release 19, and what it asked since."""

    def __init__(self) -> None:
        self.model = KnowledgeModel()
        self.asked: list[Any] = []
        self.model.command_given.connect(self.asked.append)
        self.model.apply([READY, ArticlesListed(ref=1, articles=ARTICLES, release=19)])
        assert self.asked == [ListArticles()]
        self.asked.clear()

    def open(self, text: str = "# Late\n") -> None:
        self.model.open_article(LATE)
        self.model.apply([ArticleFetched(ref=2, article=ARTICLES[0], markdown=text)])
        self.asked.clear()


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk()


def test_articles_are_asked_for_once_the_engine_is_ready(qtbot: QtBot) -> None:
    model = KnowledgeModel()
    asked: list[Any] = []
    model.command_given.connect(asked.append)
    model.apply([EngineStatus(is_ready=False, stage="loading")])
    assert asked == []
    model.apply([READY, READY])
    assert asked == [ListArticles()]


def test_article_opens_as_it_was_saved(desk: Desk) -> None:
    desk.model.open_article(LATE)
    assert desk.asked == [ReadArticle(article_id=LATE)]
    was_reading = desk.model.is_reading
    desk.model.apply([ArticleFetched(ref=2, article=ARTICLES[0], markdown="# Late\r\n")])
    assert (was_reading, desk.model.is_reading) == (True, False)
    assert (desk.model.text, desk.model.is_changed) == ("# Late\n", False)


def test_answer_to_a_question_left_behind_is_not_shown(desk: Desk) -> None:
    desk.model.open_article(LATE)
    desk.model.open_article(ArticleId("refund"))
    desk.model.apply([ArticleFetched(ref=2, article=ARTICLES[0], markdown="late")])
    assert desk.model.article is None
    desk.model.apply([ArticleFetched(ref=3, article=ARTICLES[1], markdown="refund")])
    assert desk.model.text == "refund"


def test_saving_makes_a_draft_and_keeps_what_is_typed_meanwhile(desk: Desk) -> None:
    desk.open()
    desk.model.save()
    assert desk.asked == []  # nothing changed
    desk.model.edit("# Late\n\nnew")
    desk.model.save()
    desk.model.save()
    assert desk.asked == [SaveArticle(article_id=LATE, markdown="# Late\n\nnew")]
    desk.model.edit("# Late\n\nnewer")
    saved = article("late", title="Late or lost parcels", version=9, published=7)
    desk.model.apply([ArticleSaved(ref=3, article=saved)])
    assert desk.model.article == saved
    assert saved in desk.model.articles
    assert (desk.model.saved_text, desk.model.is_changed) == ("# Late\n\nnew", True)


def test_leaving_unsaved_changes_asks_first(desk: Desk) -> None:
    desk.open()
    desk.model.edit("changed")
    desk.model.open_article(ArticleId("refund"))
    assert (desk.asked, desk.model.leaving_to) == ([], "refund")
    desk.model.stay()
    assert desk.model.leaving_to is None
    desk.model.open_article(ArticleId("refund"))
    desk.model.discard_and_leave()
    assert desk.asked == [ReadArticle(article_id=ArticleId("refund"))]
    assert not desk.model.is_changed


def test_saving_goes_on_to_the_article_that_was_chosen(desk: Desk) -> None:
    desk.open()
    desk.model.edit("changed")
    desk.model.open_article(ArticleId("refund"))
    desk.model.save()
    desk.model.apply([ArticleSaved(ref=3, article=ARTICLES[0])])
    assert desk.asked[-1] == ReadArticle(article_id=ArticleId("refund"))


def test_search_waits_until_typing_stops(desk: Desk, qtbot: QtBot) -> None:
    for text in ("w", "where", "where is my stuff "):
        desk.model.try_query(text)
    assert desk.asked == []
    assert desk.model.is_searching
    qtbot.waitUntil(lambda: bool(desk.asked), timeout=2_000)
    assert desk.asked == [SearchKnowledge(query="where is my stuff", limit=5)]


def test_only_the_answer_to_the_newest_query_is_shown(desk: Desk, qtbot: QtBot) -> None:
    desk.model.try_query("first")
    qtbot.waitUntil(lambda: len(desk.asked) == 1, timeout=2_000)
    desk.model.try_query("second")
    qtbot.waitUntil(lambda: len(desk.asked) == 2, timeout=2_000)
    passage = FoundPassage(article_id=LATE, title="Late", passage="words", score=0.9)
    desk.model.apply([KnowledgeFound(ref=5, passages=())])
    shown = [desk.model.found]
    desk.model.apply([KnowledgeFound(ref=6, passages=(passage,))])
    shown.append(desk.model.found)
    desk.model.try_query("")
    shown.append(desk.model.found)
    assert shown == [None, KnowledgeFound(ref=6, passages=(passage,)), None]
    assert not desk.model.is_searching


def test_publishing_says_what_changes_and_what_it_did(desk: Desk) -> None:
    assert [draft.article_id for draft in desk.model.drafts] == ["late", "block"]
    desk.model.publish()
    desk.model.publish()
    assert desk.asked == [PublishRelease()]
    was_publishing = desk.model.is_publishing
    done = ReleasePublished(ref=4, release=20, changed_articles=2, passages=300)
    desk.model.apply([done])
    assert (desk.model.release, desk.model.published) == (20, done)
    assert (was_publishing, desk.model.is_publishing) == (True, False)
    assert desk.asked[-1] == ListArticles()  # versions that are live changed


def test_release_from_elsewhere_moves_the_chip_only(desk: Desk) -> None:
    published = ReleasePublished(ref=0, release=21, changed_articles=1, passages=300)
    desk.model.apply([published])
    assert (desk.model.release, desk.model.published) == (21, None)


@pytest.mark.parametrize(
    ("code", "part"),
    [("release.nothing_new", Part.RELEASE), ("article.broken", Part.EDITOR), ("x", Part.EDITOR)],
)
def test_refusal_is_shown_where_it_happened(desk: Desk, code: str, part: Part) -> None:
    desk.open()
    desk.model.edit("---\ntitle: [\n")
    desk.model.save()
    desk.model.publish()
    desk.model.apply([Refused(ref=9, code=code, message="line 2 is broken")])
    assert [p for p in Part if desk.model.problem(p)] == [part]
    assert desk.model.problem(part) == "line 2 is broken"
    assert desk.model.is_changed


def test_a_new_try_takes_the_problem_away(desk: Desk) -> None:
    desk.open()
    desk.model.edit("x")
    desk.model.save()
    desk.model.apply([Refused(ref=9, code="article.broken", message="broken")])
    desk.model.save()
    assert desk.model.problem(Part.EDITOR) == ""


def test_refusal_of_somebody_elses_saying_is_not_ours(desk: Desk) -> None:
    desk.model.apply([Refused(ref=9, code="article.unknown", message="no")])
    assert not any(desk.model.problem(part) for part in Part)


def test_list_is_filtered_by_text_and_state(desk: Desk) -> None:
    articles = ArticlesModel(desk.model)
    QAbstractItemModelTester(articles, QAbstractItemModelTester.FailureReportingMode.Fatal)

    def shown() -> list[str]:
        return [line.article_id for line in articles.lines]

    assert shown() == ["block", "late", "refund"]
    articles.set_state(ArticleState.DRAFT)
    assert shown() == ["block", "late"]
    articles.set_filter("ORDERS")
    assert shown() == ["late"]
    articles.set_state(ArticleState.PUBLISHED)
    assert shown() == ["late", "refund"]
    articles.set_filter("")
    renamed = article("late", title="A late parcel", version=9, published=7)
    desk.model.apply([ArticlesListed(ref=2, articles=(renamed, *ARTICLES[1:]), release=19)])
    assert shown() == ["late", "refund"]
    assert [articles.count(state) for state in ArticleState] == [3, 2, 2]


def test_lines_say_their_versions(desk: Desk) -> None:
    articles = ArticlesModel(desk.model)
    details = [articles.data(articles.index(n), DETAIL_ROLE) for n in range(3)]
    assert details == [
        "draft v1 · never published · Cards",
        "draft v8 · live v7 · Orders",
        "live v3 · Orders",
    ]
    assert articles.data(articles.index(1), ARTICLE_ROLE) == ARTICLES[0]
    spoken = articles.data(articles.index(2), int(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken == "Refund to card, live v3 · Orders"
    assert articles.line_of(LATE) == 1
    assert articles.article(7) is None
