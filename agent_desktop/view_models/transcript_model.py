"""The conversation as a list: settled utterances, and what is being said now in its place.

A partial gets its row when first heard and keeps it when its final comes. A batch is one
removal, one insertion and one `dataChanged` range at most; the list is never reset. While the
call is live its agent reads the words as they were said, then the redacted ones.
"""

from collections.abc import Mapping
from enum import IntEnum
from functools import partial
from typing import TypeAlias

import msgspec
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from agent_desktop.translation import tr
from agent_desktop.view_models.behaviour_words import ticks_of
from agent_desktop.view_models.clock_words import clock_text
from agent_desktop.view_models.driver_words import VULNERABILITY, driver_name
from agent_desktop.view_models.kept_lines import KeptLines
from agent_desktop.view_models.live_words import LiveWords, unredacted
from agent_desktop.view_models.marked_words import (
    Mark,
    MarkedWords,
    mark_quotes,
    marked,
    readable,
)
from agent_desktop.view_models.mood_model import Feeling, mood_explanation, utterance_mood
from agent_desktop.view_models.tip import plain_tip
from assist_engine.call.driver_kinds import urgent
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.answers import PartialHeard
from assist_engine.contract.events import EntityRead
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.values import Role

Index: TypeAlias = QModelIndex | QPersistentModelIndex


class TranscriptRole(IntEnum):
    """What `data` gives besides text."""

    LINE = Qt.ItemDataRole.UserRole + 1


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `stable` will hardly change, `tail` is still moving (partials only).

    `marks` are places in `text`; `ticks` is what the agent did well; `explanation` says more
    of the mood than `mood`, its one word.
    """

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
    marks: tuple[Mark, ...] = ()
    ticks: tuple[str, ...] = ()
    explanation: str = ""

    @property
    def when(self) -> str:
        """The time in the call, or *now*."""
        return tr("now") if self.is_partial else clock_text(self.start_ms)

    @property
    def text(self) -> str:
        """All words."""
        return f"{self.stable} {self.tail}".strip()

    @property
    def plain(self) -> str:
        """All words where nothing can be painted."""
        return MarkedWords(text=self.text, marks=self.marks).plain


class TranscriptModel(QAbstractListModel):
    """Rows of `Line`; `update_from` brings it to a state."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []
        self._kept: KeptLines[Line] = KeptLines()
        self._entities: tuple[EntityRead, ...] = ()
        self._named: Mapping[UtteranceId, tuple[str, ...]] = {}

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
            return f"{line.speaker} {line.when}: {line.plain}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            beside = ", ".join(part for part in (line.mood, *line.ticks, *line.drivers) if part)
            return f"{line.speaker}, {line.when}{', ' * bool(beside)}{beside}: {line.plain}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(line.explanation)
        return None

    def line(self, row: int) -> Line:
        """The row at a place."""
        return self._lines[row]

    def row_of(self, utterance_id: UtteranceId) -> int | None:
        """Where an utterance stands, or None."""
        rows = range(len(self._lines) - 1, -1, -1)
        return next((r for r in rows if self._lines[r].utterance_id == utterance_id), None)

    def update_from(
        self,
        state: CallState | None,
        partials: Mapping[ParticipantId, PartialHeard],
        live_words: LiveWords | None = None,
    ) -> None:
        """Bring the rows to a state and what is being said now."""
        if state is None:
            self._kept.forget()
        wanted = self._wanted(state, partials, live_words or LiveWords()) if state else {}
        self._remove_missing(wanted)
        kept = {line.utterance_id for line in self._lines}
        self._change(wanted)
        self._append([line for uid, line in wanted.items() if uid not in kept])

    def _wanted(
        self,
        state: CallState,
        partials: Mapping[ParticipantId, PartialHeard],
        live_words: LiveWords,
    ) -> dict[UtteranceId, Line]:
        names = {p.participant_id: _speaker(state, p.participant_id) for p in state.participants}
        if state.entities is not self._entities:
            self._entities, self._named = state.entities, _named_in(state.entities)
        lines: dict[UtteranceId, Line] = {}
        for utterance in state.utterances:
            uid = utterance.final.utterance_id
            name = names.get(utterance.final.participant_id, "")
            said, quotes = live_words.text(uid), self._named.get(uid, ())
            make = partial(_settled, utterance, name, said, quotes)
            lines[uid] = self._kept.of(uid, (utterance, name, said, quotes), make)
        for moving in sorted(partials.values(), key=lambda moving: moving.start_ms):
            if moving.utterance_id not in lines and (moving.stable or moving.tail):
                lines[moving.utterance_id] = _moving(state, moving, names)
        return lines

    def _remove_missing(self, wanted: Mapping[UtteranceId, Line]) -> None:
        gone = [r for r, line in enumerate(self._lines) if line.utterance_id not in wanted]
        for first, last in reversed(_runs(gone)):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._lines[first : last + 1]
            self.endRemoveRows()

    def _change(self, wanted: Mapping[UtteranceId, Line]) -> None:
        changed = [
            row
            for row, line in enumerate(self._lines)
            if (new := wanted[line.utterance_id]) is not line and new != line
        ]
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


def _named_in(entities: tuple[EntityRead, ...]) -> dict[UtteranceId, tuple[str, ...]]:
    """The words in which entities were named, by utterance."""
    named: dict[UtteranceId, tuple[str, ...]] = {}
    for entity in entities:
        for evidence in entity.evidence:
            if evidence.utterance_id is not None:
                quotes = named.get(evidence.utterance_id, ())
                named[evidence.utterance_id] = (*quotes, evidence.quote)
    return named


def _settled(utterance: Utterance, name: str, said: str | None, quotes: tuple[str, ...]) -> Line:
    final = utterance.final
    stored = marked(final.text, final.redactions) if said is None else unredacted(final, said)
    words = mark_quotes(stored, quotes)
    mood, feeling = utterance_mood(utterance)
    return Line(
        utterance_id=final.utterance_id,
        speaker=name,
        is_customer=utterance.role is Role.CUSTOMER,
        start_ms=final.start_ms,
        stable=words.text,
        mood=mood,
        feeling=feeling,
        drivers=tuple(
            driver_name(read) for read in urgent(utterance.drivers) if read.driver != VULNERABILITY
        ),
        marks=words.marks,
        ticks=ticks_of(utterance),
        explanation=mood_explanation(utterance),
    )


def _moving(state: CallState, heard: PartialHeard, names: Mapping[ParticipantId, str]) -> Line:
    participant = state.participant(heard.participant_id)
    words = marked(heard.stable)
    return Line(
        utterance_id=heard.utterance_id,
        speaker=names.get(heard.participant_id, ""),
        is_customer=participant is not None and participant.role is Role.CUSTOMER,
        start_ms=heard.start_ms,
        stable=words.text,
        tail=readable(heard.tail),
        is_partial=True,
        marks=words.marks,
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
