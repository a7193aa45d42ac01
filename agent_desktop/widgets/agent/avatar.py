"""A customer's initials on a disc."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.theme import Size, Theme


class Avatar(QWidget):
    """Two letters at most."""

    def __init__(self, initials: str, *, theme: Theme) -> None:
        super().__init__()
        self._initials, self._theme = initials, theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A disc of forty pixels."""
        return QSize(self._theme.px(40), self._theme.px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the disc and the letters."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.accent_surface))
        painter.drawEllipse(self.rect())
        painter.setPen(QColor(self._theme.accent))
        painter.setFont(self._theme.font(Size.BODY, weight=QFont.Weight.Bold))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._initials)
