"""The wall by user action: keys, the inline question, whispering, one accent button, states."""

from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.theme import DARK, dress
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.wall_model import WallModel
from agent_desktop.widgets.supervisor.calls_table import CallsTable
from agent_desktop.widgets.supervisor.needs_you import NeedsYou
from agent_desktop.widgets.supervisor.needy_call import NeedyCall
from agent_desktop.widgets.supervisor.wall_view import WallView
from assist_engine.contract.answers import EngineStatus, Refused
from assist_engine.contract.commands import AcknowledgeAlert, SendWhisper, Watch
from assist_engine.contract.ids import CallId
from assist_engine.contract.values import AlertVerdict
from tests.gui.wall_scene import calm_call, everything, upset_call

pytestmark = pytest.mark.gui

READY = EngineStatus(is_ready=True, stage="ready", release=1)


class Wall:
    """A wall on screen with one upset call and one calm one."""

    def __init__(self, qtbot: QtBot) -> None:
        self.model = WallModel()
        self.model.set_link(LinkPhase.CONNECTED)
        self.model.apply([READY])
        self.ana, self.ben = upset_call(), upset_call("ben", offered_ms=5)
        self.model.apply(everything([self.ana, self.ben, calm_call("calm", customer="M. Chen")]))
        self.view = WallView(self.model, theme=DARK)
        qtbot.addWidget(self.view)
        self.view.resize(1440, 900)
        self.view.show()
        self.view.activateWindow()
        qtbot.waitExposed(self.view)
        self.model.changed.emit()
        qtbot.wait(20)  # a layout shows what was added on its next turn
        self.commands: list[Any] = []
        self.model.command_given.connect(self.commands.append)

    def line(self, call: str) -> NeedyCall:
        needs_you = self.view.findChild(NeedsYou)
        assert needs_you is not None
        line = needs_you.line(CallId(call))
        assert line is not None
        return line

    def table(self) -> CallsTable:
        table = self.view.findChild(CallsTable)
        assert table is not None
        return table

    def primaries(self) -> list[str]:
        buttons = self.view.findChildren(QAbstractButton)
        return [b.text() for b in buttons if b.isVisible() and b.property("look") == "primary"]


@pytest.fixture
def wall(qtbot: QtBot, qapp: Any) -> Wall:
    dress(qapp, DARK)
    return Wall(qtbot)


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def press(widget: QWidget, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(widget, key)


def test_line_says_who_why_and_in_which_words(wall: Wall) -> None:
    said = texts(wall.line("ana"))
    assert "Ana Ruiz" in said
    assert "with Kim · Orders · 06:32" in said
    assert "“if it isn't here by saturday you can cancel everything i'll go elsewhere”" in said
    assert "two of the last three turns negative at 06:32" in said
    assert "wants to cancel everything" in said
    assert wall.line("ana").accessibleName().startswith("Ana Ruiz with Kim")


def test_return_opens_the_line_and_escape_closes_it(wall: Wall) -> None:
    press(wall.line("ana"), Qt.Key.Key_Return)
    assert wall.model.opened is not None
    assert wall.model.opened.call_id == "ana"
    assert isinstance(wall.commands[0], Watch)
    press(wall.view, Qt.Key.Key_Escape)
    assert wall.model.opened is None


def test_acknowledging_asks_one_thing_inline(wall: Wall) -> None:
    line = wall.line("ana")
    press(line, Qt.Key.Key_A)
    assert "Was it useful?" in texts(line)
    press(line, Qt.Key.Key_Escape)
    assert not line.is_asking()
    press(line, Qt.Key.Key_A, Qt.Key.Key_U)
    assert [(c.call_id, c.verdict) for c in wall.commands if isinstance(c, AcknowledgeAlert)] == [
        ("ana", AlertVerdict.USEFUL)
    ]
    wall.ana.acknowledged(AlertVerdict.USEFUL)
    wall.model.apply(wall.ana.take())
    wall.model.changed.emit()
    assert wall.view.findChild(NeedsYou).line(CallId("ana")) is None  # type: ignore[union-attr]


def test_refusal_stands_in_the_line(wall: Wall) -> None:
    press(wall.line("ana"), Qt.Key.Key_A, Qt.Key.Key_N)
    wall.model.apply([Refused(ref=1, code="access.role", message="only supervisors may do this")])
    wall.model.changed.emit()
    assert "only supervisors may do this" in texts(wall.line("ana"))


def test_whisper_is_written_and_sent_by_key(wall: Wall) -> None:
    press(wall.line("ben"), Qt.Key.Key_W)
    field = wall.view.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "waive the fee")
    assert wall.primaries() == ["Send whisper ↵"]
    press(field, Qt.Key.Key_Return)
    assert wall.commands[-1] == SendWhisper(call_id=CallId("ben"), text="waive the fee")
    assert field.text() == ""
    assert "sending…" in texts(wall.view)


def test_draft_stays_with_its_call(wall: Wall) -> None:
    press(wall.line("ben"), Qt.Key.Key_W)
    field = wall.view.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "only for ben")
    wall.model.open_call(CallId("ana"))
    assert field.text() == ""


