"""`attune-kb lint` and `attune-kb effect`, as people and programs use them."""

import json
import time
from pathlib import Path

import pytest

from knowledge_base.evaluate import GoldenQuestion
from knowledge_base.lifecycle import ArticleState, ReviewPolicy
from knowledge_base.store import KnowledgeBase
from knowledge_base.usage import AskedQuestion, RecordedUse, UsageBook
from tests.integration.knowledge.conftest import CommandLine, article

pytestmark = pytest.mark.integration

REFUNDS = article("refunds", "Refunds take 3 to 5 business days.", owner="Ana")
RETURNS = article("returns", "After the return, refunds take 10 days.", owner="Ana")


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    """Two articles that contradict one another, approved."""
    base = KnowledgeBase.create(tmp_path / "kb")
    base.import_articles([REFUNDS, RETURNS], author="ana", reason="", now_ms=now_ms())
    return base


def test_lint_for_programs(attune_kb: CommandLine, base: KnowledgeBase) -> None:
    told = attune_kb.json("lint", db=base.folder)
    found = next(one for one in told["findings"] if one["rule"] == "contradiction")
    assert found["severity"] == "warning"
    assert {found["article_id"], found["other_id"]} == {"refunds", "returns"}
    assert {found["quote"], found["other_quote"]} == {REFUNDS.body, RETURNS.body}
    assert 0 < told["health"] < 1
    parts = {part["name"]: part["score"] for part in told["health_parts"]}
    assert (parts["contradictions"], parts["ownership"], parts["freshness"]) == (0, 1, 0)
    assert "use" not in parts


def test_lint_for_people(attune_kb: CommandLine, base: KnowledgeBase) -> None:
    code, out, err = attune_kb("lint", db=base.folder)
    assert (code, err) == (0, "")
    assert out.index("1 warning") < out.index("hints")
    (side_by_side,) = [line for line in out.splitlines() if "Refunds take 3" in line]
    assert "After the return" in side_by_side
    assert "contradictions" in out
    assert "0 of 2 articles contradict" in out.replace("\n", " ")


def test_an_error_is_exit_code_one(attune_kb: CommandLine, base: KnowledgeBase) -> None:
    broken = article("broken", "See [this](nowhere).")
    base.import_articles([broken], author="ana", reason="", now_ms=now_ms())
    code, out, _ = attune_kb("lint", db=base.folder)
    assert code == 1
    assert out.startswith("1 error\n  broken: a link leads to an article that is not there")
    code, out, _ = attune_kb("lint", "--json", db=base.folder)
    assert code == 1
    assert json.loads(out)["findings"][0]["rule"] == "dead-link"


def test_only_what_changed(attune_kb: CommandLine, base: KnowledgeBase) -> None:
    attune_kb("publish", db=base.folder)
    assert attune_kb.json("lint", "--changed", db=base.folder)["findings"] == []
    added = article("added", "Cards come by post.", owner="Ana", review_days=30)
    base.import_articles([added], author="ana", reason="", now_ms=now_ms())
    found = attune_kb.json("lint", "--changed", db=base.folder)["findings"]
    assert [(one["article_id"], one["rule"]) for one in found] == [("added", "no-variants")]


def test_drafts_are_checked_on_request(attune_kb: CommandLine, base: KnowledgeBase) -> None:
    base.set_policy(ReviewPolicy.OTHER)
    base.save(article("draft", "TODO"), author="ana", reason="", now_ms=now_ms())
    assert "draft" not in str(attune_kb.json("lint", db=base.folder)["findings"])
    assert "draft" in str(attune_kb.json("lint", "--drafts", db=base.folder)["findings"])
    base.move("draft", 1, ArticleState.ARCHIVED, by="ana", now_ms=now_ms())
    assert "draft" not in str(attune_kb.json("lint", "--drafts", db=base.folder)["findings"])


def test_use_counts_for_the_health(attune_kb: CommandLine, base: KnowledgeBase) -> None:
    attune_kb("publish", db=base.folder)
    use = RecordedUse(article_id="refunds", offered=True, used=True)
    UsageBook(base.folder).record("c", seq=1, ended_ms=now_ms(), uses=[use], questions=[])
    parts = attune_kb.json("lint", db=base.folder)["health_parts"]
    (told,) = [part["told"] for part in parts if part["name"] == "use"]
    assert told.startswith("of 2 published articles 1 were never shown")


def test_effect(attune_kb: CommandLine, base: KnowledgeBase) -> None:
    attune_kb("publish", db=base.folder)
    question = "how do i water a lemon tree"
    base.keep_golden([GoldenQuestion(question=question, articles=("lemons",))])
    asked = AskedQuestion(
        call_id="c", utterance_id="u", text="Hello, how do I water a lemon tree?", asked_ms=now_ms()
    )
    old = AskedQuestion(call_id="old", utterance_id="u", text="my dog is ill", asked_ms=1_000)
    UsageBook(base.folder).record("c", seq=1, ended_ms=1, uses=[], questions=[asked, old])
    lemons = article("lemons", "Water a lemon tree twice a week.", variants=(question,))
    base.import_articles([lemons], author="ana", reason="", now_ms=now_ms())
    told = attune_kb.json("effect", db=base.folder)
    assert told["changed"] == ["lemons"]
    golden, calls = told["effects"]
    assert (golden["name"], calls["name"]) == ("golden questions", "calls of the last 7 days")
    assert [(one["after"], one["rank_after"]) for one in golden["better"]] == [("lemons", 1)]
    assert (calls["questions"], [one["after"] for one in calls["changed"]]) == (1, ["lemons"])
    code, out, err = attune_kb("effect", db=base.folder)
    assert (code, err) == (0, "")
    assert "3 articles, 1 of them new, changed or gone" in out
    assert f"better  {question}  (nothing → lemons; the right one not shown → 1)" in out
    assert base.current_release() == 1


def test_nothing_to_try(attune_kb: CommandLine, tmp_path: Path) -> None:
    attune_kb("init", db=tmp_path)
    assert attune_kb("effect", db=tmp_path)[0] == 2
    assert attune_kb.json("lint", db=tmp_path) == {
        "findings": [],
        "health": 0.0,
        "health_parts": [],
    }
