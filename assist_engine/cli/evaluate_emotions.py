"""`attune-engine evaluate emotions`: how well feelings are read, and what it costs."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from assist_engine.cli.train import told
from assist_engine.inference.emotion_fitting import EmotionFigures, measure
from assist_engine.inference.emotion_model import SHIPPED_ENCODER, SHIPPED_HEADS, EmotionModel
from assist_engine.inference.goemotions import read_goemotions, speech_like
from assist_engine.session.knowledge_finder import load_encode

_TIMED: Final = 200  # comments, one by one


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """CPU of one thread for one comment, ms: the mean over comments read one by one."""

    emotion_ms: float
    embedding_ms: float

    @property
    def ratio(self) -> float:
        """How many embeddings a reading of feelings costs."""
        return self.emotion_ms / self.embedding_ms


def evaluate_emotions(
    folder: Annotated[Path, typer.Argument(help="Folder with SPLIT.tsv and labels.txt.")],
    *,
    split: Annotated[str, typer.Option(help="Which part: its file is SPLIT.tsv.")] = "dev",
    encoder: Annotated[Path, typer.Option(help="The trained encoder.")] = SHIPPED_ENCODER,
    heads: Annotated[Path, typer.Option(help="Its calibration and thresholds.")] = SHIPPED_HEADS,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Read labelled comments, as written and as speech, beside the sentence encoder's cost."""
    comments = read_goemotions(folder, split=split)
    model = EmotionModel.load(encoder, heads)
    model.heads.check(comments.labels)
    spoken = [speech_like(text) for text in comments.texts]
    with Console(stderr=True).status("reading"):
        written = measure(model.heads, model.logits(comments.texts), comments.targets)
        heard = measure(model.heads, model.logits(spoken), comments.targets)
        cost = _cost(spoken[:_TIMED], model)
    if as_json:
        typer.echo(msgspec.json.encode(_as_json(written, heard, cost)).decode())
    else:
        _print(written, heard, cost)


def _cost(texts: list[str], model: EmotionModel) -> Cost:
    embed = load_encode("attune-minilm-1", threads=1)
    return Cost(emotion_ms=_cpu_ms(model.probabilities, texts), embedding_ms=_cpu_ms(embed, texts))


def _cpu_ms(read: Callable[[list[str]], object], texts: Sequence[str]) -> float:
    read([texts[0]])  # the first one warms up
    began = time.thread_time()
    for text in texts:
        read([text])
    return (time.thread_time() - began) * 1000 / len(texts)


def _as_json(written: EmotionFigures, heard: EmotionFigures, cost: Cost) -> dict[str, object]:
    return {
        "written": msgspec.structs.asdict(written),
        "as_speech": msgspec.structs.asdict(heard),
        "emotion_cpu_ms": cost.emotion_ms,
        "embedding_cpu_ms": cost.embedding_ms,
        "cost_ratio": cost.ratio,
    }


def _print(written: EmotionFigures, heard: EmotionFigures, cost: Cost) -> None:
    console = Console()
    table = Table(box=None)
    table.add_column("F1")
    for heading in ("as written", "as speech"):
        table.add_column(heading, justify="right")
    for name, value in written.label_f1.items():
        table.add_row(name, f"{value:.3f}", f"{heard.label_f1[name]:.3f}")
    for name, value in written.sentiment_f1.items():
        table.add_row(
            f"sentiment: {name}", f"{value:.3f}", f"{heard.sentiment_f1[name]:.3f}", style="bold"
        )
    console.print(table)
    console.print(f"As written: {told(written)}")
    console.print(f"As speech: {told(heard)}")
    console.print(
        f"CPU for one comment, one thread: feelings {cost.emotion_ms:.1f} ms, embedding "
        f"{cost.embedding_ms:.1f} ms, ratio {cost.ratio:.2f}."
    )
