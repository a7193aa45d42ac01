"""How the call stands with the rules, a calm line each; a click shows the words."""

from PySide6.QtCore import Signal

from agent_desktop.theme import GAP_TINY, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.compliance_model import ComplianceLine, Standing
from agent_desktop.view_models.tip import plain_tip
from agent_desktop.widgets.shared.choice_row import ChoiceRow
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.layout import clear
from agent_desktop.widgets.shared.panel import Panel


class CompliancePanel(Panel):
    """`place_asked(UtteranceId)` when a person wants to see where it was said."""

    place_asked = Signal(object)

    def __init__(self, *, theme: Theme) -> None:
        super().__init__(tr("Required on this call"))
        self._theme = theme
        self._shown: tuple[ComplianceLine, ...] = ()
        self._due: list[tuple[ComplianceLine, ElidedLabel]] = []
        self.body.setSpacing(0)
        self.hide()

    def show_lines(self, lines: tuple[ComplianceLine, ...]) -> None:
        """Show these; nothing where there is nothing to tell."""
        if lines == self._shown:
            return
        self._shown = lines
        self.setVisible(bool(lines))
        clear(self.body)
        self._due = []
        for line in lines:
            row = self._row(line)
            self.body.addWidget(row)
            if isinstance(row, ElidedLabel) and line.due_ms is not None:
                self._due.append((line, row))

    def move_to(self, now_ms: int) -> None:
        """Count down to what is due; `now_ms` from the start of the call."""
        for line, row in self._due:
            row.say(line.text_at(now_ms))

    def _row(self, line: ComplianceLine) -> ElidedLabel | ChoiceRow:
        if line.utterance_id is None:
            is_open = line.standing in {Standing.BREACHED, Standing.DUE}
            return ElidedLabel(line.text, look="small" if is_open else "small-muted")
        choice = ChoiceRow("", theme=self._theme, text=line.text, look="choice")
        layout = choice.layout()
        if layout is not None:
            layout.setContentsMargins(0, GAP_TINY, 0, GAP_TINY)
        choice.setToolTip(plain_tip(f"“{line.quote}”") if line.quote else tr("Show the words"))
        choice.clicked.connect(lambda: self.place_asked.emit(line.utterance_id))
        return choice
