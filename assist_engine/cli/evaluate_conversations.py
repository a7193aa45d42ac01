"""`attune-engine evaluate conversations`: plays written calls, compares with what should come."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer
from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from assist_engine.app import EngineApp, demo_settings
from assist_engine.cli.conversation_scores import Played, compare, score
from assist_engine.errors import BadInput
from assist_engine.event_log.log import EventLog
from assist_engine.event_log.memory_log import MemoryLog
from assist_engine.event_log.sqlite_log import SqliteLog
from assist_engine.session.conversation import (
    BOOK,
    CARDS,
    Conversation,
    read_conversations,
)
from assist_engine.session.mishearing import misheard
from assist_engine.session.stages import Stages
from assist_engine.session.text_call import TextCall
from assist_engine.settings import RESOURCES, Settings

_DEMO: Final = RESOURCES / "demo"
# Which rule gives a kind; of a kind no rule gives, expectations are told but not counted.
_READ_BY: Final = {
    "article": "article",
    "next_action": "next action",
    "coaching": "coaching",
    "compliance": "compliance",
    "tick": "checklist",
    "met": "compliance",
    "breach": "compliance",
}


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """All conversations once, with this share of the words wrong."""

    word_errors: float
    played: tuple[Played, ...]
    not_read: tuple[str, ...]  # kinds that no rule gives yet


def evaluate_conversations(
    folder: Annotated[Path, typer.Argument(help="Folder of conversations, NAME.yaml each.")] = _DEMO
    / "conversations",
    *,
    wer: Annotated[
        str, typer.Option(help="Shares of words to get wrong, as in 0,0.1,0.2,0.3.")
    ] = "0",
    keep: Annotated[
        Path | None, typer.Option(help="Data folder to store the calls in, for `simulate`.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Play written calls with the demo organisation; print precision and recall by kind."""
    shares = _shares(wer)
    conversations = read_conversations(folder)
    runs = asyncio.run(play_all(conversations, shares, keep=keep))
    if as_json:
        print(json.dumps([_figures(run) for run in runs]))
        return
    for run in runs:
        _print(Console(), run, with_calls=len(runs) == 1)


async def play_all(
    conversations: dict[str, Conversation], shares: Sequence[float], *, keep: Path | None = None
) -> list[Run]:
    """Each share of wrong words over all conversations, with the demo organisation's rules.

    `keep`: the data folder in which the calls, and the articles, are stored; raises `SeqTaken`
    where the calls are there already.
    """
    with tempfile.TemporaryDirectory(prefix="attune-conversations-") as temporary:
        data = str(keep or temporary)
        app = EngineApp(settings=demo_settings(replace(Settings(), data=data)), demo=_DEMO)
        async with app.open_for_text() as stages:
            event_log = SqliteLog(keep / "calls.db") if keep else MemoryLog()
            try:
                return [
                    Run(
                        word_errors=share,
                        played=await _play(stages, conversations, share, event_log),
                        not_read=_not_read(stages),
                    )
                    for share in shares
                ]
            finally:
                await event_log.close()


async def _play(
    stages: Stages, conversations: dict[str, Conversation], share: float, event_log: EventLog
) -> tuple[Played, ...]:
    played = []
    for name, conversation in misheard(conversations, share).items():
        call = TextCall(stages, f"{name}-{share:.0%}" if share else name, conversation)
        await call.play()
        await event_log.append(call.recorded)
        played.append(compare(name, conversation, call.recorded))
    return tuple(played)


def _not_read(stages: Stages) -> tuple[str, ...]:
    rules = {rule.name for rule in stages.rules} | {rule.name for rule in stages.event_rules}
    return tuple(kind for kind in (*CARDS, *BOOK) if _READ_BY[kind] not in rules)


def _shares(wer: str) -> list[float]:
    try:
        shares = [float(share) for share in wer.split(",")]
    except ValueError:
        shares = [-1.0]
    if not all(0 <= share <= 1 for share in shares):
        raise BadInput(f"--wer takes shares from 0 to 1, as in 0,0.1,0.2, not {wer!r}")
    return shares


def _figures(run: Run) -> dict[str, Any]:
    kinds = {}
    for kind in (*CARDS, *BOOK):
        one = score(run.played, kind)
        kinds[kind] = {
            "is_read": kind not in run.not_read,
            "came": one.came,
            "required": one.required,
            "precision": one.precision,
            "recall": one.recall,
        }
    cards = sum(call.cards for call in run.played)
    return {
        "word_errors": run.word_errors,
        "conversations": len(run.played),
        "kinds": kinds,
        "cards_per_call": cards / len(run.played),
        "repeats": sum(call.repeats for call in run.played),
        "withdrawn": sum(call.taken_back for call in run.played) / cards if cards else 0.0,
        "calls": msgspec.to_builtins(run.played),
    }


def _print(console: Console, run: Run, *, with_calls: bool) -> None:
    figures = _figures(run)
    if with_calls:
        for call in run.played:
            _print_call(console, call, run.not_read)
    title = f"{len(run.played)} conversations, {run.word_errors:.0%} of the words wrong"
    table = Table(title=title)
    for column in ("kind", "came", "precision", "required", "recall"):
        table.add_column(column)
    for kind, told in figures["kinds"].items():
        if not told["is_read"]:
            table.add_row(kind, "not read yet", "", str(told["required"]), "")
            continue
        table.add_row(
            kind,
            str(told["came"]),
            _share(told["precision"]),
            str(told["required"]),
            _share(told["recall"]),
        )
    console.print(table)
    console.print(
        f"cards per call: {figures['cards_per_call']:.1f}, repeats: {figures['repeats']}, "
        f"withdrawn: {figures['withdrawn']:.1%}"
    )


def _print_call(console: Console, call: Played, not_read: Sequence[str]) -> None:
    console.print(f"[bold]{call.name}[/bold] {call.title}")
    for one in call.came:
        said = "" if one.is_expected else "  [red]not expected[/red]"
        console.print(f"  {one.at_ms / 1000:6.1f} s  {one.kind}: {one.id}{said}")
    for lost in call.missed:
        if lost.kind not in not_read:
            wanted = " or ".join(lost.any_of)
            console.print(f"  {lost.at_ms / 1000:6.1f} s  [red]missed[/red] {lost.kind}: {wanted}")
    for deed in call.undone:
        told = f"no card to {deed.kind}: {deed.any_of[0]}"
        console.print(f"  {deed.at_ms / 1000:6.1f} s  [red]{told}[/red]")


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"
