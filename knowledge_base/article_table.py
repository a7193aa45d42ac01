"""Rows of articles and their versions. Whoever calls holds the transaction."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from knowledge_base.article import Article, bare
from knowledge_base.errors import ArticleMissing, VersionMissing
from knowledge_base.lifecycle import ArticleState, Step, has_expired
from knowledge_base.review_table import append_steps

_FIELDS: Final = "article_id, version, article, author, saved_ms, state, publish_at_ms"
_NEWEST: Final = f"SELECT {_FIELDS} FROM versions JOIN articles USING (article_id, version)"
_DECODER: Final = msgspec.json.Decoder(Article)


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A version with what the store knows of it."""

    article: Article
    author: str
    state: ArticleState
    publish_at_ms: int


def newest(connection: sqlite3.Connection, article_id: str) -> VersionRow | None:
    """The newest version of an article, if there is one."""
    rows = connection.execute(f"{_NEWEST} WHERE article_id = ?", (article_id,))
    return next((_row(row) for row in rows), None)


def all_newest(connection: sqlite3.Connection) -> list[VersionRow]:
    """The newest version of every article, by id."""
    return [_row(row) for row in connection.execute(f"{_NEWEST} ORDER BY article_id")]


def read_version(connection: sqlite3.Connection, article_id: str, version: int) -> VersionRow:
    """One version; raises `ArticleMissing`, `VersionMissing`."""
    rows = connection.execute(
        f"SELECT {_FIELDS} FROM versions WHERE article_id = ? AND version = ?",
        (article_id, version),
    )
    for row in rows:
        return _row(row)
    if newest_version(connection, article_id):
        raise VersionMissing(article_id, version=version)
    raise ArticleMissing(article_id)


def newest_version(connection: sqlite3.Connection, article_id: str) -> int:
    """Number of the newest version; 0: there is no such article."""
    row = connection.execute(
        "SELECT version FROM articles WHERE article_id = ?", (article_id,)
    ).fetchone()
    return int(row[0]) if row else 0


def count(connection: sqlite3.Connection) -> int:
    """How many articles there are."""
    return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])


def insert_version(
    connection: sqlite3.Connection, article: Article, *, state: ArticleState, reason: str, by: Step
) -> None:
    """Write a version that nobody has seen; `by`: who saved it, when, as which number."""
    connection.execute(
        "INSERT INTO versions (article_id, version, article, author, reason, saved_ms, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            article.article_id,
            by.version,
            msgspec.json.encode(bare(article)).decode(),
            by.by,
            reason,
            by.at_ms,
            state,
        ),
    )
    connection.execute(
        "INSERT INTO articles (article_id, version) VALUES (?, ?) "
        "ON CONFLICT (article_id) DO UPDATE SET version = excluded.version",
        (article.article_id, by.version),
    )
    append_steps(connection, article.article_id, [msgspec.structs.replace(by, state=state)])


def to_publish(connection: sqlite3.Connection, *, now_ms: int) -> dict[str, int]:
    """The versions a release of now would hold, by article: the newest approved of each.

    Says the same as `lifecycle.to_publish`, for all articles at once.
    """
    rows = connection.execute(
        "SELECT article_id, max(version) FROM versions "
        "WHERE state = 'approved' AND publish_at_ms <= ? GROUP BY article_id",
        (now_ms,),
    )
    return dict(rows.fetchall())


def come_due(connection: sqlite3.Connection, *, after_ms: int, now_ms: int) -> dict[str, int]:
    """Versions whose time to be published came since a moment, by article."""
    rows = connection.execute(
        "SELECT article_id, max(version) FROM versions "
        "WHERE state = 'approved' AND publish_at_ms > ? AND publish_at_ms <= ? "
        "GROUP BY article_id",
        (after_ms, now_ms),
    )
    return dict(rows.fetchall())


def read_contents(
    connection: sqlite3.Connection, versions: Mapping[str, int], *, now_ms: int
) -> list[Article]:
    """The texts of these versions by article id, without those whose last day is over."""
    rows = connection.execute(
        "SELECT article, version, saved_ms FROM versions JOIN json_each(?) AS wanted "
        "ON article_id = wanted.key AND version = wanted.value",
        (msgspec.json.encode(versions).decode(),),
    )
    articles = [
        article
        for article in map(_article, rows)
        if not has_expired(article.valid_until, saved_ms=article.updated_ms, now_ms=now_ms)
    ]
    # Sorted here: SQLite would move every text for it.
    return sorted(articles, key=lambda article: article.article_id)


def published(rows: Iterable[VersionRow], versions: Mapping[str, int]) -> list[Article]:
    """The articles, each with its version in the release in use."""
    return [
        msgspec.structs.replace(row.article, published_version=in_use)
        if (in_use := versions.get(row.article.article_id))
        else row.article
        for row in rows
    ]


def _article(row: sqlite3.Row) -> Article:
    return msgspec.structs.replace(
        _DECODER.decode(row["article"]), version=row["version"], updated_ms=row["saved_ms"]
    )


def _row(row: sqlite3.Row) -> VersionRow:
    return VersionRow(
        article=_article(row),
        author=row["author"],
        state=ArticleState(row["state"]),
        publish_at_ms=row["publish_at_ms"],
    )
