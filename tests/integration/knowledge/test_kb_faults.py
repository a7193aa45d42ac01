"""Killed, out of room or beside another writer: the base opens, with the old or with the new."""

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from knowledge_base import connection
from knowledge_base.errors import BaseBusy, KnowledgeError
from knowledge_base.lifecycle import ReviewPolicy
from knowledge_base.release import verify
from knowledge_base.search import Searcher
from knowledge_base.store import DATABASE, KnowledgeBase
from tests.fakes.hash_embedder import HashEmbedder
from tests.integration.knowledge.conftest import article
from tests.integration.knowledge.writing_child import EDITION_ARTICLES

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    return filled(tmp_path / "kb")


def filled(folder: Path) -> KnowledgeBase:
    """Sixty articles in a first release; who saves approves."""
    base = KnowledgeBase.create(folder)
    base.set_policy(ReviewPolicy.NONE)
    for at in range(60):
        body = "\n\n".join(f"Sentence {line} of {at}." for line in range(12))
        base.save(article(f"a-{at}", body), author="ana", reason="", now_ms=1)
    publish(base)
    return base


def publish(base: KnowledgeBase) -> int:
    return base.publish(HashEmbedder(), author="ana", reason="", now_ms=1).release


def start(
    base: KnowledgeBase, what: str, *, name: str = "child", largest_file: int = 0
) -> subprocess.Popen[str]:
    module = "tests.integration.knowledge.writing_child"
    child = subprocess.Popen(
        [sys.executable, "-m", module, str(base.folder), what, name, str(largest_file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def killed(base: KnowledgeBase, what: str, after_s: float) -> list[int]:
    """Let a child work for a moment and kill it; what it said was done, in order."""
    child = start(base, what)
    time.sleep(after_s)
    child.kill()
    said, _ = child.communicate()
    return [int(line) for line in said.split()]


def check(base: KnowledgeBase) -> int:
    """The release in use verifies, is searched, and is the text of one moment."""
    release = base.current_release()
    searcher = Searcher.open(base.release_path(release))
    found = searcher.search("edit", HashEmbedder().encode(["Edited edit"])[0])
    searcher.close()
    assert found[0].release == release
    body = base.read(found[0].article_id, version=found[0].version).body
    assert found[0].passage.split() == body.split()
    for other in base.releases():
        verify(base.release_path(other.release))
    return release


def test_killed_while_it_publishes(base: KnowledgeBase) -> None:
    dice = random.Random(11)
    newest = 1
    for _ in range(8):
        announced = killed(base, "publish", dice.uniform(0.0, 0.5))
        release = check(KnowledgeBase.open(base.folder))
        assert release >= max([newest, *announced])  # what was announced is kept
        assert release <= max([newest, *announced]) + 1
        newest = release
    assert newest > 1
    assert publish(base) == newest + 1
    names = {path.name for path in (base.folder / "releases").iterdir()}
    assert names == {"lock", *(f"{at:06d}" for at in range(1, newest + 2))}


def test_killed_while_it_imports(base: KnowledgeBase) -> None:
    dice = random.Random(12)
    kept = 0
    for _ in range(6):
        announced = killed(base, "import", dice.uniform(0.0, 0.4))
        accepted = {announced[-1], announced[-1] + 1} if announced else {kept, 1}
        kept = only_edition(KnowledgeBase.open(base.folder))
        assert kept in accepted  # all of an edition or nothing of it
        assert check(base) == 1
    assert kept > 0
    assert publish(base) == 2
    assert base.releases()[0].articles == 60 + EDITION_ARTICLES
    assert f"Edition {kept}." in {one.body for one in base.to_publish(2)}


def only_edition(base: KnowledgeBase) -> int:
    """The edition that all of the imported articles are of; 0: there are none."""
    many = [one for one in base.articles() if one.article_id.startswith("many-")]
    assert len(many) in {0, EDITION_ARTICLES}
    editions = {int(one.body.strip(".").split()[-1]) for one in many}
    assert len(editions) <= 1
    return editions.pop() if editions else 0


def test_killed_while_it_rolls_back(base: KnowledgeBase) -> None:
    base.save(article("edited", "edit two"), author="ana", reason="", now_ms=1)
    assert publish(base) == 2
    dice = random.Random(13)
    rounds = 0
    for _ in range(6):
        before = used(base)
        announced = killed(base, "roll-back", dice.uniform(0.0, 0.3))
        after = used(base)
        assert after[: len(before)] == before
        done = after[len(before) :]
        assert announced == done[: len(announced)]
        assert len(done) <= len(announced) + 1
        release = KnowledgeBase.open(base.folder).current_release()
        assert release == after[-1]
        assert check_text(base) == ("edit two" if release == 2 else "")
        rounds += len(done)
    assert rounds > 0
    assert publish(base) == 3
    assert check(base) == 3


def used(base: KnowledgeBase) -> list[int]:
    """The releases that were in use, one after the other."""
    database = sqlite3.connect(base.folder / DATABASE)
    rows = database.execute("SELECT release FROM uses ORDER BY id").fetchall()
    database.close()
    return [release for (release,) in rows]


def check_text(base: KnowledgeBase) -> str:
    """What the release in use says of the edit that only release 2 holds."""
    searcher = Searcher.open(base.release_path(base.current_release()))
    found = searcher.search("edit two", HashEmbedder().encode(["edited edit two"])[0])
    searcher.close()
    return next((one.passage for one in found if one.article_id == "edited"), "")


def test_two_programs_at_once_lose_nothing(base: KnowledgeBase) -> None:
    children = [start(base, "compete", name=name) for name in ("left", "right")]
    made: list[int] = []
    versions: dict[int, str] = {}
    for name, child in zip(("left", "right"), children, strict=True):
        said, wrong = child.communicate(timeout=90)
        assert (child.returncode, wrong) == (0, "")
        for at, line in enumerate(said.splitlines()):
            version, release = map(int, line.split())
            versions[version] = f"edit {name} {at}"
            made += [release] if release else []
    assert sorted(versions) == list(range(1, 21))
    for version, body in versions.items():
        assert base.read("edited", version=version).body == body
    assert sorted(made) == list(range(2, 2 + len(made)))
    assert check(base) == 1 + len(made)
    assert publish(base) == 2 + len(made)
    assert check_text(base) == versions[20]


def test_a_writer_that_waits_too_long_is_told(
    base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_WAIT_S", 0.1)
    other = sqlite3.connect(base.folder / DATABASE)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BaseBusy, match=r"another program that writes is at work on .*: try again"):
        base.save(article("late", "Words."), author="ana", reason="", now_ms=2)
    assert len(base.articles()) == 60  # readers go on
    other.close()
    base.save(article("late", "Words."), author="ana", reason="", now_ms=2)


def test_two_programs_open_an_old_base_at_once(base: KnowledgeBase) -> None:
    """Whoever comes second finds the tables made."""
    (base.folder / DATABASE).unlink()
    for name in ("-wal", "-shm"):
        (base.folder / f"{DATABASE}{name}").unlink(missing_ok=True)
    sqlite3.connect(base.folder / DATABASE).close()
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "knowledge_base.cli", "list", "--db", str(base.folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    assert [child.communicate()[1] for child in children] == ["", "", ""]


@pytest.mark.parametrize("largest_file", [130_000, 60_000])
def test_no_room_left(base: KnowledgeBase, largest_file: int) -> None:
    before = check(base)
    child = start(base, "publish", largest_file=largest_file)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 2
    assert len(said.strip().splitlines()) == 1
    assert "could not be written" in said or "knowledge.db" in said
    assert check(base) >= before
    assert publish(base) > before


class SmallDisk:
    """A disk of 6 MB; without the right to mount one, a folder in which files stay small."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.is_mounted = self._mount("size=6m")
        self.largest_file = 0 if self.is_mounted else 300_000

    def _mount(self, options: str) -> bool:
        command = ["mount", "-t", "tmpfs", "-o", options, "none", str(self.folder)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def fill(self) -> None:
        """Take the last byte."""
        with (self.folder / "filler").open("wb", buffering=0) as file, suppress(OSError):
            while self.is_mounted:
                file.write(b"x" * 4096)

    def grow(self) -> None:
        """Make room again."""
        if self.is_mounted:
            assert self._mount("remount,size=60m")

    def close(self) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with closing(SmallDisk(tmp_path / "disk")) as disk:
        yield disk


@pytest.mark.parametrize("what", ["publish", "import"])
def test_a_full_disk(small_disk: SmallDisk, what: str) -> None:
    base = filled(small_disk.folder / "kb")
    child = start(base, what, largest_file=small_disk.largest_file)
    said, wrong = child.communicate(timeout=90)
    done = [int(line) for line in said.split()]
    assert child.returncode == 2
    assert len(wrong.strip().splitlines()) == 1
    assert "could not be written" in wrong or "knowledge.db: " in wrong
    small_disk.fill()
    if small_disk.is_mounted:
        with pytest.raises(KnowledgeError, match="is there room on the disk"):
            KnowledgeBase.open(base.folder).comment("a-1", 1, "Words.", by="bo", now_ms=1)
    small_disk.grow()
    opened = KnowledgeBase.open(base.folder)
    assert len([one for one in opened.articles() if one.article_id.startswith("a-")]) == 60
    assert check(opened) == (done[-1] if what == "publish" and done else 1)
    assert only_edition(opened) == (done[-1] if what == "import" and done else 0)
    assert publish(opened) == opened.current_release()
    check(opened)
