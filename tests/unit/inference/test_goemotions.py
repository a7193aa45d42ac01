"""Labelled comments in a folder: the format, its errors, the groups."""

from pathlib import Path

import pytest

from assist_engine.call.feeling_names import EMOTION_LABELS, SENTIMENT_GROUPS, emotions_of
from assist_engine.contract.values import Emotion
from assist_engine.errors import BadInput
from assist_engine.inference.goemotions import LABELS, read_goemotions, speech_like

NAMES = sorted(LABELS)


def write(folder: Path, split: str, lines: list[str]) -> None:
    (folder / "labels.txt").write_text("\n".join(NAMES))
    (folder / f"{split}.tsv").write_text("\n".join(lines) + "\n")


def test_groups_hold_all_28_labels_once() -> None:
    names = [name for group in SENTIMENT_GROUPS.values() for name in group]
    assert len(names) == len(set(names)) == 28


def test_emotions_are_made_of_labels_and_none_counts_twice() -> None:
    names = [name for labels in EMOTION_LABELS.values() for name in labels]
    known = frozenset().union(*SENTIMENT_GROUPS.values())
    assert set(EMOTION_LABELS) == set(Emotion)
    assert len(names) == len(set(names))
    assert set(names) < known
    labels = dict.fromkeys(known, 0.0) | {"anger": 0.3, "disgust": 0.2, "annoyance": 0.9}
    found = emotions_of(labels | {"disapproval": 0.4})
    assert found[Emotion.ANGER] == pytest.approx(0.5)
    assert found[Emotion.FRUSTRATION] == 1.0


def test_a_comment_may_have_several_labels(tmp_path: Path) -> None:
    write(tmp_path, "dev", ["Wow, lovely\t0,2\tx"])
    comments = read_goemotions(tmp_path, split="dev")
    assert [name for name, has in zip(NAMES, comments.targets[0], strict=True) if has] == [
        "admiration",
        "anger",
    ]


def test_other_labels_than_those_of_goemotions_are_told(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("joy\nanger")
    with pytest.raises(BadInput, match=r"labels\.txt lacks admiration"):
        read_goemotions(tmp_path, split="dev")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("only a text", "dev.tsv:1: a line is"),
        ("text\t28\tid", "dev.tsv:1: label '28'"),
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
