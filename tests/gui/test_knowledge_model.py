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
    Shelf,
)
from agent_desktop.view_models.desk_part import DeskPart
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.view_models.rank_moves import Ranked
from assist_engine.contract.answers import EngineStatus, Refused
from assist_engine.contract.ids import ArticleId
from assist_engine.contract.knowledge_answers import (
    ArticleFetched,
    ArticleSaved,
    ArticlesListed,
    ArticleState,
    ArticleSummary,
    DraftTried,
    FoundPassage,
    GapsListed,
    HistoryRead,
    KnowledgeFound,
    ReleasePreviewed,
    ReleasePublished,
)
from assist_engine.contract.knowledge_requests import (
    ListArticles,
    ListGaps,
    PublishRelease,
    ReadArticle,
    SaveArticle,
    SearchKnowledge,
)

pytestmark = pytest.mark.gui

READY = EngineStatus(is_ready=True, stage="ready", release=19)
LATE = ArticleId("late")


def article(
    article_id: str,
    *,
    title: str = "",
    version: int = 1,
    published: int = 1,
    product: str = "",
    state: ArticleState | None = None,
) -> ArticleSummary:
    newest = ArticleState.PUBLISHED if version == published else ArticleState.DRAFT
    return ArticleSummary(
        article_id=ArticleId(article_id),
        title=title or article_id.title(),
        version=version,
        published_version=published,
        products=(product,) if product else (),
        state=state or newest,
    )


ARTICLES = (
    article("late", title="Late or lost parcels", version=8, published=7, product="orders"),
    article("refund", title="Refund to card", version=3, published=3, product="orders"),
    article(
        "block",
        title="Block a lost card",
        version=1,
        published=0,
        product="cards",
        state=ArticleState.APPROVED,
    ),
)


class Desk:
    """A model that was told the articles of release 19, and what it asked since."""

    def __init__(self) -> None:
        self.model = KnowledgeModel()
        self.asked: list[Any] = []
        self.model.command_given.connect(self.asked.append)
        self.model.apply([READY, ArticlesListed(ref=1, articles=ARTICLES, release=19)])
        assert self.asked == [ListArticles(), ListGaps()]
        self.model.apply([GapsListed(ref=2, gaps=())])
        self.asked.clear()

    def open(self, text: str = "# Late\n") -> None:
        self.model.editor.open_article(LATE)
        self.model.apply([ArticleFetched(ref=2, article=ARTICLES[0], markdown=text)])
        history = HistoryRead(ref=3, article_id=LATE, versions=())
        self.model.apply([history, DraftTried(ref=4, passages=())])
        self.asked.clear()

    @property
    def parts(self) -> dict[str, DeskPart]:
        model = self.model
        return {"list": model.listing, "editor": model.editor, "release": model.publishing}

    def preview(self) -> None:
        self.model.publishing.ask()
        self.model.apply([ReleasePreviewed(ref=8, changed=(LATE, ArticleId("block")))])
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
    assert asked == [ListArticles(), ListGaps()]


def test_article_opens_as_it_was_saved(desk: Desk) -> None:
    desk.model.editor.open_article(LATE)
    assert desk.asked == [ReadArticle(article_id=LATE)]
    was_reading = desk.model.editor.is_reading
    desk.model.apply([ArticleFetched(ref=2, article=ARTICLES[0], markdown="# Late\r\n")])
    assert (was_reading, desk.model.editor.is_reading) == (True, False)
    assert (desk.model.editor.text, desk.model.editor.is_changed) == ("# Late\n", False)


def test_answer_to_a_question_left_behind_is_not_shown(desk: Desk) -> None:
    desk.model.editor.open_article(LATE)
    desk.model.editor.open_article(ArticleId("refund"))
    desk.model.apply([ArticleFetched(ref=2, article=ARTICLES[0], markdown="late")])
    assert desk.model.editor.article is None
    desk.model.apply([ArticleFetched(ref=3, article=ARTICLES[1], markdown="refund")])
    assert desk.model.editor.text == "refund"


def test_saving_makes_a_draft_and_keeps_what_is_typed_meanwhile(desk: Desk) -> None:
    desk.open()
    desk.model.editor.save()
    assert desk.asked == []  # nothing changed
    desk.model.editor.edit("# Late\n\nnew")
    desk.model.editor.save()
    desk.model.editor.save()
    assert desk.asked == [SaveArticle(article_id=LATE, markdown="# Late\n\nnew", based_on=8)]
    desk.model.editor.edit("# Late\n\nnewer")
    saved = article("late", title="Late or lost parcels", version=9, published=7)
    desk.model.apply([ArticleSaved(ref=3, article=saved)])
    assert desk.model.editor.article == saved
    assert saved in desk.model.listing.articles
    assert (desk.model.editor.saved_text, desk.model.editor.is_changed) == ("# Late\n\nnew", True)


def test_leaving_unsaved_changes_asks_first(desk: Desk) -> None:
    desk.open()
    desk.model.editor.edit("changed")
    desk.model.editor.open_article(ArticleId("refund"))
    assert (desk.asked, desk.model.editor.leaving_to) == ([], "refund")
    desk.model.editor.stay()
    assert desk.model.editor.leaving_to is None
    desk.model.editor.open_article(ArticleId("refund"))
    desk.model.editor.discard_and_leave()
    assert desk.asked == [ReadArticle(article_id=ArticleId("refund"))]
    assert not desk.model.editor.is_changed


def test_saving_goes_on_to_the_article_that_was_chosen(desk: Desk) -> None:
    desk.open()
    desk.model.editor.edit("changed")
    desk.model.editor.open_article(ArticleId("refund"))
    desk.model.editor.save()
    desk.model.apply([ArticleSaved(ref=3, article=ARTICLES[0])])
    assert ReadArticle(article_id=ArticleId("refund")) in desk.asked


