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
        self.body.setSpacing(0)
        self.hide()

    def show_lines(self, lines: tuple[ComplianceLine, ...]) -> None:
        """Show these; nothing where there is nothing to tell."""
        if lines == self._shown:
            return
        self._shown = lines
        self.setVisible(bool(lines))
        clear(self.body)
        for line in lines:
            self.body.addWidget(self._row(line))

    def _row(self, line: ComplianceLine) -> ElidedLabel | ChoiceRow:
        if line.utterance_id is None:
            is_missed = line.standing is Standing.BREACHED
            return ElidedLabel(line.text, look="small" if is_missed else "small-muted")
        choice = ChoiceRow("", theme=self._theme, text=line.text, look="choice")
        layout = choice.layout()
        if layout is not None:
            layout.setContentsMargins(0, GAP_TINY, 0, GAP_TINY)
        choice.setToolTip(plain_tip(f"“{line.quote}”") if line.quote else tr("Show the words"))
        choice.clicked.connect(lambda: self.place_asked.emit(line.utterance_id))
        return choice
