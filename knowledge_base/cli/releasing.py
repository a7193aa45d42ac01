"""`attune-kb publish`, `rollback`, `releases`."""

from typing import Annotated, Final

import msgspec
import typer
from rich.progress import Progress
from rich.table import Table

from knowledge_base.cli.common import (
    DEFAULT_DB,
    ERR,
    AsJson,
    Author,
    DatabaseFolder,
    Reason,
    now_ms,
    open_embedder,
    print_json,
    show,
    time_text,
    who,
)
from knowledge_base.errors import NothingToPublish, PublishBlocked
from knowledge_base.lifecycle import day_of
from knowledge_base.lint.check import blocking
from knowledge_base.lint.finding import Finding
from knowledge_base.store import KnowledgeBase

_LISTED: Final = (
    *("release", "made_ms", "author", "reason", "articles", "passages"),
    *("is_in_use", "override"),
)
_NAMED: Final = 20  # errors; all are in the JSON


def publish(
    *,
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    reason: Reason = "",
    override: Annotated[
        str,
        typer.Option("--override", metavar="REASON", help="Why, although there are errors."),
    ] = "",
    due: Annotated[
        bool, typer.Option("--due", help="Only what was approved for a time that has come.")
    ] = False,
) -> None:
    """Make the next release of all approved versions and use it; errors keep it back."""
    base, at_ms = KnowledgeBase.open(db), now_ms()
    if due and not base.has_due(at_ms):
        return show({"release": 0}, "nothing has come due", as_json=as_json)
    contents = base.to_publish_due(at_ms) if due else base.to_publish(at_ms)
    # Said before the model is loaded, which takes seconds.
    if not contents:
        raise NothingToPublish(waiting=len(base.articles()))
    errors = blocking(contents, today=day_of(at_ms))
    if errors and not override.strip():
        raise _held_back(errors, as_json=as_json)
    embedder = open_embedder()
    with Progress(console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        task = progress.add_task("embedding", total=None)
        make = base.publish_due if due else base.publish
        info = make(
            embedder,
            author=who(author),
            reason=reason,
            override=override.strip() if errors else "",
            now_ms=at_ms,
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    said = (
        f"release {info.release}: {info.articles} articles ({info.changed_articles} changed), "
        f"{info.passages} passages; {info.embedded} texts embedded, {info.reused} taken over"
    )
    show(msgspec.structs.asdict(info), said, as_json=as_json)
    return None


def _held_back(errors: list[Finding], *, as_json: bool) -> PublishBlocked:
    """Name the errors that keep a release back."""
    if as_json:
        print_json({"errors": errors})
    for error in errors[:_NAMED]:
        ERR.print(f"{error.article_id}: {error.message}", soft_wrap=True)
    return PublishBlocked(errors=len(errors))


def rollback(
    release: Annotated[int, typer.Argument(help="The release to use again.")],
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    reason: Reason = "rolled back",
) -> None:
    """Use an older release again."""
    base = KnowledgeBase.open(db)
    info = base.roll_back(release, author=who(author), reason=reason, now_ms=now_ms())
    show(msgspec.structs.asdict(info), f"release {release} is in use", as_json=as_json)


def releases(db: DatabaseFolder = DEFAULT_DB, as_json: AsJson = False) -> None:
    """List the releases, newest first."""
    found = KnowledgeBase.open(db).releases()
    table = Table("release", "made", "by", "reason", "articles", "passages", "in use", "override")
    for one in found:
        made = time_text(one.made_ms)
        in_use = "yes" if one.is_in_use else ""
        counts = (str(one.articles), str(one.passages))
        table.add_row(str(one.release), made, one.author, one.reason, *counts, in_use, one.override)
    rows = [{name: getattr(one, name) for name in _LISTED} for one in found]
    show(rows, table, as_json=as_json)
