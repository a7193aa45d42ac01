"""The bar below the agent view: search, note, the supervisor's whisper, how late we are."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut

from agent_desktop.theme import Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.call_model import CallModel
from agent_desktop.view_models.status_model import latency_line
from agent_desktop.view_models.talk_model import own_line
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.status_bar import StatusBar

WIDE, WIDE_FIELD, NARROW_FIELD = 1200, 196, 150


class FootBar(StatusBar):
    """`searched(str)` and `noted(str)` on Return; `reached()` when a key asks for a field."""

    searched = Signal(str)
    noted = Signal(str)
    reached = Signal()

    def __init__(self, *, theme: Theme) -> None:
        super().__init__(theme=theme)
        self._theme = theme
        self._had_call = False
        self._own = self._lateness = ""
        self.search = Field(tr("Search knowledge"), hint=tr("Search   Ctrl+F"))
        self.note = Field(tr("Note"), hint=tr("Note   Ctrl+T"))
        self._whisper = Chip(theme=theme, tone=Tone.ACCENT)
        for field, key in ((self.search, "Ctrl+F"), (self.note, "Ctrl+T")):
            field.setToolTip(f"{field.accessibleName()} ({key})")
            self.left.addWidget(field)
            QShortcut(QKeySequence(key), self, lambda f=field: self._reach(f))
        self.middle.addWidget(self._whisper)
        self.search.entered.connect(self.searched)
        self.note.entered.connect(self._take_note)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow windows get narrow fields."""
        super().resizeEvent(event)
        is_wide = self.width() >= self._theme.px(WIDE)
        width = self._theme.px(WIDE_FIELD if is_wide else NARROW_FIELD)
        for field in (self.search, self.note):
            field.setFixedWidth(width)
        self._say_figures()

    def show_model(self, model: CallModel) -> None:
        """Show the newest whisper and how late things are."""
        whispers = model.state.whispers if model.state else ()
        if whispers:
            newest = whispers[-1]
            text = tr("{name} (supervisor): {text}", name=newest.by_name, text=newest.text)
            self._whisper.say(text, tone=Tone.ACCENT)
        else:
            self._whisper.say("")
        self.note.setEnabled(model.state is not None)
        if self._had_call and model.state is None:
            self.search.clear()
        self._had_call = model.state is not None
        self._own = own_line(model.voice.metrics()) if model.state else ""
        self._lateness = latency_line(model)
        self._say_figures()

    def _say_figures(self) -> None:
        """Own talk gives way to a whisper where there is not room for both."""
        has_room = self.width() >= self._theme.px(WIDE)
        own = self._own if has_room else ""
        self.say(f"{own} · {self._lateness}" if own else self._lateness)

    def _reach(self, field: Field) -> None:
        self.reached.emit()
        field.setFocus()

    def _take_note(self, text: str) -> None:
        self.noted.emit(text)
        self.note.clear()
