"""A button that shows its key: every action can be done without a mouse."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QShortcutEvent,
)
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QStylePainter, QWidget

from agent_desktop.theme import GAP_TINY, RADIUS_BUTTON, Size, Theme

_RETURN = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class KeyButton(QPushButton):
    """A button with a small key cap. Looks: plain, primary (one on screen), quiet, small.

    `key` is a `QKeySequence` text ("F8", "Ctrl+F", "C") and becomes the shortcut; `cap` is
    what the cap shows where that differs ("↵").
    """

    def __init__(
        self,
        text: str,
        *,
        theme: Theme,
        key: str = "",
        cap: str | None = None,
        look: str = "plain",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._theme, self._cap = theme, key if cap is None else cap
        self.setProperty("look", look)
        self.setAccessibleName(text)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if key:
            self.setShortcut(QKeySequence(key))
        self.describe(text)

    def rename(self, text: str) -> None:
        """Say something else, keeping the key."""
        shortcut = self.shortcut()
        self.setText(text)
        self.setShortcut(shortcut)  # Qt forgets the shortcut with the text
        self.setAccessibleName(text)
        self.describe(text)
        self.updateGeometry()

    def describe(self, text: str) -> None:
        """Set the tooltip; the key is added."""
        key = self.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.setToolTip(f"{text} ({key})" if key else text)

    def sizeHint(self) -> QSize:
        """The text, the cap and the space between."""
        hint = super().sizeHint()
        if self._cap:
            hint.setWidth(hint.width() + self._cap_width() + self._theme.px(GAP_TINY + 2))
        return hint

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def event(self, event: QEvent) -> bool:
        """Keep Return for a focused button; act on the shortcut at once.

        Qt would show the button pressed for 100 ms first.
        """
        if isinstance(event, QShortcutEvent) and not event.isAmbiguous():
            self.click()
            return True
        if event.type() == QEvent.Type.ShortcutOverride and _is_return(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses a focused button as Space does."""
        if _is_return(event):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the button, its text left and its cap right of the middle."""
        if not self._cap:
            super().paintEvent(event)
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        self._paint_label(painter)

    def _paint_label(self, painter: QPainter) -> None:
        width = self.fontMetrics().horizontalAdvance(self.text())
        gap, cap_width = self._theme.px(GAP_TINY + 2), self._cap_width()
        left = (self.width() - width - gap - cap_width) // 2
        painter.setFont(self.font())
        painter.setPen(self._ink())
        text = QRect(left, 0, width + 2, self.height())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, self.text())
        height = self._theme.px(16)
        cap = QRect(left + width + gap, (self.height() - height) // 2, cap_width, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._cap_line(), 1))
        radius = RADIUS_BUTTON // 2
        painter.drawRoundedRect(cap.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setFont(self._theme.font(Size.CAPTION))
        painter.setPen(self._cap_ink())
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._cap)

    def _cap_width(self) -> int:
        from_text = self._theme.font(Size.CAPTION)
        metrics = type(self.fontMetrics())(from_text)
        return max(self._theme.px(16), metrics.horizontalAdvance(self._cap) + self._theme.px(10))

    def _is_primary(self) -> bool:
        return self.property("look") == "primary" and self.isEnabled()

    def _ink(self) -> QColor:
        if self._is_primary():
            return QColor(self._theme.on_accent)
        is_soft = self.property("look") == "quiet" or not self.isEnabled()
        return QColor(self._theme.muted if is_soft else self._theme.text)

    def _cap_ink(self) -> QColor:
        return QColor(self._theme.on_accent if self._is_primary() else self._theme.muted)

    def _cap_line(self) -> QColor:
        return QColor(self._theme.on_accent if self._is_primary() else self._theme.line)


def _is_return(event: QEvent) -> bool:
    if not isinstance(event, QKeyEvent) or event.key() not in _RETURN:
        return False
    return not event.modifiers() & Qt.KeyboardModifier.ControlModifier  # that accepts a sheet
