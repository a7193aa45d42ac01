"""Weights in 8 bits come back about as they were, and training changes them."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.encoder_training import (
    TrainingPlan,
    read_training,
    train_encoder,
    with_long_texts,
)
from knowledge_base.encoder_weights import pack, unpack
from knowledge_base.errors import SourceError


@given(scale=st.floats(1e-3, 10), seed=st.integers(0, 1000))
def test_packed_weights_differ_by_less_than_half_a_step(
    tmp_path_factory: pytest.TempPathFactory, scale: float, seed: int
) -> None:
    path = tmp_path_factory.mktemp("w") / "w.safetensors"
    dice = np.random.default_rng(seed)
    weights = {
        "a": (scale * dice.normal(size=(4, 128))).astype(np.float32),
        "b": (scale * dice.normal(size=7)).astype(np.float32),
        "zero": np.zeros((2, 64), np.float32),
    }
    pack(weights, path)
    back = unpack(path)
    assert back.keys() == weights.keys()
    groups = np.abs(weights["a"]).reshape(-1, 64)
    off = np.abs(back["a"] - weights["a"]).reshape(-1, 64)
    assert (off.max(1) <= 0.51 * groups.max(1) / 127 + 1e-3 * groups.max(1)).all()
    assert np.allclose(back["b"], weights["b"], rtol=1e-3)
    assert not back["zero"].any()


def test_what_is_trained_on_is_read_with_its_faults_told(tmp_path: Path) -> None:
    good, bad, plain = (tmp_path / name for name in ("good.csv", "bad.csv", "plain.tsv"))
    good.write_text("text,category\nwhere is it,late\nwho are you,oos\n")
    bad.write_text("question,label\nwhere is it,late\n")
    plain.write_text("hello there\t27\tx\n\nagain\n")
    training = read_training([good], [plain])
    assert training.texts == ["where is it", "who are you", "hello there", "again"]
    assert training.intents == ["good/late", "", "", ""]
    with pytest.raises(SourceError, match=r"bad\.csv, line 2: needs the columns text and label"):
        read_training([bad], [])
    with pytest.raises(SourceError, match="cannot be read"):
        read_training([], [tmp_path / "none"])


def test_training_moves_one_intent_together(tmp_path: Path) -> None:
    from knowledge_base.embedding import PLAIN_MODEL, load_embedder, load_trained

    table = tmp_path / "t.csv"
    said = [f"{what} {n}" for what in ("parcel late", "card lost") for n in "abcdefgh"]
    rows = [f"{text},{text.split()[0]}" for text in said]
    table.write_text("\n".join(["text,label", *rows]))
    out = tmp_path / "w.safetensors"
    losses: list[tuple[int, int, float]] = []
    plan = TrainingPlan(epochs=6, batch=8, contrast=1.0)
    train_encoder(
        read_training([table], []),
        out,
        plan=plan,
        on_step=lambda step, of, loss: losses.append((step, of, loss)),
    )
    assert [step for step, _, _ in losses] == list(range(1, losses[0][1] + 1))
    half = len(losses) // 2
    assert sum(loss for *_, loss in losses[half:]) < sum(loss for *_, loss in losses[:half])
    texts = ["parcel late a", "parcel late h", "card lost a"]
    before = load_embedder(PLAIN_MODEL).encode(texts)
    after = load_trained(out).encode(texts)
    assert after[0] @ after[1] - after[0] @ after[2] > before[0] @ before[1] - before[0] @ before[2]


def test_long_texts_are_joined_from_the_others() -> None:
    training = read_training([], [])
    assert with_long_texts(training, seed=1) == training
