"""`attune-kb import`, `export`: articles in and out."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from knowledge_base.cli.common import (
    DEFAULT_DB,
    ERR,
    AsJson,
    Author,
    DatabaseFolder,
    Reason,
    now_ms,
    show,
    who,
)
from knowledge_base.evaluate import read_golden
from knowledge_base.store import KnowledgeBase


def import_(
    path: Annotated[Path, typer.Argument(help="A Markdown file or folder, or golden .jsonl.")],
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    reason: Reason = "imported",
) -> None:
    """Take in articles, or golden questions; what is there is updated, never doubled."""
    base = KnowledgeBase.open(db)
    if path.suffix == ".jsonl":
        golden = read_golden(path)
        base.keep_golden(golden)
        return show({"golden": len(golden)}, f"{len(golden)} golden questions", as_json=as_json)
    report = base.import_folder(path, author=who(author), reason=reason, now_ms=now_ms())
    for error in report.broken:
        ERR.print(f"attune-kb: {error}", markup=False, highlight=False, soft_wrap=True)
    said = (
        f"{len(report.added)} added, {len(report.updated)} updated, "
        f"{len(report.unchanged)} unchanged, {len(report.broken)} broken"
    )
    broken = [
        {"source": one.source, "line": one.line, "reason": one.reason} for one in report.broken
    ]
    show({**msgspec.structs.asdict(report), "broken": broken}, said, as_json=as_json)
    if report.broken:
        raise typer.Exit(2)
    return None


def export(
    folder: Annotated[Path, typer.Argument(help="Where the Markdown files go.")],
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
) -> None:
    """Write every article as Markdown."""
    count = KnowledgeBase.open(db).export(folder)
    show({"articles": count}, f"{count} articles in {folder}", as_json=as_json)
