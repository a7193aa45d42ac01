"""What is recorded about the agent on this call: the kinds, what is there, who sees it."""

from PySide6.QtWidgets import QWidget

from agent_desktop.theme import GAP, GAP_TINY, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.recorded_model import RecordedKind, recorded_about, who_sees_it
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import clear, column
from agent_desktop.widgets.shared.overlay import Overlay
from agent_desktop.widgets.shared.paragraph import Paragraph
from agent_desktop.widgets.shared.scroll_column import ScrollColumn
from agent_desktop.widgets.shared.text import label
from assist_engine.call.state import CallState
from assist_engine.call.voice_metrics import VoiceMetrics


class RecordedSheet(Overlay):
    """Escape closes it. It shows the call as it was when it was asked for."""

    def __init__(self, parent: QWidget, *, theme: Theme) -> None:
        title = tr("What is recorded about me")
        super().__init__(parent, theme=theme, title=title, width=640, height=620)
        self._scroll = ScrollColumn(title, gap=GAP)
        close = KeyButton(tr("Close"), theme=theme, look="quiet", cap="Esc")
        close.clicked.connect(self.close_sheet)
        self.header.addWidget(close)
        self.sheet.body.addWidget(Paragraph(who_sees_it(), look="muted"))
        self.sheet.body.addSpacing(GAP_TINY)
        self.sheet.body.addWidget(self._scroll, 1)

    def show_call(self, state: CallState | None, metrics: VoiceMetrics) -> None:
        """List what the log of a call keeps; without a call, that nothing is kept."""
        clear(self._scroll.column)
        if state is None:
            nothing = tr("There is no call: nothing is recorded.")
            self._scroll.column.addWidget(Paragraph(nothing))
        else:
            for kind in recorded_about(state, metrics):
                self._scroll.column.addWidget(_part(kind))
        self.open()
        self.setFocus()


def _part(kind: RecordedKind) -> QWidget:
    part = QWidget()
    lines = column(label(kind.name, look="strong", wraps=True), gap=GAP_TINY)
    for text in kind.held or (tr("nothing on this call"),):
        lines.addWidget(Paragraph(text, look="small-muted"))
    part.setLayout(lines)
    part.setAccessibleName(f"{kind.name}: {'; '.join(kind.held) or tr('nothing on this call')}")
    return part
