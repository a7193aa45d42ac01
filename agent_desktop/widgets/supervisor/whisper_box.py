"""A word to the agent that the customer does not hear."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.wall_model import WallModel
from agent_desktop.widgets.shared.elided_label import ElidedLabel
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.text import caption, label, set_look
from assist_engine.call.state import CallState


class WhisperBox(QWidget):
    """Return sends. A draft belongs to its call: opening another starts an empty one."""

    draft_changed = Signal()

    def __init__(self, model: WallModel, *, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._call_id = ""
        self._title = caption(tr("Help the agent"))
        self._field = Field(tr("Whisper to the agent"), hint=tr("A word that only the agent sees…"))
        self._send = KeyButton(tr("Send whisper ↵"), theme=theme)
        self._sent = ElidedLabel(look="small-muted")
        self._problem = label("", look="error", wraps=True)
        buttons = row(self._send, gap=GAP_SMALL)
        buttons.addWidget(self._sent, 1)
        layout = column(
            self._title,
            self._field,
            buttons,
            self._problem,
            margins=(GAP_LARGE, GAP, GAP_LARGE, GAP_LARGE),
        )
        self.setLayout(layout)
        self._field.entered.connect(self._send_draft)
        self._field.textChanged.connect(self._on_draft)
        self._send.clicked.connect(self._send_draft)

    @property
    def has_draft(self) -> bool:
        """Whether there is something to send."""
        return bool(self._field.text().strip())

    def start(self) -> None:
        """Put the cursor in the box."""
        self._field.setFocus()

    def set_primary(self, is_primary: bool) -> None:
        """Make *Send whisper* the one thing to do on screen, or not."""
        set_look(self._send, "primary" if is_primary else "plain")

    def refresh(self) -> None:
        """Show for whom it is and what became of the last one."""
        state = self._model.opened
        if state is None:
            return
        if state.call_id != self._call_id:
            self._call_id = state.call_id
            self._field.clear()
        title = tr("Help {agent}", agent=state.agent_name or tr("the agent"))
        self._title.setText(title.upper())
        self._title.setAccessibleName(title)
        self._field.setEnabled(state.is_live)
        self._send.setEnabled(state.is_live and self.has_draft)
        self._sent.say(self._last_word(state))
        problem = self._model.refusal(state.call_id)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def _last_word(self, state: CallState) -> str:
        if not state.is_live:
            return tr("The call is over.")
        if self._model.is_whispering:
            return tr("sending…")
        return tr("sent: “{words}”", words=state.whispers[-1].text) if state.whispers else ""

    @Slot()
    def _send_draft(self) -> None:
        state = self._model.opened
        if state and self._model.whisper(state.call_id, text=self._field.text()):
            self._field.clear()

    @Slot()
    def _on_draft(self) -> None:
        state = self._model.opened
        self._send.setEnabled(state is not None and state.is_live and self.has_draft)
        self.draft_changed.emit()
