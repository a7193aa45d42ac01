"""The demo speech model: who is told that it hears people badly, and when."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from agent_desktop.view_models.start import StartDemoCall, StartMicrophoneCall
from tests.gui import agent_sample as sample
from tests.gui.agent_seat import Desk

pytestmark = pytest.mark.gui
INSTALL = "attune-engine models install vosk-model-small-en-us-0.15"
Key = Qt.Key


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    desk = Desk(qtbot)
    desk.model.apply([replace(sample.READY, is_demo_speech_model=True)])
    return desk


def press_button(desk: Desk, text: str) -> None:
    next(b for b in desk.visible(QAbstractButton) if b.text() == text).click()


def test_the_idle_desk_tells_it(desk: Desk) -> None:
    assert INSTALL in desk.view.notice.text


def test_a_recorded_call_is_not_disturbed_by_it(desk: Desk) -> None:
    desk.model.set_recording(True)
    desk.talk()
    assert desk.view.notice.text == ""
    desk.model.leave_call()
    assert INSTALL in desk.view.notice.text


def test_a_call_with_a_person_tells_it(desk: Desk) -> None:
    desk.model.set_recording(False)
    desk.talk()
    assert INSTALL in desk.view.notice.text


def test_the_first_microphone_call_is_asked_about(desk: Desk) -> None:
    desk.chord(Key.Key_N)
    assert desk.view.demo_model.isVisible()
    assert desk.starts == []
    said = " ".join(label.accessibleName() + label.text() for label in desk.visible(QLabel))
    assert "hears people badly" in said
    assert "every second word wrong" in said
    press_button(desk, "Copy command")
    assert QGuiApplication.clipboard().text() == INSTALL
    press_button(desk, "Copied")
    QTest.keyClick(desk.view.focusWidget(), Key.Key_Return)
    assert desk.starts == [StartMicrophoneCall()]
    assert not desk.view.demo_model.isVisible()
    desk.chord(Key.Key_N)
    assert len(desk.starts) == 2, "told once is enough"


def test_it_can_be_left_and_is_told_again(desk: Desk) -> None:
    press_button(desk, "Start call (microphone)")
    desk.press(Key.Key_Escape)
    assert not desk.view.demo_model.isVisible()
    assert desk.starts == []
    press_button(desk, "Start call (microphone)")
    assert desk.view.demo_model.isVisible()


def test_one_accent_button_below_and_above(desk: Desk) -> None:
    press_button(desk, "Start call (microphone)")
    primary = [
        b.text()
        for b in desk.visible(QAbstractButton)
        if b.property("look") == "primary" and b.isEnabled()
    ]
    assert primary == ["Start anyway"]


def test_recordings_and_official_models_are_started_at_once(desk: Desk) -> None:
    desk.chord(Key.Key_2)
    assert desk.starts == [StartDemoCall(number=2)]
    desk.model.apply([sample.READY])
    assert desk.view.notice.text == ""
    desk.chord(Key.Key_N)
    assert desk.starts[1:] == [StartMicrophoneCall()]
