"""The knowledge view by user action: choose, write, preview, try, publish, and what goes wrong."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextBrowser,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from agent_desktop.theme import DARK, dress
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.widgets.knowledge.article_table import ArticleTable
from agent_desktop.widgets.knowledge.found_card import FoundCard
from agent_desktop.widgets.knowledge.knowledge_view import KnowledgeView
from agent_desktop.widgets.knowledge.markdown_editor import MarkdownEditor
from agent_desktop.widgets.knowledge.publish_sheet import PublishSheet
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
    HistoryRead,
    KnowledgeFound,
    ReleasePreviewed,
    ReleasePublished,
)
from assist_engine.contract.knowledge_requests import (
    PreviewRelease,
    PublishRelease,
    ReadArticle,
    SaveArticle,
    TryDraft,
)
from assist_engine.contract.values import Span

pytestmark = pytest.mark.gui

TEXT = "---\ntitle: Late parcels\n---\n# Late parcels\n\nOffer a *replacement*.\n"


def summary(
    article_id: str,
    title: str,
    *,
    version: int,
    published: int,
    state: ArticleState = ArticleState.DRAFT,
) -> ArticleSummary:
    return ArticleSummary(
        article_id=ArticleId(article_id),
        title=title,
        version=version,
        published_version=published,
        products=("orders",),
        tags=("parcel",),
        state=ArticleState.PUBLISHED if version == published else state,
    )


LATE = summary("late", "Late parcels", version=8, published=7)
APPROVED = summary("late", "Late parcels", version=8, published=7, state=ArticleState.APPROVED)
REFUND = summary("refund", "Refund to card", version=3, published=3)


class Desk:
    """The view on screen with two articles listed."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.model = KnowledgeModel()
        self.model.set_link(LinkPhase.CONNECTED)
        ready = EngineStatus(is_ready=True, stage="ready", release=19)
        self.model.apply([ready, ArticlesListed(ref=1, articles=(LATE, REFUND), release=19)])
        self.view = KnowledgeView(self.model, theme=DARK)
        qtbot.addWidget(self.view)
        self.view.resize(1440, 900)
        self.view.show()
        self.view.activateWindow()
        qtbot.waitExposed(self.view)
        self.asked: list[Any] = []
        self.model.command_given.connect(self.asked.append)

    def open(self, text: str = TEXT) -> None:
        self.model.editor.open_article(ArticleId("late"))
        self.model.apply([ArticleFetched(ref=2, article=LATE, markdown=text)])
        history = HistoryRead(ref=3, article_id=ArticleId("late"), versions=())
        self.model.apply([history, DraftTried(ref=4, passages=())])
        self.asked.clear()

    def told(self, *articles: ArticleSummary) -> None:
        self.model.apply([ArticlesListed(ref=9, articles=articles, release=19)])

    def preview(self, changed: tuple[str, ...] = ("late",)) -> None:
        self.button("Publish…").click()
        ids = tuple(ArticleId(article_id) for article_id in changed)
        self.model.apply([ReleasePreviewed(ref=4, changed=ids)])
        self.asked.clear()

    def saved(self) -> list[Any]:
        """What was asked, but for trying the draft."""
        return [saying for saying in self.asked if not isinstance(saying, TryDraft)]

    @property
    def editor(self) -> MarkdownEditor:
        editor = self.view.findChild(MarkdownEditor)
        assert editor is not None
        return editor

    def type_at_end(self, words: str) -> None:
        self.editor.moveCursor(QTextCursor.MoveOperation.End)
        QTest.keyClicks(self.editor, words)

    def button(self, text: str) -> QAbstractButton:
        buttons = self.view.findChildren(QAbstractButton)
        return next(b for b in buttons if b.text() == text and b.isVisible())

    def primaries(self) -> list[str]:
        buttons = self.view.findChildren(QAbstractButton)
        return [b.text() for b in buttons if b.isVisible() and b.property("look") == "primary"]

    def texts(self, widget: QWidget | None = None) -> str:
        self.qtbot.wait(20)  # a layout shows what was added on its next turn
        labels = (widget or self.view).findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())


@pytest.fixture(scope="module", autouse=True)
def dressed(qapp: Any) -> None:
    dress(qapp, DARK)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_choosing_a_line_opens_its_article(desk: Desk) -> None:
    articles = desk.view.findChild(ArticleTable)
    assert articles is not None
    second = articles.visualRect(articles.model().index(1, 0)).center()
    QTest.mouseClick(articles.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(second))
    assert desk.asked == [ReadArticle(article_id=ArticleId("refund"))]
    desk.model.apply([ArticleFetched(ref=2, article=REFUND, markdown="# Refund")])
    assert desk.editor.text() == "# Refund"
    assert "live v3" in desk.texts()


