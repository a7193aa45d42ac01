"""The opened call's story as a list model, kept in step with the `WallModel`."""

from typing import Final

from PySide6.QtCore import QObject, Qt

from agent_desktop.view_models.call_story import StoryEntry, story_of
from agent_desktop.view_models.kept_lines import KeptLines
from agent_desktop.view_models.keyed_list_model import AnyIndex, KeyedListModel
from agent_desktop.view_models.tip import plain_tip
from agent_desktop.view_models.wall_model import WallModel
from assist_engine.contract.ids import CallId, UtteranceId

ENTRY_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1


class StoryModel(KeyedListModel[StoryEntry]):
    """Entries by time. `ENTRY_ROLE` gives the `StoryEntry`."""

    def __init__(self, wall: WallModel, *, parent: QObject | None = None) -> None:
        super().__init__(lambda entry: entry.key, parent=parent)
        self._wall = wall
        self._kept: KeptLines[StoryEntry] = KeptLines()
        self._call_id: CallId | None = None
        wall.opened_changed.connect(self.refresh)
        self.refresh()

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text, what a screen reader says, or the whole entry."""
        if not index.isValid():
            return None
        entry = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.plain
            case Qt.ItemDataRole.AccessibleTextRole:
                head = ", ".join(part for part in (entry.caption, entry.mood, *entry.ticks) if part)
                parts = (head, entry.plain, entry.detail)
                return " ".join(part for part in parts if part)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(entry.explanation)
            case _:
                return entry if role == ENTRY_ROLE else None

    def refresh(self) -> None:
        """Show what the wall has opened now."""
        state = self._wall.opened
        call_id = state.call_id if state else None
        if call_id != self._call_id:
            self._call_id = call_id
            self._kept.forget()
        self.show(story_of(state, self._wall.partials, self._kept) if state else [])

    def row_of(self, utterance_id: UtteranceId) -> int | None:
        """Where an utterance stands, or None."""
        rows = range(len(self.lines) - 1, -1, -1)
        return next((r for r in rows if self.lines[r].utterance_id == utterance_id), None)
