"""`attune-engine evaluate speech`: word errors on recorded calls, and what our part costs."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from assist_engine.settings import RESOURCES, load_settings
from assist_engine.speech.evaluation import (
    ChannelResult,
    Evaluation,
    bare_errors,
    cpu_ratio,
    evaluate,
    our_errors,
)
from assist_engine.speech.models import resolve_model
from assist_engine.speech.vosk_engine import VoskEngine

SHIPPED = RESOURCES / "models" / "speech"


def evaluate_speech(
    directory: Annotated[Path, typer.Argument(help="Folder with NAME.wav and NAME.json.")],
    *,
    model: Annotated[str, typer.Option(help="Name of a model, or its folder.")] = "demo-en-us",
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
    config: Annotated[Path | None, typer.Option(help="Settings file.")] = None,
) -> None:
    """Recognise recorded calls and count the wrong words, beside bare Vosk in the same run."""
    settings = load_settings(config)
    models_dir = settings.folder(settings.speech.models_dir, "models")
    engine = VoskEngine.load(resolve_model(model, models_dir, SHIPPED))
    console = Console(stderr=True)
    with console.status("recognising"):
        evaluation = evaluate(
            directory,
            engine=engine,
            on_channel=lambda done: console.print(f"{done.call}, {done.speaker}: done"),
        )
    if as_json:
        typer.echo(msgspec.json.encode(_as_json(evaluation)).decode())
    else:
        _print(evaluation)


def _summary(results: tuple[ChannelResult, ...]) -> dict[str, float | int]:
    ours, bare = our_errors(results), bare_errors(results)
    return {
        "words": ours.said,
        "word_error_rate": round(ours.rate, 4),
        "bare_word_error_rate": round(bare.rate, 4),
        "cpu_ratio": round(cpu_ratio(results), 4),
    }


def _as_json(evaluation: Evaluation) -> dict[str, object]:
    return {
        "model": evaluation.model,
        "is_demo": evaluation.is_demo,
        "channels": [
            {"call": result.call, "speaker": result.speaker, **_summary((result,))}
            for result in evaluation.channels
        ],
        "calls": [
            {"call": call, **_summary(evaluation.of_call(call))} for call in evaluation.calls()
        ],
        "total": _summary(evaluation.channels),
    }


def _print(evaluation: Evaluation) -> None:
    table = Table(title=f"speech model {evaluation.model}", box=None, title_justify="left")
    for heading in ("call", "channel"):
        table.add_column(heading)
    for heading in ("words", "wrong", "rate", "bare Vosk", "CPU s/s", "CPU to bare"):
        table.add_column(heading, justify="right")
    for call in evaluation.calls():
        results = evaluation.of_call(call)
        for result in results:
            _add_row(table, call, result.speaker, (result,))
        _add_row(table, call, "both", results, style="bold")
    _add_row(table, "all calls", "", evaluation.channels, style="bold")
    console = Console()
    console.print(table)
    if evaluation.is_demo:
        console.print(
            "This is the demo model: on real callers it gets about half of the words wrong. "
            "Install an official one: attune-engine models list"
        )


def _add_row(
    table: Table, call: str, channel: str, results: tuple[ChannelResult, ...], *, style: str = ""
) -> None:
    ours, bare = our_errors(results), bare_errors(results)
    seconds = sum(result.audio_seconds for result in results)
    cpu = sum(result.our_cpu_seconds for result in results) / seconds
    table.add_row(
        call,
        channel,
        str(ours.said),
        str(ours.wrong),
        f"{ours.rate:.1%}",
        f"{bare.rate:.1%}",
        f"{cpu:.3f}",
        f"{cpu_ratio(results):.3f}",
        style=style,
    )
