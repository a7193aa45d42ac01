"""The agent view by what a person does: keys, buttons, sheets; and what it must never do."""

from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from agent_desktop.theme import LIGHT, dress
from agent_desktop.view_models.call_model import CallModel, LinkPhase
from agent_desktop.view_models.start import StartDemoCall, StartMicrophoneCall
from agent_desktop.widgets.agent.agent_view import AgentView
from agent_desktop.widgets.agent.suggestion_card import ActionCard, ArticleCard
from agent_desktop.widgets.shared.choice_row import ChoiceRow
from assist_engine.contract import commands, events, knowledge_requests
from assist_engine.contract.answers import EngineStatus
from assist_engine.contract.ids import ArticleId, UtteranceId
from assist_engine.contract.knowledge_answers import (
    ArticleFetched,
    ArticleSummary,
    FoundPassage,
    KnowledgeFound,
)
from tests.gui import agent_sample as sample
from tests.gui.agent_seat import Desk

pytestmark = pytest.mark.gui
Key = Qt.Key


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def is_whole(card: ActionCard) -> bool:
    return card.height() >= card.heightForWidth(card.width())


def found(*scores: float) -> KnowledgeFound:
    passages = tuple(
        FoundPassage(article_id=ArticleId(f"a{n}"), title=f"Article {n}", passage="b", score=score)
        for n, score in enumerate(scores)
    )
    return KnowledgeFound(ref=1, passages=passages, threshold=0.5)


def test_return_uses_the_action_and_escape_puts_it_away(desk: Desk) -> None:
    desk.talk()
    sid = sample.ACTION.suggestion_id
    desk.press(Key.Key_Return)
    desk.press(Key.Key_Escape)
    assert desk.sayings == [
        commands.UseSuggestion(call_id=sample.CALL, suggestion_id=sid),
        commands.DismissSuggestion(call_id=sample.CALL, suggestion_id=sid),
    ]


def test_the_article_is_worked_by_letters(desk: Desk) -> None:
    desk.talk()
    sid = sample.ARTICLE.suggestion_id
    for key in (Key.Key_C, Key.Key_O, Key.Key_H):
        desk.press(key)
    answer = sample.ARTICLE.answer
    assert answer is not None
    assert QGuiApplication.clipboard().text() == sample.BODY[answer.start : answer.end]
    assert desk.sayings == [
        commands.UseSuggestion(call_id=sample.CALL, suggestion_id=sid),
        knowledge_requests.ReadArticle(article_id=ArticleId("late-or-lost-parcel")),
        commands.RateSuggestion(call_id=sample.CALL, suggestion_id=sid, is_helpful=True),
    ]


def test_letters_typed_into_a_field_stay_there(desk: Desk) -> None:
    desk.talk()
    desk.chord(Key.Key_T)
    assert desk.view.foot.note.hasFocus()
    QTest.keyClicks(desk.view.foot.note, "cohn?")
    assert desk.sayings == []
    desk.press(Key.Key_Return, on=desk.view.foot.note)
    assert desk.sayings == [commands.TakeNote(call_id=sample.CALL, text="cohn?")]
    assert desk.view.foot.note.text() == ""
    desk.press(Key.Key_Escape, on=desk.view.foot.note)
    assert len(desk.sayings) == 1
    assert not desk.view.foot.note.hasFocus()


def test_return_on_a_focused_button_presses_that_button(desk: Desk) -> None:
    desk.talk()
    desk.view.call_bar.pause.setFocus()
    desk.press(Key.Key_Return, on=desk.view.call_bar.pause)
    assert desk.sayings == [commands.PauseCall(call_id=sample.CALL)]


def test_a_card_is_kept_while_nothing_of_it_changes(desk: Desk) -> None:
    desk.talk()
    before = desk.visible(ActionCard) + desk.visible(ArticleCard)
    desk.model.apply([sample.partial()])
    desk.happen(events.NoteTaken(text="x"))
    assert desk.visible(ActionCard) + desk.visible(ArticleCard) == before


def test_one_accent_button_at_most(desk: Desk) -> None:
    def primary() -> list[Any]:
        shown = desk.visible(QAbstractButton)
        return [b for b in shown if b.property("look") == "primary" and b.isEnabled()]

    assert len(primary()) == 1
    desk.talk()
    assert len(primary()) == 1
    desk.happen(*sample.hang_up())
    assert len(primary()) == 1


def test_why_shows_the_place_and_stops_following(desk: Desk) -> None:
    desk.talk()
    followed: list[bool] = []
    desk.view.conversation.list.following_changed.connect(followed.append)
    desk.press(Key.Key_Question)
    assert followed == [False]
    desk.view.conversation.list.follow()
    assert followed == [False, True]


