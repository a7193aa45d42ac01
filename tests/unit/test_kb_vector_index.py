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


def build(rows: Vectors, *, is_exact: bool = True) -> VectorIndex:
    index = VectorIndex.empty(rows.shape[1], is_exact=is_exact)
    index.add(rows)
    return index


def test_exact_order() -> None:
    rows = vectors(100)
    index = build(rows)
    assert index.is_exact
    as_stored = rows.astype(np.float16).astype(np.float32)
    best = np.argsort(-(as_stored @ rows[7]))[:5].tolist()
    assert index.nearest(rows[7], limit=5).tolist() == best
    assert index.nearest(rows[7], limit=500).size == 100


def test_the_graph_finds_what_the_exact_index_finds() -> None:
    rows = vectors(4_000)
    exact, graph = build(rows), build(rows, is_exact=False)
    assert not graph.is_exact
    shared = [
        len(set(exact.nearest(row, limit=10)) & set(graph.nearest(row, limit=10)))
        for row in vectors(200)
    ]
    assert np.mean(shared) >= 9.9


def test_saved_and_loaded(tmp_path: Path) -> None:
    rows = vectors(30)
    build(rows).save(tmp_path / "i")
    loaded = VectorIndex.load(tmp_path / "i")
    assert (loaded.size, loaded.dimension, loaded.is_exact) == (30, 32, True)
    assert loaded.nearest(rows[3], limit=1).tolist() == [3]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        build(vectors(3)).save(tmp_path / "no" / "i")
