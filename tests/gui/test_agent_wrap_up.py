"""What an agent chose instead, and wrap-ups of long sentences."""

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from agent_desktop.view_models.wrap_up_model import FollowUpEdit, edited, section_texts
from assist_engine.contract import commands, events
from assist_engine.contract.values import FollowUp
from tests.gui import agent_sample as sample
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
