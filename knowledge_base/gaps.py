"""Gaps: kinds of questions from real calls that no article answers, until one does.

A gap keeps its id for good. Its label is the callers' own words: the question most like the
others. It closes when a release answers enough of its questions, and opens again when it is
asked, unanswered, after that.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from sqlite3 import Connection
from typing import Final

import msgspec
import numpy as np

from knowledge_base.connection import reading, writing
from knowledge_base.embedding import Embedder, Vectors
from knowledge_base.errors import GapMissing
from knowledge_base.gap_sorting import Groups, by_closeness
from knowledge_base.query import plain_question

DAY_MS: Final = 86_400_000
_WEEK_MS: Final = 7 * DAY_MS
_MAX_TOLD: Final = 20  # questions of a gap in a list


class GapState(StrEnum):
    """What became of a gap."""

    OPEN = "open"
    DRAFTED = "drafted"
    CLOSED = "closed"
    IGNORED = "ignored"


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of question that no article answers. `questions`: the most typical first."""

    gap_id: str
    label: str
    asked: int
    asked_last_week: int
    asked_week_before: int
    state: GapState
    owner: str = ""
    questions: tuple[str, ...] = ()
    article_id: str = ""  # begun for it
    told: str = ""  # why it is closed, or why it is not although its article is published


class GapQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question in a gap, with the answer that was refused for it, if there was one."""

    gap_id: str
    text: str
    queue: str
    asked_ms: int
    refused_id: str
    refused_version: int
    vector: bytes


class GapBook:
    """The gaps of one knowledge base. Safe from any thread; errors are `KnowledgeError`s."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sort_new(self, embedder: Embedder, *, now_ms: int) -> int:
        """Put questions without a good answer into gaps; returns how many were new."""
        with reading(self._folder) as connection:
            texts = [row["text"] for row in connection.execute(_UNSORTED)]
        if not texts:
            return 0
        vector_of = _encode(texts, embedder)
        with writing(self._folder) as connection:
            _renew_directions(connection, embedder)
            known = [row["gap_id"] for row in connection.execute(_DIRECTIONS)]
            groups = Groups([_vector(row["direction"]) for row in connection.execute(_DIRECTIONS)])
            rows = [row for row in connection.execute(_UNSORTED) if row["text"] in vector_of]
            for row in rows:
                vector = vector_of[row["text"]]
                group = groups.place(vector)
                if group == len(known):
                    known.append(_new_gap(connection, model=embedder.name, now_ms=now_ms))
                connection.execute(
                    "UPDATE gaps SET direction = ? WHERE gap_id = ?",
                    (groups.direction(group).tobytes(), known[group]),
                )
                connection.execute(
                    "INSERT INTO gap_questions VALUES (?, ?, ?, ?)",
                    (row["call_id"], row["utterance_id"], known[group], vector.tobytes()),
                )
                _open_again(connection, known[group], row["text"], release=row["release"])
        return len(rows)

    def listing(self, *, now_ms: int) -> list[Gap]:
        """All gaps that were asked, most asked first."""
        with reading(self._folder) as connection:
            questions = _questions(connection)
            gaps = [
                _gap(row, questions[row["gap_id"]], now_ms=now_ms)
                for row in connection.execute("SELECT * FROM gaps")
                if row["gap_id"] in questions
            ]
        return sorted(gaps, key=lambda gap: (-gap.asked, -gap.asked_last_week, gap.gap_id))

    def read(self, gap_id: str, *, now_ms: int) -> Gap:
        """One gap; raises `GapMissing`."""
        for gap in self.listing(now_ms=now_ms):
            if gap.gap_id == gap_id:
                return gap
        raise GapMissing(gap_id)

    def update(self, gap_id: str, *, owner: str, state: GapState) -> None:
        """Give a gap an owner and a state; raises `GapMissing`."""
        self._set(gap_id, owner=owner, state=state)

    def begin(self, gap_id: str, article_id: str) -> None:
        """An article was begun for a gap; raises `GapMissing`."""
        self._set(gap_id, article_id=article_id, state=GapState.DRAFTED, told="")

    def close(self, gap_id: str, *, release: int, told: str) -> None:
        """A release answers a gap."""
        self._set(gap_id, state=GapState.CLOSED, closed_release=release, told=told)

    def tell(self, gap_id: str, told: str) -> None:
        """Say why a gap stays open."""
        self._set(gap_id, told=told)

    def questions(self) -> Mapping[str, Sequence[GapQuestion]]:
        """The questions in each gap, newest first."""
        with reading(self._folder) as connection:
            return _questions(connection)

    def _set(self, gap_id: str, **values: str | int) -> None:
        names = ", ".join(f"{name} = ?" for name in values)
        with writing(self._folder) as connection:
            changed = connection.execute(
                f"UPDATE gaps SET {names} WHERE gap_id = ?", (*map(_plain, values.values()), gap_id)
            )
            if not changed.rowcount:
                raise GapMissing(gap_id)


