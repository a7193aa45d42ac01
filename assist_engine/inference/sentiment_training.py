"""Trains the sentiment head on GoEmotions comments, as written and as a recogniser writes them."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from assist_engine.inference.goemotions import (
    LabelledTexts,
    by_sentiment,
    read_goemotions,
    speech_like,
)
from assist_engine.inference.heads import LinearHead, Matrix
from assist_engine.inference.training import best_threshold, threshold_for, train_head

NEUTRAL_CALLED_FELT: Final = 0.05  # share of neutral comments that may be called a feeling
_BATCH: Final = 256

Encode = Callable[[list[str]], Matrix]
OnProgress = Callable[[str, int, int], None]  # what, done, of


class SentimentFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How the head does on the development part, as a recogniser would write it."""

    macro_f1: float  # best thresholds a label, multi-label, as the GoEmotions paper counts
    label_f1: dict[str, float]
    neutral_called_negative: float
    negative_threshold: float
    negative_recall: float
    positive_recall: float


def train_sentiment(
    folder: Path, *, encode: Encode, model: str, on_progress: OnProgress
) -> tuple[LinearHead, SentimentFigures]:
    """Train on `train.tsv`, choose thresholds on `dev.tsv`; raises `BadInput` for bad files."""
    comments = by_sentiment(read_goemotions(folder, split="train"))
    dev = by_sentiment(read_goemotions(folder, split="dev"))
    spoken = [speech_like(text) for text in comments.texts]
    texts = [*comments.texts, *spoken]
    vectors = _embed(texts, encode, "training comments", on_progress)
    labels = comments.labels
    done: list[str] = []

    def count(label: str) -> None:
        done.append(label)
        on_progress("heads", len(done), len(labels))

    head = train_head(
        texts,
        vectors,
        np.concatenate([comments.targets, comments.targets]),
        labels=labels,
        model=model,
        held_out=np.tile(np.arange(len(comments.texts)) % 10 == 9, 2),
        on_label=count,
    )
    return _measure(head, dev, encode, on_progress)


def _measure(
    head: LinearHead, dev: LabelledTexts, encode: Encode, on_progress: OnProgress
) -> tuple[LinearHead, SentimentFigures]:
    spoken = [speech_like(text) for text in dev.texts]
    vectors = _embed(spoken, encode, "development comments", on_progress)
    read = [head(vector, text) for vector, text in zip(vectors, spoken, strict=True)]
    by_label = {name: np.array([r[name] for r in read], np.float32) for name in head.labels}
    wanted = {name: dev.targets[:, column] for column, name in enumerate(head.labels)}
    is_plain = wanted["neutral"] & (dev.targets.sum(axis=1) == 1)
    best = {name: best_threshold(by_label[name], wanted[name]) for name in head.labels}
    cuts = {name: cut for name, (cut, _) in best.items()}
    for name in ("negative", "positive"):
        cuts[name] = threshold_for(by_label[name][is_plain], share_above=NEUTRAL_CALLED_FELT)
    head.thresholds.update(cuts)
    felt = by_label["negative"] >= cuts["negative"]
    glad = by_label["positive"] >= cuts["positive"]
    label_f1 = {name: value for name, (_, value) in best.items()}
    return head, SentimentFigures(
        macro_f1=sum(label_f1.values()) / len(label_f1),
        label_f1=label_f1,
        neutral_called_negative=float(felt[is_plain].mean()),
        negative_threshold=cuts["negative"],
        negative_recall=float(felt[wanted["negative"]].mean()),
        positive_recall=float(glad[wanted["positive"]].mean()),
    )


def _embed(texts: list[str], encode: Encode, what: str, on_progress: OnProgress) -> Matrix:
    parts: list[Matrix] = []
    for start in range(0, len(texts), _BATCH):
        parts.append(encode(texts[start : start + _BATCH]))
        on_progress(what, min(start + _BATCH, len(texts)), len(texts))
    return np.concatenate(parts)
