"""A knowledge base: a folder with every version of every article, and its releases.

    KB/knowledge.db        articles in versions, golden questions, which release is in use
    KB/releases/000001/    see `release.py`

Every operation opens the database for itself, so one `KnowledgeBase` serves any thread.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlite_utils import Database

from knowledge_base.article import Article, is_same_text, read_article, render_article
from knowledge_base.embedding import Embedder
from knowledge_base.errors import (
    ArticleError,
    ArticleMissing,
    BaseMissing,
    BaseUnreadable,
    KnowledgeError,
    NothingToPublish,
    ReleaseMissing,
)
from knowledge_base.evaluate import GoldenQuestion
from knowledge_base.publishing import OnProgress
from knowledge_base.release import verify
from knowledge_base.release_folder import ReleaseFolder
from knowledge_base.schema import MIGRATIONS

DATABASE: Final = "knowledge.db"
RELEASES: Final = "releases"
_WAIT_S: Final = 10.0  # for another writer; a save takes milliseconds


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did, by article id, and what it could not read."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    broken: tuple[ArticleError, ...] = ()


class ReleaseInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A release, as lists show it. `embedded` and `reused` are of the publish just done."""

    release: int
    made_ms: int
    author: str
    reason: str
    articles: int
    passages: int
    is_in_use: bool = True
    changed_articles: int = 0  # new, edited or gone since the release before
    embedded: int = 0
    reused: int = 0


