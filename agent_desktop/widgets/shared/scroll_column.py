"""A column of widgets that scrolls when it is longer than the window."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from agent_desktop.theme import GAP
from agent_desktop.widgets.shared.layout import NO_MARGINS, Margins, column


class _Content(QWidget):
    """Asks for no size of its own: the width is given, the height follows from it.

    Qt would else take the tallest guess of every wrapping label and scroll for nothing.
    """

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)


class ScrollColumn(QScrollArea):
    """Add widgets to `column`; they keep their place at the top."""

    def __init__(self, name: str, *, gap: int = GAP, margins: Margins = NO_MARGINS) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = _Content()
        inner.setProperty("look", "column")
        self.column: QVBoxLayout = column(gap=gap, margins=margins)
        self._outer = column(gap=0)
        self._outer.addLayout(self.column)
        self._outer.addStretch(1)
        inner.setLayout(self._outer)
        self.setWidget(inner)
        self.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)

    def fill_room(self) -> None:
        """Let the widgets share the height that is left over, by their stretch."""
        self._outer.setStretch(0, 1)
        self._outer.setStretch(1, 0)
        self._outer.takeAt(1)
