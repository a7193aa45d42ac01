"""Every version of the article, with what was said in its reviews; compare one, restore one."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from agent_desktop.theme import GAP_SMALL, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.article_history import EDITOR
from agent_desktop.view_models.knowledge_model import KnowledgeModel
from agent_desktop.widgets.knowledge.note_list import NotesBox
from agent_desktop.widgets.shared.field import Field
from agent_desktop.widgets.shared.flow import Flow
from agent_desktop.widgets.shared.key_button import KeyButton
from agent_desktop.widgets.shared.layout import column


class HistoryTab(QWidget):
    """`compared` once two versions are to be looked at, `restored` once one is in the editor."""

    compared = Signal()
    restored = Signal()

    def __init__(self, model: KnowledgeModel, *, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._box = NotesBox(tr("Versions and reviews"), theme=theme)
        self._compare = KeyButton(tr("Compare"), theme=theme, look="small", cap="↵")
        self._compare.describe(tr("Compare this version with the text in the editor"))
        self._restore = KeyButton(tr("Restore"), theme=theme, look="small", key="Alt+R", cap="")
        self._restore.describe(tr("Put this version into the editor; nothing is saved yet"))
        self._comment = Field(tr("Comment"), hint=tr("Comment on this version, then Return"))
        self._comment.setMinimumWidth(theme.px(220))
        self._foot = Flow(gap=GAP_SMALL)
        for widget in (self._compare, self._restore, self._comment):
            self._foot.addWidget(widget)
        layout = column(gap=GAP_SMALL)
        layout.addWidget(self._box, 1)
        layout.addLayout(self._foot)
        self.setLayout(layout)
        self._box.chosen.connect(lambda _: self._look())
        self._compare.clicked.connect(self._look)
        self._restore.clicked.connect(self._bring_back)
        self._comment.entered.connect(self._say)
        self._comment.left.connect(self._box.list.setFocus)

    def refresh(self) -> None:
        """Show the history as it is now."""
        history = self._model.history
        is_there = bool(history.versions)
        if history.problem:
            empty, hint = tr("The history could not be read"), history.problem
        elif history.is_reading:
            empty, hint = tr("Reading the history…"), ""
        else:
            empty, hint = tr("No version yet"), tr("Save the article to make the first.")
        self._box.show_notes(history.notes, empty=empty, hint=hint)
        for widget in (self._compare, self._restore, self._comment):
            widget.setVisible(is_there)

    def take_focus(self) -> None:
        """Keys go to the list."""
        self._box.list.setFocus()

    @property
    def _version(self) -> int:
        """The version that the keys are on; that of a comment is the one it is about."""
        note = self._box.list.current
        return int(note.key[1:].partition(".")[0]) if note else EDITOR

    @Slot()
    def _look(self) -> None:
        if self._version:
            self._model.history.show_versions(self._version, EDITOR)
            self.compared.emit()

    @Slot()
    def _bring_back(self) -> None:
        if self._version:
            self._model.history.restore(self._version)
            self.restored.emit()

    @Slot(str)
    def _say(self, text: str) -> None:
        self._model.history.comment(text)
        self._comment.clear()
