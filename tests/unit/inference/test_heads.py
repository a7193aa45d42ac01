"""Heads: probabilities, files, what is refused; training finds what is there to find."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.errors import BadInput
from assist_engine.inference.heads import LinearHead, terms_of
from assist_engine.inference.training import best_threshold, f1, threshold_for, train_head
from assist_engine.settings import RESOURCES


def small_head() -> LinearHead:
    return LinearHead(
        labels=["glad", "sad"],
        model="scripted",
        weights=np.array([[1.0, 0.0], [-1.0, 0.0]], np.float32),
        bias=np.zeros(2, np.float32),
        terms=["great", "not great"],
        term_weights=np.array([[2.0, -2.0], [-4.0, 4.0]], np.float32),
        thresholds={"sad": 0.7},
    )


def test_words_and_vector_both_count() -> None:
    head, nothing = small_head(), np.zeros(2, np.float32)
    assert head(nothing, "") == {"glad": 0.5, "sad": 0.5}
    assert head(nothing, "Great!")["glad"] == pytest.approx(0.881, abs=0.001)
    assert head(nothing, "that is not great")["sad"] == pytest.approx(0.881, abs=0.001)
    assert head(np.array([3.0, 0.0], np.float32), "")["glad"] == pytest.approx(0.953, abs=0.001)


def test_a_saved_head_reads_the_same(tmp_path: Path) -> None:
    head = small_head()
    path = tmp_path / "new" / "head.npz"
    head.save(path)
    again = LinearHead.load(path)
    vector = np.array([0.3, -2.0], np.float32)
    assert again(vector, "not great") == head(vector, "not great")
    assert (again.labels, again.model, again.thresholds) == (
        ("glad", "sad"),
        "scripted",
        {"glad": 0.5, "sad": pytest.approx(0.7)},
    )


@pytest.mark.parametrize("content", [b"", b"no head", b"PK\x03\x04 cut off"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.npz"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"broken\.npz is not a head"):
        LinearHead.load(path)


def test_a_missing_file_and_a_file_of_something_else_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.npz"):
        LinearHead.load(tmp_path / "nowhere.npz")
    np.savez(tmp_path / "other.npz", numbers=np.zeros(3))
    with pytest.raises(BadInput, match=r"other\.npz"):
        LinearHead.load(tmp_path / "other.npz")


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(BadInput, match="a head of 2 labels and 0 terms"):
        LinearHead(
            labels=["a", "b"],
            model="m",
            weights=np.zeros((3, 4), np.float32),
            bias=np.zeros(2, np.float32),
        )


def test_training_learns_from_vector_and_words_and_is_calibrated() -> None:
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(2000, 4)).astype(np.float32)
    has_word = chance.random(2000) < 0.5
    truth = (vectors[:, 0] + 2.0 * has_word + chance.normal(size=2000) * 0.5) > 1.0
    texts = ["awful thing" if word else "some thing" for word in has_word]
    seen: list[str] = []
    head = train_head(
        texts,
        vectors,
        truth[:, None],
        labels=["bad"],
        model="m",
        held_out=np.arange(2000) % 10 == 9,
        on_label=seen.append,
    )
    read = np.array([head(v, t)["bad"] for v, t in zip(vectors, texts, strict=True)])
    assert seen == ["bad"]
    assert ((read >= 0.5) == truth).mean() > 0.85
    assert abs(float(read.mean()) - float(truth.mean())) < 0.05


@given(st.lists(st.floats(0, 1, width=32), min_size=20, max_size=200), st.floats(0.01, 0.5))
def test_a_threshold_lets_at_most_the_share_through(values: list[float], share: float) -> None:
    probabilities = np.array(values, np.float32)
    cut = threshold_for(probabilities, share_above=share)
    assert (probabilities >= np.float32(cut)).mean() <= share


def test_the_best_threshold_divides_what_can_be_divided() -> None:
    probabilities = np.array([0.1, 0.2, 0.3, 0.6, 0.8], np.float32)
    wanted = np.array([False, False, False, True, True])
    cut, best = best_threshold(probabilities, wanted)
    assert 0.3 < cut <= 0.6
    assert best == 1.0
    assert f1(np.zeros(5, np.bool_), wanted) == 0.0


@given(st.text(max_size=80))
def test_terms_are_lower_case_words_and_pairs(text: str) -> None:
    terms = terms_of(text)
    assert all(term == term.lower() and term.count(" ") <= 1 for term in terms)
    assert terms == terms_of(f" {text.upper().lower()} ") or not text.isascii()


def test_the_shipped_head_is_for_the_four_sentiments() -> None:
    head = LinearHead.load(RESOURCES / "models" / "heads" / "sentiment.npz")
    assert head.labels == ("positive", "negative", "unclear", "neutral")
    assert head.model == "attune-minilm-1"
    nothing = np.zeros(384, np.float32)
    awful, lovely = (head(nothing, f"this is {word}") for word in ("terrible", "lovely"))
    assert awful["negative"] > lovely["negative"]
    assert lovely["positive"] > awful["positive"]


def test_a_label_that_nothing_has_is_told() -> None:
    with pytest.raises(BadInput, match="label rare needs texts"):
        train_head(
            ["some text"] * 20,
            np.ones((20, 2), np.float32),
            np.zeros((20, 1), np.bool_),
            labels=["rare"],
            model="m",
            held_out=np.arange(20) % 10 == 9,
        )