def test_scrolling_back_stops_following_and_the_end_starts_it(desk: Desk) -> None:
    desk.talk()
    many = [
        events.UtteranceFinal(
            utterance_id=UtteranceId(f"more-{n}"),
            participant_id=sample.ANA,
            text="word " * 30,
            start_ms=90_000 + n,
            end_ms=91_000 + n,
        )
        for n in range(40)
    ]
    desk.happen(*many[:30])
    bar = desk.view.conversation.list.verticalScrollBar()
    desk.qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    followed: list[bool] = []
    desk.view.conversation.list.following_changed.connect(followed.append)
    bar.setValue(0)
    assert followed == [False]
    desk.happen(*many[30:])
    desk.qtbot.wait(50)
    assert bar.value() == 0
    desk.press(Key.Key_End, on=desk.view.conversation.list)
    assert followed == [False, True]
    assert bar.value() == bar.maximum()


def test_chosen_lines_are_copied_as_text(desk: Desk) -> None:
    desk.talk()
    conversation = desk.view.conversation.list
    conversation.selectAll()
    QTest.keyClick(conversation, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == len(sample.SAID)
    assert lines[1].startswith("Ana 00:41: my parcel")


def test_pause_and_go_on_by_key(desk: Desk) -> None:
    desk.talk()
    desk.press(Key.Key_F8)
    desk.happen(events.CallPaused())
    assert "F8" in desk.view.notice.text
    desk.press(Key.Key_F8)
    assert desk.sayings == [
        commands.PauseCall(call_id=sample.CALL),
        commands.ContinueCall(call_id=sample.CALL),
    ]


def test_the_wrap_up_is_accepted_in_two_keys(desk: Desk) -> None:
    desk.talk()
    desk.press(Key.Key_F10)
    assert desk.sayings == [commands.ReleaseCall(call_id=sample.CALL)]
    desk.happen(*sample.hang_up())
    assert desk.view.wrap_up.isVisible()
    desk.chord(Key.Key_Return)
    assert desk.sayings[1:] == [commands.CompleteWrapUp(call_id=sample.CALL, wrap_up=sample.DRAFT)]
    desk.happen(events.WrapUpCompleted(wrap_up=sample.DRAFT))
    desk.qtbot.waitUntil(lambda: desk.model.state is None)
    assert not desk.view.wrap_up.isVisible()
    assert desk.view.conversation.start_page.isVisible()


def test_a_wrap_up_can_wait_and_be_changed(desk: Desk) -> None:
    desk.talk()
    desk.happen(*sample.hang_up())
    desk.press(Key.Key_Escape)
    assert not desk.view.wrap_up.isVisible()
    assert desk.sayings == [], "Escape left the sheet, not a card below it"
    desk.press(Key.Key_F10)
    assert desk.view.wrap_up.isVisible()
    fields = {field.accessibleName(): field for field in desk.visible(QPlainTextEdit)}
    fields["Why they called"].setPlainText("she asked for the parcel")
    desk.press(Key.Key_Escape)
    desk.happen(events.NoteTaken(text="later"))
    desk.press(Key.Key_F10)
    accepted = desk.view.wrap_up.wrap_up()
    assert accepted.lines[0].text == "she asked for the parcel"
    assert accepted.follow_ups == sample.DRAFT.follow_ups


def test_no_key_reaches_the_cards_below_a_sheet(desk: Desk) -> None:
    desk.talk()
    summary = ArticleSummary(
        article_id=ArticleId("a"), title="Late parcels", version=7, published_version=7
    )
    desk.model.apply([ArticleFetched(ref=1, article=summary, markdown="# Late\n\ntext")])
    assert desk.view.article.isVisible()
    for key in (Key.Key_Return, Key.Key_C, Key.Key_O):
        desk.press(key)
    assert desk.sayings == []
    desk.press(Key.Key_Escape)
    assert not desk.view.article.isVisible()
    desk.press(Key.Key_Return)
    assert len(desk.sayings) == 1


def test_a_search_shows_passages_and_opens_one(desk: Desk) -> None:
    desk.talk()
    desk.chord(Key.Key_F)
    QTest.keyClicks(desk.view.foot.search, "late parcel")
    desk.press(Key.Key_Return, on=desk.view.foot.search)
    assert desk.sayings == [knowledge_requests.SearchKnowledge(query="late parcel")]
    desk.model.apply([found(0.9, 0.6, 0.2)])
    QApplication.processEvents()
    rows = desk.visible(ChoiceRow)
    assert [row.accessibleName() for row in rows] == [
        "Article 0. b. likely",
        "Article 1. b. possible",
        "Article 2. b",
    ]
    desk.press(Key.Key_Return, on=rows[0])
    assert desk.sayings[1] == knowledge_requests.ReadArticle(article_id=ArticleId("a0"))


def test_a_search_without_an_answer_offers_to_tell(desk: Desk) -> None:
    desk.talk()
    desk.view.foot.searched.emit("vat number")
    desk.model.apply([found(0.1)])
    tell = next(b for b in desk.visible(QAbstractButton) if "knowledge team" in b.text())
    tell.click()
    assert desk.sayings[-1] == commands.TakeNote(
        call_id=sample.CALL, text="Not in the knowledge base: vat number"
    )
    assert not desk.view.search.isVisible()


def test_calls_start_only_when_the_engine_is_ready(desk: Desk) -> None:
    desk.chord(Key.Key_2)
    desk.chord(Key.Key_N)
    assert desk.starts == [StartDemoCall(number=2), StartMicrophoneCall()]
    desk.model.apply([EngineStatus(is_ready=False, stage="loading", progress=0.5)])
    desk.chord(Key.Key_2)
    assert len(desk.starts) == 2


def test_the_palette_finds_and_does(desk: Desk) -> None:
    desk.chord(Key.Key_K)
    palette = desk.view.palette_sheet
    QTest.keyClicks(palette.field, "demo 3")
    QApplication.processEvents()
    assert [row.accessibleName() for row in desk.visible(ChoiceRow)] == ["Play demo call 3. Ctrl+3"]
    desk.press(Key.Key_Return, on=palette.field)
    assert desk.starts == [StartDemoCall(number=3)]
    assert not palette.isVisible()
    desk.talk()
    desk.chord(Key.Key_K)
    QTest.keyClicks(palette.field, "demo 3")
    desk.press(Key.Key_Return, on=palette.field)
    assert len(desk.starts) == 1, "a call in progress is not replaced"


def test_reconnecting_says_what_still_works(desk: Desk) -> None:
    desk.talk()
    desk.model.set_link(LinkPhase.RECONNECTING)
    assert "what you do is sent" in desk.view.notice.text
    desk.model.set_link(LinkPhase.CONNECTED)
    assert desk.view.notice.text == ""


def test_everything_has_a_name_and_keys_are_told(desk: Desk) -> None:
    desk.talk()
    desk.happen(*sample.hang_up())
    controls = [
        w
        for kind in (QAbstractButton, QLineEdit, QPlainTextEdit)
        for w in desk.visible(kind)
        if w.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]
    assert len(controls) > 15
    assert [w for w in controls if not w.accessibleName()] == []
    keyed = [b for b in desk.visible(QAbstractButton) if not b.shortcut().isEmpty()]
    assert len(keyed) > 5
    untold = [b.text() for b in keyed if b.shortcut().toString() not in b.toolTip()]
    assert untold == []


def test_a_call_never_takes_the_focus(qtbot: QtBot, desk: Desk) -> None:
    elsewhere = QLineEdit()
    qtbot.addWidget(elsewhere)
    elsewhere.show()
    elsewhere.activateWindow()
    elsewhere.setFocus()
    qtbot.waitUntil(elsewhere.hasFocus)
    desk.talk()
    desk.model.apply([sample.partial()])
    desk.happen(*sample.hang_up())
    qtbot.wait(50)
    assert elsewhere.hasFocus()


@pytest.mark.parametrize(
    ("size", "scale"), [((1440, 900), 1.0), ((1024, 700), 1.0), ((1440, 900), 2.0)]
)
def test_all_columns_are_on_screen(qtbot: QtBot, size: tuple[int, int], scale: float) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme = replace(LIGHT, scale=scale)
    dress(application, theme)
    model = CallModel()
    view = AgentView(model, theme=theme)
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    model.apply(sample.recorded(sample.offered() + sample.talk() + sample.cards()))
    qtbot.wait(100)
    assert (view.width(), view.height()) == size
    for part in (view.customer, view.conversation, view.guidance, view.call_bar):
        right = part.mapTo(view, part.rect().topRight()).x()
        assert 0 < right < size[0]
    assert view.conversation.width() >= 400
    for card in view.guidance.findChildren(ActionCard):
        assert card.width() <= view.guidance.cards.viewport().width()
        qtbot.waitUntil(partial(is_whole, card))
    application.setStyleSheet("")