def test_typing_marks_saving_unmarks(desk: Desk) -> None:
    desk.open()
    assert "not saved" not in desk.texts()
    desk.type_at_end("Express is free.")
    assert "● not saved" in desk.texts()
    assert len(desk.editor.extraSelections()) == 1
    assert desk.primaries() == ["Save draft"]
    QTest.keyClick(desk.editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert desk.saved() == [
        SaveArticle(article_id=ArticleId("late"), markdown=TEXT + "Express is free.", based_on=8)
    ]
    assert "Saving…" in desk.texts()
    saved = summary("late", "Late parcels", version=9, published=7)
    desk.model.apply([ArticleSaved(ref=3, article=saved)])
    assert "draft v9" in desk.texts()
    assert "not saved" not in desk.texts()
    assert desk.editor.extraSelections() == []


@pytest.mark.parametrize("text", ["no\N{NO-BREAK SPACE}break", "two\n\nlines\n", "", "tab\there"])
def test_opening_changes_nothing(desk: Desk, text: str) -> None:
    desk.open(text)
    desk.type_at_end("x")
    assert desk.model.editor.text == text + "x"
    QTest.keyClick(desk.editor, Qt.Key.Key_Backspace)
    assert not desk.model.editor.is_changed


def test_cursor_stays_while_answers_come(desk: Desk) -> None:
    desk.open()
    desk.type_at_end("abc")
    position = desk.editor.textCursor().position()
    desk.model.apply([ArticlesListed(ref=9, articles=(LATE, REFUND), release=19)])
    assert desk.editor.textCursor().position() == position


def test_preview_shows_the_text_without_front_matter_and_html(desk: Desk) -> None:
    desk.open(TEXT + "\n<b>not html</b>\n")
    desk.button("Preview").click()
    preview = desk.view.findChild(QTextBrowser)
    assert preview is not None
    assert preview.isVisible()
    shown = preview.toPlainText()
    assert "title:" not in shown
    assert "Offer a replacement." in shown
    assert "<b>not html</b>" in shown


def test_unsaved_changes_are_asked_about_inline(desk: Desk) -> None:
    desk.open()
    desk.type_at_end("x")
    desk.model.editor.open_article(ArticleId("refund"))
    assert "Not saved yet" in desk.texts()
    desk.button("Stay").click()
    assert "Not saved yet" not in desk.texts()
    desk.model.editor.open_article(ArticleId("refund"))
    desk.button("Discard").click()
    assert desk.asked[-1] == ReadArticle(article_id=ArticleId("refund"))


def test_trying_shows_rank_certainty_and_the_answer(desk: Desk) -> None:
    field = next(f for f in desk.view.findChildren(QLineEdit) if "caller" in f.accessibleName())
    assert "Asks release 19." in desk.texts()
    QTest.keyClicks(field, "where is my stuff")
    desk.qtbot.waitUntil(lambda: bool(desk.asked), timeout=2_000)
    passage = "Wait five days. <Express> is free. Then claim."
    desk.model.apply(
        [
            KnowledgeFound(
                ref=5,
                threshold=0.5,
                passages=(
                    FoundPassage(
                        article_id=ArticleId("late"),
                        title="Late parcels",
                        passage=passage,
                        score=0.8,
                        answer=Span(16, 34),
                    ),
                    FoundPassage(
                        article_id=ArticleId("refund"), title="Refund", passage="p", score=0.3
                    ),
                ),
            )
        ]
    )
    first, second = desk.view.findChildren(FoundCard)
    assert first.accessibleName() == "1: Late parcels, likely"
    assert ">&lt;Express&gt; is free.</span>" in desk.texts(first)
    assert "too unsure: agents do not see it" in desk.texts(second)
    assert "Release 19 answers this." in desk.texts()
    second.findChild(QAbstractButton).click()  # type: ignore[union-attr]
    assert desk.asked[-1] == ReadArticle(article_id=ArticleId("refund"))


def test_nothing_found_is_said(desk: Desk) -> None:
    desk.model.trial.try_query("quantum")
    desk.qtbot.waitUntil(lambda: bool(desk.asked), timeout=2_000)
    desk.model.apply([KnowledgeFound(ref=5, passages=(), threshold=0.5)])
    assert "Nothing in release 19 answers this." in desk.texts()


def test_publishing_says_first_what_changes(desk: Desk) -> None:
    desk.told(APPROVED, REFUND)
    assert desk.primaries() == ["Publish…"]
    desk.button("Publish…").click()
    sheet = desk.view.findChild(PublishSheet)
    assert sheet is not None
    assert desk.asked == [PreviewRelease()]
    assert "Working out what would change…" in desk.texts(sheet)
    desk.asked.clear()
    desk.model.apply([ReleasePreviewed(ref=4, changed=(ArticleId("late"),))])
    said = desk.texts(sheet)
    assert "Release 20 changes 1 article" in said
    assert "± Late parcels · v7 → v8" in said
    assert desk.primaries() == ["Publish"]
    assert desk.asked == []
    QTest.keyClick(desk.button("Publish"), Qt.Key.Key_Return)
    assert desk.asked == [PublishRelease()]
    assert "Making release 20…" in desk.texts(sheet)
    desk.model.apply([ReleasePublished(ref=4, release=20, changed_articles=1, passages=90)])
    assert "Release 20 is live: 1 articles changed, 90 passages." in desk.texts(sheet)
    assert "release 20 live" in desk.texts()
    QTest.keyClick(desk.view, Qt.Key.Key_Escape)
    assert sheet.isHidden()


def test_publishing_tells_of_unsaved_changes(desk: Desk) -> None:
    desk.open()
    desk.type_at_end("x")
    desk.preview()
    assert "Not saved, so not in it: Late parcels" in desk.texts()


def test_refused_release_is_said_in_the_sheet(desk: Desk) -> None:
    desk.preview()
    desk.button("Publish").click()
    desk.model.apply([Refused(ref=4, code="release.broken", message="the disk is full")])
    sheet = desk.view.findChild(PublishSheet)
    assert "the disk is full" in desk.texts(sheet)
    assert desk.button("Publish").isEnabled()


def test_refused_save_is_said_below_the_text(desk: Desk) -> None:
    desk.open()
    desk.type_at_end("x")
    desk.button("Save draft").click()
    desk.model.apply([Refused(ref=4, code="article.broken", message="line 2: title is missing")])
    assert "line 2: title is missing" in desk.texts()
    assert desk.button("Save draft").isEnabled()


def test_nothing_to_publish_is_said(desk: Desk) -> None:
    assert desk.primaries() == []
    desk.preview(changed=())
    assert "Nothing has changed since the release in use" in desk.texts()
    assert not desk.button("Publish").isEnabled()


def test_keys_reach_every_part(desk: Desk) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(desk.view, Qt.Key.Key_F, control)
    field = desk.view.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.accessibleName() == "Find an article"
    QTest.keyClicks(field, "nothing like it")
    assert "No article matches" in desk.texts()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert "No article matches" not in desk.texts()
    QTest.keyClick(desk.view, Qt.Key.Key_T, control)
    assert desk.view.focusWidget() is not field


def test_every_control_has_a_name(desk: Desk) -> None:
    desk.open()
    kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView, QTextEdit, QPlainTextEdit)
    controls = [control for kind in kinds for control in desk.view.findChildren(kind)]
    inner = {"qt_spinbox_lineedit"}  # part of a control that has a name
    nameless = [
        control
        for control in controls
        if control.objectName() not in inner
        and not (control.accessibleName() or getattr(control, "text", str)())
        and not isinstance(control.parent(), QComboBox | QFrame)
    ]
    assert nameless == []
    assert desk.editor.accessibleName() == "Article text in Markdown"


@pytest.mark.parametrize(
    ("phase", "status", "words"),
    [
        (LinkPhase.CONNECTING, None, "No engine yet"),
        (LinkPhase.CONNECTED, EngineStatus(is_ready=False, stage="loading words"), "loading words"),
        (LinkPhase.RECONNECTING, None, "what you type stays"),
        (LinkPhase.CLOSED, None, "not connected"),
        (
            LinkPhase.CONNECTED,
            EngineStatus(is_ready=True, stage="ready", problem="notice.yaml, line 3: no rule"),
            "notice.yaml, line 3: no rule",
        ),
    ],
)
def test_states_without_articles_are_said(
    qtbot: QtBot, phase: LinkPhase, status: EngineStatus | None, words: str
) -> None:
    model = KnowledgeModel()
    view = KnowledgeView(model, theme=DARK)
    qtbot.addWidget(view)
    view.show()
    model.apply([status] if status else [])
    model.set_link(phase)
    qtbot.wait(20)
    labels = [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    assert any(words in text for text in labels)
