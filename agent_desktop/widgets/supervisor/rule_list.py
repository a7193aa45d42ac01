"""How the opened call stands with its rules, the gravest first; choosing one shows the place."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.theme import Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.compliance_model import ComplianceLine, Standing, gravest_first
from agent_desktop.widgets.shared.layout import clear, column
from agent_desktop.widgets.supervisor.place_row import PlaceRow

MOST_RULES = 3
_TONES = {
    Standing.BREACHED: Tone.WARNING,
    Standing.DUE: Tone.NEUTRAL,
    Standing.MET: Tone.POSITIVE,
    Standing.NOT_DUE: Tone.NEUTRAL,
}


class RuleList(QWidget):
    """`place_asked(UtteranceId)` when a rule with a place is chosen."""

    place_asked = Signal(object)

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: tuple[ComplianceLine, ...] = ()
        self._most = MOST_RULES
        self._column = column(gap=0)
        self.setLayout(self._column)
        self.setAccessibleName(tr("Rules of the call"))

    def show_lines(self, lines: tuple[ComplianceLine, ...]) -> None:
        """Show how each rule stands."""
        if lines != self._lines:
            self._lines = lines
            self._fill()

    def show_gravest(self, count: int) -> None:
        """Show no more than the gravest few."""
        if count != self._most:
            self._most = count
            self._fill()

    def _fill(self) -> None:
        clear(self._column)
        for line in gravest_first(self._lines)[: self._most]:
            quote = f" · “{line.quote}”" if line.quote and line.utterance_id else ""
            made = PlaceRow(f"{line.text}{quote}", theme=self._theme, tone=_TONES[line.standing])
            made.setEnabled(line.utterance_id is not None)
            made.clicked.connect(lambda _=False, uid=line.utterance_id: self.place_asked.emit(uid))
            self._column.addWidget(made)
