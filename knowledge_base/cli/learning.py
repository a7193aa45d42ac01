"""`attune-kb stats`, `gaps`: what calls taught, and what they asked in vain."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from rich.table import Table

from knowledge_base.analytics import Analytics, analyse
from knowledge_base.cli.common import (
    DEFAULT_DB,
    AsJson,
    Author,
    DatabaseFolder,
    now_ms,
    open_embedder,
    open_searcher,
    print_json,
    say,
    show,
    who,
)
from knowledge_base.gap_articles import draft_from_gap, try_to_close
from knowledge_base.gaps import Gap, GapBook, GapState
from knowledge_base.store import KnowledgeBase
from knowledge_base.usage import UsageBook

_FINISHED: Final = frozenset({GapState.CLOSED, GapState.IGNORED})

gaps_app: Final = typer.Typer(
    help="What callers asked that no article answers.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
GapNamed = Annotated[str, typer.Argument(metavar="GAP", help="As `gaps` lists it.")]


def stats(db: DatabaseFolder = DEFAULT_DB, as_json: AsJson = False) -> None:
    """Say how calls met the articles: offered, opened, used, helpful, dismissed, solved."""
    base = KnowledgeBase.open(db)
    published = [one.article_id for one in base.articles() if one.published_version]
    found = analyse(UsageBook(base.folder), published)
    if as_json:
        print_json(found)
        return
    show(found, _stats_table(found), as_json=False)
    say(f"never shown: {', '.join(found.never_shown) or 'none'}")
    say(f"shown but dismissed: {', '.join(found.shown_but_dismissed) or 'none'}")


@gaps_app.callback()
def gaps(
    context: typer.Context,
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    show_all: Annotated[
        bool, typer.Option("--all", help="Also those that are closed or ignored.")
    ] = False,
) -> None:
    """List what callers asked that no article answers, most asked first."""
    if context.invoked_subcommand:
        if db != DEFAULT_DB:
            raise typer.BadParameter(f"--db goes after {context.invoked_subcommand}")
        return
    base = KnowledgeBase.open(db)
    listed = GapBook(base.folder).listing(now_ms=now_ms())
    shown = [gap for gap in listed if show_all or gap.state not in _FINISHED]
    show([msgspec.to_builtins(gap) for gap in shown], _gap_table(shown), as_json=as_json)


@gaps_app.command()
def own(
    gap: GapNamed,
    owner: Annotated[str, typer.Argument(help="Who sees to it.")],
    db: DatabaseFolder = DEFAULT_DB,
) -> None:
    """Give a gap an owner."""
    base = KnowledgeBase.open(db)
    book = GapBook(base.folder)
    book.update(gap, owner=owner, state=book.read(gap, now_ms=now_ms()).state)
    say(f"{gap} is {owner}'s")


@gaps_app.command()
def ignore(gap: GapNamed, db: DatabaseFolder = DEFAULT_DB) -> None:
    """Say that a gap needs no article."""
    _set_state(db, gap, GapState.IGNORED)
    say(f"{gap} is ignored")


@gaps_app.command("open")
def open_(gap: GapNamed, db: DatabaseFolder = DEFAULT_DB) -> None:
    """Take a gap up again that was ignored or closed."""
    _set_state(db, gap, GapState.OPEN)
    say(f"{gap} is open")


@gaps_app.command()
def draft(
    gap: GapNamed, db: DatabaseFolder = DEFAULT_DB, as_json: AsJson = False, author: Author = ""
) -> None:
    """Begin the article that a gap asks for, with the callers' questions as its variants."""
    base = KnowledgeBase.open(db)
    article_id = draft_from_gap(base, gap, by=who(author), now_ms=now_ms())
    show({"article": article_id}, f"{article_id} is a draft", as_json=as_json)


@gaps_app.command("try")
def try_(db: DatabaseFolder = DEFAULT_DB, as_json: AsJson = False) -> None:
    """Ask the release in use the questions of all gaps, and close what it answers."""
    base = KnowledgeBase.open(db)
    searcher = open_searcher(base)
    closed = try_to_close(base, searcher, open_embedder(searcher.model), now_ms=now_ms())
    names = ", ".join(gap.gap_id for gap in closed)
    show({"closed": [gap.gap_id for gap in closed]}, f"closed: {names or 'none'}", as_json=as_json)


def _set_state(db: Path, gap: str, state: GapState) -> None:
    book = GapBook(KnowledgeBase.open(db).folder)
    book.update(gap, owner=book.read(gap, now_ms=now_ms()).owner, state=state)


def _stats_table(found: Analytics) -> Table:
    table = Table("article")
    counts = ("offered", "opened", "used", "helpful", "not_helpful", "dismissed", "solved")
    for name in (*counts, "seconds"):
        table.add_column(name.replace("_", " "), justify="right")
    for one in found.articles:
        figures = [str(getattr(one.use, name)) for name in counts]
        table.add_row(one.article_id, *figures, f"{one.dwell_ms / 1000:.0f}")
    return table


def _gap_table(shown: list[Gap]) -> Table:
    table = Table("gap", "asked", "this week", "week before", "state", "owner", "in callers' words")
    for gap in shown:
        counts = (str(gap.asked), str(gap.asked_last_week), str(gap.asked_week_before))
        told = f"{gap.label}\n{gap.told}" if gap.told else gap.label
        table.add_row(gap.gap_id, *counts, gap.state, gap.owner, told)
    return table
