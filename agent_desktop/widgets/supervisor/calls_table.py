"""The table of all live calls."""

from typing import Final

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from agent_desktop.theme import GAP_LARGE, Theme
from agent_desktop.translation import tr
from agent_desktop.view_models.calls_table_model import CallsTableModel, Column
from agent_desktop.widgets.supervisor.call_delegate import CallDelegate

_SHARE: Final = {
    Column.CUSTOMER: 150,
    Column.AGENT: 80,
    Column.QUEUE: 92,
    Column.TIME: 70,
    Column.MOOD: 112,
    Column.ABOUT: 166,
    Column.TALK: 92,
    Column.RULES: 164,
    Column.RISK: 124,
}
_FIRST_TO_GO: Final = (Column.TALK, Column.QUEUE, Column.RULES, Column.AGENT, Column.MOOD)
_TIGHTEST: Final = 0.75  # of a share; below it a column gives way to the others
_ENTER: Final = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class CallsTable(QTableView):
    """Lines in the model's order; Return or a double click opens one: `call_chosen(CallId)`."""

    call_chosen = Signal(object)

    def __init__(self, model: CallsTableModel, *, theme: Theme) -> None:
        super().__init__()
        self._theme, self._calls = theme, model
        self.setModel(model)
        self.setItemDelegate(CallDelegate(theme=theme, parent=self))
        self.setAccessibleName(tr("All calls"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._prepare_headers()
        self.doubleClicked.connect(self._open)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens the line."""
        if event.key() in _ENTER and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width between the columns."""
        super().resizeEvent(event)
        width = self.viewport().width()
        shown = list(Column)
        for column in _FIRST_TO_GO:
            needed = self._theme.px(_TIGHTEST * sum(_SHARE[kept] for kept in shown))
            self.setColumnHidden(column, needed > width)
            if needed > width:
                shown.remove(column)
        whole = sum(_SHARE[column] for column in shown)
        for column in shown[:-1]:
            self.setColumnWidth(column, width * _SHARE[column] // whole)

    def minimumSizeHint(self) -> QSize:
        """The heading and two lines."""
        return QSize(self._theme.px(200), self._theme.px(112))

    def _prepare_headers(self) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self._theme.px(40))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setFixedHeight(self._theme.px(32))
        header.setStyleSheet(f"QHeaderView::section:first {{ padding-left: {GAP_LARGE}px; }}")

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        row = self._calls.row(index.row())
        if row is not None:
            self.call_chosen.emit(row.call_id)
