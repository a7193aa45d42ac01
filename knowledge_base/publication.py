"""Makes a release of chosen versions and uses it: who publishes holds the folder of releases."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from knowledge_base import article_table, release_table
from knowledge_base.article import Article
from knowledge_base.connection import reading, writing
from knowledge_base.embedding import Embedder
from knowledge_base.errors import NothingToPublish
from knowledge_base.evaluate import GoldenQuestion
from knowledge_base.golden_table import read_golden_rows
from knowledge_base.publishing import OnProgress
from knowledge_base.release_folder import ReleaseFolder
from knowledge_base.release_table import ReleaseInfo

Choice = Callable[[sqlite3.Connection, int], dict[str, int]]


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What a release is made of, as the base was at one moment."""

    articles: tuple[Article, ...]
    golden: tuple[GoldenQuestion, ...]
    known: tuple[int, ...]  # releases
    in_use: int
    waiting: int  # articles that are in no release


def all_approved(connection: sqlite3.Connection, now_ms: int) -> dict[str, int]:
    """Versions of the next release, by article: the newest approved whose time has come."""
    return article_table.to_publish(connection, now_ms=now_ms)


def in_use_and_due(connection: sqlite3.Connection, now_ms: int) -> dict[str, int]:
    """Versions of the release in use, and those whose time came since a release was last made."""
    return release_table.versions_in_use(connection) | newly_due(connection, now_ms)


def newly_due(connection: sqlite3.Connection, now_ms: int) -> dict[str, int]:
    """Versions whose time came since a release was last made, where they are newer than in use."""
    last_ms = release_table.last_made_ms(connection)
    due = article_table.come_due(connection, after_ms=last_ms, now_ms=now_ms)
    if not due:
        return due
    in_use = release_table.versions_in_use(connection)
    return {name: version for name, version in due.items() if version > in_use.get(name, 0)}


def read_contents(folder: Path, choose: Choice, *, now_ms: int) -> Contents:
    """All that a release takes, read at one moment."""
    with reading(folder) as connection:
        connection.execute("BEGIN")
        versions = choose(connection, now_ms)
        return Contents(
            articles=tuple(article_table.read_contents(connection, versions, now_ms=now_ms)),
            golden=read_golden_rows(connection),
            known=tuple(release_table.numbers(connection)),
            in_use=release_table.in_use(connection),
            waiting=article_table.count(connection) - len(versions),
        )


def publish(
    folder: Path,
    releases: ReleaseFolder,
    choose: Choice,
    *,
    embedder: Embedder,
    author: str,
    reason: str,
    override: str,
    now_ms: int,
    on_progress: OnProgress,
) -> ReleaseInfo:
    """Make the next release of what is chosen and use it; a crash leaves the old one in use."""
    with releases.locked():
        contents = read_contents(folder, choose, now_ms=now_ms)
        if not contents.articles:
            raise NothingToPublish(waiting=contents.waiting)
        manifest, built = releases.make(
            contents.articles,
            known=contents.known,
            previous=contents.in_use,
            golden=contents.golden,
            embedder=embedder,
            author=author,
            reason=reason,
            now_ms=now_ms,
            on_progress=on_progress,
        )
        versions = _versions(contents.articles)
        info = ReleaseInfo(
            release=manifest.release,
            made_ms=now_ms,
            author=author,
            reason=reason,
            override=override,
            articles=len(versions),
            passages=built.passages,
            embedded=built.embedded,
            reused=built.reused,
        )
        with writing(folder) as connection:
            before = release_table.versions_in_use(connection)
            release_table.insert(connection, info, versions)
            release_table.use(connection, info.release, author=author, reason=reason, now_ms=now_ms)
    changed = len(dict(before.items() ^ versions.items()))
    return msgspec.structs.replace(info, changed_articles=changed)


def _versions(articles: Sequence[Article]) -> dict[str, int]:
    return {article.article_id: article.version for article in articles}
