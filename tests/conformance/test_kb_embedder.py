"""What every embedder promises; the fake of our tests keeps it too."""

import numpy as np
import pytest

from knowledge_base.embedding import Embedder, load_embedder
from knowledge_base.errors import ModelError
from tests.fakes.hash_embedder import HashEmbedder

TEXTS = ["my card was stolen", "someone took my card", "the router blinks red", ""]


@pytest.fixture(params=["model", "hash"], scope="module")
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return load_embedder() if request.param == "model" else HashEmbedder()


class TestEmbedder:
    def test_vectors_are_normalised_rows(self, embedder: Embedder) -> None:
        vectors = embedder.encode(TEXTS)
        assert vectors.shape == (len(TEXTS), embedder.dimension)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)

    def test_a_text_has_one_vector_whatever_stands_beside_it(self, embedder: Embedder) -> None:
        alone = embedder.encode(TEXTS[:1])[0]
        assert embedder.encode(TEXTS)[0] == pytest.approx(alone, abs=1e-5)

    def test_nothing_gives_no_rows(self, embedder: Embedder) -> None:
        assert embedder.encode([]).shape == (0, embedder.dimension)

    def test_alike_is_nearer_than_unlike(self, embedder: Embedder) -> None:
        stolen, took, router, _ = embedder.encode(TEXTS)
        assert stolen @ took > stolen @ router


def test_a_model_that_is_not_here_is_named() -> None:
    with pytest.raises(ModelError, match=r"'no/such-model' cannot be loaded .*no folder"):
        load_embedder("no/such-model")
