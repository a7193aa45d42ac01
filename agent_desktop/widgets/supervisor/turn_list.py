"""Where the mood turned and after which words, a line each; choosing one shows the place."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from agent_desktop.theme import Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.turn_words import turn_text
from agent_desktop.widgets.shared.layout import clear, column
from agent_desktop.widgets.supervisor.place_row import PlaceRow
from assist_engine.call.selectors import TurningPoint

MOST_TURNS = 3


class TurnRow(PlaceRow):
    """One turn."""

    def __init__(self, turn: TurningPoint, *, theme: Theme) -> None:
        tone = Tone.NEGATIVE if turn.change < 0 else Tone.POSITIVE
        super().__init__(turn_text(turn), theme=theme, tone=tone)


class TurnList(QWidget):
    """`place_asked(UtteranceId)` when a turn is chosen."""

    place_asked = Signal(object)

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._turns: tuple[TurningPoint, ...] = ()
        self._most = MOST_TURNS
        self._column = column(gap=0)
        self.setLayout(self._column)
        self.setAccessibleName(tr("Where the mood turned"))

    def show_turns(self, turns: tuple[TurningPoint, ...]) -> None:
        """Show these turns, oldest first."""
        if turns == self._turns:
            return
        self._turns = turns
        self._fill()

    def show_newest(self, count: int) -> None:
        """Show no more than the newest few."""
        if count != self._most:
            self._most = count
            self._fill()

    def _fill(self) -> None:
        clear(self._column)
        for turn in self._turns[max(0, len(self._turns) - self._most) :]:
            line = TurnRow(turn, theme=self._theme)
            line.clicked.connect(lambda _=False, uid=turn.utterance_id: self.place_asked.emit(uid))
            self._column.addWidget(line)