class KnowledgeBase:
    """Articles and releases of one folder. Errors are `KnowledgeError`s."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._releases = ReleaseFolder(folder / RELEASES)

    @classmethod
    def create(cls, folder: Path) -> "KnowledgeBase":
        """Make a knowledge base in a folder, or open the one that is there."""
        try:
            (folder / RELEASES).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BaseUnreadable(f"{folder} cannot be made: {error.strerror}") from error
        base = cls(folder)
        with base._database() as database:
            database.enable_wal()
            MIGRATIONS.apply(database)
        return base

    @classmethod
    def open(cls, folder: Path) -> "KnowledgeBase":
        """Open a knowledge base; raises `BaseMissing` where there is none."""
        if not (folder / DATABASE).is_file():
            raise BaseMissing(folder)
        return cls.create(folder)

    def articles(self) -> list[Article]:
        """The newest version of every article, by id."""
        with self._database() as database:
            published = _versions_in_use(database)
            rows = database.query(f"{_NEWEST} ORDER BY article_id")
            return [_article(row, published) for row in rows]

    def read(self, article_id: str, *, version: int | None = None) -> Article:
        """One article, its newest version where none is named; raises `ArticleMissing`."""
        with self._database() as database:
            wanted = (
                f"{_NEWEST} WHERE article_id = :article_id"
                if version is None
                else f"{_ANY} WHERE article_id = :article_id AND version = :version"
            )
            rows = database.query(wanted, {"article_id": article_id, "version": version})
            for row in rows:
                return _article(row, _versions_in_use(database))
        raise ArticleMissing(article_id)

    def save(self, article: Article, *, author: str, reason: str, now_ms: int) -> int:
        """Save a version and return its number; the same text again makes no new one."""
        with self._database() as database, _writing(database):
            return _save(database, article, author=author, reason=reason, now_ms=now_ms)

    def import_folder(self, path: Path, *, author: str, reason: str, now_ms: int) -> ImportReport:
        """Take in a Markdown file, or all of a folder; broken files are reported, the rest goes in.

        All or nothing is written, so that a crash leaves the base as it was.
        """
        articles, broken = _read_all(path)
        outcome: dict[str, list[str]] = {"added": [], "updated": [], "unchanged": []}
        with self._database() as database, _writing(database):
            for article in articles:
                before = _newest_version(database, article.article_id)
                after = _save(database, article, author=author, reason=reason, now_ms=now_ms)
                kind = "added" if before == 0 else "updated" if after > before else "unchanged"
                outcome[kind].append(article.article_id)
        return ImportReport(
            added=tuple(outcome["added"]),
            updated=tuple(outcome["updated"]),
            unchanged=tuple(outcome["unchanged"]),
            broken=tuple(broken),
        )

    def export(self, folder: Path) -> int:
        """Write every article as Markdown into a folder; returns how many."""
        articles = self.articles()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for article in articles:
                (folder / f"{article.article_id}.md").write_text(
                    render_article(article), encoding="utf-8", newline="\n"
                )
        except OSError as error:
            raise KnowledgeError(f"{folder} cannot be written: {error.strerror}") from error
        return len(articles)

    def golden(self) -> tuple[GoldenQuestion, ...]:
        """The golden questions kept in the base."""
        with self._database() as database:
            return tuple(
                GoldenQuestion(
                    question=row["question"],
                    articles=msgspec.json.decode(row["articles"], type=tuple[str, ...]),
                    wer=row["wer"],
                )
                for row in database.table("golden").rows
            )

    def keep_golden(self, questions: Sequence[GoldenQuestion]) -> None:
        """Take golden questions in; a question already there is replaced."""
        with self._database() as database, _writing(database):
            database.table("golden").upsert_all(
                (
                    {
                        "question": one.question,
                        "articles": msgspec.json.encode(one.articles).decode(),
                        "wer": one.wer,
                    }
                    for one in questions
                ),
                pk="question",
            )

    def current_release(self) -> int:
        """Number of the release in use; 0: none yet."""
        with self._database() as database:
            return _in_use(database)

    def stamp(self) -> tuple[int, ...]:
        """Changes whenever anything was written; cheap enough to ask on every tick."""
        files = (self.folder / DATABASE, self.folder / f"{DATABASE}-wal")
        return tuple(file.stat().st_mtime_ns for file in files if file.exists())

    def release_path(self, release: int) -> Path:
        """Folder of a release."""
        return self._releases.path(release)

    def releases(self) -> list[ReleaseInfo]:
        """All releases, newest first."""
        with self._database() as database:
            current = _in_use(database)
            rows = database.query("SELECT * FROM releases ORDER BY release DESC")
            return [_info(row, current) for row in rows]

    def publish(
        self,
        embedder: Embedder,
        *,
        author: str,
        reason: str,
        now_ms: int,
        on_progress: OnProgress = lambda done, total: None,
    ) -> ReleaseInfo:
        """Make the next release of all articles and use it; a crash leaves the old one in use.

        Raises `NothingToPublish`, `BaseBusy`, and `KnowledgeError` where it cannot be written.
        """
        with self._releases.locked():
            articles, golden = self.articles(), self.golden()
            if not articles:
                raise NothingToPublish
            known = {one.release: one for one in self.releases()}
            current = self.current_release()
            manifest, built = self._releases.make(
                articles,
                known=known.keys(),
                previous=current,
                golden=golden,
                embedder=embedder,
                author=author,
                reason=reason,
                now_ms=now_ms,
                on_progress=on_progress,
            )
            versions = {article.article_id: article.version for article in articles}
            with self._database() as database, _writing(database):
                before = _versions_in_use(database)
                database.table("releases").insert(
                    {
                        "release": manifest.release,
                        "made_ms": now_ms,
                        "author": author,
                        "reason": reason,
                        "passages": manifest.passages,
                        "versions": msgspec.json.encode(versions).decode(),
                    }
                )
                _use(database, manifest.release, author=author, reason=reason, now_ms=now_ms)
        return ReleaseInfo(
            release=manifest.release,
            made_ms=now_ms,
            author=author,
            reason=reason,
            articles=len(articles),
            passages=built.passages,
            changed_articles=len(dict(before.items() ^ versions.items())),
            embedded=built.embedded,
            reused=built.reused,
        )

    def roll_back(self, release: int, *, author: str, reason: str, now_ms: int) -> ReleaseInfo:
        """Use an older release again. Raises `ReleaseMissing`, `ReleaseBroken`, `BaseBusy`."""
        with self._releases.locked():
            known = {one.release: one for one in self.releases()}
            if release not in known:
                raise ReleaseMissing(release)
            verify(self.release_path(release))
            with self._database() as database, _writing(database):
                _use(database, release, author=author, reason=reason, now_ms=now_ms)
        return msgspec.structs.replace(known[release], is_in_use=True)

    @contextlib.contextmanager
    def _database(self) -> Iterator[Database]:
        try:
            connection = sqlite3.connect(self.folder / DATABASE, timeout=_WAIT_S)
            try:
                yield Database(connection)
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise BaseUnreadable(f"{self.folder / DATABASE}: {error}") from error


_ANY: Final = "SELECT article_id, version, article, saved_ms FROM versions"
_NEWEST: Final = f"{_ANY} JOIN articles USING (article_id, version)"


@contextlib.contextmanager
def _writing(database: Database) -> Iterator[None]:
    """A transaction that has the write lock from its start: what it read stays true."""
    connection = database.conn
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.commit()
    finally:
        connection.rollback()  # does nothing after the commit


def _article(row: dict[str, Any], published: dict[str, int]) -> Article:
    return msgspec.structs.replace(
        msgspec.json.decode(row["article"], type=Article),
        version=row["version"],
        updated_ms=row["saved_ms"],
        published_version=published.get(row["article_id"], 0),
    )


def _newest_version(database: Database, article_id: str) -> int:
    row = database.execute(
        "SELECT version FROM articles WHERE article_id = ?", (article_id,)
    ).fetchone()
    return int(row[0]) if row else 0


def _save(database: Database, article: Article, *, author: str, reason: str, now_ms: int) -> int:
    article_id, version = article.article_id, _newest_version(database, article.article_id)
    if version:
        for row in database.query(f"{_NEWEST} WHERE article_id = ?", (article_id,)):
            if is_same_text(_article(row, {}), article):
                return version
    database.table("versions").insert(
        {
            "article_id": article_id,
            "version": version + 1,
            "article": msgspec.json.encode(_bare(article)).decode(),
            "author": author,
            "reason": reason,
            "saved_ms": now_ms,
        }
    )
    database.table("articles").upsert(
        {"article_id": article_id, "version": version + 1}, pk="article_id"
    )
    return version + 1


def _bare(article: Article) -> Article:
    """Without what the store knows by itself."""
    return msgspec.structs.replace(article, version=0, updated_ms=0, published_version=0)


def _in_use(database: Database) -> int:
    row = database.execute("SELECT release FROM uses ORDER BY id DESC LIMIT 1").fetchone()
    return int(row[0]) if row else 0


def _use(database: Database, release: int, *, author: str, reason: str, now_ms: int) -> None:
    database.table("uses").insert(
        {"release": release, "author": author, "reason": reason, "at_ms": now_ms}
    )


def _versions_in_use(database: Database) -> dict[str, int]:
    row = database.execute(
        "SELECT versions FROM releases WHERE release = ?", (_in_use(database),)
    ).fetchone()
    return msgspec.json.decode(row[0], type=dict[str, int]) if row else {}


def _info(row: dict[str, Any], current: int) -> ReleaseInfo:
    return ReleaseInfo(
        release=row["release"],
        made_ms=row["made_ms"],
        author=row["author"],
        reason=row["reason"],
        articles=len(msgspec.json.decode(row["versions"], type=dict[str, int])),
        passages=row["passages"],
        is_in_use=row["release"] == current,
    )


def _read_all(path: Path) -> tuple[list[Article], list[ArticleError]]:
    """Articles of a file or of all Markdown files below a folder, and what is broken."""
    articles: dict[str, tuple[Path, Article]] = {}
    broken: list[ArticleError] = []
    files = sorted(path.rglob("*.md")) if path.is_dir() else [path]
    if not files:
        broken.append(ArticleError(source=str(path), line=1, reason="holds no Markdown file"))
    for file in files:
        source = str(file.relative_to(path)) if path.is_dir() else file.name
        try:
            article = read_article(file, source=source)
        except ArticleError as error:
            broken.append(error)
            continue
        if article.article_id in articles:
            other, _ = articles[article.article_id]
            reason = f"has the same id as {other.relative_to(path)}: rename one of them"
            broken.append(ArticleError(source=source, line=1, reason=reason))
        else:
            articles[article.article_id] = (file, article)
    return [article for _, article in articles.values()], broken
