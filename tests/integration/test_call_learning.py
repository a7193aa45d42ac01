"""Ended calls teach the base: also those that an earlier engine left, and never twice."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import (
    AgentId,
    ArticleId,
    CallId,
    ParticipantId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.knowledge_answers import ReleasePublished
from assist_engine.contract.values import (
    ArticleReference,
    Participant,
    Role,
    Suggestion,
    SuggestionKind,
    WrapUp,
)
from assist_engine.event_log.sqlite_log import SqliteLog
from assist_engine.session.call_learning import CallLearning
from assist_engine.session.knowledge_finder import KnowledgeFinder
from assist_engine.session.knowledge_teacher import KnowledgeTeacher
from knowledge_base.article import Article
from knowledge_base.gaps import GapBook
from knowledge_base.lifecycle import ArticleState, ReviewPolicy
from knowledge_base.store import KnowledgeBase
from knowledge_base.usage import ArticleUse, UsageBook
from tests.fakes.hash_embedder import HashEmbedder

pytestmark = pytest.mark.integration

NOW = 1_790_000_000_000
PIN = Article(article_id="pin", title="Forgotten pin", body="The app shows the pin again.")
ASKED = "can you feed my two parrots while i am away"


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    base = KnowledgeBase.create(tmp_path / "kb")
    base.set_policy(ReviewPolicy.NONE)
    base.save(PIN, author="ana", reason="", now_ms=1_000)
    base.publish(HashEmbedder(), author="ana", reason="", now_ms=2_000)
    return base


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteLog]:
    log = SqliteLog(tmp_path / "calls.db")
    yield log
    await log.close()


@asynccontextmanager
async def learning(base: KnowledgeBase, log: SqliteLog) -> AsyncIterator[CallLearning]:
    """What an engine has of it, on a base and a log that may have been another's before."""
    finder = KnowledgeFinder(base, embedder=HashEmbedder(), now_ms=lambda: NOW)
    finder.encoder.start()
    await finder.refresh()
    learning = CallLearning(event_log=log, teacher=KnowledgeTeacher(finder), now_ms=lambda: NOW)
    running = asyncio.create_task(learning.run())
    yield learning
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    finder.encoder.close()


async def record(log: SqliteLog, call: str, *told: Event, after: int = 0) -> None:
    await log.append(
        [
            Recorded(
                call_id=CallId(call), seq=seq, recorded_ms=NOW - 1_000, audio_ms=seq, event=event
            )
            for seq, event in enumerate(told, start=after + 1)
        ]
    )


def whole_call(asked: str = ASKED) -> Sequence[Event]:
    """The customer asks, a card comes and is used, all is well."""
    customer = ParticipantId("customer")
    card = Suggestion(
        suggestion_id=SuggestionId("article-pin"),
        kind=SuggestionKind.ARTICLE,
        topic="pin",
        title="Pin",
        body="",
        probability=0.9,
        evidence=(),
        article=ArticleReference(article_id=ArticleId("pin"), version=1, release=1, updated_ms=0),
    )
    return (
        events.CallOffered(caller_number="+1", agent_id=AgentId("kim")),
        events.ParticipantJoined(
            participant=Participant(participant_id=customer, role=Role.CUSTOMER, channel=0)
        ),
        events.UtteranceFinal(
            utterance_id=UtteranceId("customer-0"),
            participant_id=customer,
            text=asked,
            start_ms=0,
            end_ms=1,
        ),
        events.SuggestionMade(suggestion=card),
        events.SuggestionUsed(suggestion_id=card.suggestion_id),
        events.CallReleased(),
        events.WrapUpDrafted(wrap_up=WrapUp(lines=(), disposition="", outcome="Solved")),
    )


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.01)


async def until_learned(base: KnowledgeBase, seqs: dict[str, int]) -> None:
    await until(lambda: UsageBook(base.folder).learned(0) == seqs)


