"""What to keep in mind of the customer: a calm box each, the words for it on a click."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_desktop.theme import GAP, GAP_SMALL, GAP_TINY, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.care_model import CareNote, Proof
from agent_desktop.widgets.shared.choice_row import ChoiceRow
from agent_desktop.widgets.shared.layout import clear, column
from agent_desktop.widgets.shared.paragraph import Paragraph
from agent_desktop.widgets.shared.text import show_when


class CareSection(QWidget):
    """`place_asked(UtteranceId)` when a person wants to see where words were said."""

    place_asked = Signal(object)

    def __init__(self, *, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._notes: tuple[CareNote, ...] = ()
        self._opened: set[str] = set()
        self._column: QVBoxLayout = column(gap=GAP_SMALL)
        self.setLayout(self._column)
        self.setAccessibleName(tr("Keep in mind"))

    def show_notes(self, notes: tuple[CareNote, ...]) -> None:
        """Show these; those whose words are open stay open."""
        if notes == self._notes:
            return
        is_same_call = bool(notes and self._notes) and not self._opened
        room = self._column.totalHeightForWidth(self.width()) if is_same_call else 0
        self.setMinimumHeight(max(self.minimumHeight(), room) if room else 0)
        self._notes = notes
        clear(self._column)
        for note in notes:
            self._column.addWidget(self._made(note))
        self._column.addStretch(1)

    def _made(self, note: CareNote) -> QWidget:
        heading = ChoiceRow(
            note.title, theme=self._theme, text=note.summary, look="note", wraps=True
        )
        heading.setToolTip(tr("Show the words that say so"))
        if len(note.proofs) == 1 and note.proofs[0].utterance_id is not None:
            heading.clicked.connect(lambda: self.place_asked.emit(note.proofs[0].utterance_id))
            return heading
        proofs = self._proofs(note)
        is_open = note.title in self._opened
        for part, holds in ((proofs, is_open), (heading.details, not is_open)):
            show_when(holds, part)
        heading.setCheckable(True)
        heading.setChecked(is_open)
        heading.toggled.connect(proofs.setVisible)
        heading.toggled.connect(heading.details.setHidden)
        heading.toggled.connect(lambda opens: self._remember(note, is_open=opens))
        whole = QWidget()
        whole.setLayout(column(heading, proofs, gap=GAP_TINY))
        return whole

    def _proofs(self, note: CareNote) -> QWidget:
        holder = QWidget()
        lines = column(gap=0)
        for proof in note.proofs:
            lines.addWidget(self._line(proof))
        holder.setLayout(lines)
        return holder

    def _line(self, proof: Proof) -> QWidget:
        if proof.utterance_id is None:
            fact = Paragraph(proof.text, look="small-muted")
            fact.setContentsMargins(GAP, GAP_TINY, GAP, GAP_TINY)
            return fact
        choice = ChoiceRow("", theme=self._theme, text=proof.text)
        choice.clicked.connect(lambda: self.place_asked.emit(proof.utterance_id))
        return choice

    def _remember(self, note: CareNote, *, is_open: bool) -> None:
        if is_open:
            self._opened.add(note.title)
        else:
            self._opened.discard(note.title)
