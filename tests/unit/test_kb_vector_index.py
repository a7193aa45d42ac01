"""Exact while small, a graph beyond, and the graph finds what the exact index finds."""

from pathlib import Path

import numpy as np
import pytest

from knowledge_base.embedding import Vectors
from knowledge_base.vector_index import VectorIndex


def vectors(count: int, dimension: int = 32) -> Vectors:
    dice = np.random.default_rng(5)
    centres = dice.normal(size=(50, dimension))
    found = centres[dice.integers(0, 50, count)] + 0.6 * dice.normal(size=(count, dimension))
    normalised: Vectors = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return normalised


def test_exact_order() -> None:
    rows = vectors(100)
    index = VectorIndex.build(rows)
    assert index.is_exact
    assert index.nearest(rows[7], limit=5).tolist() == np.argsort(-(rows @ rows[7]))[:5].tolist()
    assert index.nearest(rows[7], limit=500).size == 100


def test_the_graph_finds_what_the_exact_index_finds() -> None:
    rows = vectors(4_000)
    exact, graph = VectorIndex.build(rows), VectorIndex.build(rows, flat_limit=1_000)
    assert not graph.is_exact
    shared = [
        len(set(exact.nearest(row, limit=10)) & set(graph.nearest(row, limit=10)))
        for row in vectors(200)
    ]
    assert np.mean(shared) >= 9.9


def test_saved_and_loaded(tmp_path: Path) -> None:
    rows = vectors(30)
    VectorIndex.build(rows).save(tmp_path / "i")
    loaded = VectorIndex.load(tmp_path / "i")
    assert (loaded.size, loaded.dimension, loaded.is_exact) == (30, 32, True)
    assert loaded.nearest(rows[3], limit=1).tolist() == [3]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        VectorIndex.build(vectors(3)).save(tmp_path / "no" / "i")