def test_one_accent_button_at_a_time(wall: Wall) -> None:
    assert wall.primaries() == ["Open ↵"]
    wall.line("ben").setFocus()
    assert wall.primaries() == ["Open ↵"]
    assert wall.view.findChild(NeedsYou).current == "ben"  # type: ignore[union-attr]
    wall.model.open_call(CallId("ben"))
    assert wall.primaries() == []


def test_arrows_go_from_line_to_line(wall: Wall) -> None:
    wall.line("ana").setFocus()
    press(wall.line("ana"), Qt.Key.Key_Down)
    assert wall.line("ben").hasFocus()
    press(wall.line("ben"), Qt.Key.Key_Up)
    assert wall.line("ana").hasFocus()


def test_return_in_the_table_opens_a_call(wall: Wall) -> None:
    table = wall.table()
    table.selectRow(2)
    press(table, Qt.Key.Key_Return)
    assert wall.model.opened is not None
    assert wall.model.opened.call_id == "calm"


def test_search_says_when_nothing_matches(wall: Wall) -> None:
    field = next(f for f in wall.view.findChildren(QLineEdit) if "Find" in f.accessibleName())
    field.setText("chen")
    assert wall.table().model().rowCount() == 1
    field.setText("nobody at all")
    assert "No call matches" in texts(wall.view)
    press(field, Qt.Key.Key_Escape)
    assert wall.table().model().rowCount() == 3


def test_lists_stand_still_under_the_mouse(wall: Wall) -> None:
    lists = wall.table().parentWidget()
    while lists is not None and lists.property("look") != "panel":
        lists = lists.parentWidget()
    assert lists is not None
    at = QPointF(5, 5)
    wall.view.eventFilter(lists, QEnterEvent(at, at, at))
    wall.ben.customer("worse and worse", at_ms=400_000, score=-1.0)
    wall.model.apply(wall.ben.take())
    assert wall.model.rows[0].call_id == "ana"
    wall.view.eventFilter(lists, QEvent(QEvent.Type.Leave))
    assert wall.model.rows[0].call_id == "ben"


def test_every_control_has_a_name(wall: Wall) -> None:
    press(wall.line("ana"), Qt.Key.Key_Return)
    controls = [*wall.view.findChildren(QAbstractButton), *wall.view.findChildren(QLineEdit)]
    nameless = [c for c in controls if c.isVisible() and not (c.accessibleName() or c.text())]  # type: ignore[attr-defined]
    assert nameless == []
    assert wall.table().accessibleName() == "All calls"


@pytest.mark.parametrize(
    ("phase", "status", "words"),
    [
        (LinkPhase.CONNECTED, READY, "All quiet"),
        (LinkPhase.CONNECTED, EngineStatus(is_ready=False, stage="loading"), "engine is starting"),
        (LinkPhase.RECONNECTING, READY, "reconnecting"),
        (LinkPhase.CLOSED, READY, "not connected"),
    ],
)
def test_states_without_calls_are_said(
    qtbot: QtBot, phase: LinkPhase, status: EngineStatus, words: str
) -> None:
    model = WallModel()
    view = WallView(model, theme=DARK)
    qtbot.addWidget(view)
    view.show()
    model.set_link(phase)
    model.apply([status])
    model.changed.emit()
    assert words in texts(view)


def test_opened_call_shows_its_end(wall: Wall) -> None:
    press(wall.line("ana"), Qt.Key.Key_Return)
    wall.ana.release()
    wall.model.apply(wall.ana.take())
    wall.model.changed.emit()
    said = texts(wall.view)
    assert "ended" in said
    assert "The call is over." in said


def test_story_follows_until_the_person_scrolls_back(wall: Wall, qtbot: QtBot) -> None:
    wall.view.resize(1024, 500)
    press(wall.line("ana"), Qt.Key.Key_Return)
    story = wall.view.findChild(QWidget, "story")
    bar = story.verticalScrollBar()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum(), timeout=2_000)
    bar.setValue(0)
    wall.ana.agent("one more thing", at_ms=410_000)
    wall.model.apply(wall.ana.take())
    qtbot.wait(50)
    assert bar.value() == 0
    newest = next(b for b in wall.view.findChildren(QAbstractButton) if b.text() == "Newest")
    assert newest.isVisible()
    newest.click()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum(), timeout=2_000)
    assert not newest.isVisible()


PROBLEM = "/etc/attune/playbooks/orders.yaml, line 12: unknown field 'whne'; did you mean 'when'?"


def test_rules_that_were_not_read_are_told_with_file_and_line(qtbot: QtBot) -> None:
    wall = Wall(qtbot)
    assert wall.view.notice.text == ""
    problems = "\n".join((PROBLEM, *(f"coaching.yaml, line {n}: empty" for n in range(4))))
    wall.model.apply([replace(READY, problem=problems)])
    qtbot.waitUntil(lambda: wall.view.notice.isVisible())
    told = wall.view.notice.text
    assert "the ones before are in use" in told
    assert "playbooks/orders.yaml, line 12: unknown field 'whne'" in told
    assert "/etc" not in told
    assert "and 2 more" in told
    wall.model.apply([READY])
    qtbot.waitUntil(lambda: not wall.view.notice.isVisible())
