"""What was named on the call, as chips that copy: each with its key, in a place of its own."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_desktop.theme import GAP_SMALL, GAP_TINY, Size, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.entity_model import NO_CHIPS, PLACES, Chips, EntityChip
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.flow import Flow
from agent_desktop.widgets.shared.key_button import KeyButton

PINNED = 3
COPIED_MS = 1_600  # long enough to be seen from the corner of an eye
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class EntityButton(KeyButton):
    """One chip: what it is, its value, its key. Says for a moment that it was copied."""

    def __init__(self, *, theme: Theme, key: str) -> None:
        super().__init__("", theme=theme, key=key, look="chip")
        self._chip: EntityChip | None = None
        self._is_copied = False
        self._key_text = key
        self._small = theme.font(Size.CAPTION)
        self._bold = theme.font(Size.CAPTION, weight=QFont.Weight.DemiBold)
        self._pause = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._pause.timeout.connect(self._rest)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._copy)
        self.hide()

    def show_chip(self, chip: EntityChip | None) -> None:
        """Show a chip here, or nothing."""
        if chip == self._chip:
            return
        self._chip, self._is_copied = chip, False
        self.setVisible(chip is not None)
        if chip is not None:
            self.setEnabled(bool(chip.value))
            self._name(chip.name)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All of its parts beside each other; a pill of text high."""
        return QSize(self._width(), self._theme.px(22))

    def minimumSizeHint(self) -> QSize:
        """May be cut where a window is narrow."""
        return QSize(min(self._width(), self._theme.px(100)), self._theme.px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill, what it is in quiet letters, its value, its key."""
        chip = self._chip
        if chip is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = Tone.ACCENT if chip.is_valid else Tone.WARNING
        pill = self.rect().toRectF().adjusted(1, 1, -1, -1)
        line = QColor(self._theme.accent) if self.hasFocus() else QColor(0, 0, 0, 0)
        painter.setPen(QPen(line, 2))
        painter.setBrush(self._theme.tone_surface(tone))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        right = self._paint_key(painter, tone)
        left = float(self._pad)
        for text, font, colour in self._fitting(chip, tone, right - left):
            room = QRectF(left, 0, max(0.0, right - left), self.height())
            metrics = QFontMetrics(font)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.setFont(font)
            painter.setPen(colour)
            painter.drawText(room, _MIDDLE, shown)
            left += metrics.horizontalAdvance(text) + self._gap

    @property
    def _pad(self) -> int:
        return self._theme.px(GAP_SMALL + 2)

    @property
    def _gap(self) -> int:
        return self._theme.px(GAP_TINY + 1)

    def _fitting(
        self, chip: EntityChip, tone: Tone, room: float
    ) -> list[tuple[str, QFont, QColor]]:
        """What fits: the value needs no name before it is cut."""
        parts = self._parts(chip, tone)
        return parts if self._length(parts) <= room + self._gap else parts[1:]

    def _length(self, parts: list[tuple[str, QFont, QColor]]) -> int:
        return sum(
            QFontMetrics(font).horizontalAdvance(text) + self._gap for text, font, _ in parts
        )

    def _parts(self, chip: EntityChip, tone: Tone) -> list[tuple[str, QFont, QColor]]:
        soft, strong = QColor(self._theme.muted), self._theme.tone(tone)
        check = [] if chip.is_valid else [("· " + tr("check it back"), self._small, strong)]
        return [
            (chip.label, self._small, soft),
            (chip.shown, self._bold, QColor(self._theme.text) if chip.value else soft),
            *check,
        ]

    def _paint_key(self, painter: QPainter, tone: Tone) -> float:
        """Draw the key, or a tick after copying; gives where the words must end."""
        size = self._theme.px(14)
        cap = QRectF(self.width() - self._pad - size, (self.height() - size) / 2, size, size)
        painter.setFont(self._bold if self._is_copied else self._small)
        if self._is_copied:
            painter.setPen(self._theme.tone(Tone.POSITIVE))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, "✓")
            return cap.left() - self._gap
        if self._chip is not None and self._chip.value:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.tone(tone), 1))
            painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._key_text)
        return cap.left() - self._gap

    def _width(self) -> int:
        if self._chip is None:
            return 0
        words = self._length(self._parts(self._chip, Tone.ACCENT))
        return words + 2 * self._pad + self._theme.px(14) + 2

    def _copy(self) -> None:
        chip = self._chip
        if chip is None or not chip.value:
            return
        QGuiApplication.clipboard().setText(chip.value)
        self._is_copied = True
        self._pause.start()
        said = tr("copied: {what}", what=chip.kind)
        self._name(said)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))
        self.update()

    def _rest(self) -> None:
        self._is_copied = False
        if self._chip is not None:
            self._name(self._chip.name)
        self.update()

    def _name(self, text: str) -> None:
        self.setAccessibleName(text)
        can_copy = self._chip is not None and bool(self._chip.value)
        self.setToolTip(
            tr("{what} · copy ({key})", what=text, key=self._key_text) if can_copy else text
        )


class EntityChips(QWidget):
    """Chips in as many lines as the width needs, then what else is pinned: `pin`."""

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.chips: Chips = NO_CHIPS
        self.buttons = tuple(EntityButton(theme=theme, key=str(n)) for n in range(1, PLACES + 1))
        self._pinned = tuple(Chip(theme=theme) for _ in range(PINNED))
        flow = Flow(gap=GAP_TINY + 2)
        for chip in (*self.buttons, *self._pinned):
            flow.addWidget(chip)
        self.setLayout(flow)
        self.setAccessibleName(tr("Named on this call"))

    def show_chips(self, chips: Chips) -> None:
        """Show the chips, each in its place."""
        self.chips = chips
        for button, chip in zip(self.buttons, chips, strict=True):
            button.show_chip(chip)

    def pin(self, texts: Sequence[str]) -> None:
        """Show short texts behind the chips: the newest few."""
        newest = [*texts[-PINNED:], *("",) * PINNED]
        for chip, text in zip(self._pinned, newest, strict=False):
            chip.say(text, tone=Tone.NEUTRAL)

    def copy(self, number: int) -> None:
        """Copy the value of the chip with that number, from 1; nothing where there is none."""
        self.buttons[number - 1].click()
