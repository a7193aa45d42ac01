"""Lines of any list that is read: a caption, a text, a word in a pill; and their list model."""

from enum import StrEnum
from typing import Final

import msgspec
from PySide6.QtCore import QDateTime, QObject, Qt

from agent_desktop.view_models.keyed_list_model import AnyIndex, KeyedListModel

NOTE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1


class Mark(StrEnum):
    """What a line says at a glance; themes give it a tone, its word says the same."""

    QUIET = "quiet"
    NEWS = "news"
    GOOD = "good"
    CARE = "care"
    BAD = "bad"


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One line. `detail`: a second, quieter text; `level` 1 is set in below the line above."""

    key: str
    text: str
    caption: str = ""
    detail: str = ""
    word: str = ""
    mark: Mark = Mark.QUIET
    level: int = 0

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        parts = (self.word, self.caption, self.text, self.detail)
        return ". ".join(part for part in parts if part)


class NotesModel(KeyedListModel[Note]):
    """Notes, top to bottom. `NOTE_ROLE` gives the `Note`."""

    def __init__(self, *, parent: QObject | None = None) -> None:
        super().__init__(lambda note: note.key, parent=parent)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text, what a screen reader says, or the whole note."""
        if not index.isValid():
            return None
        note = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return note.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return note.spoken
            case _:
                return note if role == NOTE_ROLE else None


def when(at_ms: int) -> str:
    """A moment (ms since 1970) in local time; empty for 0."""
    if not at_ms:
        return ""
    return QDateTime.fromMSecsSinceEpoch(at_ms).toString("yyyy-MM-dd HH:mm")


def day(at_ms: int) -> str:
    """The local day of a moment (ms since 1970)."""
    return QDateTime.fromMSecsSinceEpoch(at_ms).toString("yyyy-MM-dd")
