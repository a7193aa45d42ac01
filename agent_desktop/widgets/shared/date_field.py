"""A field for a calendar day as 2026-11-28, or nothing; it says when it is no day."""

from datetime import date

from PySide6.QtWidgets import QLineEdit

from agent_desktop.translation import tr


class DateField(QLineEdit):
    """`day` is what is written; `is_valid` whether that is a day or nothing."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setAccessibleName(name)
        self.setPlaceholderText(tr("no date"))
        self.textChanged.connect(self._explain)
        self._explain()

    @property
    def day(self) -> str:
        """The day (ISO 8601), or nothing."""
        return self.text().strip()

    @property
    def is_valid(self) -> bool:
        """Whether a day is written, or nothing."""
        try:
            return not self.day or date.fromisoformat(self.day).isoformat() == self.day
        except ValueError:
            return False

    def set_day(self, day: str) -> None:
        """Show a day (ISO 8601), or nothing."""
        self.setText(day)
        self.setCursorPosition(0)

    def _explain(self) -> None:
        wrong = tr("write the day as 2026-11-28, or nothing")
        self.setToolTip(self._name if self.is_valid else f"{self._name}: {wrong}")
