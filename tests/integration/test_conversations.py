"""The written conversations, noise and all: what they bring, and what simulate makes of them."""

import asyncio
import sqlite3
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from assist_engine.__main__ import app
from assist_engine.cli.conversation_scores import score
from assist_engine.cli.evaluate_conversations import Run, play_all
from assist_engine.cli.simulate import Report
from assist_engine.errors import BadInput
from assist_engine.event_log.log import LogUnusable
from assist_engine.event_log.log_reader import read_calls
from assist_engine.session.conversation import BOOK, CARDS, misheard, read_conversations
from assist_engine.settings import RESOURCES

FOLDER = RESOURCES / "demo" / "conversations"
# What is reached today, rounded down: precision, recall. Raise them with what raises it.
FLOORS = {
    "article": (0.8, 0.6),
    "next_action": (0.8, 0.8),
    "tick": (0.8, 0.6),
    "met": (0.8, 0.9),
    "breach": (0.8, 0.8),
}

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    folder = tmp_path_factory.mktemp("data")
    [run] = asyncio.run(play_all(read_conversations(FOLDER), [0.0], keep=folder))
    return folder, run


def test_there_are_conversations_of_every_queue_and_all_kinds_are_expected() -> None:
    conversations = read_conversations(FOLDER)
    assert len(conversations) >= 12
    assert {one.queue for one in conversations.values()} == {"orders", "cards", "broadband"}
    with_audio = {path.stem for path in (RESOURCES / "demo" / "calls").glob("*.wav")}
    assert with_audio <= conversations.keys()
    expected = {e.kind for one in conversations.values() for t in one.turns for e in t.expect}
    assert expected == {*CARDS, *BOOK}


def test_every_kind_is_read_and_reaches_what_it_reached(kept: tuple[Path, Run]) -> None:
    _, run = kept
    assert run.not_read == ()
    for kind, (precision, recall) in FLOORS.items():
        reached = score(run.played, kind)
        assert (reached.precision or 0.0) >= precision, reached
        assert (reached.recall or 0.0) >= recall, reached


def test_no_card_is_repeated_or_taken_back(kept: tuple[Path, Run]) -> None:
    _, run = kept
    assert sum(call.repeats for call in run.played) == 0
    cards = sum(call.cards for call in run.played)
    assert sum(call.taken_back for call in run.played) <= 0.05 * cards


def simulated(folder: Path, *arguments: str) -> Report:
    result = CliRunner().invoke(
        app, ["simulate", "--data", str(folder), "--demo", "--json", *arguments]
    )
    assert result.exit_code == 0, result.output
    return msgspec.json.decode(result.stdout, type=Report)


def test_the_limits_of_the_day_give_nearly_all_of_what_was_shown(kept: tuple[Path, Run]) -> None:
    report = simulated(kept[0])
    was = {(call.call_id, one.topic) for call in report.calls for one in call.was}
    would = {(call.call_id, one.topic) for call in report.calls for one in call.would}
    assert len(was & would) >= 0.9 * len(was | would)
    assert report.seconds < 10


def test_stricter_rules_show_less_and_the_log_is_left_alone(
    kept: tuple[Path, Run], tmp_path: Path
) -> None:
    folder, _ = kept
    before = (folder / "calls.db").read_bytes()
    rules = tmp_path / "new.yaml"
    rules.write_text("min_gap_ms: 60000\nlimits: {max_quiet: 1, standard: {coaching: none}}\n")
    report = simulated(folder, "--rules", str(rules))
    assert sum(len(call.would) for call in report.calls) < sum(
        len(call.was) for call in report.calls
    )
    assert (folder / "calls.db").read_bytes() == before


def test_the_log_is_read_while_another_writes(kept: tuple[Path, Run]) -> None:
    path = kept[0] / "calls.db"
    with sqlite3.connect(path) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert len(list(read_calls(path))) == len(read_conversations(FOLDER))
        writer.rollback()
    writer.close()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("min_gap: 3", "unknown field `min_gap`"),
        ("limits: {max_quiet: 9}", "<= 5"),
        ("playbooks: /not/there", "is not there"),
        ("- a", "object"),
    ],
)
def test_bad_rules_are_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    rules = tmp_path / "new.yaml"
    rules.write_text(text)
    result = CliRunner().invoke(app, ["simulate", "--data", str(tmp_path), "--rules", str(rules)])
    assert isinstance(result.exception, BadInput)
    assert told in str(result.exception)


def test_without_a_log_it_is_told_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(LogUnusable, match="no call was stored yet"):
        list(read_calls(tmp_path / "calls.db"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: a\ncaller_number: '1'\nqueue: a\nturns: []\n", "length >= 1"),
        (
            "title: a\ncaller_number: '1'\nqueue: a\nturns: [{who: agent, at: [2, 1], says: hi}]\n",
            "at is",
        ),
        (
            "title: a\ncaller_number: '1'\nqueue: a\n"
            "turns: [{who: agent, at: [1, 2], says: hi, expect: [{kind: card, any_of: [a]}]}]\n",
            "kind is one of",
        ),
    ],
)
def test_a_bad_conversation_is_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(BadInput, match=told):
        read_conversations(tmp_path)


def test_words_are_misheard_as_often_as_asked_and_always_alike() -> None:
    conversations = read_conversations(FOLDER)
    noisy = misheard(conversations, 0.2)
    assert noisy == misheard(conversations, 0.2)
    assert misheard(conversations, 0.0) == conversations
    pairs = [
        (clean, heard)
        for name, one in conversations.items()
        for clean, heard in zip(one.turns, noisy[name].turns, strict=True)
    ]
    words = sum(len(clean.says.split()) for clean, _ in pairs)
    kept = sum(
        len(set(clean.says.split()) & set(heard.says.split()))
        / max(1, len(set(clean.says.split())))
        * len(clean.says.split())
        for clean, heard in pairs
    )
    assert 0.78 <= kept / words <= 0.92
