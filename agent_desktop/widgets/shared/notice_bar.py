"""A line above the view: what is not as it should be, and what to do."""

from PySide6.QtWidgets import QFrame, QProgressBar

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, Theme, Tone
from agent_desktop.view_models.status_model import Notice
from agent_desktop.widgets.shared.dot import Dot
from agent_desktop.widgets.shared.feeling_tone import NOTICE_TONES
from agent_desktop.widgets.shared.layout import row
from agent_desktop.widgets.shared.text import label, set_look


class NoticeBar(QFrame):
    """Hidden until it has something to say."""

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._dot = Dot(theme=theme)
        self._heading = label(look="strong")
        self._text = label(look="body", wraps=True)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(theme.px(160))
        outer = row(
            self._dot, self._heading, gap=GAP, margins=(GAP_LARGE, GAP_SMALL, GAP_LARGE, GAP_SMALL)
        )
        outer.addWidget(self._text, 1)
        outer.addWidget(self._progress)
        self.setLayout(outer)
        self.hide()

    def show_notice(self, notice: Notice | None) -> None:
        """Show a notice; hide without one."""
        if notice is None:
            self.hide()
            return
        self.say(
            notice.heading,
            notice.text,
            tone=NOTICE_TONES[notice.feeling],
            progress=notice.progress,
        )

    def say(self, heading: str, text: str, *, tone: Tone, progress: float | None = None) -> None:
        """Show a heading, a sentence, and a progress line where one is given (0 to 1)."""
        set_look(self, "notice", tone=tone.value)
        self._dot.set_tone(tone)
        self._heading.setText(heading)
        self._text.setText(text)
        self._progress.setVisible(progress is not None)
        self._progress.setValue(round((progress or 0.0) * 100))
        self._progress.setAccessibleName(heading)
        self.setAccessibleName(f"{heading}. {text}")
        self.show()

    @property
    def text(self) -> str:
        """What it says now; empty while hidden."""
        return "" if self.isHidden() else self.accessibleName()
