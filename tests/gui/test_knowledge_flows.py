"""The knowledge desk by keyboard alone: every flow from finding an article to rolling back."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDateTimeEdit,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from agent_desktop.theme import DARK, LIGHT, dress
from agent_desktop.translation import choose_language
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.widgets.knowledge.article_table import ArticleTable
from agent_desktop.widgets.knowledge.diff_view import DiffView
from agent_desktop.widgets.knowledge.editor_pane import EditorPane
from agent_desktop.widgets.knowledge.effect_section import EffectSection
from agent_desktop.widgets.knowledge.found_card import FoundCard
from agent_desktop.widgets.knowledge.gap_sheet import GapSheet
from agent_desktop.widgets.knowledge.markdown_editor import MarkdownEditor
from agent_desktop.widgets.knowledge.markdown_preview import MarkdownPreview
from agent_desktop.widgets.knowledge.note_list import NoteList
from agent_desktop.widgets.knowledge.publish_sheet import PublishSheet
from agent_desktop.widgets.knowledge.releases_sheet import ReleasesSheet
from agent_desktop.widgets.shared.command_palette import CommandPalette
from assist_engine.contract.answers import Refused
from assist_engine.contract.ids import ArticleId, GapId
from assist_engine.contract.knowledge_answers import (
    ArticleFetched,
    ArticleSaved,
    ArticlesListed,
    ArticleState,
    ArticleSummary,
    DraftPassage,
    DraftTried,
    GapState,
    HistoryRead,
    ReleasePublished,
    ReleasesListed,
    Severity,
)
from assist_engine.contract.knowledge_requests import (
    CommentArticle,
    DraftFromGap,
    ListReleases,
    MoveArticle,
    PreviewRelease,
    PublishRelease,
    ReadArticle,
    RollBackRelease,
    SaveArticle,
    TryDraft,
    UpdateGap,
)
from tests.gui.knowledge_scene import HISTORY, LATE, NOW_MS, PREVIEW, RELEASES, TRIED, Scene

pytestmark = pytest.mark.gui
TEXT = "---\ntitle: Late\n---\n# Late\n\nwait 5 days\n"


class Person:
    """Somebody who has only a keyboard: keys go to whatever has the focus."""

    def __init__(self, qtbot: QtBot, *, size: tuple[int, int] = (1440, 900)) -> None:
        self.qtbot = qtbot
        self.scene = Scene(theme=DARK, size=size)
        self.view, self.model = self.scene.view, self.scene.model
        qtbot.addWidget(self.view)
        self.view.activateWindow()
        qtbot.waitExposed(self.view)
        self.scene.begin()

    @property
    def focus(self) -> QWidget:
        widget = QApplication.focusWidget() or self.view
        assert self.view is widget or self.view.isAncestorOf(widget)
        return widget

    def is_on(self, kind: type[QWidget]) -> bool:
        return isinstance(self.focus, kind)

    def press(self, keys: str) -> None:
        """Keys as people write them: "Ctrl+S", "Return", "Down"."""
        *held, last = keys.split("+")
        modifier = Qt.KeyboardModifier.NoModifier
        for name in held:
            modifier |= {
                "Ctrl": Qt.KeyboardModifier.ControlModifier,
                "Shift": Qt.KeyboardModifier.ShiftModifier,
                "Alt": Qt.KeyboardModifier.AltModifier,
            }[name]
        key = {"Esc": Qt.Key.Key_Escape}.get(last) or Qt.Key[f"Key_{last}"]
        QTest.keyClick(self.focus, key, modifier)

    def write(self, words: str) -> None:
        QTest.keyClicks(self.focus, words)

    def asked(self, *kinds: type[Any]) -> list[Any]:
        return [saying for saying in self.scene.asked if isinstance(saying, kinds)]

    def open(self, text: str = TEXT, **facts: Any) -> ArticleSummary:
        article = self.model.listing.find(LATE)
        assert article is not None
        article = replace(article, **facts)
        self.model.editor.open_article(LATE)
        self.model.apply(
            [
                ArticleFetched(ref=2, article=article, markdown=text),
                replace(HISTORY, article_id=LATE),
                DraftTried(ref=4, passages=()),
            ]
        )
        self.scene.asked.clear()
        return article

    def part(self, kind: type[Any]) -> Any:
        return self.scene.part(kind)

    def texts(self) -> str:
        self.qtbot.wait(20)
        labels = self.view.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())

    def primaries(self) -> list[str]:
        buttons = self.view.findChildren(QAbstractButton)
        return [b.text() for b in buttons if b.isVisible() and b.property("look") == "primary"]

    def lists(self) -> list[NoteList]:
        return [one for one in self.view.findChildren(NoteList) if one.isVisible()]


@pytest.fixture(scope="module", autouse=True)
def dressed(qapp: Any) -> Iterator[None]:
    font, style = qapp.font(), qapp.styleSheet()
    dress(qapp, DARK)
    yield
    qapp.setStyleSheet(style)
    qapp.setFont(font)


@pytest.fixture
def person(qtbot: QtBot) -> Person:
    return Person(qtbot)


def test_find_an_article_and_open_it(person: Person) -> None:
    person.press("Ctrl+F")
    person.write("forgotten pin")
    assert person.part(ArticleTable).model().rowCount() == 0
    for _ in range(len("en pin")):
        person.press("Backspace")
    person.press("Return")
    assert person.is_on(ArticleTable)
    person.press("Return")
    assert person.asked(ReadArticle) == [ReadArticle(article_id=ArticleId("forgotten-pin"))]


def test_edit_and_see_preview_passages_and_trial_change(person: Person) -> None:
    person.open()
    person.press("Ctrl+E")
    assert person.is_on(MarkdownEditor)
    person.press("Ctrl+End")
    person.press("Ctrl+R")
    preview = person.part(MarkdownPreview)
    person.part(MarkdownEditor).setFocus()
    person.write("or claim")
    person.qtbot.waitUntil(lambda: "or claim" in preview.toPlainText(), timeout=2_000)
    assert person.part(MarkdownEditor).isVisible()  # both are in sight

    person.press("Ctrl+T")
    person.write("where is it")
    person.qtbot.waitUntil(lambda: bool(person.asked(TryDraft)), timeout=2_000)
    assert person.asked(TryDraft)[-1] == TryDraft(
        article_id=LATE, markdown=TEXT + "or claim", query="where is it"
    )
    person.model.apply([TRIED])
    first, second, third = person.view.findChildren(FoundCard)
    assert first.accessibleName() == "1: Late or lost parcel, likely, ▲ was 2nd"
    assert second.accessibleName().endswith("▼ was 1st")
    assert third.accessibleName().endswith("+ new")

    person.press("Ctrl+P")
    (passages,) = [one for one in person.lists() if one.accessibleName() == "Passages"]
    assert person.focus is passages
    assert passages.model().rowCount() == 3
    other = DraftTried(ref=9, passages=(DraftPassage(heading="", text="all in one"),))
    person.model.editor.edit(TEXT + "or claim now")
    person.qtbot.waitUntil(lambda: person.model.trial.is_trying)
    person.qtbot.waitUntil(lambda: len(person.asked(TryDraft)) == 2, timeout=2_000)
    person.model.apply([other])
    assert passages.model().rowCount() == 1


def test_from_draft_to_release_and_back(person: Person) -> None:
    article = person.open()
    assert person.primaries() == ["Send to review"]
    person.press("Ctrl+Shift+R")
    assert person.asked(MoveArticle)[-1].to is ArticleState.IN_REVIEW
    in_review = replace(article, state=ArticleState.IN_REVIEW)
    person.model.apply([ArticleSaved(ref=5, article=in_review)])
    assert person.primaries() == ["Approve"]
    person.press("Ctrl+Shift+A")
    assert person.asked(MoveArticle)[-1].to is ArticleState.APPROVED
    approved = replace(article, state=ArticleState.APPROVED)
    person.model.apply([ArticleSaved(ref=6, article=approved)])
    assert person.primaries() == ["Publish…"]

    person.press("Ctrl+Shift+P")
    assert person.asked(PreviewRelease)
    assert "Working out what would change…" in person.texts()
    person.model.apply([replace(PREVIEW, changed=(LATE,))])
    assert person.primaries() == ["Publish"]
    said = person.texts()
    assert "± Late or lost parcel · v7 → v8" in said
    assert "golden questions (206)" in said
    assert "calls of the last 7 days (1,204)" in said
    assert "health 82 of 100" in said
    names = [section.accessibleName() for section in person.view.findChildren(EffectSection)]
    assert names[0] == "golden questions (206): ▲ 3 better · ▼ 1 worse · = 202 the same"
    person.press("Return")
    assert person.asked(PublishRelease) == [PublishRelease()]
    assert "Making release 20…" in person.texts()
    person.model.apply([ReleasePublished(ref=7, release=20, changed_articles=1, passages=151)])
    assert "Release 20 is live: 1 articles changed, 151 passages." in person.texts()
    person.part(PublishSheet).refresh()
    QTest.keyClick(person.focus, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert person.focus.accessibleName() == "Roll back"
    person.press("Return")
    assert person.asked(RollBackRelease) == [RollBackRelease(release=19)]
    person.model.apply([ReleasePublished(ref=8, release=19, changed_articles=1, passages=150)])
    assert "Release 19 is in use again." in person.texts()
    person.press("Esc")
    assert not person.part(PublishSheet).isVisible()


def test_errors_hold_a_release_back_until_it_is_said_why(person: Person) -> None:
    person.press("Ctrl+Shift+P")
    error = replace(PREVIEW.findings[0], severity=Severity.ERROR)
    person.model.apply([replace(PREVIEW, findings=(error,))])
    publish = next(
        b for b in person.part(PublishSheet).findChildren(QAbstractButton) if b.text() == "Publish"
    )
    assert not publish.isEnabled()
    assert "errors" in person.focus.accessibleName()  # the keys are where something is missing
    person.press("Return")
    assert person.asked(PublishRelease) == []
    person.write("the other one goes next week")
    assert publish.isEnabled()
    person.press("Return")
    assert person.asked(PublishRelease) == [PublishRelease(override="the other one goes next week")]


def test_an_older_release_is_put_back_from_the_list(person: Person) -> None:
    person.press("Ctrl+Shift+L")
    assert person.asked(ListReleases)
    person.model.apply([ReleasesListed(ref=5, releases=RELEASES)])
    assert person.part(ReleasesSheet).isVisible()
    (releases,) = [one for one in person.lists() if one.accessibleName() == "Releases"]
    assert person.focus is releases
    person.press("Down")
    person.press("Alt+U")
    assert person.asked(RollBackRelease) == [RollBackRelease(release=18)]
    person.press("Esc")
    assert not person.part(ReleasesSheet).isVisible()


def test_a_gap_becomes_an_article(person: Person) -> None:
    person.press("Ctrl+G")
    person.press("Return")
    sheet = person.part(GapSheet)
    assert sheet.isVisible()
    assert "asked 41 times · ▲ rising · 19 this week" in person.texts()
    assert person.primaries() == ["Write the article"]
    person.press("Return")
    assert person.asked(DraftFromGap) == [DraftFromGap(gap_id=GapId("pickup"))]
    drafted = ArticleSummary(
        article_id=ArticleId("pickup"), title="Pick up", version=1, published_version=0
    )
    person.model.apply([ArticleFetched(ref=5, article=drafted, markdown="# Pick up\n")])
    assert not sheet.isVisible()
    assert person.model.editor.article == drafted
    assert person.is_on(MarkdownEditor)


def test_a_gap_gets_an_owner_or_is_ignored(person: Person) -> None:
    person.press("Ctrl+G")
    person.press("Return")
    owner = next(
        field
        for field in person.part(GapSheet).findChildren(QLineEdit)
        if field.accessibleName() == "Owner"
    )
    owner.setFocus()
    person.write("Lee")
    person.press("Return")
    assert person.asked(UpdateGap)[-1].owner == "Lee"
    ignore = next(
        b for b in person.part(GapSheet).findChildren(QAbstractButton) if b.text() == "Ignore"
    )
    ignore.setFocus()
    person.press("Return")
    assert person.asked(UpdateGap)[-1].state is GapState.IGNORED


def test_versions_are_compared_and_restored(person: Person) -> None:
    person.open()
    person.press("Ctrl+H")
    (history,) = [one for one in person.lists() if one.accessibleName() == "Versions and reviews"]
    assert person.focus is history
    person.press("Down")
    person.press("Return")
    person.qtbot.waitUntil(lambda: person.model.history.lines is not None, timeout=2_000)
    diff = person.part(DiffView)
    assert diff.isVisible()
    shown = diff.toPlainText()
    assert "+ wait 5 days" in shown  # not by colour alone
    assert "− " in shown
    assert person.model.editor.text == TEXT
    person.press("Ctrl+H")
    person.press("Alt+R")
    assert person.model.editor.is_changed
    assert "7 days" in person.model.editor.text
    assert person.primaries() == ["Save draft"]
    person.press("Ctrl+E")
    person.press("Ctrl+Z")  # what was written comes back
    assert person.model.editor.text == TEXT


def test_a_comment_is_said_about_the_newest_version(person: Person) -> None:
    person.open(state=ArticleState.IN_REVIEW)
    person.press("Ctrl+H")
    comment = next(
        field
        for field in person.view.findChildren(QLineEdit)
        if field.accessibleName() == "Comment"
    )
    comment.setFocus()
    person.write("date first")
    person.press("Return")
    assert person.asked(CommentArticle) == [
        CommentArticle(article_id=LATE, version=8, text="date first")
    ]


def test_sending_back_asks_what_should_change(person: Person) -> None:
    person.open(state=ArticleState.IN_REVIEW)
    person.press("Ctrl+Shift+B")
    person.press("Return")
    assert person.asked(MoveArticle) == []  # an empty answer helps nobody
    person.write("say the date first")
    person.press("Return")
    assert person.asked(MoveArticle) == [
        MoveArticle(article_id=LATE, version=8, to=ArticleState.DRAFT, comment="say the date first")
    ]


def test_an_approved_version_is_scheduled(person: Person) -> None:
    article = person.open(state=ArticleState.APPROVED)
    person.press("Ctrl+Shift+D")
    assert person.is_on(QDateTimeEdit)
    person.press("Up")  # the part of the date that the keys are on
    person.press("Return")
    (moved,) = person.asked(MoveArticle)
    assert moved.to is ArticleState.APPROVED
    assert moved.publish_at_ms > 0
    planned = replace(article, state=ArticleState.APPROVED, publish_at_ms=NOW_MS)
    person.model.apply([ArticleSaved(ref=5, article=planned)])
    assert "Publishes itself on" in person.texts()


def test_escape_puts_a_question_away(person: Person) -> None:
    person.open(state=ArticleState.IN_REVIEW)
    person.press("Ctrl+Shift+B")
    assert "What should change?" in person.texts()
    person.press("Esc")
    assert "What should change?" not in person.texts()
    assert person.focus.accessibleName() == "Approve"


def test_a_conflict_offers_the_difference(person: Person) -> None:
    article = person.open()
    person.press("Ctrl+E")
    person.press("Ctrl+End")
    person.write("mine")
    person.press("Ctrl+S")
    person.model.apply([Refused(ref=0, code="article.conflict", message="version 9 is newer")])
    theirs = TEXT + "theirs"
    newest = replace(article, version=9)
    person.model.apply([ArticleFetched(ref=6, article=newest, markdown=theirs)])
    assert "Somebody saved version 9 meanwhile. Your text is still here." in person.texts()
    see = next(
        b for b in person.view.findChildren(QAbstractButton) if b.text() == "See the difference"
    )
    see.setFocus()
    person.press("Return")
    shown = person.part(DiffView).toPlainText()
    assert "− theirs" in shown
    assert "+ mine" in shown
    over = next(
        b for b in person.view.findChildren(QAbstractButton) if b.text() == "Save mine over it"
    )
    over.setFocus()
    person.press("Return")
    assert person.asked(SaveArticle)[-1] == SaveArticle(
        article_id=LATE, markdown=TEXT + "mine", based_on=9
    )


def test_a_new_article_begins_with_a_key(person: Person) -> None:
    person.press("Ctrl+N")
    assert person.is_on(MarkdownEditor)
    person.write("Gift wrapping")
    person.press("Ctrl+S")
    (saved,) = person.asked(SaveArticle)
    assert saved.article_id == "gift-wrapping"


def test_the_palette_does_everything_by_name(person: Person) -> None:
    person.open()
    person.press("Ctrl+E")
    person.press("Ctrl+K")
    assert person.part(CommandPalette).isVisible()
    person.write("send review")
    person.press("Return")
    assert person.asked(MoveArticle)[-1].to is ArticleState.IN_REVIEW
    person.press("Ctrl+K")
    person.write("releases")
    person.press("Return")
    assert person.part(ReleasesSheet).isVisible()


def test_below_a_sheet_no_key_reaches_the_view(person: Person) -> None:
    person.open()
    person.press("Ctrl+Shift+L")
    person.press("Ctrl+Shift+R")
    person.press("Ctrl+N")
    assert person.asked(MoveArticle) == []
    assert person.model.editor.text == TEXT


def test_what_is_typed_stays_while_the_link_is_lost(person: Person) -> None:
    person.open()
    person.press("Ctrl+E")
    person.write("x")
    text = person.model.editor.text
    person.model.set_link(LinkPhase.RECONNECTING, reason="the engine is away")
    assert "reconnecting · what you type stays" in person.texts()
    assert person.model.editor.text == text
    publish = next(b for b in person.view.findChildren(QAbstractButton) if b.text() == "Publish…")
    assert not publish.isEnabled()
    assert publish.toolTip().startswith("The engine must be there to publish")
    person.model.set_link(LinkPhase.CONNECTED)
    assert publish.isEnabled()


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700)])
def test_the_view_fits(qtbot: QtBot, size: tuple[int, int]) -> None:
    person = Person(qtbot, size=size)
    person.open()
    person.press("Ctrl+H")
    qtbot.wait(20)
    assert (person.view.width(), person.view.height()) == size
    assert person.part(EditorPane).width() > size[0] * 0.4
    assert person.view.minimumSizeHint().width() <= size[0]


def test_every_control_is_named_for_a_screen_reader(person: Person) -> None:
    person.open()
    for sheet in (PublishSheet, ReleasesSheet, GapSheet):
        person.part(sheet).show()
    person.model.apply([PREVIEW, ReleasesListed(ref=5, releases=RELEASES)])
    kinds = (QAbstractButton, QLineEdit, QComboBox, NoteList, ArticleTable, QDateTimeEdit)
    nameless = []
    for kind in kinds:
        for control in person.view.findChildren(kind):
            told = QAccessible.queryAccessibleInterface(control)
            is_inner = control.objectName().startswith("qt_")
            if not is_inner and not told.text(QAccessible.Text.Name):
                nameless.append(control)
    assert nameless == []


def test_keys_are_told_in_tooltips(person: Person) -> None:
    person.open()
    tips = [b.toolTip() for b in person.view.findChildren(QAbstractButton)]
    for key in ("Ctrl+S", "Ctrl+Shift+R", "Ctrl+Shift+P", "Ctrl+H", "Ctrl+D", "Ctrl+P", "Ctrl+L"):
        assert any(f"({key})" in tip for tip in tips), key


def test_an_empty_history_says_what_to_do(person: Person) -> None:
    person.press("Ctrl+N")
    person.press("Ctrl+H")
    assert "No version yet" in person.texts()
    person.model.apply([HistoryRead(ref=5, article_id=ArticleId("other"), versions=())])
    assert "No version yet" in person.texts()


def test_nothing_listed_says_how_to_begin(qtbot: QtBot) -> None:
    scene = Scene(theme=LIGHT)
    qtbot.addWidget(scene.view)
    scene.begin()
    scene.model.apply([ArticlesListed(ref=2, articles=(), release=0)])
    qtbot.wait(20)
    labels = [label.text() for label in scene.view.findChildren(QLabel) if label.isVisible()]
    assert "No articles yet" in labels


def test_chinese_is_spoken_everywhere(qtbot: QtBot) -> None:
    choose_language("zh_CN")
    try:
        person = Person(qtbot)
        person.open()
        assert "发布" in " ".join(b.text() for b in person.view.findChildren(QAbstractButton))
        assert "草稿 v8" in person.texts()
    finally:
        choose_language("en")
