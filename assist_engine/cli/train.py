"""`attune-engine train`: make the engine's models from labelled texts of any folder."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from assist_engine.inference.emotion_fitting import EmotionFigures
from assist_engine.inference.emotion_model import SHIPPED_ENCODER
from assist_engine.inference.emotion_training import EmotionPlan, calibrate, train_emotions

ENCODER = "attune-emotions-1.safetensors"
HEADS = "emotions.npz"

Data = Annotated[
    Path, typer.Option(help="Folder with train.tsv, dev.tsv and labels.txt (GoEmotions).")
]

train = typer.Typer(help="Train the engine's models on labelled texts.", no_args_is_help=True)


@train.callback()
def _kinds() -> None:
    """Train the engine's models on labelled texts."""


@train.command()
def emotions(
    data: Data,
    out: Annotated[Path, typer.Option(help=f"Folder for {ENCODER} and {HEADS}.")],
    *,
    epochs: Annotated[int, typer.Option(min=1)] = EmotionPlan().epochs,
    teachers: Annotated[
        int, typer.Option(min=0, help="Models trained first, from whose answers one learns.")
    ] = 0,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Train how a customer feels; about 25 minutes an epoch on one core, seconds on a GPU."""
    console = Console()
    out.mkdir(parents=True, exist_ok=True)
    with Progress(console=console) as progress:
        bars: dict[str, TaskID] = {}

        def show(what: str, step: int, of: int, loss: float) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what, total=of)
            progress.update(bars[what], completed=step, description=f"{what}, loss {loss:.3f}")

        def tell(what: str, figures: EmotionFigures) -> None:
            console.print(
                f"{what}, one half of dev: macro-F1 {figures.macro_f1:.3f} over the labels, "
                f"{figures.sentiment_macro_f1:.3f} over four groups"
            )

        figures = train_emotions(
            data,
            out / ENCODER,
            out / HEADS,
            plan=EmotionPlan(epochs=epochs, teachers=teachers, seed=seed),
            on_step=show,
            on_figures=tell,
        )
    console.print(told(figures))
    console.print(f"written: {out / ENCODER}, {out / HEADS}")


@train.command("emotion-thresholds")
def emotion_thresholds(
    data: Data,
    out: Annotated[Path, typer.Option(help="Where calibration and thresholds go (.npz).")],
    encoder: Annotated[Path, typer.Option(help="The trained encoder.")] = SHIPPED_ENCODER,
) -> None:
    """Calibrate a trained emotion encoder again and choose its thresholds, on dev.tsv."""
    calibrate(data, encoder).save(out)
    Console().print(f"written: {out}")


def told(figures: EmotionFigures) -> str:
    """The main figures as sentences."""
    return (
        f"{figures.comments} comments: macro-F1 {figures.macro_f1:.3f} over the labels, "
        f"{figures.sentiment_macro_f1:.3f} over positive, negative, unclear, neutral; expected "
        f"calibration error {figures.ece:.4f} and {figures.sentiment_ece:.4f}.\n"
        f"Neutral comments called negative: {figures.neutral_called_negative:.1%}, given a "
        f"negative emotion: {figures.neutral_called_emotional:.1%}; negative comments found: "
        f"{figures.negative_found:.1%}, positive ones: {figures.positive_found:.1%}."
    )
