"""The life of an article from the command line: written, reviewed, scheduled, put away."""

import json
from pathlib import Path

import pytest

from knowledge_base.article import read_article
from tests.integration.knowledge.conftest import CommandLine

pytestmark = pytest.mark.integration

FEES = "---\ntitle: Fees [b]\nowner: Mia\nreview_days: 30\n---\n{} a month :smile:\n"


@pytest.fixture
def db(attune_kb: CommandLine, tmp_path: Path) -> Path:
    """A base with ana's draft of `fees`."""
    db = tmp_path / "kb"
    attune_kb("init", db=db)
    write(attune_kb, db, "Five", "--as-drafts")
    return db


def write(attune_kb: CommandLine, db: Path, price: str, *options: str) -> None:
    path = db.parent / "fees.md"
    path.write_text(FEES.format(price))
    code, _, err = attune_kb("import", path, "--author", "ana", *options, db=db)
    assert (code, err) == (0, "")


def test_from_draft_to_release_and_into_the_archive(attune_kb: CommandLine, db: Path) -> None:
    assert attune_kb.json("settings", db=db) == {"review": "other"}
    code, _, err = attune_kb("approve", "fees", "--author", "bo", db=db)
    assert (code, err) == (
        2,
        "attune-kb: version 1 of 'fees' cannot become approved: it is a draft: it goes to review "
        "first\n",
    )
    moved = attune_kb.json("submit", "fees", "--author", "ana", "--comment", "Look?", db=db)
    assert moved == {"article": "fees", "version": 1, "state": "in_review"}
    attune_kb.json("comment", "fees", "Per account?", "--author", "bo", db=db)
    assert attune_kb("approve", "fees", "--author", "ana", db=db)[0] == 2
    assert attune_kb.json("approve", "fees", "--author", "bo", db=db)["state"] == "approved"
    assert attune_kb.json("publish", "--author", "bo", db=db)["release"] == 1
    (listed,) = attune_kb.json("list", "--state", "published", "--owner", "mia", db=db)
    assert (listed["article"], listed["author"], listed["version"]) == ("fees", "ana", 1)
    assert listed["review_due_ms"] > listed["updated_ms"]
    steps = attune_kb.json("history", "fees", db=db)["steps"]
    assert [(step["state"], step["by"], step["comment"]) for step in steps] == [
        ("draft", "ana", ""),
        ("in_review", "ana", "Look?"),
        (None, "bo", "Per account?"),
        ("approved", "bo", ""),
    ]
    assert attune_kb.json("archive", "fees", db=db)["state"] == "archived"
    code, _, err = attune_kb("publish", db=db)
    assert (code, "no article is approved: 1 wait" in err) == (2, True)
    assert "`attune-kb unarchive` takes it out" in attune_kb("send-back", "fees", db=db)[2]
    assert attune_kb.json("unarchive", "fees", db=db)["state"] == "draft"
    assert attune_kb("unarchive", "fees", db=db)[2] == "attune-kb: 'fees' is not archived\n"


def test_versions_are_shown_compared_and_restored(
    attune_kb: CommandLine, db: Path, tmp_path: Path
) -> None:
    write(attune_kb, db, "Six", "--as-drafts")
    code, out, _ = attune_kb("diff", "fees", db=db)
    assert code == 0
    assert out.startswith("--- fees version 1\n+++ fees version 2\n")
    assert "-Five a month :smile:\n+Six a month :smile:\n" in out
    assert attune_kb.json("diff", "fees", "2", "1", db=db)["diff"].endswith(
        "-Six a month :smile:\n+Five a month :smile:\n"
    )
    (tmp_path / "shown.md").write_text(attune_kb("show", "fees", "--version", "1", db=db)[1])
    assert read_article(tmp_path / "shown.md").body == "Five a month :smile:"
    assert attune_kb.json("restore", "fees", "1", db=db)["version"] == 3
    assert "Five" in attune_kb.json("show", "fees", db=db)["markdown"]
    assert "version 1 restored" in attune_kb("history", "fees", db=db)[1]
    assert "Fees [b]" in attune_kb("list", db=db)[1]
    assert "has no version 9" in attune_kb("submit", "fees", "--version", "9", db=db)[2]


def test_published_by_the_clock(attune_kb: CommandLine, db: Path) -> None:
    assert attune_kb.json("settings", "--review", "self", db=db) == {"review": "self"}
    later = attune_kb("approve", "fees", "--at", "2099-01-02 08:00", db=db)[1]
    assert later == "version 1 of fees is approved for 2099-01-02 08:00\n"
    assert attune_kb.json("list", db=db)[0]["publish_at_ms"] > 4_000_000_000_000
    assert attune_kb("publish", "--due", db=db) == (0, "nothing has come due\n", "")
    assert attune_kb.json("publish", "--due", db=db) == {"release": 0}
    assert "or for their time" in attune_kb("publish", db=db)[2]
    assert "must lie ahead" in attune_kb("approve", "fees", "--at", "2020-01-02", db=db)[2]


def test_what_is_due(attune_kb: CommandLine, db: Path) -> None:
    assert attune_kb("due", db=db) == (0, "nothing is due\n", "")
    (due,) = attune_kb.json("due", "--within", "30", db=db)
    assert (due["article"], due["why"]) == ("fees", "a review every 30 days")
    sale = db.parent / "sale.md"
    sale.write_text("---\ntitle: Sale\nvalid_until: 2020-01-31\n---\nHalf price.\n")
    attune_kb("import", sale, db=db)
    assert [(one["article"], one["due"]) for one in attune_kb.json("due", db=db)] == [
        ("sale", "2020-02-01")
    ]
    assert [one["article"] for one in attune_kb.json("list", "--due", db=db)] == ["sale"]
    assert "its last day is over" in attune_kb("due", db=db)[1]


def test_errors_keep_a_release_back_until_somebody_says_why_not(
    attune_kb: CommandLine, db: Path
) -> None:
    write(attune_kb, db, "Six")
    twin = db.parent / "prices.md"
    twin.write_text(FEES.format("Six"))
    attune_kb("import", twin, db=db)
    code, out, err = attune_kb("publish", db=db)
    assert (code, out) == (2, "")
    assert err.splitlines()[0].startswith(("fees: ", "prices: "))
    assert "back: mend it or say why not with --override REASON" in err.splitlines()[-1]
    code, out, _ = attune_kb("publish", "--json", db=db)
    assert code == 2
    assert {one["severity"] for one in json.loads(out)["errors"]} == {"error"}
    said = attune_kb.json("publish", "--override", "the second is for the app", db=db)
    assert said["override"] == "the second is for the app"
    assert attune_kb.json("releases", db=db)[0]["override"] == "the second is for the app"
    attune_kb("archive", "prices", db=db)
    assert attune_kb.json("publish", "--override", "not needed", db=db)["override"] == ""
