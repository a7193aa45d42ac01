"""Training from a folder: the data format, its errors, the command."""

from pathlib import Path

import numpy as np
import pytest

from assist_engine.errors import BadInput
from assist_engine.inference.goemotions import (
    SENTIMENT_GROUPS,
    by_sentiment,
    read_goemotions,
    speech_like,
)
from assist_engine.inference.heads import Matrix
from assist_engine.inference.sentiment_training import train_sentiment

LABELS = ["joy", "anger", "surprise", "neutral"]


def write(folder: Path, split: str, lines: list[str]) -> None:
    (folder / "labels.txt").write_text("\n".join(LABELS))
    (folder / f"{split}.tsv").write_text("\n".join(lines) + "\n")


def corpus(count: int) -> list[str]:
    said = ["I love this!", "I hate this.", "Oh wow, really?", "It is a table."]
    return [f"{said[i % 4]} number {i // 4 % 7}\t{i % 4}\tid{i}" for i in order(count)]


def order(count: int) -> list[int]:
    return [int(i) for i in np.random.default_rng(7).permutation(count)]


def encode(texts: list[str]) -> Matrix:
    return np.array([[len(text) / 50, 1.0] for text in texts], np.float32)


def test_training_tells_its_figures_and_progress(tmp_path: Path) -> None:
    write(tmp_path, "train", corpus(400))
    write(tmp_path, "dev", corpus(100))
    told: dict[str, tuple[int, int]] = {}
    head, figures = train_sentiment(
        tmp_path,
        encode=encode,
        model="m",
        on_progress=lambda what, done, of: told.update({what: (done, of)}),
    )
    assert figures.macro_f1 > 0.95
    assert figures.neutral_called_negative <= 0.05
    assert figures.negative_recall > 0.9
    assert all(done == of for done, of in told.values())
    assert head.thresholds["negative"] == figures.negative_threshold
    assert head(encode(["i hate this"])[0], "i hate this")["negative"] > 0.5


def test_groups_hold_all_28_labels_once() -> None:
    names = [name for group in SENTIMENT_GROUPS.values() for name in group]
    assert len(names) == len(set(names)) == 28


def test_a_comment_may_have_several_labels(tmp_path: Path) -> None:
    write(tmp_path, "dev", ["Wow, lovely\t0,2\tx"])
    comments = by_sentiment(read_goemotions(tmp_path, split="dev"))
    assert comments.targets.tolist() == [[True, False, True, False]]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("only a text", "dev.tsv:1: a line is"),
        ("text\t9\tid", "dev.tsv:1: label '9'"),
        ("text\tjoy\tid", "dev.tsv:1: label 'joy'"),
    ],
)
def test_a_broken_line_is_told_with_its_number(tmp_path: Path, line: str, told: str) -> None:
    write(tmp_path, "dev", [line])
    with pytest.raises(BadInput, match=told):
        read_goemotions(tmp_path, split="dev")


def test_missing_and_empty_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"labels\.txt cannot be read"):
        read_goemotions(tmp_path, split="dev")
    write(tmp_path, "dev", [""])
    with pytest.raises(BadInput, match=r"dev\.tsv is empty"):
        read_goemotions(tmp_path, split="dev")


def test_texts_become_as_a_recogniser_writes_them() -> None:
    assert speech_like("WHY, [NAME]? Don’t — it's 5€!") == "why don't it's 5"
