"""`attune-engine evaluate calls`: plays recorded calls and checks which cards came when."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from assist_engine.call.latency import percentiles
from assist_engine.cli.engine_child import engine_child
from assist_engine.cli.replay import Player
from assist_engine.contract.events import SuggestionMade
from assist_engine.contract.ids import CallId
from assist_engine.contract.wire import SUBPROTOCOL
from assist_engine.errors import BadInput
from assist_engine.speech.recording import read_wav


class ExpectedCard(msgspec.Struct, frozen=True):
    """One of these cards must come; the times (s) are the customer's words that ask for it."""

    kind: str
    ids: tuple[str, ...]
    asked_start: float
    asked_end: float
    is_main: bool = True


class ExpectedCall(msgspec.Struct, frozen=True):
    """What stands beside a recorded call in its TOML file."""

    title: str
    caller_number: str
    queue: str
    expected: tuple[ExpectedCard, ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an expectation; `after_ms` counts from the last word of the question."""

    call: str
    card: ExpectedCard
    shown: str
    after_ms: int | None


def evaluate_calls(
    directory: Annotated[Path, typer.Argument(help="Folder with NAME.wav and NAME.toml.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Play every call of a folder in real time, all at once, and say which cards came when."""
    calls = {path.stem: _read(path) for path in sorted(directory.glob("*.toml"))}
    if not calls:
        raise BadInput(f"{directory} holds no calls: NAME.wav with NAME.toml beside it")
    outcomes = asyncio.run(_play_all(directory, calls))
    if as_json:
        print(json.dumps(msgspec.to_builtins(outcomes)))
    else:
        _print(Console(), outcomes)


def _read(path: Path) -> ExpectedCall:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=ExpectedCall)
    except (OSError, msgspec.MsgspecError) as error:
        raise BadInput(f"{path}: {error}") from error


async def _play_all(directory: Path, calls: dict[str, ExpectedCall]) -> list[Outcome]:
    with tempfile.TemporaryDirectory(prefix="attune-evaluate-") as data:
        async with engine_child(["--demo", "--data", data]) as child:
            playing = [
                _play(directory / f"{name}.wav", name=name, call=call, port=child.port)
                for name, call in calls.items()
            ]
            return [outcome for each in await asyncio.gather(*playing) for outcome in each]


async def _play(wav: Path, *, name: str, call: ExpectedCall, port: int) -> list[Outcome]:
    player = Player(
        audio=read_wav(wav),
        call_id=CallId(name),
        is_realtime=True,
        caller=call.caller_number,
        queue=call.queue,
        printer=None,
    )
    url = f"ws://127.0.0.1:{port}/attune"
    protocols = [Subprotocol(SUBPROTOCOL)]
    async with (
        connect(url, subprotocols=protocols, compression=None) as engine,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(player.listen(engine))
        await player.load(engine)
        await player.play(engine)
    made = [
        (recorded.event.suggestion.topic, recorded.event.suggestion.kind, recorded.audio_ms)
        for recorded in player.recorded
        if isinstance(recorded.event, SuggestionMade)
    ]
    return [_outcome(name, card, made) for card in call.expected]


def _outcome(call: str, card: ExpectedCard, made: Sequence[tuple[str, str, int]]) -> Outcome:
    for topic, kind, audio_ms in made:
        if kind == card.kind and any(topic.endswith(wanted) for wanted in card.ids):
            after_ms = audio_ms - int(card.asked_end * 1000)
            return Outcome(call=call, card=card, shown=topic, after_ms=after_ms)
    return Outcome(call=call, card=card, shown="", after_ms=None)


def _print(console: Console, outcomes: Sequence[Outcome]) -> None:
    table = Table(title="Expected cards; ms after the last word of the question")
    for column in ("call", "kind", "expected", "main", "came after"):
        table.add_column(column)
    for outcome in outcomes:
        came = "[red]never[/red]" if outcome.after_ms is None else f"{outcome.after_ms:+d} ms"
        is_main = "yes" if outcome.card.is_main else ""
        table.add_row(outcome.call, outcome.card.kind, ", ".join(outcome.card.ids), is_main, came)
    console.print(table)
    main = [o for o in outcomes if o.card.is_main]
    came_ms = [o.after_ms for o in main if o.after_ms is not None]
    shown = sum(o.after_ms is not None for o in outcomes)
    console.print(
        f"shown: {len(came_ms)} of {len(main)} main cards, {shown} of {len(outcomes)} in all"
    )
    for kind in ("article", "next_action"):
        times = [o.after_ms for o in main if o.card.kind == kind and o.after_ms is not None]
        if times:
            row = percentiles(kind, times)
            console.print(f"{kind}: p50 {row.p50_ms:+d} ms, p95 {row.p95_ms:+d} ms")
