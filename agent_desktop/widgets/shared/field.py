"""A one-line field whose Return and Escape are its own, not the window's."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_OWN = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}


class Field(QLineEdit):
    """Text for one purpose. `entered(str)` on Return, `left()` on Escape."""

    entered = Signal(str)
    left = Signal()

    def __init__(self, name: str, *, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(hint or name)
        self.setToolTip(name)
        self.returnPressed.connect(self._enter)

    def event(self, event: QEvent) -> bool:
        """Claim Return and Escape before the shortcuts of the window see them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if event.key() in _OWN and is_plain:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives the focus back."""
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
            self.left.emit()
        else:
            super().keyPressEvent(event)
            event.accept()

    def _enter(self) -> None:
        self.entered.emit(self.text())
