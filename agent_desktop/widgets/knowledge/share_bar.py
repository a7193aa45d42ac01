"""A thin bar of shares: how much of a whole is what. The words beside it say the same."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.theme import Theme, Tone


class ShareBar(QWidget):
    """Segments from left to right, each a share of 1 in a tone; the rest is the ground."""

    def __init__(self, *, theme: Theme, height: int = 6) -> None:
        super().__init__()
        self._theme, self._height = theme, height
        self._shares: tuple[tuple[float, Tone], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_shares(self, shares: Sequence[tuple[float, Tone]], *, name: str) -> None:
        """Draw the shares; `name` is what a screen reader says."""
        self._shares = tuple(shares)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(self._theme.px(60), self._theme.px(self._height))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the segments, the least of them two pixels wide."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QPainterPath()
        radius = self.height() / 2
        ground.addRoundedRect(self.rect().toRectF(), radius, radius)
        painter.setClipPath(ground)
        painter.fillRect(self.rect(), QColor(self._theme.line))
        painter.setPen(Qt.PenStyle.NoPen)
        left = 0.0
        for share, tone in self._shares:
            if share <= 0:
                continue
            width = max(2.0, share * self.width())
            is_quiet = tone is Tone.NEUTRAL
            ink = QColor(self._theme.ribbon) if is_quiet else self._theme.tone(tone)
            painter.fillRect(QRectF(left, 0, width, self.height()), ink)
            left += width + 1
