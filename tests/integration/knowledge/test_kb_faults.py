"""Killed or out of room while it publishes: the base opens, with the old release or the new."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge_base.lifecycle import ReviewPolicy
from knowledge_base.release import verify
from knowledge_base.search import Searcher
from knowledge_base.store import KnowledgeBase
from tests.fakes.hash_embedder import HashEmbedder
from tests.integration.knowledge.conftest import article

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    base = KnowledgeBase.create(tmp_path / "kb")
    base.set_policy(ReviewPolicy.NONE)
    for at in range(60):
        body = "\n\n".join(f"Sentence {line} of {at}." for line in range(12))
        base.save(article(f"a-{at}", body), author="ana", reason="", now_ms=1)
    base.publish(HashEmbedder(), author="ana", reason="", now_ms=1)
    return base


def start(base: KnowledgeBase, *, largest_file: int = 0) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.integration.knowledge.publishing_child",
            str(base.folder),
            str(largest_file),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def check(base: KnowledgeBase) -> int:
    """The release in use verifies, is searched, and is the text of one moment."""
    release = base.current_release()
    searcher = Searcher.open(base.release_path(release))
    found = searcher.search("edit", HashEmbedder().encode(["Edited edit"])[0])
    searcher.close()
    assert found[0].release == release
    if release > 1:
        assert found[0].passage == base.read("edited", version=found[0].version).body
    for other in base.releases():
        verify(base.release_path(other.release))
    return release


def test_killed_at_any_moment(base: KnowledgeBase) -> None:
    dice = random.Random(11)
    newest = 1
    for _ in range(8):
        child = start(base)
        assert child.stdout is not None
        time.sleep(dice.uniform(0.0, 0.5))
        child.kill()
        announced = [int(line) for line in child.stdout.read().split()]
        child.communicate()
        release = check(KnowledgeBase.open(base.folder))
        assert release >= max([newest, *announced])  # what was announced is kept
        assert release <= max([newest, *announced]) + 1
        newest = release
    assert newest > 1
    info = base.publish(HashEmbedder(), author="ana", reason="", now_ms=1)
    assert info.release == newest + 1
    names = {path.name for path in (base.folder / "releases").iterdir()}
    assert names == {"lock", *(f"{at:06d}" for at in range(1, newest + 2))}


@pytest.mark.parametrize("largest_file", [130_000, 60_000])
def test_no_room_left(base: KnowledgeBase, largest_file: int) -> None:
    before = check(base)
    child = start(base, largest_file=largest_file)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 2
    assert len(said.strip().splitlines()) == 1
    assert "could not be written" in said or "knowledge.db" in said
    assert check(base) >= before
    assert base.publish(HashEmbedder(), author="ana", reason="", now_ms=1).release > before
