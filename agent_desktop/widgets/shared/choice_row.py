"""A row of a list to choose from: a heading, a second line, a word on the right."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from agent_desktop.theme import GAP, GAP_SMALL, GAP_TINY, Theme
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.text import label, show_when

_RETURN = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class ChoiceRow(QPushButton):
    """Chosen by click, Space or Return (`clicked`); arrows move between rows.

    Looks: choice, note (a calm box). A heading that `wraps` has no word beside it.
    """

    def __init__(
        self,
        heading: str,
        *,
        theme: Theme,
        text: str = "",
        word: str = "",
        look: str = "choice",
        wraps: bool = False,
    ) -> None:
        super().__init__()
        self.setProperty("look", look)
        self.setAccessibleName(". ".join(part for part in (heading, text, word) if part))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        inner = column(gap=GAP_TINY, margins=(GAP, GAP_SMALL, GAP, GAP_SMALL))
        if wraps:
            inner.addWidget(label(heading, look="strong", wraps=True))
        elif heading:
            line = row(label(heading, look="strong"), None, gap=GAP_SMALL)
            line.addWidget(Chip(word, theme=theme))
            inner.addLayout(line)
        self.details = label(text, look="small-muted", wraps=True)
        inner.addWidget(self.details)
        show_when(bool(text), self.details)
        self.setLayout(inner)

    def sizeHint(self) -> QSize:
        """As high as what is in it."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As narrow as need be, never lower than its lines."""
        return QSize(0, self.sizeHint().height() if self.layout() is not None else 0)

    def event(self, event: QEvent) -> bool:
        """Keep Return from the shortcuts of the window."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() in _RETURN:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return chooses; arrows go to the next or previous row."""
        if event.key() in _RETURN:
            self.click()
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)
