"""A row of chips or buttons that goes on in the next line where the width ends."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem

from agent_desktop.theme import GAP_SMALL


class Flow(QLayout):
    """Items from left to right, then the next line; `gap` in pixels both ways.

    Where all fit in one line, the last `trailing` items stand at its right end. Hidden items
    take no room.
    """

    def __init__(self, *, gap: int = GAP_SMALL, trailing: int = 0) -> None:
        super().__init__()
        self._trailing = trailing
        self._items: list[QLayoutItem] = []
        self.setSpacing(gap)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Qt adds an item."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at an index, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove and give the item at an index, or None."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Takes no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The height follows the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height that all lines need."""
        return self._arrange(QRect(0, 0, width, 0), moves=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._arrange(rect, moves=True)

    def sizeHint(self) -> QSize:
        """As wide as the widest item."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """The largest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, moves: bool) -> int:
        top = rect.y()
        for line in self._lines(rect.width()):
            height = max(item.sizeHint().height() for item in line)
            if moves:
                self._place(line, QRect(rect.x(), top, rect.width(), height))
            top += height + self.spacing()
        return max(0, top - self.spacing() - rect.y())

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        """The items that are in sight, as many in a line as fit."""
        lines: list[list[QLayoutItem]] = []
        left = 0
        for item in self._items:
            if item.isEmpty():
                continue
            needed = min(item.sizeHint().width(), width)
            if not lines or left + needed > width:
                lines.append([])
                left = 0
            lines[-1].append(item)
            left += needed + self.spacing()
        return lines

    def _place(self, line: list[QLayoutItem], room: QRect) -> None:
        """Put a line in its room, each item in the middle of the height."""
        at = room.x()
        for item in line:
            hint = item.sizeHint()
            if item is self._first_trailing() and len(line) == self._shown():
                at += max(0, room.width() - self._needed(line))
            width = min(hint.width(), room.width())
            top = room.y() + (room.height() - hint.height()) // 2
            item.setGeometry(QRect(at, top, width, hint.height()))
            at += width + self.spacing()

    def _first_trailing(self) -> QLayoutItem | None:
        last = self._items[len(self._items) - self._trailing :]
        return next((item for item in last if not item.isEmpty()), None)

    def _shown(self) -> int:
        return sum(not item.isEmpty() for item in self._items)

    def _needed(self, line: list[QLayoutItem]) -> int:
        gaps = self.spacing() * (len(line) - 1)
        return gaps + sum(item.sizeHint().width() for item in line)
