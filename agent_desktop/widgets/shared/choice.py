"""A box to choose one of several from, with an arrow that says so."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QComboBox

from agent_desktop.theme import GAP, Theme


class Choice(QComboBox):
    """The arrow is painted: the style sheet takes away that of the style."""

    def __init__(self, name: str, *, theme: Theme, look: str = "plain") -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("look", look)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box and the arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.muted), 1.5))
        half = self._theme.px(3)
        x, y = self.width() - GAP - half, self.height() / 2 - half / 2
        painter.drawPolyline(
            QPolygonF([QPointF(x - half, y), QPointF(x, y + half), QPointF(x + half, y)])
        )
