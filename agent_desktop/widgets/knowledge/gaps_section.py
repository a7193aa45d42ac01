"""What callers asked and no article answers, below the list of articles."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame

from agent_desktop.theme import GAP, GAP_LARGE, GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.gap_list import gap_note
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.widgets.knowledge.note_list import NotesBox
from agent_desktop.widgets.shared.layout import column, row
from agent_desktop.widgets.shared.panel import divider
from agent_desktop.widgets.shared.text import caption
from assist_engine.contract.ids import GapId


class GapsSection(QFrame):
    """Return or a click on a gap: `opened`."""

    opened = Signal()

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._box = NotesBox(tr("Asked, not answered"), theme=theme)
        head = row(
            caption(tr("Asked, not answered")),
            gap=GAP_SMALL,
            margins=(GAP_LARGE, GAP, GAP_LARGE, GAP_SMALL),
        )
        layout = column(divider(), head, gap=0)
        layout.addWidget(self._box, 1)
        self.setLayout(layout)
        self._box.chosen.connect(self._open)
        model.gaps.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the gaps that somebody should look at."""
        gaps = self._model.gaps
        notes = [gap_note(gap) for gap in gaps.open_gaps]
        if gaps.problem:
            empty, hint = tr("The gaps could not be listed"), gaps.problem
        elif gaps.is_listed:
            empty, hint = tr("Nothing waits"), tr("Every question that was asked has an answer.")
        else:
            empty, hint = tr("Not known yet"), ""
        self._box.show_notes(notes, empty=empty, hint=hint)

    def take_focus(self) -> None:
        """Keys go to the gaps."""
        self._box.list.setFocus()

    @Slot(str)
    def _open(self, key: str) -> None:
        self._model.gaps.look_at(GapId(key))
        self.opened.emit()
