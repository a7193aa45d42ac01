"""A list model that is shown a new list and announces only what differs from the old one."""

from collections.abc import Callable, Hashable, Sequence
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex

from agent_desktop.view_models.runs import runs

AnyIndex = QModelIndex | QPersistentModelIndex
NOWHERE: Final = QModelIndex()
MOST_RUNS: Final = 64  # more stretches than that, and announcing each costs more than a reset
Line = TypeVar("Line")


class KeyedListModel(QAbstractListModel, Generic[Line]):
    """Lines told apart by `key`; one whose key stays is changed in place, so selection stays.

    A list that differs in very many places is announced as a reset.
    """

    def __init__(self, key: Callable[[Line], Hashable], *, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self._lines: list[Line] = []

    @property
    def lines(self) -> Sequence[Line]:
        """What is shown, top to bottom."""
        return self._lines

    def rowCount(self, parent: AnyIndex = NOWHERE) -> int:
        """Lines shown."""
        return 0 if parent.isValid() else len(self._lines)

    def show(self, wanted: Sequence[Line]) -> None:
        """Show these lines from now on."""
        place = {self._key(line): n for n, line in enumerate(wanted)}
        old, kept = runs(self._misplaced(place)), set(map(self._key, self._lines))
        gone = {self._key(self._lines[n]) for first, last in old for n in range(first, last + 1)}
        kept -= gone
        new = runs(n for key, n in place.items() if key not in kept)
        if len(old) + len(new) > MOST_RUNS:
            self.replace(wanted)
            return
        self._take_out(old)
        self._put_in(new, wanted)
        changed = [n for n, line in enumerate(wanted) if _differ(line, self._lines[n])]
        self._lines = list(wanted)
        for first, last in runs(changed):
            self.dataChanged.emit(self.index(first), self.index(last))

    def replace(self, wanted: Sequence[Line]) -> None:
        """Show these lines instead; announced as a whole."""
        self.beginResetModel()
        self._lines = list(wanted)
        self.endResetModel()

    def _misplaced(self, place: dict[Hashable, int]) -> list[int]:
        """Lines that are gone, or would have to move up past one that stays."""
        lines, highest = [], -1
        for n, line in enumerate(self._lines):
            at = place.get(self._key(line), -1)
            if at > highest:
                highest = at
            else:
                lines.append(n)
        return lines

    def _take_out(self, stretches: list[tuple[int, int]]) -> None:
        for first, last in reversed(stretches):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._lines[first : last + 1]
            self.endRemoveRows()

    def _put_in(self, stretches: list[tuple[int, int]], wanted: Sequence[Line]) -> None:
        for first, last in stretches:
            self.beginInsertRows(QModelIndex(), first, last)
            self._lines[first:first] = wanted[first : last + 1]
            self.endInsertRows()


def _differ(one: object, other: object) -> bool:
    return one is not other and one != other
