"""The conversation as a list: settled utterances, and what is being said now in its place.

A partial gets its row when first heard and keeps it when its final comes. A batch is one
removal, one insertion and one `dataChanged` range at most; the list is never reset.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import TypeAlias

import msgspec
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from agent_desktop.translation import tr
from agent_desktop.view_models.call_row import clock_text
from agent_desktop.view_models.mood_model import Feeling, utterance_mood
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.answers import PartialHeard
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.values import Role

Index: TypeAlias = QModelIndex | QPersistentModelIndex


class TranscriptRole(IntEnum):
    """What `data` gives besides text."""

    LINE = Qt.ItemDataRole.UserRole + 1


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `stable` will hardly change, `tail` is still moving (partials only)."""

    utterance_id: UtteranceId
    speaker: str
    is_customer: bool
    start_ms: int
    stable: str
    tail: str = ""
    is_partial: bool = False
    mood: str = ""
    feeling: Feeling = Feeling.EVEN
    drivers: tuple[str, ...] = ()

    @property
    def when(self) -> str:
        """The time in the call, or *now*."""
        return tr("now") if self.is_partial else clock_text(self.start_ms)

    @property
    def text(self) -> str:
        """All words."""
        return f"{self.stable} {self.tail}".strip()


class TranscriptModel(QAbstractListModel):
    """Rows of `Line`; `update_from` brings it to a state."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own default
        """How many rows there are."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row as text (display, accessible) or as a `Line`."""
        if not 0 <= index.row() < len(self._lines):
            return None
        line = self._lines[index.row()]
        if role == TranscriptRole.LINE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{line.speaker} {line.when}: {line.text}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            mood = f", {line.mood}" if line.mood else ""
            return f"{line.speaker}, {line.when}{mood}: {line.text}"
        return None

    def line(self, row: int) -> Line:
        """The row at a place."""
        return self._lines[row]

    def row_of(self, utterance_id: UtteranceId) -> int | None:
        """Where an utterance stands, or None."""
        rows = range(len(self._lines) - 1, -1, -1)
        return next((r for r in rows if self._lines[r].utterance_id == utterance_id), None)

    def update_from(
        self, state: CallState | None, partials: Mapping[ParticipantId, PartialHeard]
    ) -> None:
        """Bring the rows to a state and what is being said now."""
        wanted = _lines(state, partials) if state else {}
        self._remove_missing(wanted)
        kept = {line.utterance_id for line in self._lines}
        self._change(wanted)
        self._append([line for uid, line in wanted.items() if uid not in kept])

    def _remove_missing(self, wanted: Mapping[UtteranceId, Line]) -> None:
        gone = [r for r, line in enumerate(self._lines) if line.utterance_id not in wanted]
        for first, last in reversed(_runs(gone)):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._lines[first : last + 1]
            self.endRemoveRows()

    def _change(self, wanted: Mapping[UtteranceId, Line]) -> None:
        changed = [row for row, line in enumerate(self._lines) if wanted[line.utterance_id] != line]
        for row in changed:
            self._lines[row] = wanted[self._lines[row].utterance_id]
        if changed:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))

    def _append(self, lines: list[Line]) -> None:
        if lines:
            first = len(self._lines)
            self.beginInsertRows(QModelIndex(), first, first + len(lines) - 1)
            self._lines.extend(lines)
            self.endInsertRows()


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def _lines(
    state: CallState, partials: Mapping[ParticipantId, PartialHeard]
) -> dict[UtteranceId, Line]:
    names = {p.participant_id: _speaker(state, p.participant_id) for p in state.participants}
    lines = {u.final.utterance_id: _settled(u, names) for u in state.utterances}
    now = sorted(partials.values(), key=lambda partial: partial.start_ms)
    for partial in now:
        if partial.utterance_id not in lines and (partial.stable or partial.tail):
            lines[partial.utterance_id] = _moving(state, partial, names)
    return lines


def _settled(utterance: Utterance, names: Mapping[ParticipantId, str]) -> Line:
    final = utterance.final
    mood, feeling = utterance_mood(utterance)
    return Line(
        utterance_id=final.utterance_id,
        speaker=names.get(final.participant_id, ""),
        is_customer=utterance.role is Role.CUSTOMER,
        start_ms=final.start_ms,
        stable=final.text,
        mood=mood,
        feeling=feeling,
        drivers=tuple(driver.label for driver in utterance.drivers),
    )


def _moving(state: CallState, partial: PartialHeard, names: Mapping[ParticipantId, str]) -> Line:
    participant = state.participant(partial.participant_id)
    return Line(
        utterance_id=partial.utterance_id,
        speaker=names.get(partial.participant_id, ""),
        is_customer=participant is not None and participant.role is Role.CUSTOMER,
        start_ms=partial.start_ms,
        stable=partial.stable,
        tail=partial.tail,
        is_partial=True,
    )


def _speaker(state: CallState, participant_id: ParticipantId) -> str:
    participant = state.participant(participant_id)
    if participant is None:
        return ""
    named = {Role.CUSTOMER: state.customer.name if state.customer else ""}
    name = named.get(participant.role) or participant.name
    if participant.role is Role.AGENT:
        name = name or state.agent_name
    first = name.split()[0] if name.split() else ""
    roles = {Role.CUSTOMER: tr("Customer"), Role.AGENT: tr("Agent"), Role.BOT: tr("Assistant")}
    return first or roles[participant.role]
