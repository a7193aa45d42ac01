"""A list of notes to read and choose from, or the reason why it is empty."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStackedWidget

from agent_desktop.theme import Theme
from agent_desktop.view_models.note import Note, NotesModel
from agent_desktop.widgets.knowledge.note_delegate import NoteDelegate
from agent_desktop.widgets.shared.empty_state import EmptyState

_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class NoteList(QListView):
    """Return or a click chooses a note: `chosen(str)`, its key."""

    chosen = Signal(str)

    def __init__(self, model: NotesModel, name: str, *, theme: Theme) -> None:
        super().__init__()
        self._notes = model
        self.setModel(model)
        self.setItemDelegate(NoteDelegate(theme=theme, parent=self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.clicked.connect(self._choose)

    @property
    def current(self) -> Note | None:
        """The note that the keys are on, or None."""
        row = self.currentIndex().row()
        return self._notes.lines[row] if 0 <= row < len(self._notes.lines) else None

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Keys begin at the first line."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._notes.rowCount():
            self.setCurrentIndex(self._notes.index(0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return chooses."""
        if event.key() in _ENTER and self.currentIndex().isValid():
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self._notes.lines[index.row()].key)


class NotesBox(QStackedWidget):
    """`chosen(str)`: the key of a note. Words stand there where the list is empty."""

    chosen = Signal(str)

    def __init__(self, name: str, *, theme: Theme) -> None:
        super().__init__()
        self._model = NotesModel(parent=self)
        self.list = NoteList(self._model, name, theme=theme)
        self._empty = EmptyState("")
        self.addWidget(self.list)
        self.addWidget(self._empty)
        self.list.chosen.connect(self.chosen)

    @property
    def notes(self) -> Sequence[Note]:
        """What is shown."""
        return self._model.lines

    def show_notes(self, notes: Sequence[Note], *, empty: str, hint: str = "") -> None:
        """Show notes, or a heading and a sentence where there are none."""
        self._model.show(notes)
        self._empty.say(empty, hint)
        self.setCurrentIndex(0 if notes else 1)
