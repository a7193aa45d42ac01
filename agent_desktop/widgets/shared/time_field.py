"""A field for a date and time whose Return and Escape are its own, not the window's."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDateTimeEdit

_RETURN = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_OWN = {*_RETURN, Qt.Key.Key_Escape}


class TimeField(QDateTimeEdit):
    """Arrows change the part that the keys are on. `entered` on Return, `left` on Escape."""

    entered = Signal()
    left = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setDisplayFormat("yyyy-MM-dd HH:mm")

    def event(self, event: QEvent) -> bool:
        """Claim Return and Escape before the shortcuts of the window see them."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() in _OWN:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return is done, Escape is not."""
        if event.key() in _RETURN:
            self.interpretText()
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
