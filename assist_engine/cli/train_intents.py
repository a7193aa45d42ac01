"""`attune-engine train intents`: make the organisation's intents from examples, in seconds."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress

from assist_engine.inference.encoder import EncodeTexts
from assist_engine.session.intent_folder import (
    check_trainable,
    read_examples,
    save_reader,
    without_repeats,
)
from assist_engine.session.knowledge_finder import load_encode
from assist_engine.understanding.intent import reader_of
from assist_engine.understanding.intent_reader import Matrix

_BATCH = 256


def train_intents(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="CSV with the header text,label (label oos: none of them), or YAML of intents.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder that the trained intents go to.")],
    model: Annotated[str, typer.Option(help="Embedding model.")] = "attune-minilm-1",
) -> None:
    """Train which of the organisation's intents a sentence asks for, or none."""
    examples = without_repeats(read_examples(files))
    check_trainable(examples)
    console = Console(stderr=True)
    with Progress(console=console) as progress:
        vectors = embed_with(progress, load_encode(model), [example.text for example in examples])
        bar = progress.add_task("intents", total=4)
        began = time.perf_counter()
        reader = reader_of(
            examples,
            vectors,
            model=model,
            on_step=lambda done, of: progress.update(bar, completed=done, total=of),
        )
        seconds = time.perf_counter() - began
    save_reader(reader, out)
    nothing = sum(not example.intent for example in examples)
    typer.echo(
        f"written: {out}: {len(reader.intents)} intents from {len(examples) - nothing} examples "
        f"and {nothing} out of scope, trained in {seconds:.1f} s after embedding; a sentence is "
        f"out of scope below a probability of {reader.calibration.threshold:.2f}"
    )


def embed_with(progress: Progress, encode: EncodeTexts, texts: list[str]) -> Matrix:
    """Vectors of texts (n, dimension), with a bar."""
    bar = progress.add_task("embedding", total=len(texts))
    return embed(texts, encode, lambda done: progress.update(bar, completed=done))


def embed(texts: list[str], encode: EncodeTexts, on_done: Callable[[int], None]) -> Matrix:
    """Vectors of texts (n, dimension), a batch at a time; of neighbours in length together."""
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    parts: list[Matrix] = []
    for start in range(0, len(order), _BATCH):
        parts.append(encode([texts[row] for row in order[start : start + _BATCH]]))
        on_done(min(start + _BATCH, len(order)))
    vectors = np.concatenate(parts)
    placed = np.empty_like(vectors)
    placed[order] = vectors
    return placed
