"""An agent view on screen for tests: what happens to it, and what a person does with it."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from agent_desktop.theme import DARK
from agent_desktop.view_models.call_model import CallModel, LinkPhase
from agent_desktop.widgets.agent.agent_view import AgentView
from assist_engine.contract.events import Event
from tests.gui import agent_sample as sample


class Desk:
    """An agent view on screen, and what left it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.model = CallModel()
        self.model.set_link(LinkPhase.CONNECTED)
        self.model.apply([sample.READY])
        self.view = AgentView(self.model, theme=DARK)
        qtbot.addWidget(self.view)
        self.view.resize(1440, 900)
        self.view.show()
        self.view.activateWindow()
        qtbot.waitExposed(self.view)
        self.sayings: list[Any] = []
        self.starts: list[Any] = []
        self.view.command_given.connect(self.sayings.append)
        self.view.start_requested.connect(self.starts.append)
        self._seq = 0

    def happen(self, *made: Event) -> None:
        self.model.apply(sample.recorded(list(made), after=self._seq))
        self._seq += len(made)
        self.qtbot.wait(30)  # a layout shows what was added on its next turn

    def talk(self) -> None:
        self.happen(*sample.offered(), *sample.talk(), *sample.cards())

    def press(self, key: Qt.Key, *, on: QWidget | None = None) -> None:
        QTest.keyClick(on or self.view, key)
        QApplication.processEvents()

    def chord(self, key: Qt.Key) -> None:
        QTest.keyClick(self.view, key, Qt.KeyboardModifier.ControlModifier)
        QApplication.processEvents()

    def visible(self, kind: type[QWidget]) -> list[Any]:
        return [w for w in self.view.findChildren(kind) if w.isVisible()]
