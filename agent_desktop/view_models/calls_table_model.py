"""The wall's table: one line a live call, kept in step with the `WallModel` by small changes."""

from enum import IntEnum
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from agent_desktop.translation import tr
from agent_desktop.view_models.call_row import CallRow
from agent_desktop.view_models.clock_words import clock_text
from agent_desktop.view_models.compliance_model import gravest_first, rules_text
from agent_desktop.view_models.runs import runs
from agent_desktop.view_models.tip import plain_tip
from agent_desktop.view_models.wall_model import WallModel
from assist_engine.contract.ids import CallId
from assist_engine.contract.values import Role

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1


class Column(IntEnum):
    """What the table says of a call, left to right."""

    CUSTOMER = 0
    AGENT = 1
    QUEUE = 2
    TIME = 3
    MOOD = 4
    ABOUT = 5
    TALK = 6
    RULES = 7
    RISK = 8


class CallsTableModel(QAbstractTableModel):
    """Lines in the wall's order, filtered by text. `ROW_ROLE` gives the whole `CallRow`."""

    def __init__(self, wall: WallModel, *, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wall = wall
        self._rows: list[CallRow] = []
        self._filter = ""
        wall.changed.connect(self.refresh)
        self.refresh()

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """Lines shown."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = _NOWHERE) -> int:
        """Columns, always the same."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text of a cell, its explanation, or the whole line."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(row, Column(index.column()))
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(_explanation(row, Column(index.column())))
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(row, Column(index.column()))
            case _:
                return row if role == ROW_ROLE else None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """The name of a column."""
        is_name = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _heading(Column(section)) if is_name else None

    def row(self, line: int) -> CallRow | None:
        """The call at a line, or None."""
        return self._rows[line] if 0 <= line < len(self._rows) else None

    def line_of(self, call_id: CallId) -> int:
        """The line of a call; -1 where it is not shown."""
        return next((n for n, row in enumerate(self._rows) if row.call_id == call_id), -1)

    def set_filter(self, text: str) -> None:
        """Show only calls whose customer, agent, queue, intent or words contain the text."""
        self._filter = text.strip()
        self.refresh()

    def refresh(self) -> None:
        """Show what the wall has now: take out, put in, move, then tell what changed."""
        wanted = [row for row in self._wall.rows if self._passes(row)]
        ids = {row.call_id for row in wanted}
        self._take_out({row.call_id for row in self._rows} - ids)
        shown = {row.call_id for row in self._rows}
        self._put_in([row for row in wanted if row.call_id not in shown])
        self._move([row.call_id for row in wanted])
        self._update(wanted)

    def _passes(self, row: CallRow) -> bool:
        return not self._filter or self._wall.contains_text(row.call_id, self._filter)

    def _take_out(self, gone: set[CallId]) -> None:
        lines = [n for n, row in enumerate(self._rows) if row.call_id in gone]
        for first, last in reversed(runs(lines)):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()

    def _put_in(self, new: list[CallRow]) -> None:
        if new:
            end = len(self._rows)
            self.beginInsertRows(QModelIndex(), end, end + len(new) - 1)
            self._rows += new
            self.endInsertRows()

    def _move(self, order: list[CallId]) -> None:
        if [row.call_id for row in self._rows] == order:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        line_of = {call_id: line for line, call_id in enumerate(order)}
        after = [
            self.index(line_of[self._rows[index.row()].call_id], index.column()) for index in before
        ]
        self._rows.sort(key=lambda row: line_of[row.call_id])
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _update(self, wanted: list[CallRow]) -> None:
        lines = [n for n, row in enumerate(wanted) if row != self._rows[n]]
        self._rows = wanted
        for first, last in runs(lines):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))


def _heading(column: Column) -> str:
    return {
        Column.CUSTOMER: tr("Customer"),
        Column.AGENT: tr("Agent"),
        Column.QUEUE: tr("Queue"),
        Column.TIME: tr("Time"),
        Column.MOOD: tr("Mood"),
        Column.ABOUT: tr("About"),
        Column.TALK: tr("Agent talks"),
        Column.RULES: tr("Rules"),
        Column.RISK: tr("Risk"),
    }[column]


def _text(row: CallRow, column: Column) -> str:
    texts = {
        Column.CUSTOMER: row.customer,
        Column.AGENT: row.agent,
        Column.QUEUE: row.queue,
        Column.TIME: tr("ended") if row.is_over else clock_text(row.time_ms),
        Column.ABOUT: row.about,
        Column.TALK: _talk(row),
        Column.RULES: rules_text(row.rules),
    }
    return texts.get(column, "")  # the others are painted


def _talk(row: CallRow) -> str:
    share = row.talk.get(Role.AGENT, 0.0)
    return tr("{share} %", share=round(100 * share)) if row.talk else ""


def _explanation(row: CallRow, column: Column) -> str:
    match column:
        case Column.CUSTOMER:
            return tr("“{quote}”", quote=row.quote) if row.quote else ""
        case Column.MOOD:
            return mood_text(row)
        case Column.ABOUT:
            is_guess = bool(row.about) and not row.is_about_sure
            return tr("possibly: {about}", about=row.about) if is_guess else row.about
        case Column.TALK:
            return " · ".join(
                tr("{role} {share} %", role=role_name(role), share=round(100 * share))
                for role, share in row.talk.items()
            )
        case Column.RULES | Column.RISK:
            return row.risk.text if column is Column.RISK else _all_rules(row)
        case _:
            return _text(row, column)


def _all_rules(row: CallRow) -> str:
    return "\n".join(line.text for line in gravest_first(row.rules))


def _spoken(row: CallRow, column: Column) -> str:
    painted = column in {Column.MOOD, Column.RULES, Column.RISK}
    return _explanation(row, column) if painted else _text(row, column)


def role_name(role: Role) -> str:
    """A role as a word."""
    return {Role.AGENT: tr("agent"), Role.CUSTOMER: tr("customer"), Role.BOT: tr("bot")}[role]


def mood_text(row: CallRow) -> str:
    """The mood as words and a number."""
    if not row.mood:
        return tr("no mood read yet")
    return tr("mood {word} ({number})", word=mood_word(row.mood_now), number=signed(row.mood_now))


def mood_word(mood: float) -> str:
    """A mood (-1 to 1) as a word."""
    if mood <= -0.2:
        return tr("low")
    return tr("good") if mood >= 0.2 else tr("even")


def signed(mood: float) -> str:
    """A mood as people write it: +0.4, −0.6."""
    return f"{mood:+.1f}".replace("-", "\N{MINUS SIGN}")
