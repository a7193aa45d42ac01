"""A small coloured dot beside words that say the same."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.theme import Theme, Tone


class Dot(QWidget):
    """A dot in a tone; neutral is the colour of lines."""

    def __init__(self, *, theme: Theme, tone: Tone = Tone.NEUTRAL) -> None:
        super().__init__()
        self._theme, self._tone = theme, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_tone(self, tone: Tone) -> None:
        """Change the colour."""
        self._tone = tone
        self.update()

    def sizeHint(self) -> QSize:
        """A square of ten pixels."""
        return QSize(self._theme.px(10), self._theme.px(10))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(0, 0, 0, 0))
        is_neutral = self._tone is Tone.NEUTRAL
        painter.setBrush(QColor(self._theme.line) if is_neutral else self._theme.tone(self._tone))
        painter.drawEllipse(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5))
