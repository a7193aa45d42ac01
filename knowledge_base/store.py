"""A knowledge base: a folder with every version of every article, and its releases.

    KB/knowledge.db        articles in versions, golden questions, which release is in use
    KB/releases/000001/    see `release.py`

Every operation opens the database for itself, so one `KnowledgeBase` serves any thread. What may
follow what in the life of a version is in `lifecycle.py`.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
from sqlite_utils import Database

from knowledge_base import article_table, importers, publication, release_table, review_table
from knowledge_base.article import Article, bare, render_file
from knowledge_base.article_id import file_name
from knowledge_base.connection import DATABASE, reading, writing
from knowledge_base.embedding import Embedder
from knowledge_base.errors import (
    ArticleError,
    BaseMissing,
    BaseUnreadable,
    KnowledgeError,
    ReleaseMissing,
    SettingBad,
)
from knowledge_base.evaluate import GoldenQuestion
from knowledge_base.golden_table import read_golden_rows, write_golden_rows
from knowledge_base.history import History, read_history, unified_diff
from knowledge_base.intake import ImportReport, import_all, save
from knowledge_base.lifecycle import ArticleState, Move, ReviewPolicy, Step, steps_of
from knowledge_base.listing import ListedArticle, list_articles
from knowledge_base.publishing import OnProgress
from knowledge_base.release import verify
from knowledge_base.release_folder import ReleaseFolder
from knowledge_base.release_table import ReleaseInfo
from knowledge_base.schema import MIGRATIONS

__all__ = [
    "DATABASE",
    "History",
    "ImportReport",
    "KnowledgeBase",
    "ListedArticle",
    "ReleaseInfo",
]

RELEASES: Final = "releases"


def _no_progress(done: int, total: int) -> None:
    """Nobody watches."""


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
        with reading(folder) as connection:
            database = Database(connection)
            database.enable_wal()
            is_old = bool(MIGRATIONS.pending(database))
        if is_old:
            with writing(folder) as connection:  # whoever came first has done it
                MIGRATIONS.apply(Database(connection))
        return cls(folder)

    @classmethod
    def open(cls, folder: Path) -> "KnowledgeBase":
        """Open a knowledge base; raises `BaseMissing` where there is none."""
        if not (folder / DATABASE).is_file():
            raise BaseMissing(folder)
        return cls.create(folder)

    # Articles

    def articles(self) -> list[Article]:
        """The newest version of every article, by id."""
        with reading(self.folder) as connection:
            rows = article_table.all_newest(connection)
            return article_table.published(rows, release_table.versions_in_use(connection))

    def listing(self, now_ms: int) -> list[ListedArticle]:
        """All articles by id, with where each is in its life and when it is to be looked at."""
        with reading(self.folder) as connection:
            return list_articles(connection, now_ms=now_ms)

    def read(self, article_id: str, *, version: int | None = None) -> Article:
        """One article, its newest version where none is named.

        Raises `ArticleMissing`, `VersionMissing`.
        """
        with reading(self.folder) as connection:
            newest = article_table.newest_version(connection, article_id)
            row = article_table.read_version(connection, article_id, version or newest)
            in_use = release_table.versions_in_use(connection)
            return article_table.published([row], in_use)[0]

    def history(self, article_id: str) -> History:
        """All versions of an article with the steps of their lives; raises `ArticleMissing`."""
        with reading(self.folder) as connection:
            return read_history(connection, article_id)

    def diff(self, article_id: str, old: int, new: int) -> str:
        """What makes version `old` version `new`, as a unified diff; empty: nothing."""
        return unified_diff(self.read(article_id, version=old), self.read(article_id, version=new))

    def save(
        self, article: Article, *, author: str, reason: str, now_ms: int, based_on: int = 0
    ) -> int:
        """Save a version and return its number; the same text again makes no new one.

        `based_on`: the version that was edited; `VersionConflict` where it is not the newest.
        """
        with writing(self.folder) as connection:
            return save(
                connection,
                article,
                author=author,
                reason=reason,
                now_ms=now_ms,
                based_on=based_on,
            )

    def restore(
        self, article_id: str, version: int, *, author: str, reason: str, now_ms: int
    ) -> int:
        """Save the text of an old version as the newest; returns its number."""
        with writing(self.folder) as connection:
            old = article_table.read_version(connection, article_id, version).article
            return save(connection, bare(old), author=author, reason=reason, now_ms=now_ms)

    def import_articles(
        self,
        articles: Iterable[Article],
        broken: Sequence[ArticleError] = (),
        *,
        author: str,
        reason: str,
        now_ms: int,
        as_drafts: bool = False,
    ) -> ImportReport:
        """Take articles in, approved by being imported; `broken` goes into the report.

        All or nothing is written, so that a crash leaves the base as it was.
        """
        with writing(self.folder) as connection:
            return import_all(
                connection,
                articles,
                broken,
                author=author,
                reason=reason,
                now_ms=now_ms,
                as_drafts=as_drafts,
            )

    def import_folder(self, path: Path, *, author: str, reason: str, now_ms: int) -> ImportReport:
        """Take in the articles of a file, an archive, or all of a folder."""
        found = importers.read(path)
        return self.import_articles(
            found.articles, found.broken, author=author, reason=reason, now_ms=now_ms
        )

    def export(self, folder: Path) -> int:
        """Write every article as Markdown into a folder; returns how many."""
        articles = self.articles()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for article in articles:
                (folder / file_name(article.article_id)).write_text(
                    render_file(article), encoding="utf-8", newline="\n"
                )
        except OSError as error:
            raise KnowledgeError(f"{folder} cannot be written: {error.strerror}") from error
        return len(articles)

    # Reviews

    @property
    def policy(self) -> ReviewPolicy:
        """Who may approve a version."""
        with reading(self.folder) as connection:
            return review_table.read_policy(connection)

    def set_policy(self, policy: ReviewPolicy) -> None:
        """Say who may approve a version; what is approved stays so. Raises `SettingBad`."""
        try:
            known = ReviewPolicy(policy)
        except ValueError as error:
            accepted = ", ".join(ReviewPolicy)
            raise SettingBad(f"the review policy is one of {accepted}, not {policy!r}") from error
        with writing(self.folder) as connection:
            review_table.write_policy(connection, known)

    def move(
        self,
        article_id: str,
        version: int,
        state: ArticleState,
        *,
        by: str,
        now_ms: int,
        comment: str = "",
        publish_at_ms: int = 0,
    ) -> None:
        """Take a version a step further in its life; `MoveRefused` says what is accepted."""
        with writing(self.folder) as connection:
            row = article_table.read_version(connection, article_id, version)
            move = Move(
                article_id=article_id,
                version=version,
                author=row.author,
                to=state,
                by=by,
                now_ms=now_ms,
                comment=comment.strip(),
                publish_at_ms=publish_at_ms,
            )
            lives = review_table.read_lives(connection, article_id)
            steps = steps_of(move, lives, policy=review_table.read_policy(connection))
            review_table.append_steps(connection, article_id, steps)

    def comment(self, article_id: str, version: int, text: str, *, by: str, now_ms: int) -> None:
        """Say something about a version."""
        if not text.strip():
            raise KnowledgeError("a comment needs words")
        step = Step(version=version, by=by, at_ms=now_ms, comment=text.strip())
        with writing(self.folder) as connection:
            article_table.read_version(connection, article_id, version)
            review_table.append_steps(connection, article_id, [step])

    # Golden questions

    def golden(self) -> tuple[GoldenQuestion, ...]:
        """The golden questions kept in the base."""
        with reading(self.folder) as connection:
            return read_golden_rows(connection)

    def keep_golden(self, questions: Sequence[GoldenQuestion]) -> None:
        """Take golden questions in; a question already there is replaced."""
        with writing(self.folder) as connection:
            write_golden_rows(connection, questions)

    # Releases

    def current_release(self) -> int:
        """Number of the release in use; 0: none yet."""
        with reading(self.folder) as connection:
            return release_table.in_use(connection)

    def stamp(self) -> tuple[int, ...]:
        """Changes whenever anything was written; cheap enough to ask on every tick."""
        files = (self.folder / DATABASE, self.folder / f"{DATABASE}-wal")
        return tuple(file.stat().st_mtime_ns for file in files if file.exists())

    def release_path(self, release: int) -> Path:
        """Folder of a release."""
        return self._releases.path(release)

    def releases(self) -> list[ReleaseInfo]:
        """All releases, newest first."""
        with reading(self.folder) as connection:
            return release_table.infos(connection)

    def to_publish(self, now_ms: int) -> list[Article]:
        """Contents of the next release: of every article the newest approved version."""
        choose = publication.all_approved
        return list(publication.read_contents(self.folder, choose, now_ms=now_ms).articles)

    def to_publish_due(self, now_ms: int) -> list[Article]:
        """Contents of a release of what has come due: all else is as in the release in use."""
        choose = publication.in_use_and_due
        return list(publication.read_contents(self.folder, choose, now_ms=now_ms).articles)

    def has_due(self, now_ms: int) -> bool:
        """Whether an approved version's time to be published came since the last release."""
        with reading(self.folder) as connection:
            return bool(publication.newly_due(connection, now_ms))

    def publish(
        self,
        embedder: Embedder,
        *,
        author: str,
        reason: str,
        now_ms: int,
        override: str = "",
        on_progress: OnProgress = _no_progress,
    ) -> ReleaseInfo:
        """Make the next release of all that is approved and use it.

        `override`: why although the check found errors. A crash leaves the old release in use.
        Raises `NothingToPublish`, `BaseBusy`, and `KnowledgeError` where it cannot be written.
        """
        return publication.publish(
            self.folder,
            self._releases,
            publication.all_approved,
            embedder=embedder,
            author=author,
            reason=reason,
            override=override,
            now_ms=now_ms,
            on_progress=on_progress,
        )

    def publish_due(
        self,
        embedder: Embedder,
        *,
        author: str,
        reason: str,
        now_ms: int,
        override: str = "",
        on_progress: OnProgress = _no_progress,
    ) -> ReleaseInfo:
        """Make a release of what has come due, all else as in the release in use, and use it."""
        return publication.publish(
            self.folder,
            self._releases,
            publication.in_use_and_due,
            embedder=embedder,
            author=author,
            reason=reason,
            override=override,
            now_ms=now_ms,
            on_progress=on_progress,
        )

    def roll_back(self, release: int, *, author: str, reason: str, now_ms: int) -> ReleaseInfo:
        """Use an older release again. Raises `ReleaseMissing`, `ReleaseBroken`, `BaseBusy`."""
        with self._releases.locked():
            known = {one.release: one for one in self.releases()}
            if release not in known:
                raise ReleaseMissing(release)
            verify(self.release_path(release))
            with writing(self.folder) as connection:
                release_table.use(connection, release, author=author, reason=reason, now_ms=now_ms)
        return msgspec.structs.replace(known[release], is_in_use=True)
