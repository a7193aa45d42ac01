"""What a step needs to be told first: why it is sent back or archived, when it is published."""

from PySide6.QtCore import QDateTime, Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from agent_desktop.theme import GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.article_life import Step
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.flow import Flow
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.text import label
from agent_desktop.widgets.shared.time_field import TimeField

ASKS = frozenset({Step.SEND_BACK, Step.ARCHIVE, Step.SCHEDULE})
_DAY_S = 24 * 3_600


class StepPrompt(QFrame):
    """Hidden until `ask`ed. `told(Step, comment, publish_at_ms)`; Escape puts it away."""

    told = Signal(object, str, object)
    left = Signal()

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._step = Step.SEND_BACK
        self._words = label("", look="strong")
        self._comment = Field(tr("Why"))
        self._comment.setMinimumWidth(theme.px(240))
        self._time = TimeField(tr("Date and time of publishing"))
        self._do = KeyButton(tr("Send back"), theme=theme, cap="↵", look="small")
        self._cancel = KeyButton(tr("Cancel"), theme=theme, cap="Esc", look="small")
        layout = Flow(gap=GAP_SMALL)
        for widget in (self._words, self._comment, self._time, self._do, self._cancel):
            layout.addWidget(widget)
        self.setLayout(layout)
        self._comment.entered.connect(self._tell)
        self._comment.left.connect(self.put_away)
        self._time.entered.connect(self._tell)
        self._time.left.connect(self.put_away)
        self._do.clicked.connect(self._tell)
        self._cancel.clicked.connect(self.put_away)
        self.hide()

    def ask(self, step: Step, *, publish_at_ms: int = 0) -> None:
        """Ask what a step needs."""
        self._step = step
        words, does, hint = {
            Step.SEND_BACK: (tr("What should change?"), tr("Send back"), tr("Why")),
            Step.ARCHIVE: (
                tr("Take it out of the next release?"),
                tr("Archive"),
                tr("Why (may stay empty)"),
            ),
            Step.SCHEDULE: (tr("Publish by itself on"), tr("Schedule"), ""),
        }[step]
        self._words.setText(words)
        self._do.rename(does)
        self._comment.clear()
        self._comment.setPlaceholderText(hint)
        is_time = step is Step.SCHEDULE
        self._comment.setVisible(not is_time)
        self._time.setVisible(is_time)
        now = QDateTime.currentDateTime()
        self._time.setMinimumDateTime(now)
        planned = QDateTime.fromMSecsSinceEpoch(publish_at_ms)
        self._time.setDateTime(planned if publish_at_ms else now.addSecs(_DAY_S))
        self.show()
        self._focus().setFocus()

    @Slot()
    def put_away(self) -> None:
        """Ask nothing any more."""
        if not self.isHidden():
            self.hide()
            self.left.emit()

    def _focus(self) -> QWidget:
        return self._time if self._step is Step.SCHEDULE else self._comment

    @Slot()
    def _tell(self) -> None:
        comment = self._comment.text().strip()
        if self._step is Step.SEND_BACK and not comment:
            self._comment.setFocus()  # nobody can do anything with an empty answer
            return
        is_time = self._step is Step.SCHEDULE
        at_ms = self._time.dateTime().toMSecsSinceEpoch() if is_time else 0
        self.hide()
        self.told.emit(self._step, comment, at_ms)
        self.left.emit()
