"""Releases that are too large to compare every vector, and those made before words had lists."""

import contextlib
import sqlite3
from pathlib import Path

import pytest
from msgspec.structs import replace

from knowledge_base import publishing
from knowledge_base.errors import ReleaseBroken
from knowledge_base.lifecycle import ReviewPolicy
from knowledge_base.release import INDEX, PASSAGES, hash_files, verify, write_manifest
from knowledge_base.search import Found, Searcher
from knowledge_base.store import KnowledgeBase
from tests.fakes.hash_embedder import HashEmbedder
from tests.integration.knowledge.conftest import article

pytestmark = pytest.mark.integration

THINGS = ("parcel", "card", "router", "refund", "invoice", "contract", "number", "technician")
STATES = ("late", "stolen", "red", "wrong", "lost", "blocked", "abroad", "broken", "double")


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KnowledgeBase:
    """72 articles, which is more than may be compared one by one."""
    monkeypatch.setattr(publishing, "FLAT_LIMIT", 50)
    made = KnowledgeBase.create(tmp_path / "kb")
    made.set_policy(ReviewPolicy.NONE)
    for thing in THINGS:
        for state in STATES:
            text = f"What to do when a {thing} is {state}. First note the {thing}."
            made.save(article(f"{thing}-{state}", text), author="", reason="", now_ms=1)
    publish(made)
    return made


def publish(base: KnowledgeBase) -> None:
    base.publish(HashEmbedder(), author="", reason="", now_ms=2_000)


def first(base: KnowledgeBase, question: str) -> Found:
    path = base.release_path(base.current_release())
    with contextlib.closing(Searcher.open(path)) as searcher:
        return searcher.search(question, HashEmbedder().encode([question])[0])[0]


def test_a_large_release_is_searched_by_codes(base: KnowledgeBase) -> None:
    manifest = verify(base.release_path(1))
    assert not manifest.is_exact
    assert manifest.recall >= 0.99
    assert manifest.reach >= 10
    for thing, state in zip(THINGS, STATES, strict=False):
        assert first(base, f"my {thing} is {state}").article_id == f"{thing}-{state}"


def test_an_edit_of_a_large_release_is_found(base: KnowledgeBase) -> None:
    base.save(article("router-red", "Reset the modem box."), author="", reason="", now_ms=3)
    publish(base)
    assert len(verify(base.release_path(2)).segments) == 2
    assert first(base, "how to reset the modem box").article_id == "router-red"
    assert first(base, "my parcel is late").article_id == "parcel-late"


def test_a_release_that_has_grown_large_is_built_whole(
    base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "FLAT_LIMIT", 74)
    base.save(article("z-1", "Something else."), author="", reason="", now_ms=3)
    monkeypatch.setattr(publishing, "_MOST_SEGMENTS", 1)
    publish(base)
    monkeypatch.undo()
    assert verify(base.release_path(2)).is_exact
    monkeypatch.setattr(publishing, "FLAT_LIMIT", 50)
    base.save(article("z-2", "Something else again."), author="", reason="", now_ms=3)
    publish(base)
    manifest = verify(base.release_path(3))
    assert not manifest.is_exact
    assert len(manifest.segments) == 1


def test_a_release_whose_codes_are_spoilt_is_refused(base: KnowledgeBase) -> None:
    folder = base.release_path(1)
    manifest = verify(folder)
    (folder / INDEX).write_bytes(b"nothing")
    write_manifest(folder, replace(manifest, files=hash_files(folder)))
    with pytest.raises(ReleaseBroken, match="it cannot be read"):
        Searcher.open(folder)


def test_a_release_without_lists_answers_the_same_and_is_built_anew(base: KnowledgeBase) -> None:
    asked = "the router is blocked"
    before = first(base, asked)
    folder = base.release_path(1)
    manifest = verify(folder)
    connection = sqlite3.connect(folder / PASSAGES)
    connection.execute("DROP TABLE word_lists")
    connection.close()
    write_manifest(folder, replace(manifest, cutting=1, files=hash_files(folder)))
    found = first(base, asked)
    assert (found.article_id, found.passage) == (before.article_id, before.passage)
    assert found.score == pytest.approx(before.score, abs=1e-4)
    base.save(article("z", "Something else."), author="", reason="", now_ms=3)
    publish(base)
    assert len(verify(base.release_path(2)).segments) == 1
    assert first(base, asked).score == pytest.approx(before.score, abs=0.05)
