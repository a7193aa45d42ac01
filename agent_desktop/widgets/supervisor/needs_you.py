"""The calls with open alerts, worst first; lines keep their place while the mouse is over them."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent

from agent_desktop.theme import Theme
from agent_desktop.view_models.wall_model import WallModel
from agent_desktop.widgets.shared.layout import NO_MARGINS
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from agent_desktop.widgets.supervisor.needy_call import NeedyCall
from assist_engine.contract.ids import CallId
from assist_engine.contract.values import AlertVerdict

LINE_HEIGHT = 82
MOST_LINES = 3.4  # half a line shows that there are more


class NeedsYou(ScrollColumn):
    """Up and Down go from line to line. Qt signals carry the `CallId`."""

    open_wanted = Signal(object)
    whisper_wanted = Signal(object)
    current_changed = Signal()

    def __init__(self, model: WallModel, *, name: str, theme: Theme) -> None:
        super().__init__(name, gap=0, margins=NO_MARGINS)
        self._model, self._theme = model, theme
        self._lines: dict[CallId, NeedyCall] = {}
        self._current: CallId | None = None

    @property
    def current(self) -> CallId | None:
        """The line that was last in focus, else the first."""
        if self._current in self._lines:
            return self._current
        return next(iter(self._lines), None)

    def refresh(self) -> None:
        """Show the calls that need the supervisor now."""
        needy = [row for row in self._model.rows if row.alerts and not row.is_over]
        wanted = [row.call_id for row in needy]
        for call_id in [call_id for call_id in self._lines if call_id not in wanted]:
            self._remove(self._lines.pop(call_id))
        for place, row in enumerate(needy):
            line = self._lines.get(row.call_id) or self._add(row.call_id)
            if self.column.indexOf(line) != place:
                self.column.insertWidget(place, line)
            problem = self._model.refusal(row.call_id)
            is_judging = self._model.is_judging(row.call_id)
            line.show_row(row, problem=problem, is_judging=is_judging)
        self._lines = {call_id: self._lines[call_id] for call_id in wanted}
        self.setMaximumHeight(self._wanted_height())
        self.setMinimumHeight(min(self._wanted_height(), self._theme.px(LINE_HEIGHT)))

    def mark_primary(self, call_id: CallId | None) -> None:
        """Give the line of that call the one accent button."""
        for known, line in self._lines.items():
            line.set_primary(known == call_id)

    def line(self, call_id: CallId) -> NeedyCall | None:
        """The line of a call, or None."""
        return self._lines.get(call_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down move the focus."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        lines = list(self._lines.values())
        at = next((n for n, line in enumerate(lines) if line.hasFocus()), -1)
        if step is None or at < 0 or not 0 <= at + step < len(lines):
            super().keyPressEvent(event)
            return
        lines[at + step].setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(lines[at + step], 0, 0)

    def sizeHint(self) -> QSize:
        """As high as its lines, up to a few."""
        return QSize(super().sizeHint().width(), self._wanted_height())

    def _wanted_height(self) -> int:
        return round(self._theme.px(LINE_HEIGHT) * min(len(self._lines), MOST_LINES))

    def _add(self, call_id: CallId) -> NeedyCall:
        line = NeedyCall(call_id, theme=self._theme)
        line.setFixedHeight(self._theme.px(LINE_HEIGHT))
        line.open_wanted.connect(self.open_wanted)
        line.whisper_wanted.connect(self.whisper_wanted)
        line.judged.connect(self._judge)
        line.focused.connect(self._focus)
        self._lines[call_id] = line
        return line

    def _remove(self, line: NeedyCall) -> None:
        self.column.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _judge(self, call_id: CallId, verdict: AlertVerdict) -> None:
        self._model.acknowledge(call_id, verdict=verdict)

    def _focus(self, call_id: CallId) -> None:
        self._current = call_id
        self.current_changed.emit()
