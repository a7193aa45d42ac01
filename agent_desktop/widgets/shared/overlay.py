"""A sheet inside the window, above its view: no dialog, no loop of its own, Escape closes it."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QWidget

from agent_desktop.theme import GAP_LARGE, Theme
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.shared.panel import Panel
from agent_desktop.widgets.shared.text import label


class Overlay(QWidget):
    """Covers its parent with a veil and shows `sheet` (a `Panel`) on it.

    `width` and `height` are the most that the sheet takes at text scale 1.0; `closed` is
    emitted when a person closes it, `shown(bool)` whenever it comes or goes.
    """

    closed = Signal()
    shown = Signal(bool)

    def __init__(
        self, parent: QWidget, *, theme: Theme, title: str, width: int, height: int
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._most = (theme.px(width), theme.px(height))
        self.sheet = Panel(look="panel")
        self.sheet.setParent(self)
        self.sheet.setAccessibleName(title)
        self.title = label(title, look="name")
        self.header: QHBoxLayout = row(self.title, None)
        self.sheet.body.addLayout(self.header)
        parent.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show it above the view. The window is not activated."""
        self.setGeometry(self._room())
        self.show()
        self.raise_()

    def close_sheet(self) -> None:
        """Hide it and say so."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the view."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._room())
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the sheet in the middle."""
        width = min(self._most[0], self.width() - 4 * GAP_LARGE)
        height = min(self._most[1], self.height() - 4 * GAP_LARGE)
        left, top = (self.width() - width) // 2, (self.height() - height) // 2
        self.sheet.setGeometry(QRect(left, top, width, height))

    def showEvent(self, event: QShowEvent) -> None:
        """Say that it is there."""
        super().showEvent(event)
        self.shown.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Say that it is gone; a focus in it goes to the view, not to whatever comes next."""
        super().hideEvent(event)
        self.shown.emit(False)
        focused, view = self.window().focusWidget(), self.parentWidget()
        if view is not None and (focused is None or self.isAncestorOf(focused)):
            view.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the veil."""
        veil = QColor(self._theme.background)
        veil.setAlpha(190)
        QPainter(self).fillRect(self.rect(), veil)

    def _room(self) -> QRect:
        parent = self.parentWidget()
        return parent.rect() if parent is not None else self.geometry()
