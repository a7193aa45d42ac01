"""Rows of releases and of their use: the newest use is of the release in use."""

import sqlite3
from collections.abc import Mapping

import msgspec


class ReleaseInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A release, as lists show it. `embedded` and `reused` are of the publish just done."""

    release: int
    made_ms: int
    author: str
    reason: str
    articles: int
    passages: int
    is_in_use: bool = True
    override: str = ""  # why it was published although the check found errors
    changed_articles: int = 0  # new, edited or gone since the release before
    embedded: int = 0
    reused: int = 0


def in_use(connection: sqlite3.Connection) -> int:
    """Number of the release in use; 0: none yet."""
    row = connection.execute("SELECT release FROM uses ORDER BY id DESC LIMIT 1").fetchone()
    return int(row[0]) if row else 0


def use(
    connection: sqlite3.Connection, release: int, *, author: str, reason: str, now_ms: int
) -> None:
    """Use a release from now on."""
    connection.execute(
        "INSERT INTO uses (release, author, reason, at_ms) VALUES (?, ?, ?, ?)",
        (release, author, reason, now_ms),
    )


def versions_in_use(connection: sqlite3.Connection) -> dict[str, int]:
    """Versions in the release in use, by article."""
    row = connection.execute(
        "SELECT versions FROM releases WHERE release = ?", (in_use(connection),)
    ).fetchone()
    return msgspec.json.decode(row[0], type=dict[str, int]) if row else {}


def last_made_ms(connection: sqlite3.Connection) -> int:
    """When a release was last made; 0: never."""
    return int(connection.execute("SELECT coalesce(max(made_ms), 0) FROM releases").fetchone()[0])


def numbers(connection: sqlite3.Connection) -> list[int]:
    """All releases by number."""
    return [int(row[0]) for row in connection.execute("SELECT release FROM releases")]


def insert(connection: sqlite3.Connection, info: ReleaseInfo, versions: Mapping[str, int]) -> None:
    """Keep a release that was made."""
    connection.execute(
        "INSERT INTO releases "
        "(release, made_ms, author, reason, passages, versions, articles, override) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            info.release,
            info.made_ms,
            info.author,
            info.reason,
            info.passages,
            msgspec.json.encode(versions).decode(),
            info.articles,
            info.override,
        ),
    )


def infos(connection: sqlite3.Connection) -> list[ReleaseInfo]:
    """All releases, newest first."""
    current = in_use(connection)
    rows = connection.execute(
        "SELECT release, made_ms, author, reason, articles, passages, override FROM releases "
        "ORDER BY release DESC"
    )
    return [ReleaseInfo(**dict(row), is_in_use=row["release"] == current) for row in rows]
