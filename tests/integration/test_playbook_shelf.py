"""Playbooks in real files are read again at once; what cards taught survives a restart."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from assist_engine.__main__ import app
from assist_engine.call.fold import fold
from assist_engine.call.state import CallState
from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import (
    AgentId,
    CallId,
    ParticipantId,
    PlaybookId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.values import Evidence, Participant, Role
from assist_engine.event_log.sqlite_log import SqliteLog
from assist_engine.guidance.arbiter import Arbiter
from assist_engine.guidance.rule import Vector
from assist_engine.session.action_learning import ActionLearning
from assist_engine.session.playbook_shelf import PlaybookShelf
from assist_engine.session.rule_files import RuleFiles, RuleWatch

pytestmark = pytest.mark.integration

NOW = 1_790_000_000_000
REFUND = "- {id: refund, title: Refund, body: B, priority: 60, when: {intents: [late]}}\n"
REPLACE = "- {id: replace, title: Replace, body: B, priority: 55, when: {intents: [late]}}\n"


def embed(texts: Sequence[str]) -> Vector:
    return np.full((len(texts), 4), 0.5, np.float32)


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to hold within 5 s")


def open_shelf(folder: Path, exploration: float = 0.0) -> PlaybookShelf:
    return PlaybookShelf(folder, embed=embed, exploration=exploration)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "a.yaml").write_text(REFUND + REPLACE)
    return folder


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteLog]:
    log = SqliteLog(tmp_path / "calls.db")
    yield log
    await log.close()


def late_call() -> list[Event]:
    uid = UtteranceId("customer-0")
    customer = Participant(participant_id=ParticipantId("customer"), role=Role.CUSTOMER, channel=0)
    evidence = (Evidence(quote="where is it", utterance_id=uid),)
    return [
        events.CallOffered(caller_number="+1", agent_id=AgentId("a")),
        events.ParticipantJoined(participant=customer),
        events.UtteranceFinal(
            utterance_id=uid,
            participant_id=customer.participant_id,
            text="where is it",
            start_ms=0,
            end_ms=900,
        ),
        events.IntentRead(
            utterance_id=uid, intent="late", label="Late parcel", probability=0.9, evidence=evidence
        ),
    ]


def recorded_of(name: str, happened: Sequence[Event]) -> list[Recorded]:
    return [
        Recorded(call_id=CallId(name), seq=seq, recorded_ms=NOW + seq, audio_ms=1000, event=event)
        for seq, event in enumerate(happened, start=1)
    ]


def state_of(name: str) -> CallState:
    return fold(recorded_of(name, late_call()), CallState(call_id=CallId(name)))


def titles(shelf: PlaybookShelf) -> list[str]:
    proposals = shelf.rule.propose(state_of("new"), None, {})
    return [proposal.suggestion.title for proposal in proposals]


async def live(log: SqliteLog, shelf: PlaybookShelf, name: str, good: str) -> None:
    """A call on which the arbiter shows the first card, and the agent uses it if it is good."""
    state = state_of(name)
    proposals = shelf.rule.propose(state, None, {})
    shown = Arbiter().review(state, proposals, now_ms=1000)
    [card] = [event for event in shown if isinstance(event, events.SuggestionMade)]
    decided = (
        events.SuggestionUsed(suggestion_id=card.suggestion.suggestion_id)
        if card.suggestion.playbook_id == good
        else events.SuggestionDismissed(suggestion_id=card.suggestion.suggestion_id)
    )
    await log.append(recorded_of(name, [*late_call(), *shown, decided, events.CallReleased()]))


def learning_of(log: SqliteLog, shelf: PlaybookShelf) -> ActionLearning:
    return ActionLearning(event_log=log, memory=shelf.memory, now_ms=lambda: NOW)


async def test_a_good_change_is_used_by_the_next_look(folder: Path) -> None:
    shelf = open_shelf(folder)
    assert titles(shelf) == ["Refund", "Replace"]
    told: list[str] = []
    following = asyncio.create_task(RuleWatch([shelf.files]).follow(told.append, every_s=0.02))
    (folder / "b.yaml").write_text(REFUND.replace("refund", "call", 1).replace("Refund", "Call"))
    await until(lambda: len(titles(shelf)) == 3)
    (folder / "a.yaml").unlink()
    await until(lambda: titles(shelf) == ["Call"])
    following.cancel()
    assert told == []


@pytest.mark.logs("a.yaml:1: a playbook has no field 'titel'")
async def test_a_bad_change_is_told_once_and_the_old_ones_go_on(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shelf = open_shelf(folder)
    told: list[str] = []
    following = asyncio.create_task(RuleWatch([shelf.files]).follow(told.append, every_s=0.02))
    with caplog.at_level(logging.WARNING):
        (folder / "a.yaml").write_text(REFUND.replace("title", "titel"))
        await until(lambda: bool(told))
        await asyncio.sleep(0.1)
    assert len([r for r in caplog.records if r.levelno == logging.WARNING]) == 1
    assert "did you mean 'title'?" in told[0]
    assert titles(shelf) == ["Refund", "Replace"]
    (folder / "a.yaml").write_text(REPLACE)
    await until(lambda: len(told) == 2)
    following.cancel()
    assert told[1] == ""
    assert titles(shelf) == ["Replace"]


@pytest.mark.logs("not UTF-8")
def test_one_file_or_none_may_stand_for_a_folder(tmp_path: Path) -> None:
    files = RuleFiles(tmp_path / "rules.yaml", read=lambda read: len(read), use=lambda _: None)
    assert files.load() == 0
    (tmp_path / "rules.yaml").write_bytes(b"\xff")
    files.look()
    assert "not UTF-8" in files.problem


async def test_feedback_changes_the_rank_at_once_and_survives_a_restart(
    folder: Path, log: SqliteLog
) -> None:
    shelf = open_shelf(folder)
    learning = learning_of(log, shelf)
    running = asyncio.create_task(learning.run())

    def has_learned(wanted: int) -> bool:
        shown = (shelf.memory.of(playbook.playbook_id).shown for playbook in shelf.playbooks)
        return sum(shown) >= wanted

    assert titles(shelf) == ["Refund", "Replace"]
    for number in range(3):
        await live(log, shelf, f"call-{number}", good="replace")
        learning.on_ended(CallId(f"call-{number}"))
        await until(partial(has_learned, number + 1))
    running.cancel()
    assert titles(shelf) == ["Replace", "Refund"]
    again = open_shelf(folder)
    await learning_of(log, again).read_past()
    assert titles(again) == ["Replace", "Refund"]


async def test_a_rating_after_the_end_is_learned_too(folder: Path, log: SqliteLog) -> None:
    shelf = open_shelf(folder)
    learning = learning_of(log, shelf)
    await live(log, shelf, "call", good="refund")
    await learning.read_past()
    assert titles(shelf) == ["Refund", "Replace"]
    before = shelf.memory.of(shelf.playbooks[0].playbook_id)
    recorded = await log.read(CallId("call"))
    bad = events.SuggestionRated(suggestion_id=SuggestionId("action-refund"), is_helpful=False)
    next_seq = recorded[-1].seq + 1
    await log.append(
        [Recorded(call_id=CallId("call"), seq=next_seq, recorded_ms=NOW, audio_ms=1000, event=bad)]
    )
    assert (before.shown, before.accepted) == (1, 1)
    await learning.read_past()
    after = shelf.memory.of(shelf.playbooks[0].playbook_id)
    assert (after.shown, after.accepted) == (1, 0)


async def test_cards_say_what_came_of_them(folder: Path, log: SqliteLog) -> None:
    shelf = open_shelf(folder)
    for number in range(3):
        await live(log, shelf, f"call-{number}", good="refund")
    await learning_of(log, shelf).read_past()
    [first, _] = shelf.rule.propose(state_of("new"), None, {})
    assert first.suggestion.evidence[-1].quote == "accepted 3 of 3 times for late parcel"


async def test_evaluate_actions_judges_the_log(folder: Path, log: SqliteLog) -> None:
    shelf = open_shelf(folder, exploration=0.2)
    learning = learning_of(log, shelf)
    for number in range(400):
        await live(log, shelf, f"call-{number}", good="replace")
    await learning.read_past()

    def evaluate(*more: str) -> str:
        result = CliRunner().invoke(app, ["evaluate", "actions", str(folder.parent), *more])
        assert result.exit_code == 0, result.output
        return result.output

    told = json.loads(await asyncio.to_thread(evaluate, "--json"))
    ranker, author, chance = (one["snips"] for one in told)
    assert author == 0.0
    assert ranker > 0.8
    assert 0.2 < chance < 0.8
    assert [one["decisions"] for one in told] == [400] * 3
    assert "400 calls, 400 next actions, 400 of them" in await asyncio.to_thread(evaluate)


async def test_too_little_is_said_to_be_too_little(folder: Path, log: SqliteLog) -> None:
    await live(log, open_shelf(folder), "call", good="replace")

    def evaluate() -> str:
        return CliRunner().invoke(app, ["evaluate", "actions", str(folder.parent)]).output

    assert "Too little to go by" in await asyncio.to_thread(evaluate)


async def test_a_score_that_comes_later_is_learned(folder: Path, log: SqliteLog) -> None:
    shelf = open_shelf(folder)
    learning = learning_of(log, shelf)
    await live(log, shelf, "c1", "refund")
    await learning.read_past()
    before = shelf.memory.of(PlaybookId("refund")).good
    seq = (await log.ended(0))[CallId("c1")]
    given = events.SatisfactionGiven(score=1, by=AgentId("survey"))
    later = Recorded(call_id=CallId("c1"), seq=seq + 1, recorded_ms=NOW, audio_ms=0, event=given)
    await log.append([later])
    following = asyncio.create_task(learning.run())
    learning.on_ended(CallId("c1"))
    await until(lambda: shelf.memory.of(PlaybookId("refund")).good < before)
    following.cancel()
    assert shelf.memory.of(PlaybookId("refund")).shown == 1
