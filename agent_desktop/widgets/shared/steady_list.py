"""A list that lays its rows out again only when one of them became higher or lower.

Qt's own list asks every row for its size whenever one changes: in a call of a thousand
utterances that is 30 ms for each word.
"""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QAbstractItemView, QListView

AnyIndex = QModelIndex | QPersistentModelIndex


class SteadyList(QListView):
    """Subclasses say by `keeps_height` whether a row that changed is as high as it was."""

    def keeps_height(self, row: int) -> bool:
        """Whether a row is as high as it was when it was last laid out."""
        raise NotImplementedError

    def dataChanged(self, first: AnyIndex, last: AnyIndex, roles: Sequence[int] = ()) -> None:
        """Paint what changed, or lay all out again."""
        if all(self.keeps_height(row) for row in range(first.row(), last.row() + 1)):
            QAbstractItemView.dataChanged(self, first, last, list(roles))
        else:
            super().dataChanged(first, last, list(roles))
