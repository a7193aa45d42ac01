"""`attune-kb stats` and `attune-kb gaps`, as people and programs use them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from knowledge_base.cli import app
from knowledge_base.gaps import GapBook
from knowledge_base.store import KnowledgeBase
from knowledge_base.usage import AskedQuestion, RecordedUse, UsageBook
from tests.fakes.hash_embedder import HashEmbedder

pytestmark = pytest.mark.integration


@pytest.fixture
def taught_base(small_base: KnowledgeBase) -> KnowledgeBase:
    """Published, met by three calls, and asked twice in vain."""
    embedder = HashEmbedder()
    small_base.publish(embedder, author="ana", reason="", now_ms=2_000)
    book = UsageBook(small_base.folder)
    for number in range(3):
        asked = AskedQuestion(
            call_id=f"call-{number}",
            utterance_id="customer-0",
            text="do you sell gift cards" if number else "where is my parcel",
            asked_ms=3_000,
            answered=not number,
        )
        use = RecordedUse(article_id="lost-card", offered=True, dismissed=True, dwell_ms=4_000)
        book.record(asked.call_id, seq=1, ended_ms=3_000, uses=[use], questions=[asked])
    GapBook(small_base.folder).sort_new(embedder, now_ms=3_000)
    return small_base


def run(*words: str, base: KnowledgeBase) -> str:
    done = CliRunner().invoke(app, [*words, "--db", str(base.folder)])
    assert done.exit_code == 0, done.output
    return done.output


def test_stats_for_people_and_programs(taught_base: KnowledgeBase) -> None:
    told = run("stats", base=taught_base)
    assert "never shown: late-parcel, opening-hours" in told
    assert "shown but dismissed: lost-card" in told
    found = json.loads(run("stats", "--json", base=taught_base))
    assert found["articles"][0]["use"]["dismissed"] == 3
    assert found["articles"][0]["dwell_ms"] == 4_000
    assert found["never_shown"] == ["late-parcel", "opening-hours"]


def gaps_of(base: KnowledgeBase, *more: str) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads(run("gaps", "--json", *more, base=base))
    return listed


def test_a_gap_is_owned_begun_ignored_and_taken_up_again(taught_base: KnowledgeBase) -> None:
    (gap,) = gaps_of(taught_base)
    assert (gap["gap_id"], gap["label"], gap["asked"]) == ("gap-1", "do you sell gift cards", 2)
    assert "gap-1" in run("gaps", base=taught_base)
    run("gaps", "own", "gap-1", "mia", base=taught_base)
    begun = json.loads(run("gaps", "draft", "gap-1", "--json", base=taught_base))
    assert begun == {"article": "do-you-sell-gift-cards"}
    (gap,) = gaps_of(taught_base)
    assert (gap["owner"], gap["state"], gap["article_id"]) == (
        "mia",
        "drafted",
        "do-you-sell-gift-cards",
    )
    run("gaps", "ignore", "gap-1", base=taught_base)
    assert gaps_of(taught_base) == []
    assert [one["state"] for one in gaps_of(taught_base, "--all")] == ["ignored"]
    run("gaps", "open", "gap-1", base=taught_base)
    assert [one["owner"] for one in gaps_of(taught_base)] == ["mia"]


def test_what_is_wrong_is_one_sentence(taught_base: KnowledgeBase, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "knowledge_base.cli"]
    done = subprocess.run(
        [*command, "gaps", "ignore", "gap-7", "--db", str(taught_base.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "attune-kb: there is no gap 'gap-7': `attune-kb gaps` lists them\n"
    misplaced = CliRunner().invoke(app, ["gaps", "--db", str(tmp_path), "ignore", "gap-1"])
    assert misplaced.exit_code == 2
    assert "--db goes after ignore" in misplaced.output
