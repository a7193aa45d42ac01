"""`attune-engine evaluate actions`: judges how next best actions are chosen, by logged calls."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from assist_engine.errors import BadInput
from assist_engine.event_log.sqlite_log import SqliteLog
from assist_engine.guidance.action_outcome import action_outcomes
from assist_engine.guidance.off_policy import (
    Call,
    Estimate,
    at_random,
    by_rank,
    estimate,
)
from assist_engine.guidance.playbook_reader import read_playbooks
from assist_engine.session.rule_files import RuleFiles


def evaluate_actions(
    data: Annotated[Path, typer.Argument(help="Data folder of an engine, with its calls.db.")],
    *,
    playbooks: Annotated[
        Path | None,
        typer.Option(help="Folder of playbooks to judge; default: `playbooks` in the data folder."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Say what the ranker, the author's order and chance would have achieved on logged calls."""
    if not (data / "calls.db").is_file():
        raise BadInput(f"{data} holds no calls.db: the data folder of an engine is accepted")
    folder = playbooks or data / "playbooks"
    if not folder.exists():
        raise BadInput(f"{folder} is not there: a folder of playbooks is accepted")
    read = RuleFiles(folder, read=read_playbooks, use=lambda _: None).load()
    priorities = {playbook.playbook_id: playbook.priority for playbook in read}
    calls = asyncio.run(_read_calls(data / "calls.db"))
    estimates = [
        estimate("the ranker", by_rank(priorities, learns=True), calls),
        estimate("the author's order", by_rank(priorities, learns=False), calls),
        estimate("chance", at_random, calls),
    ]
    if as_json:
        print(json.dumps([_figures(one) for one in estimates]))
    else:
        _print(Console(), estimates, calls)


async def _read_calls(path: Path) -> list[Call]:
    event_log = SqliteLog(path)
    try:
        return [
            (call_id, action_outcomes(await event_log.read(call_id)))
            for call_id in await event_log.ended(0)
        ]
    finally:
        await event_log.close()


def _figures(one: Estimate) -> dict[str, Any]:
    """An estimate for machines; what says nothing is null."""
    told: dict[str, Any] = msgspec.to_builtins(one)
    if not one.is_enough:
        told |= dict.fromkeys(("ips", "snips", "low", "high"))
    return {**told, "is_enough": one.is_enough, "why_not": one.why_not}


def _print(console: Console, estimates: list[Estimate], calls: list[Call]) -> None:
    cards = sum(len(outcomes) for _, outcomes in calls)
    decisions = estimates[0].decisions
    console.print(
        f"{len(calls)} calls, {cards} next actions, {decisions} of them chosen among several"
    )
    table = Table(title="Outcome, 0 to 1, by inverse propensity")
    for column in ("chosen by", "IPS", "self-normalised", "95 % interval", "effective", "support"):
        table.add_column(column)
    for one in estimates:
        told = (f"{one.ips:.3f}", f"{one.snips:.3f}", f"{one.low:.3f} to {one.high:.3f}")
        shown = told if one.is_enough else ("–", "–", "–")
        table.add_row(one.name, *shown, f"{one.effective:.0f}", f"{one.support:.0%}")
    console.print(table)
    for one in estimates:
        if one.why_not:
            console.print(f"Too little to go by for {one.name}: {one.why_not}")
    if any(one.decisions and not one.is_enough for one in estimates):
        console.print(
            "Decisions that were never left to chance say nothing of others: "
            "guidance.exploration lets a share of them be"
        )
