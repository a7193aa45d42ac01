"""Files of rules on disk: what is good is used, what is bad is told and costs only itself."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assist_engine.errors import BadInput
from assist_engine.guidance.playbook import Playbook
from assist_engine.guidance.playbook_reader import read_playbooks
from assist_engine.guidance.rule import Vector
from assist_engine.session.disposition_file import load_dispositions
from assist_engine.session.filed_intents import FiledIntents
from assist_engine.session.playbook_shelf import PlaybookShelf
from assist_engine.session.rule_files import RuleFiles, RuleWatch
from assist_engine.session.rules import load_rules
from assist_engine.settings import Settings

pytestmark = pytest.mark.integration


def embed(texts: Sequence[str]) -> Vector:
    return np.full((len(texts), 4), 0.5, np.float32)


def playbook(name: str, *, title: str = "T", follows: str = "") -> str:
    when = f"follows: [{follows}]" if follows else "intents: [late]"
    return f"- {{id: {name}, title: {title}, body: B, when: {{{when}}}}}\n"


BOMB = b"- &a [1, 2, 3, 4, 5, 6, 7, 8]\n" + b"".join(
    b"- &%c [%s]\n" % (b"bcdefgh"[at], b", ".join([b"*%c" % b"abcdefg"[at]] * 8)) for at in range(7)
)
BAD = playbook("bad").replace("title", "titel")


class Shelf:
    """Playbooks of a folder, by id and title."""

    def __init__(self, folder: Path) -> None:
        self.used: tuple[Playbook, ...] = ()
        self.files = RuleFiles(folder, read=read_playbooks, use=self._use)
        self.used = self.files.load_good()

    def _use(self, playbooks: tuple[Playbook, ...]) -> None:
        self.used = playbooks

    @property
    def names(self) -> list[str]:
        return [f"{one.playbook_id}: {one.title}" for one in self.used]

    def after(self, path: Path, text: str | bytes) -> list[str]:
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        self.files.look()
        return self.names


@pytest.mark.logs("it is left out")
def test_at_the_start_a_bad_file_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(playbook("a"))
    (tmp_path / "b.yaml").write_text(BAD)
    (tmp_path / "c.yaml").write_text(playbook("c"))
    (tmp_path / "d.yaml").write_bytes(b"\xff")
    shelf = Shelf(tmp_path)
    assert shelf.names == ["a: T", "c: T"]
    told = shelf.files.problem.splitlines()
    assert [line.removeprefix(f"{tmp_path}/")[:9] for line in told] == ["d.yaml:1:", "b.yaml:1:"]
    assert "did you mean 'title'?" in told[1]
    assert shelf.after(tmp_path / "b.yaml", playbook("b")) == ["a: T", "b: T", "c: T"]
    (tmp_path / "d.yaml").unlink()
    shelf.files.look()
    assert shelf.files.problem == ""


@pytest.mark.logs("it is left out")
def test_what_follows_a_playbook_of_a_bad_file_is_left_out_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(BAD)
    (tmp_path / "b.yaml").write_text(playbook("b", follows="bad"))
    (tmp_path / "c.yaml").write_text(playbook("c"))
    shelf = Shelf(tmp_path)
    assert shelf.names == ["c: T"]
    assert "follows names the playbook bad, which is not there" in shelf.files.problem
    assert len(shelf.after(tmp_path / "a.yaml", playbook("bad"))) == 3


@pytest.mark.logs("it is left out")
@pytest.mark.logs("the rules before it stay in use")
def test_a_bad_edit_keeps_its_file_and_others_may_change(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(playbook("a"))
    (tmp_path / "b.yaml").write_text(playbook("b"))
    shelf = Shelf(tmp_path)
    assert shelf.after(tmp_path / "a.yaml", BAD) == ["a: T", "b: T"]
    assert shelf.after(tmp_path / "b.yaml", playbook("b", title="New")) == ["a: T", "b: New"]
    assert "a.yaml:1: a playbook has no field 'titel'" in shelf.files.problem
    assert shelf.after(tmp_path / "c.yaml", BAD) == ["a: T", "b: New"]
    assert len(shelf.files.problem.splitlines()) == 2


@pytest.mark.logs("the rules before it stay in use")
def test_what_does_not_hold_together_leaves_all_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(playbook("a"))
    (tmp_path / "b.yaml").write_text(playbook("b", follows="a"))
    shelf = Shelf(tmp_path)
    assert shelf.after(tmp_path / "a.yaml", playbook("other")) == ["a: T", "b: T"]
    assert "b.yaml:1: follows names the playbook a, which is not there" in shelf.files.problem
    (tmp_path / "a.yaml").unlink()
    shelf.files.look()
    assert shelf.names == ["a: T", "b: T"]
    assert shelf.after(tmp_path / "a.yaml", playbook("a", title="New")) == ["a: New", "b: T"]
    assert shelf.files.problem == ""


@pytest.mark.logs("the rules before it stay in use")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (playbook("x").replace("T", "\ud7ff\xe4").encode("utf-16"), ":1: not UTF-8; save"),
        (b"# caf\xe9\n", ":1: not UTF-8"),
        (b"\n\n# caf\xe9\n", ":3: not UTF-8"),
        (b"- id: a\n\ttitle: T\n", ":2: not YAML: .*tab"),
        (b"x" * 5_000_000, "at most 4000000 bytes"),
        (b"- &a [" + b"*a, " * 10 + b"]", ":1: "),
        (b"- id: a\n  title: [T\n", r":\d: not YAML"),
        (b"", ":1: the file is empty; write "),
        (b"# nothing\n", ":1: the file is empty"),
        (b"- " * 400_000, ":1: it is nested more than 50 deep"),
        (b"[" * 900_000, ":1: it is nested more than 50 deep"),
        (BOMB, r":\d: it has more than 200000 values once its anchors are written out"),
        (b"- &a [*a]", ":1: it holds itself"),
        (b"- id: a\n  title: a\x07b\n", ":2: not YAML: .*control characters"),
        (b"- id: a\n  title: Late: call\n", ":2: not YAML: .*quotes around a text with ': '"),
        (b"- {id: a}\n" * 60_000, "60000 playbooks; at most 1000"),
        (b"[" + b"{a: b}," * 80_000 + b"]", "more than 200000 values: split the file"),
    ],
)
def test_what_is_no_rules_is_refused_at_once(tmp_path: Path, text: bytes, told: str) -> None:
    (tmp_path / "a.yaml").write_text(playbook("a"))
    shelf = Shelf(tmp_path)
    begun = time.perf_counter()
    assert shelf.after(tmp_path / "a.yaml", text) == ["a: T"]
    assert time.perf_counter() - begun < 2.0
    with pytest.raises(AssertionError, match=told):
        raise AssertionError(shelf.files.problem)


def test_a_file_with_a_mark_of_its_encoding_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbf" + playbook("a").encode())
    assert Shelf(tmp_path).names == ["a: T"]


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(playbook("a"))
    os.symlink(tmp_path / "loop.yaml", tmp_path / "loop.yaml")
    (tmp_path / "folder.yaml").mkdir()
    assert Shelf(tmp_path).names == ["a: T"]


@pytest.mark.logs("it is left out")
def test_many_bad_files_among_many_are_told_in_a_moment(tmp_path: Path) -> None:
    for number in range(200):
        text = playbook(f"p{number}") if number % 4 else BAD
        (tmp_path / f"{number:03}.yaml").write_text(text)
    begun = time.perf_counter()
    shelf = Shelf(tmp_path)
    assert time.perf_counter() - begun < 2.0
    assert len(shelf.names) == 150
    assert len(shelf.files.problem.splitlines()) == 50


@pytest.mark.logs("it is left out")
def test_those_who_judge_rules_are_refused(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    watch = RuleWatch([shelf.files])
    watch.check()
    (tmp_path / "a.yaml").write_text(BAD)
    watch.look()
    with pytest.raises(BadInput, match=r"a.yaml:1: "):
        watch.check()
    with pytest.raises(BadInput, match=r"a.yaml:1: "):
        shelf.files.load()


def test_a_sentence_of_the_version_before_is_not_embedded_again(tmp_path: Path) -> None:
    asked: list[str] = []

    def embed_and_count(texts: Sequence[str]) -> Vector:
        asked.extend(texts)
        return embed(texts)

    step = "  checklist: [{step: S, says: [one way]}]\n"
    text = "- id: a\n  title: T\n  body: B\n  when: {intents: [late]}\n" + step
    (tmp_path / "a.yaml").write_text(text)
    shelf = PlaybookShelf(tmp_path, embed=embed_and_count)
    before = len(asked)
    (tmp_path / "a.yaml").write_text(text.replace("one way", "one way, another way"))
    shelf.files.look()
    assert asked[before:] == ["another way"]


def test_a_playbook_for_an_intent_that_is_not_told_is_used_and_doubted(tmp_path: Path) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "a.yaml").write_text(playbook("a") + playbook("b", title="B"))
    examples = "examples: [where is it, it is late]"
    text = f"intents: [{{id: lates, label: L, {examples}}}, {{id: other, label: O, {examples}}}]"
    (tmp_path / "intents.yaml").write_text(text)
    settings = Settings(data=str(tmp_path))
    intents = FiledIntents(tmp_path / "intents.yaml", embed=embed, model="m")
    rules = load_rules(settings, embed=embed, signals=[intents])
    place = tmp_path / "playbooks" / "a.yaml"
    assert rules.watch.problem.splitlines() == [
        f"{place}:{line}: there is no intent late; did you mean 'lates'?" for line in (1, 2)
    ]
    rules.watch.check()
    assert len(rules.playbooks.playbooks) == 2
    (tmp_path / "intents.yaml").write_text(text.replace("lates", "late"))
    rules.watch.look()
    assert rules.watch.problem == ""
    assert load_rules(settings, embed=embed, signals=[]).watch.problem == ""


@pytest.mark.logs("the rules before it stay in use")
@pytest.mark.parametrize(
    "value", ["!!bool foo", "!!timestamp foo", "!!int ''", "2024-13-45", "!!float 1" + ":1" * 400]
)
def test_a_value_that_is_not_what_its_tag_says_is_told_with_its_line(
    tmp_path: Path, value: str
) -> None:
    (tmp_path / "a.yaml").write_text(playbook("a"))
    shelf = Shelf(tmp_path)
    bad = playbook("a").replace("title: T", f"title: {value}")
    assert shelf.after(tmp_path / "a.yaml", f"# of today\n{bad}") == ["a: T"]
    assert "a.yaml:2: " in shelf.files.problem
    place = tmp_path / "codes" / "dispositions.yaml"
    place.parent.mkdir()
    place.write_text(f"# of today\ndispositions: {value}\n")
    with pytest.raises(BadInput, match=r"yaml, line 2: not YAML: '.*' is no "):
        load_dispositions(place)


@pytest.mark.logs("the rules before it stay in use")
def test_a_condition_with_a_bad_tag_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(playbook("a"))
    shelf = Shelf(tmp_path)
    bad = playbook("a").replace("[late]", "[late], facts: {plan: '>= !!bool foo'}")
    assert shelf.after(tmp_path / "a.yaml", bad) == ["a: T"]
    assert "a.yaml:1: the condition on plan is not understood" in shelf.files.problem


@pytest.mark.logs("rules could not be read again")
@pytest.mark.logs("the rules before it stay in use")
def test_an_error_that_nobody_foresaw_costs_only_its_own_files(tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "good").mkdir()

    def read(files: Sequence[tuple[str, str]]) -> int:
        return len(files) // sum(text == "" for _, text in files)

    used: list[int] = []
    (tmp_path / "odd" / "a.yaml").write_text("")
    odd = RuleFiles(tmp_path / "odd", read=read, use=used.append)
    assert odd.load_good() == 1
    shelf = Shelf(tmp_path / "good")
    watch = RuleWatch([odd, shelf.files])
    (tmp_path / "odd" / "a.yaml").write_text("x")
    (tmp_path / "good" / "a.yaml").write_text(playbook("a"))
    watch.look()
    watch.look()
    assert shelf.names == ["a: T"]
    assert watch.problem == f"{tmp_path / 'odd'}: cannot be used: ZeroDivisionError"
    (tmp_path / "odd" / "a.yaml").write_text("")
    (tmp_path / "odd" / "b.yaml").write_text("x")
    watch.look()
    assert (used, watch.problem) == ([2], "")


@pytest.mark.logs("the rules before it stay in use")
def test_rules_whose_folder_is_gone_stay_in_use_and_it_is_told(tmp_path: Path) -> None:
    folder, away = tmp_path / "rules", tmp_path / "away"
    folder.mkdir()
    (folder / "a.yaml").write_text(playbook("a"))
    shelf = Shelf(folder)
    folder.rename(away)
    for _ in range(2):
        shelf.files.look()
        assert shelf.names == ["a: T"]
        assert shelf.files.problem == f"{folder}: cannot be read: it is gone"
        folder.mkdir(exist_ok=True)  # such as where something was mounted
    folder.rmdir()
    away.rename(folder)
    shelf.files.look()
    assert (shelf.names, shelf.files.problem) == (["a: T"], "")
    (folder / "a.yaml").unlink()
    shelf.files.look()
    assert (shelf.names, shelf.files.problem) == ([], "")


@pytest.mark.logs("the rules before it stay in use")
def test_what_can_be_read_again_is_no_problem_though_nothing_changed(tmp_path: Path) -> None:
    place = tmp_path / "rules"
    place.mkdir()
    (place / "a.yaml").write_text(playbook("a"))
    link = tmp_path / "link"
    link.symlink_to(place)
    shelf = Shelf(link)
    link.unlink()
    link.symlink_to("link")  # it names itself: an error on each look
    shelf.files.look()
    assert "cannot be read" in shelf.files.problem
    link.unlink()
    link.symlink_to(place)
    shelf.files.look()
    assert (shelf.names, shelf.files.problem) == (["a: T"], "")
