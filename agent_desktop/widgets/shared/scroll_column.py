"""A column of widgets that scrolls when it is longer than the window."""

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QVBoxLayout, QWidget

from agent_desktop.theme import GAP, GAP_SMALL
from agent_desktop.widgets.shared.layout import Margins, column

BAR_WIDTH: Final = 6  # narrower than the margin that it stands in


class _Content(QWidget):
    """As wide as the window gives and as high as that width needs.

    Qt's own resizable scroll area takes the tallest guess of every wrapping label instead,
    and would scroll for nothing.
    """

    needed = Signal(int)  # its height

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
        self.needed.emit(needed)


class ScrollColumn(QScrollArea):
    """Add widgets to `column`; they keep their place at the top.

    The bar stands in the right margin and takes no width: what is in the column is never
    wrapped anew because it comes or goes. `needed(int)` tells the height of all that is in it.
    """

    needed = Signal(int)

    def __init__(
        self, name: str, *, gap: int = GAP, margins: Margins = (0, 0, GAP_SMALL, 0)
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = _Content()
        self._content.needed.connect(self.needed)
        self._content.setProperty("look", "column")
        self.column: QVBoxLayout = column(gap=gap, margins=margins)
        self._outer = column(gap=0)
        self._outer.addLayout(self.column)
        self._outer.addStretch(1)
        self._content.setLayout(self._outer)
        self.setWidget(self._content)
        self.viewport().setAutoFillBackground(False)
        self._content.setAutoFillBackground(False)
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.setObjectName("bar")
        self._bar.hide()
        self._bar.valueChanged.connect(self.verticalScrollBar().setValue)
        self.verticalScrollBar().valueChanged.connect(self._bar.setValue)
        self.verticalScrollBar().rangeChanged.connect(self._follow_range)

    def fill_room(self) -> None:
        """Let the widgets share the height that is left over, by their stretch."""
        self._outer.setStretch(0, 1)
        self._outer.takeAt(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the column out for the new width."""
        super().resizeEvent(event)
        self._content.fit()
        self._bar.setGeometry(self.width() - BAR_WIDTH, 0, BAR_WIDTH, self.height())

    def _follow_range(self, least: int, most: int) -> None:
        self._bar.setRange(least, most)
        self._bar.setPageStep(self.viewport().height())
        self._bar.setVisible(most > least)
        self._bar.raise_()
