"""Wrap-ups in the engine: there at hang-up, written anew by a local model, filed and learned."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from assist_engine.call.decide import Caller
from assist_engine.call.state import CallState, Phase
from assist_engine.contract import commands, events
from assist_engine.contract.commands import ChannelFormat, OpenCall
from assist_engine.contract.ids import AgentId, CallId
from assist_engine.contract.values import Role, WrapUp
from assist_engine.contract.wire import AudioFrame
from assist_engine.customers.directory import Directory
from assist_engine.event_log.sqlite_log import SqliteLog
from assist_engine.guidance.arbiter import Arbiter
from assist_engine.guidance.disposition import Disposition, DispositionRanker
from assist_engine.guidance.summary import WrapUpDrafter
from assist_engine.learning.wrap_up_choices import WrapUpChoices
from assist_engine.session.call_learning import CallLearning
from assist_engine.session.call_session import CallSession
from assist_engine.session.fan_out import FanOut
from assist_engine.session.knowledge_finder import KnowledgeFinder
from assist_engine.session.knowledge_teacher import KnowledgeTeacher
from assist_engine.session.lanes import DecodingLanes
from assist_engine.session.live_calls import LiveCalls
from assist_engine.session.stages import Stages
from assist_engine.session.summariser import summariser_of
from assist_engine.settings import SummarySettings
from assist_engine.speech.admission import Admission
from assist_engine.speech.scripted_engine import ScriptedEngine, ScriptedUtterance
from assist_engine.supervision.alerting import Alerting
from assist_engine.understanding.analyzer import Analyzer
from knowledge_base.store import KnowledgeBase
from tests.fakes.hash_embedder import HashEmbedder
from tests.integration.test_summariser import Handler, drip, endpoint, hang, note, streamed

pytestmark = pytest.mark.integration

RATE = 8000
KIM = Caller(role="agent", agent_id=AgentId("kim"), agent_name="Kim")
LEGS = (
    ChannelFormat(channel=0, role=Role.CUSTOMER, sample_rate_hz=RATE),
    ChannelFormat(channel=1, role=Role.AGENT, sample_rate_hz=RATE),
)
CUSTOMER = (ScriptedUtterance(text="my parcel is late and i need it", start_ms=500, end_ms=1500),)
AGENT = (ScriptedUtterance(text="i have sent a new one today", start_ms=2000, end_ms=2900),)
CODES = (
    Disposition(code="LATE", label="Parcel late", words=("parcel",)),
    Disposition(code="SENT", label="Replacement sent", words=("nothing says this",)),
)
ANEW = ("reason", "The parcel is late.", 0)


@dataclass
class House:
    """An engine over a folder; another over the same folder is the engine started again."""

    folder: Path
    summary: SummarySettings = field(default_factory=SummarySettings)
    choices: WrapUpChoices = field(
        default_factory=lambda: WrapUpChoices({one.label: one.code for one in CODES})
    )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[LiveCalls]:
        log = SqliteLog(self.folder / "calls.db")
        base = KnowledgeBase.create(self.folder / "knowledge")
        finder = KnowledgeFinder(base, embedder=HashEmbedder(), now_ms=now_ms)
        finder.encoder.start()
        learning = CallLearning(
            event_log=log, teacher=KnowledgeTeacher(finder), now_ms=now_ms, choices=self.choices
        )
        with closing(DecodingLanes(2)) as lanes, closing(finder.encoder):
            stages = Stages(
                speech={"en-US": ScriptedEngine(*(CUSTOMER, AGENT) * 8)},
                lanes=lanes,
                admission=Admission(8),
                encoder=finder.encoder,
                analyzer=Analyzer(()),
                rules=(),
                arbiter=Arbiter(),
                alerting=Alerting(),
                finder=finder,
                article_threshold=lambda: finder.threshold,
                customers=Directory({}),
                summarise=WrapUpDrafter(DispositionRanker(CODES, self.choices.counts)).draft,
                rewrite=summariser_of(self.summary, {}),
                audio_queue_blocks=50,
            )
            calls = LiveCalls(
                event_log=log,
                fan_out=FanOut(),
                stages=stages,
                reconnect_s=60,
                now_ms=now_ms,
                on_ended=learning.on_ended,
            )
            restored = asyncio.Event()
            tasks = [
                asyncio.create_task(calls.run(restored)),
                asyncio.create_task(learning.run()),
            ]
            await restored.wait()
            try:
                yield calls
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await log.close()


def now_ms() -> int:
    return time.time_ns() // 1_000_000


async def hung_up(calls: LiveCalls, name: str) -> tuple[CallSession, float]:
    """A call to its end, and how long the wrap-up took from hanging up, in seconds."""
    opening = OpenCall(call_id=CallId(name), caller_number="+1", channels=LEGS)
    session, _ = await calls.open(opening, KIM)
    for at_ms in range(0, 4_000, 100):
        for channel in (0, 1):
            start = at_ms * RATE // 1000
            pcm = bytes(RATE // 10 * 2)
            await session.hear(AudioFrame(channel=channel, sequence=0, start_sample=start, pcm=pcm))
    await until(session, lambda state: len(state.utterances) == 2)
    began = time.monotonic()
    await session.release("hang-up")
    return session, time.monotonic() - began


async def until(session: CallSession, holds: Callable[[CallState], bool]) -> None:
    for _ in range(1_000):
        if holds(session.state):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within 10 s")


async def drafts(folder: Path, name: str) -> list[WrapUp]:
    log = SqliteLog(folder / "calls.db")
    told = await log.read(CallId(name))
    await log.close()
    return [r.event.wrap_up for r in told if isinstance(r.event, events.WrapUpDrafted)]


async def complete(session: CallSession, wrap_up: WrapUp) -> None:
    command = commands.CompleteWrapUp(call_id=session.state.call_id, wrap_up=wrap_up)
    await session.command(command, KIM)


async def test_a_wrap_up_is_there_within_a_second_and_a_model_writes_it_anew(
    tmp_path: Path,
) -> None:
    def slowly(handler: Handler) -> None:
        time.sleep(0.5)
        handler.answer(note(ANEW))

    with endpoint(slowly) as server:
        house = House(tmp_path, SummarySettings(url=server.url, model="small"))
        async with house.open() as calls:
            session, took_s = await hung_up(calls, "a")
            draft = session.state.wrap_up_draft
            assert took_s < 1
            assert draft is not None
            assert not draft.is_generated
            await until(session, is_generated)
    [first, second] = await drafts(tmp_path, "a")
    assert first == draft
    assert second.is_generated
    assert second.lines[0].text == ANEW[1]
    assert second.follow_ups == first.follow_ups


def is_generated(state: CallState) -> bool:
    return state.wrap_up_draft is not None and state.wrap_up_draft.is_generated


async def test_a_wrap_up_that_is_completed_first_stays(tmp_path: Path) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def late(handler: Handler) -> None:
        loop.call_soon_threadsafe(asked.set)
        time.sleep(0.3)
        handler.answer(note(ANEW))

    with endpoint(late) as server:
        house = House(tmp_path, SummarySettings(url=server.url, model="small"))
        async with house.open() as calls:
            session, _ = await hung_up(calls, "a")
            await asyncio.wait_for(asked.wait(), 5)
            draft = session.state.wrap_up_draft
            assert draft is not None
            await complete(session, draft)
            await asyncio.sleep(0.6)
            assert session.state.phase is Phase.COMPLETED
            assert session.state.wrap_up == draft
    assert len(await drafts(tmp_path, "a")) == 1


@pytest.mark.logs("no generated summary")
@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(hang, id="hangs"),
        pytest.param(drip, id="drips"),
        pytest.param(streamed, id="streams"),
        pytest.param(lambda h: h.answer(b"oops", status=500), id="500"),
        pytest.param(lambda h: h.answer(b"\x00 garbage"), id="garbage"),
        pytest.param(lambda h: h.answer(note(("done", "Peter paid 700.", 1))), id="made up"),
    ],
)
async def test_an_endpoint_that_fails_costs_nothing(
    tmp_path: Path, behave: Callable[[Handler], None]
) -> None:
    with endpoint(behave) as server:
        house = House(tmp_path, SummarySettings(url=server.url, model="small", timeout_s=0.3))
        async with house.open() as calls:
            session, took_s = await hung_up(calls, "a")
            assert took_s < 1
            await asyncio.sleep(0.6)
            assert len(server.asked) == 1
            draft = session.state.wrap_up_draft
            assert draft is not None
            assert not draft.is_generated
            await complete(session, draft)
            assert session.state.phase is Phase.COMPLETED
    assert len(await drafts(tmp_path, "a")) == 1


async def test_what_agents_file_calls_under_is_learned_and_survives_a_restart(
    tmp_path: Path,
) -> None:
    house = House(tmp_path)
    async with house.open() as calls:
        for number in range(5):
            session, _ = await hung_up(calls, f"call-{number}")
            draft = session.state.wrap_up_draft
            assert draft is not None
            assert draft.heard_code == "LATE"
            await complete(session, replace(draft, disposition="Replacement sent"))
            for _ in range(500):
                if house.choices.counts()["LATE", "SENT"] == number + 1:
                    break
                await asyncio.sleep(0.01)
        assert house.choices.counts()["LATE", "SENT"] == 5
        assert draft is not None
        assert draft.disposition == "Replacement sent"  # after four corrections
    again = House(tmp_path)
    async with again.open() as calls:
        session, _ = await hung_up(calls, "after")
        learned = session.state.wrap_up_draft
    assert learned is not None
    assert learned.disposition == "Replacement sent"
    assert learned.heard_code == "LATE"
    assert again.choices.counts() == house.choices.counts()


async def test_the_changed_share_is_in_the_log(tmp_path: Path) -> None:
    async with House(tmp_path).open() as calls:
        session, _ = await hung_up(calls, "a")
        draft = session.state.wrap_up_draft
        assert draft is not None
        await complete(session, replace(draft, disposition="Something else"))
    log = SqliteLog(tmp_path / "calls.db")
    [drafted, completed] = await log.wrap_ups(10)
    await log.close()
    assert isinstance(drafted.event, events.WrapUpDrafted)
    assert isinstance(completed.event, events.WrapUpCompleted)
    assert 0 < completed.event.changed_share < 0.3
    assert [one.code for one in drafted.event.wrap_up.dispositions] == ["LATE", "general"]


async def test_what_agents_changed_is_measured_on_the_command_line(tmp_path: Path) -> None:
    async with House(tmp_path).open() as calls:
        for name, chosen in (("a", "Parcel late"), ("b", "Something else")):
            session, _ = await hung_up(calls, name)
            draft = session.state.wrap_up_draft
            assert draft is not None
            await complete(session, replace(draft, disposition=chosen))
    told = await asyncio.to_thread(run, "--data", str(tmp_path), "--json")
    figures = json.loads(told.stdout)
    assert (figures["calls"], figures["accepted_unchanged"]) == (2, 0.5)
    assert (figures["disposition_first"], figures["disposition_listed"]) == (0.5, 0.5)
    assert 0 < figures["mean_changed_share"] < 0.2
    table = await asyncio.to_thread(run, "--data", str(tmp_path))
    assert "accepted unchanged" in table.stdout
    assert "50.0%" in table.stdout
    none = await asyncio.to_thread(run, "--data", str(tmp_path / "none"))
    assert (none.returncode, "calls.db is not there" in none.stderr) == (2, True)


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "assist_engine", "evaluate", "wrap-ups", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
