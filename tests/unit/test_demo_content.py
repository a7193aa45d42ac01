"""The demo organisation holds together: every id named somewhere exists, nothing is copied."""

import json
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assist_engine.customers.directory import Directory, KnownCustomer
from assist_engine.customers.reason import predict
from assist_engine.guidance.coaching import Coaching
from assist_engine.guidance.compliance_reader import read_compliance
from assist_engine.guidance.playbook import Playbook
from assist_engine.guidance.playbook_reader import load_playbooks
from assist_engine.session.conversation import read_conversations
from assist_engine.session.intent_folder import load_intents
from assist_engine.settings import RESOURCES
from assist_engine.understanding.drivers import DRIVERS
from assist_engine.understanding.intent import IntentExample
from knowledge_base.article import Article, read_article

DEMO = RESOURCES / "demo"
NOW_MS = 1_800_000_000_000
QUEUES = {"orders", "cards", "broadband"}
CALLS = sorted((DEMO / "calls").glob("*.toml"))
ARTICLES = sorted((DEMO / "articles").glob("*.md"))


CONVERSATIONS = [
    DEMO / "conversations",
    *sorted((Path(__file__).parents[1] / "golden").glob("*-conversations")),
]


@cache
def articles() -> dict[str, Article]:
    return {path.stem: read_article(path) for path in ARTICLES}


@cache
def golden() -> list[tuple[str, list[str]]]:
    rows = [json.loads(line) for line in (DEMO / "golden.jsonl").read_text().splitlines()]
    return [(row["question"], row["articles"]) for row in rows]


@cache
def playbooks() -> dict[str, Playbook]:
    files = sorted((DEMO / "playbooks").glob("*.yaml"))
    read = [load_playbooks(path.read_text(), source=path.name) for path in files]
    return {playbook.playbook_id: playbook for several in read for playbook in several}


@cache
def examples() -> tuple[IntentExample, ...]:
    return load_intents((DEMO / "intents.yaml").read_text(), source="intents.yaml")


@cache
def directory() -> Directory:
    return Directory.load(DEMO / "customers", now_ms=NOW_MS)


def call(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text())


def customer_turns(path: Path) -> list[dict[str, Any]]:
    turns = json.loads(path.with_suffix(".json").read_text())["turns"]
    return [turn for turn in turns if turn["speaker"] == "customer"]


def caller(path: Path) -> KnownCustomer:
    known = directory().find(call(path)["caller_number"])
    assert known is not None
    return known


def plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", text.lower()))


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_says_what_to_say_briefly(path: Path) -> None:
    article = articles()[path.stem]
    assert article.body.startswith("## What to say\n")
    assert "## Exceptions" in article.body
    assert 80 <= len(re.findall(r"[\w$%'.-]+", article.body)) <= 200
    assert 4 <= len(set(article.variants)) <= 30
    assert set(article.products) <= QUEUES
    assert article.owner
    assert article.review_days > 0


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_refers_only_to_articles(path: Path) -> None:
    titles = [article.title for article in articles().values()]
    for referred in re.findall(r'(?:see|use) "([^"]+)"', articles()[path.stem].body):
        assert any(title.startswith(referred) for title in titles), referred


def test_there_are_forty_articles_with_titles_of_their_own() -> None:
    assert len({article.title for article in articles().values()}) == len(articles()) == 40
    assert {product for article in articles().values() for product in article.products} == QUEUES


def test_golden_questions_cover_every_article() -> None:
    asked = Counter(article_id for _, ids in golden() for article_id in ids)
    assert set(asked) == set(articles())
    assert min(asked.values()) >= 3
    assert sum(bool(ids) for _, ids in golden()) >= 150
    assert sum(not ids for _, ids in golden()) >= 25


def test_golden_questions_are_spoken_and_unlike_what_is_indexed() -> None:
    questions = [question for question, _ in golden()]
    assert len(set(questions)) == len(questions)
    assert [q for q in questions if plain(q) != q] == []
    indexed = {plain(variant) for article in articles().values() for variant in article.variants}
    learned = {plain(example.text) for example in examples()}
    assert set(questions) & (indexed | learned) == set()


def test_nothing_repeats_the_demo_calls() -> None:
    spoken = {plain(turn["text"]) for path in CALLS for turn in customer_turns(path)}
    written = [question for question, _ in golden()]
    written += [variant for article in articles().values() for variant in article.variants]
    written += [example.text for example in examples() if example.intent]
    assert spoken & {plain(text) for text in written} == set()


def test_intents_have_examples_enough_and_none_twice() -> None:
    wanted = Counter(example.intent for example in examples() if example.intent)
    assert len(wanted) >= 25
    assert 8 <= min(wanted.values()) <= max(wanted.values()) <= 30
    assert sum(not example.intent for example in examples()) >= 30
    assert max(Counter(plain(example.text) for example in examples()).values()) == 1
    assert {example.queue for example in examples() if example.intent} == QUEUES


