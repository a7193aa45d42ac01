"""What a panel shows where there is nothing yet: what, why, and what to do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from agent_desktop.theme import GAP_SMALL
from agent_desktop.widgets.shared.layout import column
from agent_desktop.widgets.shared.text import label

PROGRESS_WIDTH = 320


class EmptyState(QWidget):
    """A quiet heading and a sentence; `buttons` for what to do; a progress line on request."""

    def __init__(self, heading: str, text: str = "") -> None:
        super().__init__()
        self._heading = label(heading, look="strong", wraps=True)
        self._text = label(text, look="muted", wraps=True)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(PROGRESS_WIDTH)
        self._progress.hide()
        for part in (self._heading, self._text):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.buttons: QVBoxLayout = column(gap=GAP_SMALL)
        outer = column(gap=GAP_SMALL)
        outer.addStretch(2)
        outer.addWidget(self._heading)
        outer.addWidget(self._text)
        outer.addWidget(self._progress, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addLayout(self.buttons)
        outer.addStretch(3)
        self.setLayout(outer)
        self.say(heading, text)

    def say(self, heading: str, text: str = "", *, progress: float | None = None) -> None:
        """Say it; `progress` 0 to 1 shows the line."""
        self._heading.setText(heading)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._progress.setVisible(progress is not None)
        if progress is not None:
            self._progress.setValue(round(progress * 100))
            self._progress.setAccessibleName(heading)
        self.setAccessibleName(f"{heading}. {text}")
