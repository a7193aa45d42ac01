"""Exact while small, by codes beyond, and the codes find what the exact index finds."""

from pathlib import Path

import numpy as np
import pytest

from knowledge_base.coded_index import CodedIndex
from knowledge_base.embedding import Vectors
from knowledge_base.release_vectors import ReleaseVectors
from knowledge_base.segments import ROW, Segment
from knowledge_base.vector_index import VectorIndex


def vectors(count: int, dimension: int = 32) -> Vectors:
    dice = np.random.default_rng(5)
    centres = dice.normal(size=(50, dimension))
    found = centres[dice.integers(0, 50, count)] + 0.6 * dice.normal(size=(count, dimension))
    normalised: Vectors = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)
    return normalised


def segment(folder: Path, rows: Vectors, *, name: str = "1", sentences: int = 0) -> Segment:
    """A segment of vectors, the last `sentences` of which are not searched."""
    made = Segment(name=name, searched=len(rows) - sentences, rows=len(rows))
    about = np.zeros(len(rows), ROW)
    for file, array in zip(made.files, (rows.astype(np.float16), about), strict=True):
        np.save(folder / file, array)
    return made


def release(folder: Path, *segments: Segment, dimension: int = 32) -> ReleaseVectors:
    return ReleaseVectors(folder, segments, dimension=dimension)


def test_exact_order(tmp_path: Path) -> None:
    rows = vectors(100)
    index = VectorIndex.of(release(tmp_path, segment(tmp_path, rows)))
    as_stored = rows.astype(np.float16).astype(np.float32)
    best = np.argsort(-(as_stored @ rows[7]))[:5].tolist()
    assert index.nearest(rows[7], limit=5).tolist() == best
    assert index.nearest(rows[7], limit=500).size == index.size == 100


@pytest.mark.parametrize("dimension", [32, 33])
def test_codes_find_what_the_exact_index_finds(tmp_path: Path, dimension: int) -> None:
    held = release(tmp_path, segment(tmp_path, vectors(4_000, dimension)), dimension=dimension)
    exact, coded = VectorIndex.of(held), CodedIndex.build(held)
    shared = [
        len(set(exact.nearest(row, limit=10)) & set(coded.nearest(row, limit=10)))
        for row in vectors(200, dimension)
    ]
    assert np.mean(shared) >= 9.9


def test_nearest_by_codes_stand_in_their_true_order(tmp_path: Path) -> None:
    rows = vectors(3_000)
    coded = CodedIndex.build(release(tmp_path, segment(tmp_path, rows)))
    as_stored = rows.astype(np.float16).astype(np.float32)
    for asked in rows[:20]:
        near = as_stored[coded.nearest(asked, limit=50)] @ asked
        assert (np.diff(near) <= 1e-6).all()
        assert near[0] == pytest.approx((as_stored @ asked).max(), abs=1e-6)


def test_all_can_be_asked_for(tmp_path: Path) -> None:
    coded = CodedIndex.build(release(tmp_path, segment(tmp_path, vectors(21_000, 8)), dimension=8))
    found = coded.nearest(vectors(1, 8)[0], limit=30_000)
    assert sorted(found.tolist()) == list(range(21_000))


def test_codes_of_a_later_segment_are_added(tmp_path: Path) -> None:
    rows = vectors(2_050)
    first = segment(tmp_path, rows[:2_000], sentences=10)
    coded = CodedIndex.build(release(tmp_path, first))
    coded.save(tmp_path / "codes")
    both = release(tmp_path, first, segment(tmp_path, rows[2_000:], name="2"))
    added = CodedIndex.load(tmp_path / "codes", both, reach=800)
    added.add_new()
    assert (coded.size, added.size) == (1_990, 2_040)
    assert added.nearest(rows[2_049], limit=1).tolist() == [2_039]


def test_the_recall_is_measured_and_the_reach_goes_by_it(tmp_path: Path) -> None:
    dice = np.random.default_rng(1)
    # Numbers without any order are the hardest to find by codes.
    rows = dice.normal(size=(60_000, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    held = release(tmp_path, segment(tmp_path, rows, sentences=200), dimension=16)
    coded = CodedIndex.build(held)
    chosen = coded.settle_reach()
    assert chosen.recall >= 0.99
    exact = VectorIndex.of(held)
    shared = [
        len(set(exact.nearest(row, limit=10)) & set(coded.nearest(row, limit=10))) / 10
        for row in rows[-200::2]
    ]
    assert np.mean(shared) == pytest.approx(chosen.recall, abs=0.02)


def test_a_release_without_sentences_keeps_the_smallest_reach(tmp_path: Path) -> None:
    coded = CodedIndex.build(release(tmp_path, segment(tmp_path, vectors(1_000))))
    assert coded.settle_reach().reach == 800


def test_saved_and_loaded(tmp_path: Path) -> None:
    rows = vectors(1_000)
    held = release(tmp_path, segment(tmp_path, rows))
    CodedIndex.build(held).save(tmp_path / "i")
    loaded = CodedIndex.load(tmp_path / "i", held, reach=800)
    assert loaded.size == 1_000
    assert loaded.nearest(rows[3], limit=1).tolist() == [3]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    coded = CodedIndex.build(release(tmp_path, segment(tmp_path, vectors(1_000))))
    with pytest.raises(OSError, match="No such file"):
        coded.save(tmp_path / "no" / "i")
