"""The checklist of the next action: steps tick themselves when they are heard, or by hand."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcutEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from agent_desktop.theme import GAP_SMALL, GAP_TINY, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.checklist_model import Checklist, Step
from agent_desktop.widgets.shared.layout import clear, row
from agent_desktop.widgets.shared.panel import Panel
from agent_desktop.widgets.shared.text import label

MOST_KEYS = 9
_RETURN = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class StepRow(QPushButton):
    """One step; a click, Space, Return or its key ticks it or takes the tick back."""

    def __init__(self, text: str, *, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme = theme
        self.step = Step(text=text)
        self.setProperty("look", "choice")
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        if number <= MOST_KEYS:
            self.setShortcut(QKeySequence(f"Alt+{number}"))
        self._mark, self._time = label(), label(look="small-muted")
        self._mark.setFixedWidth(theme.px(16))
        line = row(self._mark, gap=GAP_SMALL, margins=(GAP_TINY, 2, GAP_TINY, 2))
        line.addWidget(label(text, wraps=True), 1)
        line.addWidget(self._time)
        self.setLayout(line)
        self.show_step(self.step)

    def show_step(self, step: Step) -> None:
        """Show how the step stands; the call says it, not the click."""
        self.step = step
        self.setChecked(step.is_done)
        self._mark.setText("✓" if step.is_done else "○")
        tone = Tone.POSITIVE if step.is_done else Tone.NEUTRAL
        self._mark.setStyleSheet(f"color: {self._theme.tone(tone).name()}")
        self._time.setText(step.time)
        key = self.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        what = tr("take the tick back") if step.is_done else tr("tick")
        self.setToolTip(" · ".join(part for part in (step.proof, f"{what} ({key})") if part))
        state = tr("done") if step.is_done else tr("open")
        spoken = (step.text, state, step.proof, step.time)
        self.setAccessibleName(", ".join(part for part in spoken if part))

    def sizeHint(self) -> QSize:
        """As high as its lines."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """As narrow as need be."""
        return QSize(0, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Keep Return from the primary card; act on the key at once, as every key button does."""
        if isinstance(event, QShortcutEvent) and not event.isAmbiguous():
            self.click()
            return True
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() in _RETURN:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return ticks as Space does; arrows go from step to step."""
        if event.key() in _RETURN:
            self.click()
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)


class ChecklistPanel(Panel):
    """`ticked(PlaybookId, str, bool)` when a person ticks a step or takes a tick back."""

    ticked = Signal(object, str, bool)

    def __init__(self, *, theme: Theme) -> None:
        super().__init__(tr("Checklist"))
        self._theme = theme
        self._shown: Checklist | None = None
        self._rows: list[StepRow] = []
        self._progress = label(look="small-muted")
        self.main.header.addWidget(self._progress)
        self.body.setSpacing(0)
        self.hide()

    def show_checklist(self, checklist: Checklist | None) -> None:
        """Show these steps; those already there only change their marks."""
        if checklist == self._shown:
            return
        before, self._shown = self._shown, checklist
        self.setVisible(checklist is not None)
        if checklist is None:
            return
        if before is None or _texts(before) != _texts(checklist):
            self._make(checklist)
        for line, step in zip(self._rows, checklist.steps, strict=True):
            if line.step != step:
                line.show_step(step)
        self._progress.setText(checklist.progress)
        self.setAccessibleName(tr("Checklist, {progress}", progress=checklist.progress))

    def _make(self, checklist: Checklist) -> None:
        clear(self.body)
        self._rows = []
        for number, step in enumerate(checklist.steps, 1):
            line = StepRow(step.text, theme=self._theme, number=number)
            line.clicked.connect(lambda _=False, made=line: self._tick(made))
            self.body.addWidget(line)
            self._rows.append(line)

    def _tick(self, line: StepRow) -> None:
        if self._shown is not None:
            self.ticked.emit(self._shown.playbook_id, line.step.text, not line.step.is_done)
            line.setChecked(line.step.is_done)


def _texts(checklist: Checklist) -> tuple[object, ...]:
    return (checklist.playbook_id, *(step.text for step in checklist.steps))
