"""Reads the GoEmotions comments: texts with emotion labels, of which there are 28.

Demszky et al. 2020, "GoEmotions: A Dataset of Fine-Grained Emotions" (CC BY 4.0).
"""

import re
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assist_engine.call.feeling_names import SENTIMENT_GROUPS
from assist_engine.errors import BadInput

LABELS: Final = frozenset().union(*SENTIMENT_GROUPS.values())
_PLACEHOLDER: Final = re.compile(r"\[(name|religion)\]")
_NOT_SPOKEN: Final = re.compile(r"[^a-z0-9' ]+")


class LabelledTexts:
    """Texts and which labels each has: `targets` (n, labels)."""

    def __init__(
        self, texts: list[str], targets: NDArray[np.bool_], labels: tuple[str, ...]
    ) -> None:
        self.texts, self.targets, self.labels = texts, targets, labels


def read_goemotions(folder: Path, *, split: str) -> LabelledTexts:
    """Read `labels.txt` and `SPLIT.tsv` (text, label numbers, id) of a folder, or `BadInput`."""
    labels = tuple(_lines(folder / "labels.txt"))
    if missing := LABELS - set(labels):
        raise BadInput(f"{folder / 'labels.txt'} lacks {min(missing)}: the 28 of GoEmotions")
    path = folder / f"{split}.tsv"
    texts: list[str] = []
    rows: list[NDArray[np.bool_]] = []
    for number, line in enumerate(_lines(path), start=1):
        fields = line.split("\t")
        if len(fields) < 2:
            raise BadInput(f"{path}:{number}: a line is: text <tab> label,label <tab> id")
        texts.append(fields[0])
        rows.append(_row(fields[1], labels, where=f"{path}:{number}"))
    if not texts:
        raise BadInput(f"{path} is empty: it needs one comment a line")
    return LabelledTexts(texts, np.array(rows), labels)


def speech_like(text: str) -> str:
    """The text as a recogniser would write it: lower case, no punctuation, no placeholders."""
    spoken = _PLACEHOLDER.sub(" ", text.lower().replace("’", "'"))
    return " ".join(_NOT_SPOKEN.sub(" ", spoken).split())


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}") from error
    return [line for line in text.split("\n") if line.strip()]


def _row(numbers: str, labels: tuple[str, ...], *, where: str) -> NDArray[np.bool_]:
    row = np.zeros(len(labels), np.bool_)
    for number in numbers.split(","):
        if not number.strip().isdigit() or int(number) >= len(labels):
            raise BadInput(f"{where}: label {number!r} is not a number from 0 to {len(labels) - 1}")
        row[int(number)] = True
    return row
