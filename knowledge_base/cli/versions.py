"""`attune-kb history`, `diff`, `restore`: the versions of an article."""

import sys
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from knowledge_base.cli.articles import ArticleArgument
from knowledge_base.cli.common import (
    DEFAULT_DB,
    AsJson,
    Author,
    DatabaseFolder,
    Reason,
    now_ms,
    show,
    time_text,
    who,
)
from knowledge_base.history import History
from knowledge_base.store import KnowledgeBase

VersionArgument = Annotated[int, typer.Argument(metavar="VERSION", min=1)]


def history(
    article_id: ArticleArgument, db: DatabaseFolder = DEFAULT_DB, as_json: AsJson = False
) -> None:
    """List the versions of an article, newest first, with what was said in reviews."""
    found = KnowledgeBase.open(db).history(article_id)
    show(msgspec.to_builtins(found), _table(found), as_json=as_json)


def diff(
    article_id: ArticleArgument,
    old: Annotated[int, typer.Argument(min=0, help="Else the one in use, or the one before.")] = 0,
    new: Annotated[int, typer.Argument(min=0, help="Else the newest version.")] = 0,
    *,
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """Show what one version changed in another, as a unified diff."""
    base = KnowledgeBase.open(db)
    newest = base.read(article_id)
    new = new or newest.version
    in_use = newest.published_version
    old = old or (in_use if 0 < in_use < new else max(1, new - 1))
    text = base.diff(article_id, old, new)
    if as_json:
        show({"article": article_id, "old": old, "new": new, "diff": text}, "", as_json=True)
    else:
        sys.stdout.write(text)


def restore(
    article_id: ArticleArgument,
    version: VersionArgument,
    *,
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    reason: Reason = "",
) -> None:
    """Save the text of an old version as the newest."""
    saved = KnowledgeBase.open(db).restore(
        article_id,
        version,
        author=who(author),
        reason=reason or f"version {version} restored",
        now_ms=now_ms(),
    )
    said = f"version {saved} of {article_id} says what version {version} said"
    show({"article": article_id, "version": saved, "restored": version}, said, as_json=as_json)


def _table(found: History) -> Table:
    table = Table("version", "when", "who", "what", "said")
    for version in found.versions:
        row = (str(version.version), time_text(version.saved_ms), version.author)
        table.add_row(*row, f"saved, now {_words(version.state)}", version.reason)
        for step in found.steps:
            is_told = step.at_ms != version.saved_ms or step.comment  # not that it was saved
            if step.version == version.version and is_told:
                what = _words(step.state) if step.state else "comment"
                if step.publish_at_ms:
                    what += f" for {time_text(step.publish_at_ms)}"
                table.add_row("", time_text(step.at_ms), step.by, what, step.comment)
    return table


def _words(state: str) -> str:
    return str(state).replace("_", " ")
