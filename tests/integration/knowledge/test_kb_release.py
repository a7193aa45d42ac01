"""Releases: numbered, immutable, verified whole, rolled back, made by one at a time."""

import threading
from pathlib import Path

import msgspec
import pytest

from knowledge_base.embedding import Vectors
from knowledge_base.errors import (
    BaseBusy,
    ModelError,
    NothingToPublish,
    ReleaseBroken,
    ReleaseMissing,
)
from knowledge_base.release import MANIFEST, MANIFEST_HASH, PASSAGES, verify, write_manifest
from knowledge_base.search import Searcher
from knowledge_base.store import KnowledgeBase, ReleaseInfo
from tests.fakes.hash_embedder import HashEmbedder
from tests.integration.knowledge.conftest import article

pytestmark = pytest.mark.integration


def publish(base: KnowledgeBase, embedder: HashEmbedder | None = None) -> ReleaseInfo:
    return base.publish(embedder or HashEmbedder(), author="ana", reason="test", now_ms=5_000)


def first(base: KnowledgeBase, query: str) -> str:
    searcher = Searcher.open(base.release_path(base.current_release()))
    try:
        return searcher.search(query, HashEmbedder().encode([query])[0])[0].passage
    finally:
        searcher.close()


def test_a_release_holds_what_was_saved(small_base: KnowledgeBase) -> None:
    assert small_base.current_release() == 0
    info = publish(small_base)
    assert (info.release, info.articles, info.passages, info.changed_articles) == (1, 3, 4, 3)
    assert small_base.current_release() == 1
    assert {one.published_version for one in small_base.articles()} == {1}
    searcher = Searcher.open(small_base.release_path(1))
    found = searcher.search("carrier trace", HashEmbedder().encode(["carrier trace"])[0])[0]
    assert (found.article_id, found.version, found.release) == ("late-parcel", 1, 1)
    assert (found.updated_ms, found.title) == (1_000, "late parcel")
    assert searcher.model == "hash"
    searcher.close()


def test_only_changed_passages_are_embedded_again(small_base: KnowledgeBase) -> None:
    total = publish(small_base).embedded
    edited = article("opening-hours", "We answer from eight to ten.")
    small_base.save(edited, author="bo", reason="", now_ms=6_000)
    embedder = HashEmbedder()
    info = publish(small_base, embedder)
    assert (info.changed_articles, info.embedded, info.reused) == (1, 2, total - 2)
    assert all("to ten" in text for text in embedder.texts)
    assert first(small_base, "answer from eight") == "We answer from eight to ten."
    assert publish(small_base, HashEmbedder(name="other model")).embedded == total


def test_an_article_that_is_saved_later_waits_for_the_next_release(
    small_base: KnowledgeBase,
) -> None:
    publish(small_base)
    small_base.save(article("new", "Fresh words here."), author="bo", reason="", now_ms=6_000)
    assert first(small_base, "fresh words") != "Fresh words here."
    assert small_base.read("new").published_version == 0
    publish(small_base)
    assert first(small_base, "fresh words") == "Fresh words here."


def test_roll_back_uses_the_old_release_and_the_next_is_still_new(
    small_base: KnowledgeBase,
) -> None:
    publish(small_base)
    edited = article("opening-hours", "We answer at night.")
    small_base.save(edited, author="bo", reason="", now_ms=6_000)
    publish(small_base)
    small_base.roll_back(1, author="bo", reason="wrong hours", now_ms=7_000)
    assert small_base.current_release() == 1
    assert first(small_base, "answer") == "We answer from eight to six."
    assert publish(small_base).release == 3
    assert [(one.release, one.is_in_use) for one in small_base.releases()] == [
        (3, True),
        (2, False),
        (1, False),
    ]
    with pytest.raises(ReleaseMissing, match="no release 9"):
        small_base.roll_back(9, author="", reason="", now_ms=1)


@pytest.mark.parametrize(
    "name", [PASSAGES, "000002.vectors.npy", "000002.rows.npy", MANIFEST, MANIFEST_HASH]
)
@pytest.mark.parametrize("harm", ["changed", "cut", "gone"])
def test_a_release_that_does_not_verify_is_refused_whole(
    small_base: KnowledgeBase, name: str, harm: str
) -> None:
    publish(small_base)
    small_base.save(article("late-fee", "Ten dollars."), author="bo", reason="", now_ms=6_000)
    publish(small_base)
    path = small_base.release_path(2) / name
    data = path.read_bytes()
    match harm:
        case "changed":
            path.write_bytes(data[:20] + bytes([data[20] ^ 1]) + data[21:])
        case "cut":
            path.write_bytes(data[: len(data) // 2])
        case _:
            path.unlink()
    named = MANIFEST if name == MANIFEST_HASH and harm != "gone" else name
    with pytest.raises(ReleaseBroken, match=f"release 000002 is refused: {named}"):
        Searcher.open(path.parent)
    small_base.roll_back(1, author="", reason="", now_ms=1)
    with pytest.raises(ReleaseBroken):
        small_base.roll_back(2, author="", reason="", now_ms=1)
    assert small_base.current_release() == 1
    assert publish(small_base).release == 3


def test_vectors_of_a_broken_release_are_not_taken_over(small_base: KnowledgeBase) -> None:
    total = publish(small_base).embedded
    path = small_base.release_path(1) / "000001.vectors.npy"
    path.write_bytes(path.read_bytes()[:-4] + b"\0\0\0\0")
    assert publish(small_base).embedded == total


def test_a_manifest_of_a_later_program_is_refused(small_base: KnowledgeBase) -> None:
    publish(small_base)
    folder = small_base.release_path(1)
    write_manifest(folder, msgspec.structs.replace(verify(folder), format=3))
    with pytest.raises(ReleaseBroken, match="its format is 3, this program reads 2"):
        Searcher.open(folder)


def test_an_empty_base_has_nothing_to_publish(tmp_path: Path) -> None:
    with pytest.raises(NothingToPublish):
        publish(KnowledgeBase.create(tmp_path / "kb"))


def test_a_vector_of_another_model_is_refused(small_base: KnowledgeBase) -> None:
    publish(small_base)
    searcher = Searcher.open(small_base.release_path(1))
    with pytest.raises(ModelError, match=r"searched with vectors of hash \(64 numbers\)"):
        searcher.search("card", HashEmbedder(dimension=8).encode(["card"])[0])
    searcher.close()


class WaitingEmbedder(HashEmbedder):
    """Stops in the middle of a publish until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked, self.may_go = threading.Event(), threading.Event()

    def encode(self, texts: list[str]) -> Vectors:  # type: ignore[override]
        self.is_asked.set()
        assert self.may_go.wait(20)
        return super().encode(texts)


def test_a_second_publisher_is_told_and_readers_go_on(small_base: KnowledgeBase) -> None:
    publish(small_base)
    small_base.save(article("new", "Fresh words."), author="bo", reason="", now_ms=6_000)
    waiting = WaitingEmbedder()
    thread = threading.Thread(target=publish, args=(small_base, waiting))
    thread.start()
    assert waiting.is_asked.wait(20)
    with pytest.raises(BaseBusy, match="another publish or roll back is at work"):
        publish(small_base)
    with pytest.raises(BaseBusy):
        small_base.roll_back(1, author="", reason="", now_ms=1)
    assert first(small_base, "carrier trace") == "Open a trace with the carrier."
    small_base.save(article("late", "Saved meanwhile."), author="bo", reason="", now_ms=6_000)
    waiting.may_go.set()
    thread.join()
    assert small_base.current_release() == 2
    assert small_base.read("late").published_version == 0
