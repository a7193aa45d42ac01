"""One call that needs the supervisor: who, why in quoted words, and what can be done."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, GAP_TINY, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.call_row import CallRow
from agent_desktop.view_models.clock_words import clock_text
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import clear, column, row
from agent_desktop.widgets.shared.text import label, set_look
from agent_desktop.widgets.supervisor.call_tones import need_tone
from assist_engine.contract.ids import CallId
from assist_engine.contract.values import AlertVerdict

MOST_CHIPS = 2
_NARROW = 760  # below this width chips would cut the words short


class NeedyCall(QFrame):
    """Keys on the line: Return opens, W whispers, A acknowledges, then U useful or N noise.

    Qt signals carry the `CallId`; `judged` also the verdict.
    """

    open_wanted = Signal(object)
    whisper_wanted = Signal(object)
    judged = Signal(object, object)
    focused = Signal(object)

    def __init__(self, call_id: CallId, *, theme: Theme) -> None:
        super().__init__()
        self.call_id = call_id
        self._theme = theme
        self._call: CallRow | None = None
        self._problem = ""
        self._shown_chips: tuple[str, ...] = ()
        self._tone = theme.warning
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._name = label("", look="strong")
        self._meta = ElidedLabel(look="muted")
        self._chips = row(gap=GAP_SMALL)
        self._quote = ElidedLabel(look="body")
        self._why = ElidedLabel(look="small-muted")
        self._actions = QStackedWidget()
        self._actions.addWidget(self._make_actions())
        self._actions.addWidget(self._make_question())
        first = row(self._name, self._meta, self._chips, None, gap=GAP_SMALL)
        words = column(first, self._quote, self._why, gap=GAP_TINY)
        side = column(self._actions)
        side.setAlignment(self._actions, Qt.AlignmentFlag.AlignVCenter)
        outer = row(gap=GAP, margins=(GAP_LARGE + GAP, GAP, GAP, GAP))
        outer.addLayout(words, 1)
        outer.addLayout(side)
        self.setLayout(outer)

    def show_row(self, call: CallRow, *, problem: str, is_judging: bool) -> None:
        """Show the call as it is now."""
        who = tr(
            "with {agent} · {queue} · {time}",
            agent=call.agent,
            queue=call.queue,
            time=clock_text(call.time_ms),
        )
        self._name.setText(call.customer)
        self._meta.say(who)
        self._quote.say(tr("“{quote}”", quote=call.quote) if call.quote else "")
        self._call, self._problem = call, problem
        self._show_why()
        self._tone = self._theme.tone(need_tone(call)).name()
        self.setAccessibleName(f"{call.customer} {who}. {call.quote}. {_reasons(call)}")
        self._actions.setEnabled(not is_judging)
        self.update()

    def set_primary(self, is_primary: bool) -> None:
        """Make *Open* the one thing to do on screen, or not."""
        self._open.rename(tr("Open ↵") if is_primary else tr("Open"))
        set_look(self._open, "primary" if is_primary else "plain")

    def ask_verdict(self) -> None:
        """Ask whether the alert was useful, in place of the buttons."""
        self._actions.setCurrentIndex(1)

    def stop_asking(self) -> None:
        """Put the buttons back."""
        self._actions.setCurrentIndex(0)

    def is_asking(self) -> bool:
        """Whether the question is shown."""
        return self._actions.currentIndex() == 1

    def event(self, event: QEvent) -> bool:
        """Keep Escape for the question, whatever the window does with it."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and self._owns(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the line."""
        asking = {
            Qt.Key.Key_U: lambda: self._judge(AlertVerdict.USEFUL),
            Qt.Key.Key_N: lambda: self._judge(AlertVerdict.NOISE),
            Qt.Key.Key_Escape: self.stop_asking,
        }
        plain = {
            Qt.Key.Key_Return: self._ask_open,
            Qt.Key.Key_Enter: self._ask_open,
            Qt.Key.Key_W: self._ask_whisper,
            Qt.Key.Key_A: self.ask_verdict,
        }
        action = (asking if self.is_asking() else plain).get(Qt.Key(event.key()))
        if action is None or not self._actions.isEnabled():
            super().keyPressEvent(event)
        else:
            action()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that this line is the current one."""
        super().focusInEvent(event)
        self.focused.emit(self.call_id)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decide where the drivers stand."""
        super().resizeEvent(event)
        self._show_why()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar of the tone, the line below, and the focus."""
        painter = QPainter(self)
        if self.hasFocus():
            painter.fillRect(self.rect(), self._theme.raised)
            painter.setPen(self._theme.accent)
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        inset, width = self._theme.px(GAP), self._theme.px(4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._tone)
        painter.drawRoundedRect(GAP_LARGE, inset, width, self.height() - 2 * inset, 2, 2)
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.line)

    def _make_actions(self) -> QWidget:
        self._open = KeyButton(tr("Open"), theme=self._theme)
        whisper = KeyButton(tr("Whisper"), theme=self._theme)
        acknowledge = KeyButton(tr("Ack"), theme=self._theme)
        whisper.setToolTip(tr("Whisper to the agent (W)"))
        acknowledge.setToolTip(tr("Acknowledge: was the alert useful? (A)"))
        self._open.clicked.connect(self._ask_open)
        whisper.clicked.connect(self._ask_whisper)
        acknowledge.clicked.connect(self.ask_verdict)
        return _side_by_side(self._open, whisper, acknowledge)

    def _make_question(self) -> QWidget:
        useful = KeyButton(tr("Useful"), theme=self._theme, cap="U")
        noise = KeyButton(tr("Noise"), theme=self._theme, cap="N")
        back = KeyButton(tr("Back"), theme=self._theme, look="quiet")
        useful.clicked.connect(lambda: self._judge(AlertVerdict.USEFUL))
        noise.clicked.connect(lambda: self._judge(AlertVerdict.NOISE))
        back.clicked.connect(self.stop_asking)
        return _side_by_side(label(tr("Was it useful?"), look="muted"), useful, noise, back)

    def _owns(self, event: QKeyEvent) -> bool:
        return self.is_asking() and event.key() == Qt.Key.Key_Escape

    def _show_why(self) -> None:
        """Drivers stand in chips where there is room, else before the reasons."""
        call = self._call
        if call is None:
            return
        is_narrow = self.width() < self._theme.px(_NARROW)
        drivers = "".join(f"{driver} · " for driver in call.drivers) if is_narrow else ""
        self._why.say(self._problem or drivers + _reasons(call))
        set_look(self._why, "error" if self._problem else "small-muted")
        texts = () if is_narrow else call.drivers[:MOST_CHIPS]
        if texts == self._shown_chips:
            return
        self._shown_chips = texts
        clear(self._chips)
        for text in texts:
            self._chips.addWidget(Chip(text, theme=self._theme, tone=need_tone(call)))

    def _ask_open(self) -> None:
        self.open_wanted.emit(self.call_id)

    def _ask_whisper(self) -> None:
        self.whisper_wanted.emit(self.call_id)

    def _judge(self, verdict: AlertVerdict) -> None:
        self.stop_asking()
        self.judged.emit(self.call_id, verdict)


def _reasons(call: CallRow) -> str:
    return " · ".join(
        tr("{title} at {time}", title=alert.raised.title, time=clock_text(alert.raised_ms))
        for alert in reversed(call.alerts)
    )


def _side_by_side(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    holder.setLayout(row(None, *widgets, gap=GAP_SMALL))
    return holder
