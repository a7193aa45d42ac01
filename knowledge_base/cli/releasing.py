"""`attune-kb publish`, `rollback`, `releases`."""

import time
from typing import Annotated

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
    show,
    who,
)
from knowledge_base.errors import NothingToPublish
from knowledge_base.store import KnowledgeBase


def publish(
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    reason: Reason = "",
) -> None:
    """Make the next release of all articles and use it."""
    base = KnowledgeBase.open(db)
    if not base.articles():  # said before the model is loaded, which takes seconds
        raise NothingToPublish
    embedder = open_embedder()
    with Progress(console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        task = progress.add_task("embedding", total=None)
        info = base.publish(
            embedder,
            author=who(author),
            reason=reason,
            now_ms=now_ms(),
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    said = (
        f"release {info.release}: {info.articles} articles ({info.changed_articles} changed), "
        f"{info.passages} passages; {info.embedded} texts embedded, {info.reused} taken over"
    )
    show(msgspec.structs.asdict(info), said, as_json=as_json)


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
    table = Table("release", "made", "by", "reason", "articles", "passages", "in use")
    for one in found:
        made = time.strftime("%Y-%m-%d %H:%M", time.localtime(one.made_ms / 1000))
        in_use = "yes" if one.is_in_use else ""
        counts = (str(one.articles), str(one.passages))
        table.add_row(str(one.release), made, one.author, one.reason, *counts, in_use)
    fields = ("release", "made_ms", "author", "reason", "articles", "passages", "is_in_use")
    rows = [{name: getattr(one, name) for name in fields} for one in found]
    show(rows, table, as_json=as_json)
