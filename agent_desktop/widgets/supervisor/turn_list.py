"""Where the mood turned and after which words, a line each; choosing one shows the place."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from agent_desktop.theme import GAP_SMALL, GAP_TINY, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.turn_words import turn_text
from agent_desktop.widgets.shared.dot import Dot
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.layout import clear, column, row
from assist_engine.call.selectors import TurningPoint

MOST_TURNS = 3
_RETURN = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class TurnRow(QPushButton):
    """One turn; Return, Space or a click chooses it."""

    def __init__(self, turn: TurningPoint, *, theme: Theme) -> None:
        super().__init__()
        self._height = theme.px(22)
        words = turn_text(turn)
        self.setProperty("look", "choice")
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        tone = Tone.NEGATIVE if turn.change < 0 else Tone.POSITIVE
        line = row(Dot(theme=theme, tone=tone), gap=GAP_SMALL, margins=(GAP_TINY, 0, GAP_TINY, 0))
        line.addWidget(ElidedLabel(words, look="small-muted"), 1)
        self.setLayout(line)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(super().sizeHint().width(), self._height)

    def event(self, event: QEvent) -> bool:
        """Keep Return from the window."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() in _RETURN:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return chooses as Space does."""
        if event.key() in _RETURN:
            self.click()
        else:
            super().keyPressEvent(event)


class TurnList(QWidget):
    """`place_asked(UtteranceId)` when a turn is chosen."""

    place_asked = Signal(object)

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._turns: tuple[TurningPoint, ...] = ()
        self._most = MOST_TURNS
        self._column = column(gap=0)
        self.setLayout(self._column)
        self.setAccessibleName(tr("Where the mood turned"))

    def show_turns(self, turns: tuple[TurningPoint, ...]) -> None:
        """Show these turns, oldest first."""
        if turns == self._turns:
            return
        self._turns = turns
        self._fill()

    def show_newest(self, count: int) -> None:
        """Show no more than the newest few."""
        if count != self._most:
            self._most = count
            self._fill()

    def _fill(self) -> None:
        clear(self._column)
        for turn in self._turns[-self._most :]:
            line = TurnRow(turn, theme=self._theme)
            line.clicked.connect(lambda _=False, uid=turn.utterance_id: self.place_asked.emit(uid))
            self._column.addWidget(line)
