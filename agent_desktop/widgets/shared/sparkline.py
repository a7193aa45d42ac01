"""A small line of a course over time, with a dot for now."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.theme import Theme, Tone


def points_in(
    values: Sequence[float], *, width: float, height: float, low: float, high: float
) -> list[QPointF]:
    """Where the values lie in a box: evenly from left to right, `high` at the top."""
    if not values:
        return []
    step = width / max(1, len(values) - 1)
    span = (high - low) or 1.0
    held = [min(high, max(low, value)) for value in values]
    return [QPointF(i * step, height * (high - value) / span) for i, value in enumerate(held)]


class Sparkline(QWidget):
    """Values from `low` to `high`, oldest left. `show_values` sets values, tones and name."""

    def __init__(
        self,
        *,
        theme: Theme,
        low: float = -1.0,
        high: float = 1.0,
        width: int = 120,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._low, self._high, self._width = theme, low, high, width
        self._values: tuple[float, ...] = ()
        self._line, self._dot = Tone.NEUTRAL, Tone.NEUTRAL
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_values(
        self, values: Sequence[float], *, name: str, line: Tone, dot: Tone | None = None
    ) -> None:
        """Draw the values; `name` is what a screen reader says."""
        self._values = tuple(values)
        self._line, self._dot = line, dot or line
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        """The width given, one line of text high."""
        return QSize(self._theme.px(self._width), self._theme.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line and the dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(4, 4)
        width, height = self.width() - 8, self.height() - 8
        points = points_in(self._values, width=width, height=height, low=self._low, high=self._high)
        if not points:
            painter.setPen(QPen(QColor(self._theme.line), 1))
            painter.drawLine(0, height // 2, width, height // 2)
            return
        pen = QPen(self._theme.tone(self._line), 2)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tone(self._dot))
        painter.drawEllipse(points[-1], 3, 3)