def test_search_waits_until_typing_stops(desk: Desk, qtbot: QtBot) -> None:
    for text in ("w", "where", "where is my stuff "):
        desk.model.trial.try_query(text)
    assert desk.asked == []
    assert desk.model.trial.is_trying
    qtbot.waitUntil(lambda: bool(desk.asked), timeout=2_000)
    assert desk.asked == [SearchKnowledge(query="where is my stuff", limit=5)]


def test_only_the_answer_to_the_newest_query_is_shown(desk: Desk, qtbot: QtBot) -> None:
    desk.model.trial.try_query("first")
    qtbot.waitUntil(lambda: len(desk.asked) == 1, timeout=2_000)
    desk.model.trial.try_query("second")
    qtbot.wait(400)
    assert len(desk.asked) == 1  # one at a time
    passage = FoundPassage(article_id=LATE, title="Late", passage="words", score=0.9)
    desk.model.apply([KnowledgeFound(ref=5, passages=())])
    assert desk.asked[1:] == [SearchKnowledge(query="second", limit=5)]
    shown = [desk.model.trial.results]
    desk.model.apply([KnowledgeFound(ref=6, passages=(passage,))])
    shown.append(desk.model.trial.results)
    desk.model.trial.try_query("")
    shown.append(desk.model.trial.results)
    assert shown == [None, (Ranked(found=passage, rank=1, was=1, is_shown=True),), None]
    assert not desk.model.trial.is_trying


def test_publishing_says_what_changes_and_what_it_did(desk: Desk) -> None:
    assert [article.article_id for article in desk.model.listing.waiting] == ["block"]
    desk.model.publishing.publish()
    assert desk.asked == []  # nobody looked what it would change
    desk.preview()
    desk.model.publishing.publish()
    desk.model.publishing.publish()
    assert desk.asked == [PublishRelease()]
    was_publishing = desk.model.publishing.is_publishing
    done = ReleasePublished(ref=4, release=20, changed_articles=2, passages=300)
    desk.model.apply([done])
    assert (desk.model.listing.release, desk.model.publishing.published) == (20, done)
    assert (was_publishing, desk.model.publishing.is_publishing) == (True, False)
    assert ListArticles() in desk.asked  # versions that are live changed


def test_release_from_elsewhere_moves_the_chip_only(desk: Desk) -> None:
    published = ReleasePublished(ref=0, release=21, changed_articles=1, passages=300)
    desk.model.apply([published])
    assert (desk.model.listing.release, desk.model.publishing.published) == (21, None)


@pytest.mark.parametrize(
    ("code", "part"),
    [("release.nothing_new", "release"), ("article.broken", "editor"), ("x", "editor")],
)
def test_refusal_is_shown_where_it_happened(desk: Desk, code: str, part: str) -> None:
    desk.open()
    desk.model.editor.edit("---\ntitle: [\n")
    desk.model.editor.save()
    desk.preview()
    desk.model.publishing.publish()
    desk.model.apply([Refused(ref=9, code=code, message="line 2 is broken")])
    assert [name for name, p in desk.parts.items() if p.problem] == [part]
    assert desk.parts[part].problem == "line 2 is broken"
    assert desk.model.editor.is_changed


def test_a_new_try_takes_the_problem_away(desk: Desk) -> None:
    desk.open()
    desk.model.editor.edit("x")
    desk.model.editor.save()
    desk.model.apply([Refused(ref=9, code="article.broken", message="broken")])
    desk.model.editor.save()
    assert desk.model.editor.problem == ""


def test_refusal_of_somebody_elses_saying_is_not_ours(desk: Desk) -> None:
    desk.model.apply([Refused(ref=9, code="article.unknown", message="no")])
    assert not any(part.problem for part in desk.parts.values())


def test_list_is_filtered_by_text_and_state(desk: Desk) -> None:
    articles = ArticlesModel(desk.model)
    QAbstractItemModelTester(articles, QAbstractItemModelTester.FailureReportingMode.Fatal)

    def shown() -> list[str]:
        return [line.article.article_id for line in articles.lines]

    assert shown() == ["block", "late", "refund"]
    articles.set_shelf(Shelf.DRAFT)
    assert shown() == ["late"]
    articles.set_filter("ORDERS")
    assert shown() == ["late"]
    articles.set_shelf(Shelf.PUBLISHED)
    assert shown() == ["late", "refund"]
    articles.set_filter("")
    renamed = article("late", title="A late parcel", version=9, published=7)
    desk.model.apply([ArticlesListed(ref=2, articles=(renamed, *ARTICLES[1:]), release=19)])
    assert shown() == ["late", "refund"]
    shelves = (Shelf.ALL, Shelf.DRAFT, Shelf.APPROVED, Shelf.PUBLISHED)
    assert [articles.count(shelf) for shelf in shelves] == [3, 1, 1, 2]


def test_lines_say_their_versions(desk: Desk) -> None:
    articles = ArticlesModel(desk.model)
    details = [articles.data(articles.index(n), DETAIL_ROLE) for n in range(3)]
    assert details == [
        "approved v1 · never published · Cards",
        "draft v8 · live v7 · Orders",
        "live v3 · Orders",
    ]
    assert articles.data(articles.index(1), ARTICLE_ROLE) == ARTICLES[0]
    spoken = articles.data(articles.index(2), int(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken == "Refund to card, live v3 · Orders"
    assert articles.line_of(LATE) == 1
    assert articles.article(7) is None
