"""A field of several lines that is as high as its words need."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

from agent_desktop.theme import Theme


class GrowingText(QPlainTextEdit):
    """Tab leaves it. From `least` lines it grows up to `most`, then it scrolls."""

    def __init__(
        self, text: str = "", *, name: str, theme: Theme, least: int = 2, most: int = 12
    ) -> None:
        super().__init__()
        self._theme, self._least, self._most = theme, least, most
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setPlainText(text)
        self._fit()
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def sizeHint(self) -> QSize:
        """The lines there are."""
        lines = min(self._most, max(self._least, self._lines()))
        height = lines * self.fontMetrics().lineSpacing() + self._theme.px(24)
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        """No lower than its words need."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def _lines(self) -> int:
        document: QTextDocument = self.document()
        return round(document.size().height())  # of a plain text field, in lines

    def _fit(self) -> None:
        has_all = self._lines() <= self._most
        bars = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            bars.ScrollBarAlwaysOff if has_all else bars.ScrollBarAsNeeded
        )
        self.updateGeometry()
