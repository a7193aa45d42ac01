"""`attune-engine evaluate intents`: how often trained intents are right, and whether they know."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from assist_engine.cli.train_intents import embed_with
from assist_engine.session.intent_folder import load_reader, read_examples
from assist_engine.session.knowledge_finder import load_encode
from assist_engine.understanding.intent_figures import IntentFigures, measure

_WORST = 10


def evaluate_intents(
    directory: Annotated[Path, typer.Argument(help="Folder that `train intents` wrote.")],
    file: Annotated[Path, typer.Argument(help="Labelled texts, as for `train intents`.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Measure trained intents on texts that they have not seen."""
    reader = load_reader(directory)
    examples = read_examples([file])
    with Progress(console=Console(stderr=True)) as progress:
        encode = load_encode(reader.model)
        vectors = embed_with(progress, encode, [example.text for example in examples])
    figures = measure(reader, vectors, [example.intent for example in examples])
    if as_json:
        typer.echo(msgspec.json.encode(figures).decode())
    else:
        _print(figures)


def _print(figures: IntentFigures) -> None:
    console = Console()
    table = Table(box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in (
        ("sentences", str(figures.rows)),
        ("of them out of scope", str(figures.out_of_scope_rows)),
        ("right, out of scope being an answer", _percent(figures.accuracy)),
        ("in scope: right, nothing refused", _percent(figures.in_scope_accuracy)),
        ("in scope: accepted and right", _percent(figures.in_scope_accuracy_at_threshold)),
        ("out of scope: refused", _percent(figures.oos_recall)),
        ("AUROC of in and out of scope", _number(figures.oos_auroc)),
        ("expected calibration error", _number(figures.ece)),
        ("threshold of being in scope", f"{figures.threshold:.2f}"),
    ):
        table.add_row(name, value)
    console.print(table)
    worst = Table(title=f"the {_WORST} weakest intents", box=None, title_justify="left")
    worst.add_column("intent")
    for heading in ("sentences", "recall", "precision", "F1"):
        worst.add_column(heading, justify="right")
    asked = [(name, one) for name, one in figures.per_intent.items() if one.rows]
    for name, one in sorted(asked, key=lambda item: item[1].f1)[:_WORST]:
        worst.add_row(
            name, str(one.rows), f"{one.recall:.1%}", f"{one.precision:.1%}", f"{one.f1:.3f}"
        )
    console.print(worst)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
