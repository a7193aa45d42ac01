"""Rows of steps and comments in the life of versions, and the policy that they follow."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from knowledge_base.lifecycle import ArticleState, ReviewPolicy, Step, VersionLife

_POLICY: Final = "review"


def append_steps(connection: sqlite3.Connection, article_id: str, steps: Sequence[Step]) -> None:
    """Add to the life of an article; the newest step of a version is its state."""
    connection.executemany(
        "INSERT INTO steps (article_id, version, state, by, at_ms, comment, publish_at_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (article_id, s.version, s.state, s.by, s.at_ms, s.comment, s.publish_at_ms)
            for s in steps
        ),
    )
    connection.executemany(
        "UPDATE versions SET state = ?, publish_at_ms = ? WHERE article_id = ? AND version = ?",
        (
            (step.state, step.publish_at_ms, article_id, step.version)
            for step in steps
            if step.state is not None
        ),
    )


def read_steps(connection: sqlite3.Connection, article_id: str) -> tuple[Step, ...]:
    """All steps and comments of an article, oldest first."""
    rows = connection.execute("SELECT * FROM steps WHERE article_id = ? ORDER BY id", (article_id,))
    return tuple(
        Step(
            version=row["version"],
            by=row["by"],
            at_ms=row["at_ms"],
            state=ArticleState(row["state"]) if row["state"] else None,
            comment=row["comment"],
            publish_at_ms=row["publish_at_ms"],
        )
        for row in rows
    )


def read_lives(connection: sqlite3.Connection, article_id: str) -> dict[int, VersionLife]:
    """State of every version of an article."""
    rows = connection.execute(
        "SELECT version, state, publish_at_ms FROM versions WHERE article_id = ?", (article_id,)
    )
    return {
        row["version"]: VersionLife(
            state=ArticleState(row["state"]), publish_at_ms=row["publish_at_ms"]
        )
        for row in rows
    }


def last_approved(connection: sqlite3.Connection) -> dict[str, int]:
    """When a version of each article was last approved, ms since 1970."""
    rows = connection.execute(
        "SELECT article_id, max(at_ms) FROM steps WHERE state = 'approved' GROUP BY article_id"
    )
    return dict(rows.fetchall())


def read_policy(connection: sqlite3.Connection) -> ReviewPolicy:
    """Who may approve; `other` where nobody said."""
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (_POLICY,)).fetchone()
    return ReviewPolicy(row[0]) if row else ReviewPolicy.OTHER


def write_policy(connection: sqlite3.Connection, policy: ReviewPolicy) -> None:
    """Keep who may approve."""
    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (_POLICY, policy))
