"""`attune-kb train-encoder`: an encoder of one's own, on one's own questions."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from knowledge_base.cli.common import ERR, say
from knowledge_base.encoder_training import TrainingPlan, read_training, train_encoder
from knowledge_base.errors import SourceError


def train_encoder_(
    out: Annotated[Path, typer.Argument(help="Where the weights go (.safetensors).")],
    *,
    labelled: Annotated[
        list[Path] | None,
        typer.Option("--labelled", help="CSV of text,label (oos: no intent); repeatable."),
    ] = None,
    texts: Annotated[
        list[Path] | None,
        typer.Option("--texts", help="File of a text a line, to keep what is known; repeatable."),
    ] = None,
    epochs: Annotated[int, typer.Option("--epochs", min=1)] = TrainingPlan().epochs,
    seed: Annotated[int, typer.Option("--seed")] = 0,
) -> None:
    """Train the retrieval encoder on questions, also as a recogniser mishears them."""
    training = read_training(labelled or [], texts or [])
    if not training.texts:
        raise SourceError(source="train-encoder", line=1, reason="name --labelled or --texts files")
    plan = TrainingPlan(epochs=epochs, seed=seed)
    with Progress(console=ERR, transient=True, disable=not ERR.is_terminal) as progress:
        task = progress.add_task("training", total=None)
        train_encoder(
            training,
            out,
            plan=plan,
            on_step=lambda step, of, loss: progress.update(
                task, completed=step, total=of, description=f"training, loss {loss:.3f}"
            ),
        )
    say(f"{out}: {out.stat().st_size / 1e6:.1f} MB, from {len(training.texts)} texts")
