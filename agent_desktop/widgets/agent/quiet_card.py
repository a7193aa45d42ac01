"""A hint that does not interrupt: a line, and a row of small keys below it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, GAP_TINY, Theme, Tone
from agent_desktop.translation import tr
from agent_desktop.view_models.compliance_model import due_words
from agent_desktop.view_models.evidence_words import because
from agent_desktop.widgets.shared.chip import Chip
from agent_desktop.widgets.shared.flow import Flow
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.paragraph import Paragraph
from assist_engine.call import state as call_state
from assist_engine.contract.values import Suggestion, SuggestionKind


class QuietCard(QFrame):
    """Qt signals carry the `Suggestion`. `has_keys`: U works on it, `is_newest`: H and N."""

    used = Signal(object)
    dismissed = Signal(object, str)
    why_asked = Signal(object)
    rated = Signal(object, bool)

    def __init__(
        self, card: call_state.Card, *, theme: Theme, has_keys: bool, is_newest: bool
    ) -> None:
        super().__init__()
        self._theme, self._card = theme, card
        self.suggestion: Suggestion = card.suggestion
        self.setProperty("look", "panel")
        words = quiet_line(self.suggestion)
        self.setAccessibleName(words)
        self._due = Chip(theme=theme)
        margins = (GAP_LARGE, GAP_SMALL, GAP, GAP_SMALL)
        inner = column(Paragraph(words), gap=GAP_TINY, margins=margins)
        self._flow = Flow(gap=GAP_TINY)
        self._flow.addWidget(self._due)
        self._add_keys(has_keys=has_keys, is_newest=is_newest)
        inner.addLayout(self._flow)
        inner.addWidget(self._details())
        self.setLayout(inner)

    def move_to(self, now_ms: int) -> None:
        """Count down to when it is due; `now_ms` from the start of the call."""
        words = due_words(self.suggestion.due_ms, now_ms=now_ms)
        if words != self._due.text():
            self._due.say(words, tone=Tone.WARNING)

    def _add_keys(self, *, has_keys: bool, is_newest: bool) -> None:
        done = self._key(tr("Done"), key="U" if has_keys else "")
        done.describe(tr("I did that"))
        done.clicked.connect(lambda: self.used.emit(self.suggestion))
        for text, key, says in ((tr("Helpful"), "H", True), (tr("Not"), "N", False)):
            rate = self._key(text, key=key if is_newest else "")
            rate.setCheckable(True)
            rate.setChecked(self._card.is_helpful is says)
            rate.clicked.connect(lambda _=False, v=says: self.rated.emit(self.suggestion, v))
            rate.setAccessibleName(text if says else tr("Not helpful"))
            rate.describe(text if says else tr("Not helpful"))
        self.why = self._key(tr("Why?"))
        self.why.setCheckable(True)
        self.why.describe(tr("Why this, and why now"))
        away = self._key("✕")
        away.setAccessibleName(tr("Dismiss"))
        away.describe(tr("Dismiss (Esc)"))
        away.clicked.connect(lambda: self.dismissed.emit(self.suggestion, ""))

    def _details(self) -> QWidget:
        """Why this and why now; hidden until asked for."""
        holder = QWidget()
        lines = column(gap=GAP_TINY)
        for text in (self.suggestion.body, because(self.suggestion.evidence)):
            if text:
                lines.addWidget(Paragraph(text, look="small-muted"))
        if any(evidence.utterance_id for evidence in self.suggestion.evidence):
            show = KeyButton(tr("Show the words"), theme=self._theme, look="quiet")
            show.clicked.connect(lambda: self.why_asked.emit(self.suggestion))
            lines.addLayout(row(show, None))
        holder.setLayout(lines)
        holder.hide()
        self.why.toggled.connect(holder.setVisible)
        return holder

    def _key(self, text: str, *, key: str = "") -> KeyButton:
        button = KeyButton(text, theme=self._theme, key=key, look="quiet")
        button.setFixedHeight(self._due.height())  # as high with a countdown as without
        self._flow.addWidget(button)
        return button


def quiet_line(suggestion: Suggestion) -> str:
    """What a quiet card says in its line."""
    match suggestion.kind:
        case SuggestionKind.COACHING:
            return tr("Coach: {hint}", hint=suggestion.title)
        case SuggestionKind.COMPLIANCE:
            return tr("Required: {what}", what=suggestion.title)
        case _:
            return suggestion.title
