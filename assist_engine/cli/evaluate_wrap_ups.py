"""`attune-engine evaluate wrap-ups`: what agents changed in the wrap-ups drafted for them."""

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from assist_engine.cli.serve import Config, Data, with_overrides
from assist_engine.errors import BadInput
from assist_engine.event_log.sqlite_log import SqliteLog
from assist_engine.learning.wrap_up_choices import FiledCall, filed_calls
from assist_engine.learning.wrap_up_figures import WrapUpFigures, measure_wrap_ups
from assist_engine.settings import load_settings


def evaluate_wrap_ups(
    *,
    config: Config = None,
    data: Data = None,
    calls: Annotated[int, typer.Option(min=1, help="How many calls, the newest.")] = 1_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Measure the drafts of the newest completed calls by what agents made of them."""
    settings = with_overrides(load_settings(config), data=data)
    path = settings.data_folder / "calls.db"
    if not path.is_file():
        raise BadInput(f"{path} is not there: --data is the folder of an engine that took calls")
    figures = measure_wrap_ups(asyncio.run(_read(path, calls)))
    if as_json:
        typer.echo(msgspec.json.encode(figures).decode())
    else:
        _print(figures)


async def _read(path: Path, calls: int) -> list[FiledCall]:
    log = SqliteLog(path)
    try:
        return filed_calls(await log.wrap_ups(calls))
    finally:
        await log.close()


def _print(figures: WrapUpFigures) -> None:
    table = Table(box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in (
        ("calls with a draft and an accepted wrap-up", str(figures.calls)),
        ("share of the words changed, mean", _percent(figures.mean_changed_share)),
        ("accepted unchanged", _percent(figures.accepted_unchanged)),
        ("filed under the likeliest disposition", _percent(figures.disposition_first)),
        ("filed under one of those offered", _percent(figures.disposition_listed)),
        ("drafts that a language model wrote anew", str(figures.generated_calls)),
        ("share of their words changed, mean", _percent(figures.generated_changed_share)),
    ):
        table.add_row(name, value)
    Console().print(table)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
