"""A row of chips or buttons that goes on in the next line where the width ends."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem

from agent_desktop.theme import GAP_SMALL


class Flow(QLayout):
    """Items from left to right, then the next line; `gap` in pixels both ways.

    Where all fit in one line, the last `trailing` items stand at its right end.
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

    def _slack(self, width: int) -> int:
        gaps = self.spacing() * (len(self._items) - 1)
        return width - gaps - sum(item.sizeHint().width() for item in self._items)

    def _arrange(self, rect: QRect, *, moves: bool) -> int:
        at, line_height = QPoint(rect.topLeft()), 0
        slack = self._slack(rect.width())
        for place, item in enumerate(self._items):
            if slack > 0 and self._trailing and place == len(self._items) - self._trailing:
                at.setX(at.x() + slack)
            hint = item.sizeHint()
            width = min(hint.width(), rect.width())
            if at.x() > rect.x() and at.x() + width > rect.x() + rect.width():
                at = QPoint(rect.x(), at.y() + line_height + self.spacing())
                line_height = 0
            if moves:
                item.setGeometry(QRect(at, QSize(width, hint.height())))
            at.setX(at.x() + width + self.spacing())
            line_height = max(line_height, hint.height())
        return at.y() + line_height - rect.y()
