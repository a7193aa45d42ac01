"""`attune-engine train`: make the engine's heads from labelled texts of any folder."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from assist_engine.inference.sentiment_training import SentimentFigures, train_sentiment
from assist_engine.session.knowledge_finder import load_encode

train = typer.Typer(help="Train the engine's heads on labelled texts.", no_args_is_help=True)


@train.callback()
def _kinds() -> None:
    """Train the engine's heads on labelled texts."""


@train.command()
def sentiment(
    data: Annotated[
        Path, typer.Option(help="Folder with train.tsv, dev.tsv and labels.txt (GoEmotions).")
    ],
    out: Annotated[Path, typer.Option(help="Where the head goes (.npz).")],
    model: Annotated[str, typer.Option(help="Embedding model.")] = "attune-minilm-1",
) -> None:
    """Train how a customer's utterance reads: positive, negative, unclear or neutral."""
    console = Console()
    with Progress(console=console) as progress:
        bars: dict[str, TaskID] = {}

        def show(what: str, done: int, of: int) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what, total=of)
            progress.update(bars[what], completed=done)

        head, figures = train_sentiment(
            data, encode=load_encode(model), model=model, on_progress=show
        )
    head.save(out)
    _print(console, figures)
    console.print(f"written: {out}")


def _print(console: Console, figures: SentimentFigures) -> None:
    each = ", ".join(f"{name} {value:.3f}" for name, value in figures.label_f1.items())
    console.print(f"macro-F1 on dev, best thresholds: {figures.macro_f1:.3f} ({each})")
    console.print(
        f"neutral comments called negative: {figures.neutral_called_negative:.1%} "
        f"(threshold {figures.negative_threshold:.3f}); negative comments found: "
        f"{figures.negative_recall:.1%}; positive comments found: {figures.positive_recall:.1%}"
    )
