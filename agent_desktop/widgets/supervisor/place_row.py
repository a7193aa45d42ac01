"""A line of the opened call that leads to a place in it."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from agent_desktop.theme import GAP_SMALL, GAP_TINY, Theme, Tone
from agent_desktop.view_models.tip import plain_tip
from agent_desktop.widgets.shared.dot import Dot
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.layout import row

_RETURN = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class PlaceRow(QPushButton):
    """A dot and a line of words; Return, Space or a click chooses it."""

    def __init__(self, words: str, *, theme: Theme, tone: Tone) -> None:
        super().__init__()
        self._height = theme.px(22)
        self.setProperty("look", "choice")
        self.setAccessibleName(words)
        self.setToolTip(plain_tip(words))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
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
