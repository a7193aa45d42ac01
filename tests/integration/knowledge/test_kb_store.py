"""Versions, import, export, two writers; all on a real SQLite file."""

import sqlite3
import threading
from pathlib import Path

import msgspec
import pytest

from knowledge_base.errors import ArticleMissing, BaseMissing, BaseUnreadable, VersionMissing
from knowledge_base.evaluate import GoldenQuestion
from knowledge_base.store import DATABASE, KnowledgeBase
from tests.integration.knowledge.conftest import DEMO, SMALL, article

pytestmark = pytest.mark.integration


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text)
    return folder


def test_what_is_saved_is_read(small_base: KnowledgeBase) -> None:
    read = small_base.read("lost-card")
    assert msgspec.structs.replace(read, version=0, updated_ms=0) == SMALL[0]
    assert (read.version, read.updated_ms, read.published_version) == (1, 1_000, 0)
    assert [one.article_id for one in small_base.articles()] == [
        "late-parcel",
        "lost-card",
        "opening-hours",
    ]


def test_every_save_is_a_version_and_the_same_text_is_none(small_base: KnowledgeBase) -> None:
    edited = article("late-parcel", "Ask the carrier.")
    assert small_base.save(edited, author="bo", reason="clearer", now_ms=2_000) == 2
    assert small_base.save(edited, author="cy", reason="again", now_ms=3_000) == 2
    assert small_base.read("late-parcel").body == "Ask the carrier."
    assert small_base.read("late-parcel", version=1).body == "Open a trace with the carrier."
    assert small_base.read("late-parcel").updated_ms == 2_000
    connection = sqlite3.connect(small_base.folder / DATABASE)
    rows = connection.execute(
        "SELECT version, author, reason FROM versions WHERE article_id = 'late-parcel'"
    ).fetchall()
    connection.close()
    assert rows == [(1, "ana", "first"), (2, "bo", "clearer")]


def test_an_unknown_article_is_named(small_base: KnowledgeBase) -> None:
    with pytest.raises(ArticleMissing, match="no article 'nope'"):
        small_base.read("nope")
    with pytest.raises(VersionMissing, match="'late-parcel' has no version 9"):
        small_base.read("late-parcel", version=9)


def test_a_broken_file_is_reported_and_the_rest_goes_in(tmp_path: Path) -> None:
    base = KnowledgeBase.create(tmp_path / "kb")
    folder = write(
        tmp_path / "in",
        good="# Good\n\ntext",
        broken="---\ntitle: [\n---\ntext",
        empty="---\ntitle: Empty\n---\n",
    )
    write(folder / "more", good="# Other\n\ntext", fine="# Fine\n\ntext")
    report = base.import_folder(folder, author="ana", reason="", now_ms=1)
    assert report.added == ("good", "fine")
    assert sorted((error.source, error.line) for error in report.broken) == [
        ("broken.md", 3),
        ("empty.md", 3),
        ("more/good.md", 1),
    ]
    assert {one.article_id for one in base.articles()} == {"good", "fine"}


def test_import_again_updates_and_never_doubles(tmp_path: Path) -> None:
    base = KnowledgeBase.create(tmp_path / "kb")
    folder = write(tmp_path / "in", a="# A\n\none", b="# B\n\none")
    base.import_folder(folder, author="ana", reason="", now_ms=1)
    write(folder, b="# B\n\ntwo", c="# C\n\none")
    report = base.import_folder(folder, author="ana", reason="", now_ms=2)
    assert (report.added, report.updated, report.unchanged) == (("c",), ("b",), ("a",))
    assert [(one.article_id, one.version) for one in base.articles()] == [
        ("a", 1),
        ("b", 2),
        ("c", 1),
    ]


def test_nothing_to_import_is_said(tmp_path: Path) -> None:
    base = KnowledgeBase.create(tmp_path / "kb")
    (tmp_path / "in").mkdir()
    for path, reason in ((tmp_path / "in", "holds no file"), (tmp_path / "no", "No such file")):
        (error,) = base.import_folder(path, author="", reason="", now_ms=1).broken
        assert reason in str(error)


def test_export_and_import_keep_every_article(tmp_path: Path) -> None:
    base, copy = (KnowledgeBase.create(tmp_path / name) for name in ("kb", "copy"))
    base.import_folder(DEMO / "articles", author="ana", reason="", now_ms=1)
    assert base.export(tmp_path / "out") == len(base.articles())
    copy.import_folder(tmp_path / "out", author="bo", reason="", now_ms=1)
    assert copy.articles() == base.articles()


def test_golden_questions_are_kept_once(small_base: KnowledgeBase) -> None:
    one = GoldenQuestion(question="where is it", articles=("late-parcel",), wer=0.1)
    small_base.keep_golden([one])
    other = msgspec.structs.replace(one, articles=())
    small_base.keep_golden([other])
    assert small_base.golden() == (other,)


def test_no_base_and_a_broken_base_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BaseMissing, match="holds no knowledge base"):
        KnowledgeBase.open(tmp_path)
    (tmp_path / DATABASE).write_bytes(b"this is no database" * 100)
    with pytest.raises(BaseUnreadable, match="not a database"):
        KnowledgeBase.open(tmp_path)


def test_writers_at_once_lose_nothing(small_base: KnowledgeBase) -> None:
    def write_versions(author: str) -> None:
        for at in range(10):
            edited = article("late-parcel", f"{author} {at}")
            small_base.save(edited, author=author, reason="", now_ms=at)

    threads = [threading.Thread(target=write_versions, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert small_base.read("late-parcel").version == 31
    bodies = {small_base.read("late-parcel", version=at).body for at in range(2, 32)}
    assert bodies == {f"{name} {at}" for name in "abc" for at in range(10)}
