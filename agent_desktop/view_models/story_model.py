"""The opened call's story as a list model, kept in step with the `WallModel`."""

from typing import Final

from PySide6.QtCore import QObject, Qt

from agent_desktop.view_models.call_story import StoryEntry, story_of
from agent_desktop.view_models.keyed_list_model import AnyIndex, KeyedListModel
from agent_desktop.view_models.wall_model import WallModel

ENTRY_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1


class StoryModel(KeyedListModel[StoryEntry]):
    """Entries by time. `ENTRY_ROLE` gives the `StoryEntry`."""

    def __init__(self, wall: WallModel, *, parent: QObject | None = None) -> None:
        super().__init__(lambda entry: entry.key, parent=parent)
        self._wall = wall
        wall.opened_changed.connect(self.refresh)
        self.refresh()

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text, what a screen reader says, or the whole entry."""
        if not index.isValid():
            return None
        entry = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return " ".join(part for part in (entry.caption, entry.text, entry.detail) if part)
            case _:
                return entry if role == ENTRY_ROLE else None

    def refresh(self) -> None:
        """Show what the wall has opened now."""
        state = self._wall.opened
        self.show(story_of(state, self._wall.partials) if state else [])
