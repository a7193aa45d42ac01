"""A short fact in a pill: a queue, a flag, a certainty."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QStylePainter, QWidget

from agent_desktop.theme import GAP_SMALL, Theme, Tone
from agent_desktop.view_models.tip import plain_tip
from agent_desktop.widgets.shared.text import set_look, show_when


class Chip(QLabel):
    """A pill with one or two words. Long text is cut, its tooltip says all."""

    def __init__(
        self,
        text: str = "",
        *,
        theme: Theme,
        tone: Tone = Tone.NEUTRAL,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedHeight(theme.px(20))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.say(text, tone=tone)

    def say(self, text: str, *, tone: Tone = Tone.NEUTRAL) -> None:
        """Show a text in a tone; nothing to say hides the pill."""
        set_look(self, "chip", tone=tone.value)
        show_when(bool(text), self)
        self.setText(text)
        self.setToolTip(plain_tip(text))
        self.setAccessibleName(text)

    def minimumSizeHint(self) -> QSize:
        """May be squeezed to a few letters where space is short."""
        hint = super().sizeHint()
        return QSize(min(hint.width(), self._theme.px(48)), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill; cut the text where it has no room."""
        if self.width() >= self.sizeHint().width():
            super().paintEvent(event)
            return
        painter = QStylePainter(self)
        option = QStyleOption()
        option.initFrom(self)
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option)
        pad = self._theme.px(GAP_SMALL)
        room = self.rect().adjusted(pad, 0, -pad, 0)
        mode = Qt.TextElideMode.ElideRight
        cut = self.fontMetrics().elidedText(self.text(), mode, room.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, cut)