async def test_a_call_is_learned_when_it_ends(base: KnowledgeBase, log: SqliteLog) -> None:
    async with learning(base, log) as learner:
        await record(log, "a", *whole_call())
        learner.on_ended(CallId("a"))
        await until(lambda: bool(GapBook(base.folder).listing(now_ms=NOW)))
    assert UsageBook(base.folder).use_of("pin") == ArticleUse(offered=1, used=1, solved=1)
    (gap,) = GapBook(base.folder).listing(now_ms=NOW)
    assert (gap.label, gap.asked, gap.asked_last_week) == (ASKED, 1, 1)


async def test_what_an_earlier_engine_did_not_come_to_is_made_up_for_once(
    base: KnowledgeBase, log: SqliteLog
) -> None:
    await record(log, "a", *whole_call())
    await record(log, "live", *whole_call()[:-2])
    for _ in range(2):
        async with learning(base, log):
            await until_learned(base, {"a": 7})
            await until(lambda: bool(GapBook(base.folder).listing(now_ms=NOW)))
    assert UsageBook(base.folder).use_of("pin").offered == 1
    assert [gap.asked for gap in GapBook(base.folder).listing(now_ms=NOW)] == [1]


async def test_what_happens_after_the_end_is_learned_too(
    base: KnowledgeBase, log: SqliteLog
) -> None:
    completed = events.WrapUpCompleted(
        wrap_up=WrapUp(lines=(), disposition="", outcome="Not solved")
    )
    async with learning(base, log) as learner:
        await record(log, "a", *whole_call())
        learner.on_ended(CallId("a"))
        await until_learned(base, {"a": 7})
        await record(log, "a", completed, after=7)
        learner.on_ended(CallId("a"))
        await until_learned(base, {"a": 8})
    assert UsageBook(base.folder).use_of("pin") == ArticleUse(offered=1, used=1)


@pytest.mark.logs("what call a taught is not kept")
@pytest.mark.logs("calls that were not learned cannot be looked for")
@pytest.mark.logs("gaps cannot be tried")
async def test_a_base_that_fails_costs_the_lesson_only(
    base: KnowledgeBase, log: SqliteLog, caplog: pytest.LogCaptureFixture
) -> None:
    database = base.folder / "knowledge.db"
    sound = database.read_bytes()
    await record(log, "a", *whole_call())
    async with learning(base, log) as learner:
        database.write_bytes(b"broken" * 1_000)
        learner.on_ended(CallId("a"))
        await until(lambda: "gaps cannot be tried" in caplog.text)
        database.write_bytes(sound)
        await record(log, "b", *whole_call())
        learner.on_ended(CallId("b"))
        await until_learned(base, {"b": 7})


def is_decided(finder: KnowledgeFinder, release: int, caplog: pytest.LogCaptureFixture) -> bool:
    return finder.release == release or "kept back" in caplog.text


@pytest.mark.logs("what has come due is kept back: pin: ")
async def test_what_has_come_due_is_published_unless_the_check_finds_an_error(
    base: KnowledgeBase, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[ReleasePublished] = []
    clock = [NOW]
    finder = KnowledgeFinder(base, embedder=HashEmbedder(), now_ms=lambda: clock[0])
    finder.encoder.start()
    await finder.refresh()
    following = asyncio.create_task(finder.follow(0.01, told.append))
    for body, version in (("It is in the app.", 2), ("See [this](nowhere).", 3)):
        edited = Article(article_id="pin", title="Forgotten pin", body=body)
        base.set_policy(ReviewPolicy.SELF)
        assert base.save(edited, author="ana", reason="", now_ms=clock[0]) == version
        base.move(
            "pin", version, ArticleState.APPROVED, by="ana", now_ms=clock[0],
            publish_at_ms=clock[0] + 60_000,
        )  # fmt: skip
        await asyncio.sleep(0.1)
        assert finder.release == version - 1
        clock[0] += 60_000
        await until(partial(is_decided, finder, version, caplog))
    await asyncio.sleep(0.1)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    finder.encoder.close()
    assert [one.release for one in told] == [2]
    assert base.current_release() == 2
    assert caplog.text.count("kept back") == 1