_DIRECTIONS: Final = "SELECT gap_id, direction FROM gaps ORDER BY rowid"
_UNSORTED: Final = (
    "SELECT call_id, utterance_id, text, release FROM asked_questions"
    " LEFT JOIN gap_questions USING (call_id, utterance_id)"
    " WHERE NOT answered AND gap_id IS NULL ORDER BY asked_ms, call_id, utterance_id"
)
# A question whose answer was approved of later (a rating taken back) is in no gap any more.
_IN_GAPS: Final = (
    "SELECT gap_id, text, queue, asked_ms, vector, rejected, article_id, version"
    " FROM gap_questions JOIN asked_questions USING (call_id, utterance_id)"
    " WHERE NOT answered ORDER BY asked_ms DESC, call_id, utterance_id"
)


def _encode(texts: Sequence[str], embedder: Embedder) -> dict[str, Vectors]:
    once = list(dict.fromkeys(texts))
    vectors = embedder.encode([plain_question(text) or text for text in once])
    return dict(zip(once, vectors, strict=True))


def _vector(data: bytes) -> Vectors:
    return np.frombuffer(data, np.float32)


def _new_gap(connection: Connection, *, model: str, now_ms: int) -> str:
    (count,) = connection.execute("SELECT count(*) FROM gaps").fetchone()
    gap_id = f"gap-{count + 1}"  # gaps are never deleted
    connection.execute(
        "INSERT INTO gaps (gap_id, state, owner, article_id, told, model, made_ms,"
        " closed_release, direction) VALUES (?, 'open', '', '', '', ?, ?, 0, x'')",
        (gap_id, model, now_ms),
    )
    return gap_id


def _renew_directions(connection: Connection, embedder: Embedder) -> None:
    """Embed again what another model embedded: vectors of two models cannot be compared."""
    stale = {
        row["gap_id"]
        for row in connection.execute("SELECT gap_id FROM gaps WHERE model != ?", (embedder.name,))
    }
    if not stale:
        return
    rows = connection.execute(
        "SELECT gap_id, call_id, utterance_id, text FROM gap_questions"
        " JOIN asked_questions USING (call_id, utterance_id)"
    ).fetchall()
    rows = [row for row in rows if row["gap_id"] in stale]
    vector_of = _encode([row["text"] for row in rows], embedder)
    for row in rows:
        connection.execute(
            "UPDATE gap_questions SET vector = ? WHERE call_id = ? AND utterance_id = ?",
            (vector_of[row["text"]].tobytes(), row["call_id"], row["utterance_id"]),
        )
    for gap_id in stale:
        own = [vector_of[row["text"]] for row in rows if row["gap_id"] == gap_id]
        connection.execute(
            "UPDATE gaps SET direction = ?, model = ? WHERE gap_id = ?",
            (np.sum(own, axis=0, dtype=np.float32).tobytes(), embedder.name, gap_id),
        )


def _open_again(connection: Connection, gap_id: str, text: str, *, release: int) -> None:
    connection.execute(
        "UPDATE gaps SET state = 'open', told = ?"
        " WHERE gap_id = ? AND state = 'closed' AND closed_release <= ?",
        (f"asked again, and not answered, after it was closed: “{text}”", gap_id, release),
    )


def _questions(connection: Connection) -> dict[str, list[GapQuestion]]:
    found: dict[str, list[GapQuestion]] = {}
    for row in connection.execute(_IN_GAPS):
        question = GapQuestion(
            gap_id=row["gap_id"],
            text=row["text"],
            queue=row["queue"],
            asked_ms=row["asked_ms"],
            refused_id=row["article_id"] if row["rejected"] else "",
            refused_version=row["version"],
            vector=row["vector"],
        )
        found.setdefault(question.gap_id, []).append(question)
    return found


def _gap(row: Mapping[str, str], asked: Sequence[GapQuestion], *, now_ms: int) -> Gap:
    typical = tuple(_typical(asked))
    age_ms = [now_ms - question.asked_ms for question in asked]
    return Gap(
        gap_id=row["gap_id"],
        label=typical[0],
        asked=len(asked),
        asked_last_week=sum(age < _WEEK_MS for age in age_ms),
        asked_week_before=sum(_WEEK_MS <= age < 2 * _WEEK_MS for age in age_ms),
        state=GapState(row["state"]),
        owner=row["owner"],
        questions=typical[:_MAX_TOLD],
        article_id=row["article_id"],
        told=row["told"],
    )


def _typical(asked: Sequence[GapQuestion]) -> Iterator[str]:
    """The questions, each wording once, the one most like the others first."""
    vectors = np.stack([_vector(question.vector) for question in asked])
    yield from dict.fromkeys(asked[row].text for row in by_closeness(vectors))


def _plain(value: str | int) -> str | int:
    return str(value) if isinstance(value, str) else value
