"""A column of widgets that scrolls when it is longer than the window."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from agent_desktop.theme import GAP
from agent_desktop.widgets.shared.layout import NO_MARGINS, Margins, column


class _Content(QWidget):
    """As wide as the window gives and as high as that width needs.

    Qt's own resizable scroll area takes the tallest guess of every wrapping label instead,
    and would scroll for nothing.
    """

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.fit()
        return done

    def fit(self) -> None:
        window, layout = self.parentWidget(), self.layout()
        if window is None or layout is None:
            return
        width = window.width()
        wrapped = layout.heightForWidth(width) if layout.hasHeightForWidth() else 0
        needed = wrapped if wrapped > 0 else layout.minimumSize().height()
        self.resize(width, max(needed, window.height()))


class ScrollColumn(QScrollArea):
    """Add widgets to `column`; they keep their place at the top."""

    def __init__(self, name: str, *, gap: int = GAP, margins: Margins = NO_MARGINS) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = _Content()
        self._content.setProperty("look", "column")
        self.column: QVBoxLayout = column(gap=gap, margins=margins)
        self._outer = column(gap=0)
        self._outer.addLayout(self.column)
        self._outer.addStretch(1)
        self._content.setLayout(self._outer)
        self.setWidget(self._content)
        self.viewport().setAutoFillBackground(False)
        self._content.setAutoFillBackground(False)

    def fill_room(self) -> None:
        """Let the widgets share the height that is left over, by their stretch."""
        self._outer.setStretch(0, 1)
        self._outer.takeAt(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the column out for the new width."""
        super().resizeEvent(event)
        self._content.fit()
