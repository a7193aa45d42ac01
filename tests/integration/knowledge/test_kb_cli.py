"""`attune-kb` as people and programs use it; what is wrong is one sentence and exit code 2."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge_base.store import KnowledgeBase
from tests.integration.knowledge.conftest import DEMO, CommandLine

pytestmark = pytest.mark.integration


def test_from_nothing_to_an_answer(attune_kb: CommandLine, tmp_path: Path) -> None:
    db, folder = tmp_path / "kb", tmp_path / "articles"
    folder.mkdir()
    for name in ("lost-or-stolen-card", "forgotten-pin"):
        (folder / f"{name}.md").write_text((DEMO / "articles" / f"{name}.md").read_text())
    assert attune_kb("init", db=db)[0] == 0
    assert attune_kb.json("import", folder, db=db)["added"] == [
        "forgotten-pin",
        "lost-or-stolen-card",
    ]
    info = attune_kb.json("publish", "--author", "ana", "--reason", "first", db=db)
    assert (info["release"], info["articles"], info["author"]) == (1, 2, "ana")
    assert attune_kb.json("publish", db=db)["embedded"] == 0
    assert attune_kb.json("rollback", "1", db=db)["release"] == 1
    assert [(one["release"], one["is_in_use"]) for one in attune_kb.json("releases", db=db)] == [
        (2, False),
        (1, True),
    ]
    assert [one["published_version"] for one in attune_kb.json("list", db=db)] == [1, 1]
    assert attune_kb.json("export", tmp_path / "out", db=db) == {"articles": 2}


def test_search(attune_kb: CommandLine, demo_base: KnowledgeBase) -> None:
    found = attune_kb.json("search", "someone stole my card", "-k", "2", db=demo_base.folder)
    assert found[0]["article"] == "lost-or-stolen-card"
    assert 0.6 < found[0]["score"] <= 1
    start, end = found[0]["highlight"]
    assert 0 <= start < end <= len(found[0]["passage"])
    assert len(found) <= 2
    query = "what is the capital of france"
    assert attune_kb.json("search", query, db=demo_base.folder) == []
    assert len(attune_kb.json("search", query, "--all", db=demo_base.folder)) == 5
    code, out, _ = attune_kb("search", query, db=demo_base.folder)
    assert (code, out) == (0, "nothing that is likely to help (--all shows the rest)\n")
    assert "Lost or stolen card" in attune_kb("search", "i lost my card", db=demo_base.folder)[1]


def test_evaluate(attune_kb: CommandLine, demo_base: KnowledgeBase) -> None:
    rates = attune_kb.json("evaluate", "--wer", "0.0,0.2", db=demo_base.folder)
    assert [one["wer"] for one in rates] == [0.0, 0.2]
    for one in rates:
        at_1 = [one[way]["recall_at_1"] for way in ("ours", "vectors", "words")]
        assert at_1 == sorted(at_1, reverse=True)
    code, out, _ = attune_kb("evaluate", DEMO / "golden.jsonl", db=demo_base.folder)
    assert code == 0
    assert "vectors alone" in out
    code, _, err = attune_kb("evaluate", "--wer", "0.1,much", db=demo_base.folder)
    assert code == 2
    assert "--wer takes numbers with commas" in err


def test_many_questions_at_once(demo_base: KnowledgeBase) -> None:
    asked = [json.dumps({"id": n, "query": q}) for n, q in enumerate(["i lost my card", "hello"])]
    command = [sys.executable, "-m", "knowledge_base.cli", "search", "--jsonl", "-k", "2", "--all"]
    done = subprocess.run(
        [*command, "--db", str(demo_base.folder)],
        input="\n".join([*asked, "", '{"id": "last"}']),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert 'standard input, line 4: is not {"id": …, "query": "…"}' in done.stderr
    done = subprocess.run(
        [*command, "--db", str(demo_base.folder)],
        input="\n".join(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["id"], second) == (0, {"id": 1, "results": []})
    found = first["results"][0]
    assert found["article"] == "lost-or-stolen-card"
    start, end = found["highlight"]
    assert 0 <= start < end <= len(found["passage"])
    assert 0 < found["score"] <= 1


def test_lists_for_people(attune_kb: CommandLine, demo_base: KnowledgeBase) -> None:
    assert "lost-or-stolen-card"[:10] in attune_kb("list", db=demo_base.folder)[1]
    assert "demo" in attune_kb("releases", db=demo_base.folder)[1]


def test_a_broken_file_is_named_and_the_rest_goes_in(
    attune_kb: CommandLine, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.md").write_text("# Good\n\ntext")
    (folder / "broken.md").write_text("---\ntitle: [\n---\ntext")
    attune_kb("init", db=tmp_path / "kb")
    code, out, err = attune_kb("import", folder, db=tmp_path / "kb")
    assert code == 2
    assert out == "1 added, 0 updated, 0 unchanged, 1 broken\n"
    assert err.startswith("attune-kb: broken.md, line 3: the front matter is not YAML")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("search", "my card"),
            "nothing is published yet: make a release with `attune-kb publish`",
        ),
        (("publish",), "there is no article to publish: import some first"),
        (("rollback", "7"), "there is no release 7"),
        (("evaluate", "no.jsonl"), "no.jsonl, line 1: cannot be read: No such file or directory"),
        (("import", "golden.jsonl"), "line 2: "),
    ],
)
def test_what_is_wrong_is_one_sentence(
    attune_kb: CommandLine, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "golden.jsonl").write_text('{"question": "a", "articles": []}\n{"question": 7}\n')
    attune_kb("init", db=tmp_path / "kb")
    words = [tmp_path / one if one.endswith("golden.jsonl") else one for one in arguments]
    code, out, err = attune_kb(*words, db=tmp_path / "kb")
    assert (code, out) == (2, "")
    assert err.startswith("attune-kb: ")
    assert said in err
    assert err.count("\n") == 1


def test_the_program_itself(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "knowledge_base.cli", "list", "--db", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        f"attune-kb: {tmp_path} holds no knowledge base: make one with `attune-kb init`\n"
    )
