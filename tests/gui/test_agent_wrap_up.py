"""What an agent chose instead, and wrap-ups of long sentences."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from agent_desktop.view_models.wrap_up_model import FollowUpEdit, edited, section_texts
from assist_engine.contract import commands, events
from assist_engine.contract.values import FollowUp
from tests.gui import agent_sample as sample
from tests.gui import guidance_sample as guide
from tests.gui.agent_seat import Desk

pytestmark = pytest.mark.gui

LONG = FollowUp(
    text="It will be delivered by Friday with express shipping at no extra cost, and the code too.",
    due="by friday",
)
APART = FollowUp(text="Call her back", due="tomorrow at four")


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def hang_up(desk: Desk) -> None:
    desk.talk()
    draft = replace(sample.DRAFT, follow_ups=(LONG, APART))
    desk.happen(events.CallReleased(), events.WrapUpDrafted(wrap_up=draft))


def test_the_alternative_is_recorded_as_what_was_done(desk: Desk) -> None:
    desk.talk()
    label = sample.ACTION.alternative_label
    assert label
    next(b for b in desk.visible(QAbstractButton) if b.text() == label).click()
    away = next(b for b in desk.visible(QAbstractButton) if b.accessibleName() == "Dismiss")
    away.click()
    sid = sample.ACTION.suggestion_id
    assert desk.sayings == [
        commands.DismissSuggestion(call_id=sample.CALL, suggestion_id=sid, reason=label),
        commands.DismissSuggestion(call_id=sample.CALL, suggestion_id=sid),
    ]


def test_when_a_promise_is_due_is_said_once(desk: Desk) -> None:
    hang_up(desk)
    fields = [f for f in desk.visible(QLineEdit) if f.accessibleName() == "Follow-up"]
    assert [f.text() for f in fields] == [LONG.text, "Call her back · tomorrow at four", ""]
    draft = replace(sample.DRAFT, follow_ups=(LONG, APART))
    same = edited(
        draft,
        sections=section_texts(draft),
        disposition=draft.disposition,
        outcome=draft.outcome,
        follow_ups=[FollowUpEdit(text=f.text()) for f in fields],
        note="",
    )
    assert same == draft


def test_long_lines_are_shown_from_their_beginning(desk: Desk) -> None:
    hang_up(desk)
    lines = [f for f in desk.view.wrap_up.findChildren(QLineEdit) if f.isVisible() and f.text()]
    assert len(lines) >= 3
    assert {f.cursorPosition() for f in lines} == {0}


def test_the_call_is_about_something(desk: Desk) -> None:
    desk.talk()
    chips = [label.text() for label in desk.view.conversation.findChildren(QLabel)]
    assert any(text.startswith("about: ") for text in chips)
    assert not any("wants: " in text for text in chips)


def guided_hang_up(desk: Desk) -> None:
    desk.talk()
    desk.happen(*guide.wrapped())


def test_a_disposition_is_chosen_by_number_and_accepted_by_two_keys(desk: Desk) -> None:
    guided_hang_up(desk)
    sheet = desk.view.wrap_up
    desk.press(Qt.Key.Key_2, on=desk.view.window().focusWidget())
    assert sheet.disposition.chosen == "Parcel late · refunded"
    focused = desk.view.window().focusWidget()
    QTest.keyClick(focused, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (said,) = desk.sayings
    assert isinstance(said, commands.CompleteWrapUp)
    assert said.wrap_up == replace(
        guide.WRAP_UP, disposition="Parcel late · refunded", disposition_probability=1.0
    )


def test_arrows_choose_among_the_dispositions(desk: Desk) -> None:
    guided_hang_up(desk)
    for _ in range(2):
        desk.press(Qt.Key.Key_Down, on=desk.view.window().focusWidget())
    assert desk.view.wrap_up.disposition.chosen == "Order status"


def test_fields_and_days_are_changed_and_a_wrong_day_is_told(desk: Desk) -> None:
    guided_hang_up(desk)
    sheet = desk.view.wrap_up
    fields = {f.accessibleName(): f for f in reversed(desk.visible(QLineEdit))}
    fields["Order"].setText("8842")
    fields["Next step due"].setText("")
    fields["Due on"].setText("friday")
    sheet.accept()
    assert desk.sayings == []
    assert any("2026-11-28" in label.text() for label in desk.visible(QLabel))
    fields["Due on"].setText("2026-11-30")
    sheet.accept()
    (said,) = desk.sayings
    assert [(f.name, f.value) for f in said.wrap_up.fields] == [("Order", "8842")]
    assert [f.due_on for f in said.wrap_up.follow_ups] == ["2026-11-30"]
    assert said.wrap_up.lines == guide.WRAP_UP.lines


def test_a_line_leads_to_its_moment_and_back(desk: Desk) -> None:
    guided_hang_up(desk)
    assert "generated text" in [label.text() for label in desk.visible(QLabel)]
    desk.view.wrap_up.disposition.field.setText("Other")
    link = next(b for b in desk.visible(QAbstractButton) if b.accessibleName() == "Show 01:04")
    link.click()
    assert not desk.view.wrap_up.isVisible()
    desk.press(Qt.Key.Key_F10)
    assert desk.view.wrap_up.isVisible()
    assert desk.view.wrap_up.disposition.chosen == "Other"


def test_a_later_draft_does_not_wipe_what_the_agent_wrote(desk: Desk) -> None:
    hang_up(desk)
    generated = replace(sample.DRAFT, outcome="Solved by a model", is_generated=True)
    desk.happen(events.WrapUpDrafted(wrap_up=generated))
    assert desk.view.wrap_up.wrap_up().outcome == "Solved by a model"
    note = desk.view.wrap_up.findChild(QPlainTextEdit)
    assert note is not None
    note.setPlainText("my own words")
    desk.happen(events.WrapUpDrafted(wrap_up=replace(generated, outcome="Another")))
    assert desk.view.wrap_up.wrap_up().outcome == "Solved by a model"
    assert note.toPlainText() == "my own words"
