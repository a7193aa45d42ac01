"""`attune-kb import`, `export`: articles in and out."""

import contextlib
import signal
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import Annotated, Final, TypeAlias

import msgspec
import typer
from rich.progress import Progress, TaskID

from knowledge_base.article import Article
from knowledge_base.cli.common import (
    DEFAULT_DB,
    ERR,
    AsJson,
    Author,
    DatabaseFolder,
    Reason,
    now_ms,
    open_embedder,
    show,
    who,
)
from knowledge_base.embedding import Embedder
from knowledge_base.errors import KnowledgeError
from knowledge_base.importers.following import Follower
from knowledge_base.importers.reading import Imported
from knowledge_base.intake import ImportReport
from knowledge_base.release_table import ReleaseInfo
from knowledge_base.store import KnowledgeBase

_SHOWN: Final = 50  # a table of the wrong kind has as many faults as rows


def import_(
    path: Annotated[
        Path,
        typer.Argument(
            help="Markdown, HTML, CSV, JSON, JSONL, DOCX or PDF; a zip or a folder of them."
        ),
    ],
    *,
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    reason: Reason = "imported",
    as_drafts: Annotated[
        bool, typer.Option("--as-drafts", help="As drafts, which a review has to approve.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on with what changes there, until Ctrl+C.")
    ] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="Publish what was taken in, each time.")
    ] = False,
) -> None:
    """Take in articles and golden questions; what is there is updated, never doubled."""
    intake = _Intake(
        KnowledgeBase.open(db),
        author=who(author),
        reason=reason,
        as_drafts=as_drafts,
        as_json=as_json,
        publishes=publish,
    )
    follower = Follower(path)
    with _progress() as progress:
        task = progress.add_task("reading", total=None)
        imported = follower.read(
            on_progress=lambda done, total: progress.update(task, completed=done, total=total)
        )
    if _is_one_fault(imported) and not path.is_dir():
        raise imported.broken[0]
    intake.take(imported, said=_summary)
    if watch:
        # A shell that starts it in the background has it ignore Ctrl+C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):
            for changed in follower.changes(Event()):
                if not intake.takes(changed, said=_by_name):
                    follower.take_back()
    elif imported.broken:
        raise typer.Exit(2)


def export(
    folder: Annotated[Path, typer.Argument(help="Where the Markdown files go.")],
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """Write every article as Markdown."""
    count = KnowledgeBase.open(db).export(folder)
    show({"articles": count}, f"{count} articles in {folder}", as_json=as_json)


def _is_one_fault(imported: Imported) -> bool:
    """Whether one fault is all that was read: then it is the whole answer."""
    return len(imported.broken) == 1 and not (imported.articles or imported.golden)


class _Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, what became of it, and the release made of it."""

    imported: Imported
    report: ImportReport
    release: ReleaseInfo | None


_Said: TypeAlias = Callable[[_Taken], str]


class _Intake:
    """Takes what was read into the base, publishes it if asked to, and says what it did."""

    def __init__(
        self,
        base: KnowledgeBase,
        *,
        author: str,
        reason: str,
        as_drafts: bool,
        as_json: bool,
        publishes: bool,
    ) -> None:
        self._base = base
        self._author, self._reason = author, reason
        self._as_drafts, self._as_json = as_drafts, as_json
        self._publishes = publishes
        self._embedder: Embedder | None = None

    def take(self, imported: Imported, *, said: _Said) -> None:
        """Take in all of it, or raise `KnowledgeError` and leave the base as it was."""
        if imported.golden:
            self._base.keep_golden(imported.golden)
        with _progress() as progress:
            task = progress.add_task("saving", total=len(imported.articles))
            report = self._base.import_articles(
                _counted(imported.articles, progress, task),
                imported.broken,
                author=self._author,
                reason=self._reason,
                now_ms=now_ms(),
                as_drafts=self._as_drafts,
            )
        release = self._publish() if self._publishes and (report.added or report.updated) else None
        self._say(_Taken(imported=imported, report=report, release=release), said)

    def takes(self, imported: Imported, *, said: _Said) -> bool:
        """Whether a change could be taken in; what goes wrong is said."""
        try:
            self.take(imported, said=said)
        except (KnowledgeError, OSError) as error:
            _complain(str(error))
            return False
        return True

    def _publish(self) -> ReleaseInfo:
        if self._embedder is None:
            self._embedder = open_embedder()
        return self._base.publish(
            self._embedder, author=self._author, reason=self._reason, now_ms=now_ms()
        )

    def _say(self, taken: _Taken, said: _Said) -> None:
        imported, report, release = taken.imported, taken.report, taken.release
        for error in report.broken[:_SHOWN]:
            _complain(str(error))
        if len(report.broken) > _SHOWN:
            _complain(f"and {len(report.broken) - _SHOWN} more")
        rows = {
            **msgspec.structs.asdict(report),
            "broken": [
                {"source": one.source, "line": one.line, "reason": one.reason}
                for one in report.broken
            ],
            "left_out": imported.left_out,
            "golden": len(imported.golden),
            "release": release.release if release else None,
        }
        only_golden = bool(imported.golden) and not (imported.articles or report.broken)
        value = {"golden": len(imported.golden)} if only_golden else rows
        show(value, said(taken), as_json=self._as_json)


def _summary(taken: _Taken) -> str:
    """How much became what, and what was left out and why."""
    imported, report = taken.imported, taken.report
    left_out = [f"left out: {one.source} {one.reason}" for one in imported.left_out[:_SHOWN]]
    parts = [
        f"{len(report.added)} added, {len(report.updated)} updated, "
        f"{len(report.unchanged)} unchanged, {len(report.broken)} broken"
    ]
    if imported.golden and not (imported.articles or report.broken):
        parts = []
    if imported.golden:
        parts.append(f"{len(imported.golden)} golden questions")
    if imported.left_out:
        parts.append(f"{len(imported.left_out)} left out")
    return "\n".join([*left_out, ", ".join([*parts, *_released(taken)])])


def _by_name(taken: _Taken) -> str:
    """What changed, by name."""
    report = taken.report
    parts = [f"added {one}" for one in report.added]
    parts += [f"updated {one}" for one in report.updated]
    parts += [f"left out {one.source}: {one.reason}" for one in taken.imported.left_out]
    parts += [f"{len(taken.imported.golden)} golden questions"] if taken.imported.golden else []
    parts += [f"{len(report.broken)} broken"] if report.broken else []
    return "\n".join([*parts, *_released(taken)]) or f"{len(report.unchanged)} unchanged"


def _released(taken: _Taken) -> list[str]:
    return [f"release {taken.release.release} is in use"] if taken.release else []


def _complain(text: str) -> None:
    ERR.print(f"attune-kb: {text}", markup=False, highlight=False, soft_wrap=True)


def _progress() -> Progress:
    return Progress(console=ERR, transient=True, disable=not ERR.is_terminal)


def _counted(articles: Iterable[Article], progress: Progress, task: TaskID) -> Iterator[Article]:
    for article in articles:
        yield article
        progress.advance(task)
