"""`attune-kb import` as a program: it follows a folder, publishes, and ends when it is told to."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import IO, Any

import pytest

from knowledge_base.store import KnowledgeBase

pytestmark = pytest.mark.integration
_WAIT_S = 60
COMMAND = (sys.executable, "-m", "knowledge_base.cli", "import")


class Following:
    """A running `attune-kb import … --watch`, read line by line."""

    def __init__(self, *arguments: str | Path) -> None:
        self._process = subprocess.Popen(
            [*COMMAND, *map(str, arguments), "--watch"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: Queue[str] = Queue()
        self._readers = [
            threading.Thread(target=self._read, args=(stream,))
            for stream in (self._process.stdout, self._process.stderr)
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            self._lines.put(line.rstrip("\n"))

    def line(self) -> str:
        return self._lines.get(timeout=_WAIT_S)

    def interrupt(self) -> tuple[int, list[str]]:
        """Press Ctrl+C; what it ends with, and what it still said."""
        self._process.send_signal(signal.SIGINT)
        return self.ended()

    def ended(self) -> tuple[int, list[str]]:
        code = self._process.wait(timeout=_WAIT_S)
        for reader in self._readers:
            reader.join()
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()
        return code, [self._lines.get_nowait() for _ in range(self._lines.qsize())]

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self.ended()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "lost-card.md").write_text("# Lost card\n\nBlock it.")
    return folder


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    return KnowledgeBase.create(tmp_path / "kb")


@pytest.fixture
def started() -> Iterator[list[Following]]:
    started: list[Following] = []
    yield started
    for one in started:
        one.kill()


def write_whole(path: Path, text: str) -> None:
    """As editors do it: written beside, then moved into place."""
    beside = path.with_suffix(".tmp")
    beside.write_text(text)
    beside.replace(path)


def test_a_folder_is_followed_until_ctrl_c(
    folder: Path, base: KnowledgeBase, started: list[Following]
) -> None:
    following = Following(folder, "--db", base.folder)
    started.append(following)
    assert following.line() == "1 added, 0 updated, 0 unchanged, 0 broken"
    write_whole(folder / "fees.md", "# Fees\n\nNone.")
    assert following.line() == "added fees"
    write_whole(folder / "fees.md", "# Fees\n\nTwo.")
    assert following.line() == "updated fees"
    write_whole(folder / "fees.md", "---\ntitle: [\n---\n")
    said = {following.line(), following.line()}
    assert "1 broken" in said
    assert any(line.startswith("attune-kb: fees.md, line 3: ") for line in said)
    (folder / "lost-card.md").unlink()
    (folder / "faq.csv").write_text("id,title,body\na,A,text\nb,B,text\n")
    assert [following.line(), following.line()] == ["added a", "added b"]
    assert following.interrupt() == (0, [])
    assert {one.article_id: one.body for one in base.articles()} == {
        "a": "text",
        "b": "text",
        "fees": "# Fees\n\nTwo.",
        "lost-card": "# Lost card\n\nBlock it.",
    }


def test_what_cannot_be_saved_is_told_and_saved_with_the_next_change(
    folder: Path, base: KnowledgeBase, started: list[Following]
) -> None:
    following = Following(folder, "--db", base.folder)
    started.append(following)
    assert following.line() == "1 added, 0 updated, 0 unchanged, 0 broken"
    database = base.folder / "knowledge.db"
    kept = database.read_bytes()
    for file in base.folder.glob("knowledge.db*"):
        file.unlink()
    database.write_bytes(b"no database at all" * 100)
    write_whole(folder / "fees.md", "# Fees\n\nNone.")
    assert "knowledge.db: file is not a database" in following.line()
    database.write_bytes(kept)
    write_whole(folder / "more.md", "# More\n\ntext")
    assert [following.line(), following.line()] == ["added fees", "added more"]
    assert following.interrupt() == (0, [])


def test_each_change_is_published(
    folder: Path, base: KnowledgeBase, started: list[Following]
) -> None:
    following = Following(folder / "lost-card.md", "--publish", "--json", "--db", base.folder)
    started.append(following)
    first = json.loads(following.line())
    assert (first["added"], first["release"]) == (["lost-card"], 1)
    (folder / "other.md").write_text("# Not followed\n\ntext")
    write_whole(folder / "lost-card.md", "# Lost card\n\nBlock it at once.")
    second = json.loads(following.line())
    assert (second["added"], second["updated"], second["release"]) == ([], ["lost-card"], 2)
    assert following.interrupt()[0] == 0
    assert base.current_release() == 2
    assert [one.published_version for one in base.articles()] == [2]


def run(*arguments: str | Path) -> tuple[int, str, str]:
    ran = subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout, ran.stderr


def test_drafts_and_what_is_left_out_and_broken(folder: Path, base: KnowledgeBase) -> None:
    (folder / "empty.html").write_text("<p> </p>")
    (folder / "bad.csv").write_text("id,title\n" + ",x\n" * 60)
    (folder / "golden.jsonl").write_text('{"question": "lost it", "articles": ["lost-card"]}\n')
    code, out, err = run(folder, "--as-drafts", "--db", base.folder)
    assert code == 2
    assert out == (
        "left out: empty.html has no text\n"
        "1 added, 0 updated, 0 unchanged, 60 broken, 1 golden questions, 1 left out\n"
    )
    assert err.count("\n") == 51
    assert err.startswith("attune-kb: bad.csv, line 2: has no `id`\n")
    assert err.endswith("attune-kb: and 10 more\n")
    assert base.to_publish(1) == []
    assert len(base.golden()) == 1
    report: dict[str, Any] = json.loads(run(folder, "--json", "--db", base.folder)[1])
    assert (report["unchanged"], len(report["broken"])) == (["lost-card"], 60)
    assert report["left_out"] == [{"source": "empty.html", "line": 1, "reason": "has no text"}]


def test_one_bad_file_is_one_sentence(folder: Path, base: KnowledgeBase) -> None:
    (folder / "bad.pdf").write_bytes(b"no")
    code, out, err = run(folder / "bad.pdf", "--db", base.folder)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("attune-kb: bad.pdf, page 1: cannot be read as PDF")


def test_progress_is_shown_to_people(folder: Path, base: KnowledgeBase) -> None:
    for number in range(300):
        (folder / f"more-{number}.md").write_text(f"# Title {number}\n\ntext")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, str(folder), "--db", str(base.folder)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
    ) as process:
        os.close(theirs)
        shown = b""
        while not shown.endswith(b"\x04"):
            try:
                shown += os.read(ours, 4096) or b"\x04"
            except OSError:  # how a terminal says that nobody writes to it any more
                shown += b"\x04"
        out = process.communicate()[0]
    os.close(ours)
    assert b"reading" in shown
    assert b"saving" in shown
    assert out == b"301 added, 0 updated, 0 unchanged, 0 broken\n"
