"""Sheets of the agent view: one at a time, and afterwards the keys work on the cards again."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_desktop.view_models.call_model import CallModel, LinkPhase
from agent_desktop.view_models.status_model import notice_of
from agent_desktop.widgets.shared.choice_row import ChoiceRow
from assist_engine.contract import commands
from assist_engine.contract.answers import EngineStatus
from assist_engine.contract.events import WrapUpCompleted
from assist_engine.contract.ids import ArticleId
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

PASSAGE = FoundPassage(article_id=ArticleId("a"), title="Late parcels", passage="b", score=0.9)
SUMMARY = ArticleSummary(
    article_id=ArticleId("a"), title="Late parcels", version=7, published_version=7
)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    desk = Desk(qtbot)
    desk.talk()
    return desk


def search(desk: Desk) -> None:
    desk.chord(Key.Key_F)
    QTest.keyClicks(desk.view.foot.search, "parcel")
    desk.press(Key.Key_Return, on=desk.view.foot.search)
    desk.model.apply([KnowledgeFound(ref=1, passages=(PASSAGE,), threshold=0.5)])
    desk.qtbot.wait(10)


def read(desk: Desk) -> None:
    desk.model.apply([ArticleFetched(ref=2, article=SUMMARY, markdown="# Late")])


def test_after_a_search_letters_are_for_the_cards(desk: Desk) -> None:
    search(desk)
    assert desk.visible(ChoiceRow)[0].hasFocus()
    desk.press(Key.Key_Escape)
    assert desk.view.hasFocus()
    desk.press(Key.Key_C)
    sid = sample.ARTICLE.suggestion_id
    assert desk.sayings[-1] == commands.UseSuggestion(call_id=sample.CALL, suggestion_id=sid)


def test_an_article_takes_the_place_of_what_was_found(desk: Desk) -> None:
    search(desk)
    read(desk)
    assert (desk.view.search.isVisible(), desk.view.article.isVisible()) == (False, True)
    desk.press(Key.Key_Escape)
    assert (desk.view.search.isVisible(), desk.view.article.isVisible()) == (False, False)


def test_asking_for_a_field_puts_the_sheet_away(desk: Desk) -> None:
    search(desk)
    desk.chord(Key.Key_T)
    assert not desk.view.search.isVisible()
    assert desk.view.foot.note.hasFocus()
    read(desk)
    desk.chord(Key.Key_F)
    assert not desk.view.article.isVisible()
    assert desk.view.foot.search.hasFocus()


def test_leaving_the_palette_wears_no_focus_elsewhere(desk: Desk) -> None:
    desk.chord(Key.Key_K)
    assert desk.view.palette_sheet.field.hasFocus()
    desk.press(Key.Key_Escape, on=desk.view.palette_sheet.field)
    assert desk.view.hasFocus()


def test_the_wrap_up_stands_alone(desk: Desk) -> None:
    search(desk)
    desk.happen(*sample.hang_up())
    assert (desk.view.search.isVisible(), desk.view.wrap_up.isVisible()) == (False, True)


def test_the_search_of_a_call_goes_with_it(desk: Desk) -> None:
    search(desk)
    desk.happen(*sample.hang_up(), WrapUpCompleted(wrap_up=sample.DRAFT))
    desk.qtbot.waitUntil(lambda: desk.model.state is None)
    assert desk.view.foot.search.text() == ""
    QTest.keyClicks(desk.view.foot.search, "before the next")
    desk.model.apply([sample.READY])
    assert desk.view.foot.search.text() == "before the next"


def test_the_window_is_active_when_it_is_opened(qtbot: QtBot) -> None:
    desk = Desk(qtbot)
    assert not desk.view.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)


def test_an_engine_that_comes_back_in_a_call_says_that_nothing_is_lost() -> None:
    model = CallModel()
    model.set_link(LinkPhase.CONNECTED)
    loading = EngineStatus(is_ready=False, stage="loading the language model", progress=0.4)
    model.apply([loading])
    assert (said := notice_of(model)) is not None
    assert said.text == "loading the language model"
    model.apply([*sample.recorded(sample.offered()), loading])
    assert (said := notice_of(model)) is not None
    assert "is kept and heard afterwards" in said.text
    assert said.progress == 0.4