@pytest.mark.parametrize("folder", CONVERSATIONS, ids=lambda folder: folder.name)
def test_conversations_expect_what_exists(folder: Path) -> None:
    rules = [(path.name, path.read_text()) for path in (DEMO / "compliance").glob("*.yaml")]
    duties = {duty.rule_id for duty in read_compliance(rules)}
    steps = {f"{name}/{step.text}" for name, one in playbooks().items() for step in one.steps}
    known = {
        "article": set(articles()),
        "next_action": set(playbooks()),
        "tick": steps,
        "coaching": {f"coach-{name.replace('_', '-')}" for name in Coaching.__struct_fields__},
        "compliance": duties,
        "met": duties,
        "breach": duties,
    }
    for name, one in read_conversations(folder).items():
        for expected in (e for turn in one.turns for e in turn.expect):
            assert set(expected.any_of) <= known[expected.kind], name


def test_no_phrasing_is_that_of_a_call_nobody_tunes_on() -> None:
    unseen = read_conversations(next(f for f in CONVERSATIONS if f.name.startswith("unseen")))
    said = [turn.says for one in unseen.values() for turn in one.turns]
    written = [plain(variant) for one in articles().values() for variant in one.variants]
    written += [plain(example.text) for example in examples() if example.intent]
    written += [plain(way) for one in playbooks().values() for s in one.steps for way in s.says]
    long = [text for text in written if len(text.split()) >= 6]
    assert [text for text in long for turn in said if text in turn] == []


@pytest.mark.parametrize("playbook_id", sorted(playbooks()))
def test_a_playbook_asks_for_what_exists(playbook_id: str) -> None:
    when = playbooks()[playbook_id].when
    intents = {example.intent for example in examples() if example.queue == when.queue}
    assert when.intents <= intents
    assert when.any_driver <= {driver.name for driver in DRIVERS}
    assert len(playbooks()[playbook_id].checklist) >= 3


@pytest.mark.parametrize("playbook_id", sorted(playbooks()))
def test_the_ways_of_saying_a_step_are_not_those_of_the_demo_calls(playbook_id: str) -> None:
    spoken = [
        turn["text"]
        for path in CALLS
        for turn in json.loads(path.with_suffix(".json").read_text())["turns"]
    ]
    for step in playbooks()[playbook_id].steps:
        assert len(set(step.says)) >= 3
        assert [way for way in step.says for text in spoken if way in text] == []


def test_customers_load_whole_and_name_known_intents() -> None:
    assert directory().problems == ()
    assert len(directory()) == 8
    intents = {example.intent for example in examples()}
    for path in (DEMO / "customers").glob("*.yaml"):
        named = set(re.findall(r"intent: (\S+)", path.read_text()))
        assert named <= intents, path.name


def test_the_three_calls_are_numbered() -> None:
    assert sorted(call(path)["number"] for path in CALLS) == [1, 2, 3]
    assert all(path.with_suffix(".wav").exists() for path in CALLS)


@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
def test_a_call_expects_what_exists_when_it_is_asked(path: Path) -> None:
    turns = {(turn["start"], turn["end"]) for turn in customer_turns(path)}
    kinds = set()
    for expected in call(path)["expected"]:
        known = articles() if expected["kind"] == "article" else playbooks()
        assert set(expected["ids"]) <= set(known)
        assert (expected["asked_start"], expected["asked_end"]) in turns
        if expected["is_main"]:
            kinds.add(expected["kind"])
    assert kinds == {"article", "next_action"}


@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
def test_a_caller_is_known_with_a_reason_of_the_calls_queue(path: Path) -> None:
    assert caller(path).profile.name == call(path)["customer"]
    reason = predict(caller(path), now_ms=NOW_MS)
    assert reason is not None
    queues = {example.queue for example in examples() if example.intent == reason.intent}
    assert queues == {call(path)["queue"]}
    assert reason.probability >= 0.75


@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
def test_the_caller_meets_the_conditions_of_the_expected_action(path: Path) -> None:
    facts = caller(path).profile.facts
    for expected in call(path)["expected"]:
        if expected["kind"] == "next_action":
            for playbook_id in expected["ids"]:
                playbook = playbooks()[playbook_id]
                assert playbook.when.queue == call(path)["queue"]
                assert all(condition.holds(facts) for condition in playbook.when.facts)
                assert set(playbook.body_facts) <= set(facts)


def test_the_bot_hands_karen_mitchell_over() -> None:
    known = directory().find("(555) 014-2731")
    assert known is not None
    assert known.handoff is not None
    assert "order number" in known.handoff.do_not_ask_again
    assert known.timeline[0].at_ms == NOW_MS - 2 * 3_600_000
