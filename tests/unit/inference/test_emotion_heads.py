"""Calibration and thresholds: fitted on what is known to be there, kept in a file."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from assist_engine.contract.values import Emotion
from assist_engine.errors import BadInput
from assist_engine.inference.emotion_fitting import (
    calibration_error,
    carrying_words,
    f1,
    fit_heads,
    measure,
    threshold_for,
    with_groups,
)
from assist_engine.inference.emotion_heads import GROUPS, EmotionHeads, Matrix, sigmoid
from assist_engine.inference.emotion_model import SHIPPED_HEADS
from assist_engine.inference.goemotions import LABELS

NAMES = tuple(sorted(LABELS))


def comments(count: int, *, seed: int = 3) -> tuple[Matrix, np.ndarray[tuple[int, int], np.dtype]]:
    """Logits of an overconfident model, and the labels: one each, a third of them neutral."""
    chance = np.random.default_rng(seed)
    columns = np.where(
        chance.random(count) < 0.33, NAMES.index("neutral"), chance.integers(0, 28, count)
    )
    targets = np.zeros((count, 28), np.bool_)
    targets[np.arange(count), columns] = True
    logits = chance.normal(-3.0, 1.0, (count, 32)) + 5.0 * with_groups(targets, NAMES)
    return (2.5 * logits).astype(np.float32), targets


@pytest.fixture(scope="module")
def fitted() -> EmotionHeads:
    logits, targets = comments(3000)
    return fit_heads(logits, logits, targets, NAMES, carrying={"joy": {"glad": 2.0}})


def test_probabilities_become_what_is_so(fitted: EmotionHeads) -> None:
    logits, targets = comments(3000, seed=4)
    wanted = with_groups(targets, NAMES)
    before = np.mean([calibration_error(sigmoid(logits[:, k]), wanted[:, k]) for k in range(32)])
    read = fitted.probabilities(logits)
    after = np.mean([calibration_error(read[:, k], wanted[:, k]) for k in range(32)])
    assert after < 0.02
    assert after < before


def test_few_neutral_comments_of_others_are_called_negative(fitted: EmotionHeads) -> None:
    logits, targets = comments(3000, seed=5)
    figures = measure(fitted, logits, targets)
    assert figures.neutral_called_negative <= 0.06
    assert figures.neutral_called_emotional <= 0.06
    assert figures.negative_found > 0.5
    assert figures.macro_f1 > 0.5
    assert set(figures.label_f1) == set(NAMES)
    assert set(figures.sentiment_f1) == set(GROUPS)


def test_every_emotion_and_sentiment_has_its_threshold(fitted: EmotionHeads) -> None:
    assert set(fitted.said_from) == {"positive", "negative", "neutral", *Emotion}
    assert all(0 < cut <= 1 for cut in fitted.said_from.values())
    assert all(fitted.said_from[emotion] >= 0.3 for emotion in Emotion)


@given(arrays(np.float32, (3, 32), elements=st.floats(0, 1, width=32)))
def test_labels_that_are_said_agree_with_their_sentiments(read: Matrix) -> None:
    heads = EmotionHeads.load(SHIPPED_HEADS)
    groups = with_groups(heads.said(read), heads.labels)[:, 28:]
    cuts = np.array([heads.group_thresholds[name] for name in GROUPS], np.float32)
    is_felt = read[:, 28:] >= cuts
    strength = read[:, :28] / np.array([heads.thresholds[n] for n in heads.labels], np.float32)
    assert groups[is_felt].all()
    assert (heads.said(read)[strength >= 1.5]).all()
    assert not heads.said(read)[strength < 1.0].any() or is_felt.any()


@given(arrays(np.float32, (3, 32), elements=st.floats(-60, 60, width=32)))
def test_any_logits_give_probabilities(logits: Matrix) -> None:
    read = EmotionHeads.load(SHIPPED_HEADS).probabilities(logits)
    assert read.shape == (3, 32)
    assert ((read >= 0) & (read <= 1)).all()


def test_a_saved_file_reads_the_same(fitted: EmotionHeads, tmp_path: Path) -> None:
    path = tmp_path / "new" / "emotions.npz"
    fitted.save(path)
    again = EmotionHeads.load(path)
    logits, _ = comments(5)
    assert (again.probabilities(logits) == fitted.probabilities(logits)).all()
    assert again.labels == fitted.labels
    assert again.carrying == fitted.carrying
    assert again.thresholds == pytest.approx(fitted.thresholds)
    assert again.said_from == pytest.approx(fitted.said_from)


@pytest.mark.parametrize("content", [b"", b"no head", b"PK\x03\x04 cut off"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.npz"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"broken\.npz is not what"):
        EmotionHeads.load(path)
    with pytest.raises(BadInput, match=r"nowhere\.npz"):
        EmotionHeads.load(tmp_path / "nowhere.npz")


def test_other_labels_and_too_few_lines_are_refused(fitted: EmotionHeads) -> None:
    with pytest.raises(BadInput, match="trained on other labels"):
        fitted.check(("joy", "anger"))
    with pytest.raises(BadInput, match="32 outputs need a line each, got 3"):
        EmotionHeads(
            labels=NAMES,
            scale=np.ones(3, np.float32),
            offset=np.zeros(3, np.float32),
            thresholds={},
            group_thresholds={},
            said_from={},
            carrying={},
        )


def test_words_speak_for_the_emotion_they_come_with() -> None:
    texts = ["i am so scared of it", "the bus is blue"] * 20
    targets = np.zeros((40, 28), np.bool_)
    targets[::2, NAMES.index("fear")] = True
    targets[1::2, NAMES.index("neutral")] = True
    words = carrying_words(texts, targets, NAMES)
    assert "scared" in words[Emotion.WORRY]
    assert not {"bus", "the"} & set(words[Emotion.WORRY])
    assert words[Emotion.JOY] == {}


def test_f1_and_the_quiet_threshold() -> None:
    said, wanted = np.array([True, True, False, False]), np.array([True, False, True, False])
    assert f1(said, wanted) == 0.5
    assert f1(~said & said, wanted & ~wanted) == 0
    probabilities = np.linspace(0.01, 1.0, 100, dtype=np.float32)
    cut = threshold_for(probabilities, share_above=0.05)
    assert (probabilities >= cut).mean() == pytest.approx(0.05)
