"""What calls did with articles, and what they asked: kept once a call, counted on request.

A call may be recorded again when more is known of it (a rating, another outcome): what it did
with articles is replaced, and its questions stay as they were found the first time.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from knowledge_base.connection import reading, writing


class RecordedUse(msgspec.Struct, frozen=True, kw_only=True):
    """What one call did with one article."""

    article_id: str
    version: int = 0  # as it was shown; 0: it was only opened
    release: int = 0
    intent: str = ""
    offered: bool = False
    opened: bool = False
    used: bool = False
    helpful: bool = False
    not_helpful: bool = False
    dismissed: bool = False
    dismissed_why: str = ""
    withdrawn: bool = False
    dwell_ms: int = 0
    solved: bool = False  # the call ended solved, and it was used


class AskedQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question of a call and the best that the release of then had for it."""

    call_id: str
    utterance_id: str
    text: str
    asked_ms: int  # wall clock
    intent: str = ""
    queue: str = ""
    article_id: str = ""  # the best; empty: nothing was found
    version: int = 0
    score: float = 0.0
    release: int = 0
    shown: bool = False
    rejected: bool = False  # shown, and the agent dismissed it or said that it did not help
    answered: bool = False  # good enough to be shown, and not rejected


class ArticleUse(msgspec.Struct, frozen=True, kw_only=True):
    """In how many calls an article was what."""

    offered: int = 0
    opened: int = 0
    used: int = 0
    helpful: int = 0
    not_helpful: int = 0
    dismissed: int = 0
    withdrawn: int = 0
    solved: int = 0


_COUNTED: Final = ArticleUse.__struct_fields__
_USE: Final = RecordedUse.__struct_fields__
_ASKED: Final = AskedQuestion.__struct_fields__
_SUMS: Final = (
    f"SELECT article_id, {', '.join(f'sum({name}) AS {name}' for name in _COUNTED)}"
    " FROM article_uses"
)


class UsageBook:
    """The use of one knowledge base. Safe from any thread; errors are `KnowledgeError`s."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def record(
        self,
        call_id: str,
        *,
        seq: int,
        ended_ms: int,
        uses: Sequence[RecordedUse],
        questions: Sequence[AskedQuestion],
    ) -> bool:
        """Keep what a call taught up to its event `seq`; False where that is known already."""
        with writing(self._folder) as connection:
            row = connection.execute(
                "SELECT seq FROM learned_calls WHERE call_id = ?", (call_id,)
            ).fetchone()
            if row is not None and row["seq"] >= seq:
                return False
            connection.execute(
                "INSERT OR REPLACE INTO learned_calls VALUES (?, ?, ?)", (call_id, seq, ended_ms)
            )
            connection.execute("DELETE FROM article_uses WHERE call_id = ?", (call_id,))
            connection.executemany(
                _insert("article_uses", ("call_id", "ended_ms", *_USE)),
                [(call_id, ended_ms, *msgspec.structs.astuple(use)) for use in uses],
            )
            connection.executemany(
                _insert("asked_questions", _ASKED) + _ASKED_AGAIN,
                [msgspec.structs.astuple(question) for question in questions],
            )
        return True

    def learned(self, since_ms: int) -> dict[str, int]:
        """Up to which event each call was recorded, of calls that ended since then."""
        with reading(self._folder) as connection:
            rows = connection.execute(
                "SELECT call_id, seq FROM learned_calls WHERE ended_ms >= ?", (since_ms,)
            )
            return {row["call_id"]: row["seq"] for row in rows}

    def recent_questions(self, since_ms: int, *, limit: int = 1_000) -> list[AskedQuestion]:
        """The newest questions asked since then, newest first."""
        with reading(self._folder) as connection:
            rows = connection.execute(
                f"SELECT {', '.join(_ASKED)} FROM asked_questions WHERE asked_ms >= ?"
                " ORDER BY asked_ms DESC, call_id, utterance_id LIMIT ?",
                (since_ms, limit),
            )
            return [as_question(row) for row in rows]

    def uses(self) -> dict[str, ArticleUse]:
        """How often each article was offered, opened, used …, in calls."""
        with reading(self._folder) as connection:
            rows = connection.execute(f"{_SUMS} GROUP BY article_id")
            return {row["article_id"]: _use(row) for row in rows}

    def use_of(self, article_id: str) -> ArticleUse:
        """The same of one article."""
        with reading(self._folder) as connection:
            rows = connection.execute(f"{_SUMS} WHERE article_id = ?", (article_id,))
            return next((_use(row) for row in rows if row["article_id"]), ArticleUse())

    def dwells(self) -> dict[str, list[int]]:
        """How long each article's card stood, ms, one entry an offer."""
        found: dict[str, list[int]] = {}
        with reading(self._folder) as connection:
            for row in connection.execute(
                "SELECT article_id, dwell_ms FROM article_uses WHERE offered ORDER BY dwell_ms"
            ):
                found.setdefault(row["article_id"], []).append(row["dwell_ms"])
        return found

    def feedback(self) -> dict[str, dict[str, tuple[int, int]]]:
        """By intent and article: in how many calls it helped, and in how many it did not.

        Used or rated helpful is help; dismissed or rated of no help is none, unless it was used.
        """
        found: dict[str, dict[str, tuple[int, int]]] = {}
        with reading(self._folder) as connection:
            rows: Iterable[Any] = connection.execute(
                "SELECT intent, article_id,"
                " sum((used OR helpful) AND NOT not_helpful) AS helped,"
                " sum(not_helpful OR (dismissed AND NOT used)) AS failed"
                " FROM article_uses GROUP BY intent, article_id"
            )
            for row in rows:
                if row["helped"] or row["failed"]:
                    of_intent = found.setdefault(row["intent"], {})
                    of_intent[row["article_id"]] = (row["helped"], row["failed"])
        return found


def as_question(row: Any) -> AskedQuestion:  # noqa: ANN401 - a row of SQLite is of any types
    """A row of `asked_questions` as a value."""
    return msgspec.convert({name: row[name] for name in _ASKED}, AskedQuestion, strict=False)


def _use(row: Any) -> ArticleUse:  # noqa: ANN401 - as above
    return ArticleUse(**{name: row[name] for name in _COUNTED})


def _insert(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


# Asked again of a later release, a question would find something else: the first finding stays.
_ASKED_AGAIN: Final = (
    " ON CONFLICT (call_id, utterance_id) DO UPDATE SET rejected = excluded.rejected,"
    " answered = CASE WHEN shown THEN excluded.answered ELSE answered END"
)
