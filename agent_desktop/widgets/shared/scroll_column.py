"""A column of widgets that scrolls when it is longer than the window."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from agent_desktop.theme import GAP
from agent_desktop.widgets.shared.layout import NO_MARGINS, Margins, column


class ScrollColumn(QScrollArea):
    """Add widgets to `column`; they keep their place at the top."""

    def __init__(self, name: str, *, gap: int = GAP, margins: Margins = NO_MARGINS) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setProperty("look", "column")
        self.column: QVBoxLayout = column(gap=gap, margins=margins)
        outer = column(gap=0)
        outer.addLayout(self.column)
        outer.addStretch(1)
        inner.setLayout(outer)
        self.setWidget(inner)
        self.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
