"""The encoder on ONNX Runtime gives what the published model gives; weights must fit."""

import numpy as np
import pytest

from knowledge_base.embedding import PLAIN_MODEL, load_embedder, load_model
from knowledge_base.text_encoder import WIDTH, TextEncoder, mean_and_first, mean_of_tokens

TEXTS = ["", "no", "My card was stolen, in Paris!", "router " * 300, "我的订单", "a\tb\nc 😀"]


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    return TextEncoder({}, longest=256, threads=1)


def test_vectors_are_those_of_the_published_model() -> None:
    published = load_model(PLAIN_MODEL, device="cpu").encode(TEXTS, normalize_embeddings=True)
    ours = load_embedder(PLAIN_MODEL, threads=1).encode(TEXTS)
    assert ours == pytest.approx(published, abs=1e-5)


def test_a_text_gives_the_same_alone_and_among_a_hundred(encoder: TextEncoder) -> None:
    texts = [f"{text[:40]} {number}" for text in TEXTS for number in range(17)]
    together = encoder.encode(texts, mean_of_tokens)
    assert together.shape == (len(texts), WIDTH)
    for row in (0, 40, 101):
        alone = encoder.encode([texts[row]], mean_of_tokens)[0]
        assert together[row] == pytest.approx(alone, abs=1e-4)


def test_mean_and_first_stand_beside_each_other(encoder: TextEncoder) -> None:
    wide = encoder.encode(TEXTS, mean_and_first, width=2 * WIDTH)
    assert wide[:, :WIDTH] == pytest.approx(encoder.encode(TEXTS, mean_of_tokens), abs=1e-5)
    assert not np.allclose(wide[:, WIDTH:], wide[:, :WIDTH])


def test_nothing_gives_no_rows(encoder: TextEncoder) -> None:
    assert encoder.encode([], mean_of_tokens).shape == (0, WIDTH)


def test_weights_of_another_model_are_refused() -> None:
    with pytest.raises(ValueError, match="classifier is no weight"):
        TextEncoder({"classifier": np.zeros(3, np.float32)}, longest=8)
    with pytest.raises(ValueError, match=r"has the shape \(3,\), not \(384,\)"):
        TextEncoder({"embeddings.LayerNorm.bias": np.zeros(3, np.float32)}, longest=8)
