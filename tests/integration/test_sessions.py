"""Life of a call in the engine: heard, paused, taken up again, abandoned, refused."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assist_engine.call.decide import Caller, Refusal
from assist_engine.call.state import CallState, Phase
from assist_engine.contract import commands, events
from assist_engine.contract.commands import ChannelFormat, OpenCall
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import AgentId, CallId
from assist_engine.contract.values import Role
from assist_engine.contract.wire import AudioFrame, decode_recorded
from assist_engine.customers.directory import Directory
from assist_engine.errors import EngineBusy
from assist_engine.event_log.log import EventLog
from assist_engine.event_log.memory_log import MemoryLog
from assist_engine.event_log.sqlite_log import SqliteLog
from assist_engine.guidance import summary
from assist_engine.guidance.arbiter import Arbiter
from assist_engine.session.call_session import CallSession
from assist_engine.session.fan_out import FanOut, Subscriber
from assist_engine.session.knowledge_finder import KnowledgeFinder
from assist_engine.session.lanes import DecodingLanes
from assist_engine.session.live_calls import LiveCalls
from assist_engine.session.stages import Stages
from assist_engine.speech.admission import Admission
from assist_engine.speech.engine import Heard, Listener
from assist_engine.speech.scripted_engine import ScriptedEngine, ScriptedUtterance
from assist_engine.supervision.alerting import Alerting
from assist_engine.understanding.analyzer import Analyzer
from assist_engine.understanding.signal import Observation, Signal
from knowledge_base.store import KnowledgeBase
from tests.fakes.hash_embedder import HashEmbedder

pytestmark = pytest.mark.integration

RATE = 8000
CALL = CallId("call")
KIM = Caller(role="agent", agent_id=AgentId("kim"), agent_name="Kim")
BOTH = (
    ChannelFormat(channel=0, role=Role.CUSTOMER, sample_rate_hz=RATE),
    ChannelFormat(channel=1, role=Role.AGENT, sample_rate_hz=RATE),
)


def says(text: str, start_ms: int, end_ms: int) -> ScriptedUtterance:
    return ScriptedUtterance(text=text, start_ms=start_ms, end_ms=end_ms)


CUSTOMER = [says("my parcel is late", 500, 1500), says("and nobody answers", 3000, 4000)]
AGENT = [says("hello how can i help", 0, 400)]


@dataclass
class House:
    """Live calls over a log; a second house over the same log is the engine started again."""

    folder: Path
    engine: ScriptedEngine
    log: EventLog = field(default_factory=MemoryLog)
    signals: Sequence[Signal] = ()
    capacity: int = 8
    reconnect_s: float = 60.0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[LiveCalls]:
        base = KnowledgeBase.create(self.folder / "knowledge")
        finder = KnowledgeFinder(base, embedder=HashEmbedder(), now_ms=lambda: 0)
        finder.encoder.start()
        with closing(DecodingLanes(2)) as lanes:
            calls = LiveCalls(
                event_log=self.log,
                fan_out=FanOut(),
                stages=self._stages(finder, lanes),
                reconnect_s=self.reconnect_s,
                now_ms=lambda: 0,
            )
            restored = asyncio.Event()
            running = asyncio.create_task(calls.run(restored))
            await restored.wait()
            yield calls
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        finder.encoder.close()

    def _stages(self, finder: KnowledgeFinder, lanes: DecodingLanes) -> Stages:
        return Stages(
            speech={"en-US": self.engine},
            lanes=lanes,
            admission=Admission(self.capacity),
            encoder=finder.encoder,
            analyzer=Analyzer(self.signals),
            rules=(),
            arbiter=Arbiter(),
            alerting=Alerting(),
            finder=finder,
            article_threshold=lambda: finder.threshold,
            customers=Directory({}),
            summarise=summary.draft,
            audio_queue_blocks=50,
        )


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, ScriptedEngine(CUSTOMER, AGENT))


def opening(call_id: CallId = CALL, *, channels: tuple[ChannelFormat, ...] = BOTH) -> OpenCall:
    return OpenCall(call_id=call_id, caller_number="+15550100", channels=channels, queue="orders")


async def send(session: CallSession, from_ms: int, to_ms: int) -> None:
    for at_ms in range(from_ms, to_ms, 100):
        for channel in session.ears:
            frame = AudioFrame(
                channel=channel,
                sequence=0,
                start_sample=at_ms * RATE // 1000,
                pcm=bytes(RATE // 10 * 2),
            )
            await session.hear(frame)


async def said(log: EventLog, call_id: CallId = CALL) -> list[str]:
    recorded = await log.read(call_id)
    return [r.event.text for r in recorded if isinstance(r.event, events.UtteranceFinal)]


def kinds(recorded: Sequence[Recorded]) -> list[type]:
    return [type(r.event) for r in recorded]


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within 10 s")


async def test_a_call_is_heard_to_its_last_word_and_wrapped_up(house: House) -> None:
    async with house.open() as calls:
        session, positions = await calls.open(opening(), KIM)
        assert positions == {0: 0, 1: 0}
        await send(session, 0, 3900)
        await session.command(commands.ReleaseCall(call_id=CALL), KIM)
        await until(lambda: calls.count == 0)
    recorded = await house.log.read(CALL)
    assert kinds(recorded)[:3] == [
        events.CallOffered,
        events.ParticipantJoined,
        events.ParticipantJoined,
    ]
    assert kinds(recorded)[-2:] == [events.CallReleased, events.WrapUpDrafted]
    assert sorted(await said(house.log)) == [
        "and nobody answers",
        "hello how can i help",
        "my parcel is late",
    ]


async def test_what_is_said_during_a_pause_is_heard_and_kept_by_nobody(house: House) -> None:
    secret = says("four one one one", 2000, 2500)
    house.engine = ScriptedEngine([CUSTOMER[0], secret], AGENT, [secret, CUSTOMER[1]], [])
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        await send(session, 0, 1800)
        await session.command(commands.PauseCall(call_id=CALL), KIM)
        assert session.state.phase is Phase.PAUSED
        await send(session, 1800, 2800)
        await session.command(commands.ContinueCall(call_id=CALL), KIM)
        await send(session, 2800, 4600)
        await session.command(commands.ReleaseCall(call_id=CALL), KIM)
    words = await said(house.log)
    assert "my parcel is late" in words
    assert "and nobody answers" in words
    assert not any("one" in text.split() for text in words)


async def test_a_desktop_that_comes_back_goes_on_where_its_audio_ended(house: House) -> None:
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        await send(session, 0, 1000)
        calls.detach(CALL)
        again, positions = await calls.open(opening(), KIM)
        assert again is session
        assert positions == {0: 1000, 1: 1000}


async def test_an_engine_started_again_goes_on_behind_the_last_final(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "calls.db")
    first = House(tmp_path, ScriptedEngine(CUSTOMER, AGENT), log)
    async with first.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        await send(session, 0, 3500)
        await until(lambda: len(session.state.utterances) == 2)
    second = House(tmp_path, ScriptedEngine([CUSTOMER[1]], []), log)
    async with second.open() as calls:
        assert calls.count == 1
        session, positions = await calls.open(opening(), KIM)
        assert positions == {0: 1500, 1: 400}
        await send(session, 1500, 4600)
        await session.command(commands.ReleaseCall(call_id=CALL), KIM)
    recorded = await log.read(CALL)
    await log.close()
    finals = [r.event for r in recorded if isinstance(r.event, events.UtteranceFinal)]
    assert [r.seq for r in recorded] == list(range(1, len(recorded) + 1))
    assert {f.text for f in finals} == {
        "my parcel is late",
        "hello how can i help",
        "and nobody answers",
    }
    assert len({f.utterance_id for f in finals}) == 3


async def test_a_call_nobody_comes_back_to_is_released(house: House) -> None:
    house.reconnect_s = 0.2
    async with house.open() as calls:
        await calls.open(opening(), KIM)
        calls.detach(CALL)
        await until(lambda: calls.count == 0)
    released = [r.event for r in await house.log.read(CALL)]
    assert events.CallReleased(reason="connection lost") in released


async def test_more_calls_than_can_be_decoded_are_refused_until_one_ends(house: House) -> None:
    house.capacity = 2
    async with house.open() as calls:
        await calls.open(opening(), KIM)
        with pytest.raises(EngineBusy, match="decodes 2 channels"):
            await calls.open(opening(CallId("second")), KIM)
        assert await house.log.read(CallId("second")) == []
        await (await calls.session(CALL)).command(commands.ReleaseCall(call_id=CALL), KIM)
        await until(lambda: calls.count == 0)
        await calls.open(opening(CallId("third")), KIM)


async def test_an_engine_that_ends_takes_no_new_calls_but_goes_on_with_old_ones(
    house: House,
) -> None:
    async with house.open() as calls:
        await calls.open(opening(), KIM)
        calls.is_draining = True
        with pytest.raises(Refusal, match="takes no new calls"):
            await calls.open(opening(CallId("new")), KIM)
        await calls.open(opening(), KIM)


async def test_calls_belong_to_their_agent_and_end_once(house: House) -> None:
    other = replace_id(KIM, "lee")
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        with pytest.raises(Refusal, match="another agent"):
            await calls.open(opening(), other)
        with pytest.raises(Refusal, match="own calls"):
            await session.command(commands.PauseCall(call_id=CALL), other)
        await session.command(commands.ReleaseCall(call_id=CALL), KIM)
        await until(lambda: calls.count == 0)
        with pytest.raises(Refusal, match="is over"):
            await calls.open(opening(), KIM)
        over = await calls.session(CALL)
        assert over.state.wrap_up_draft is not None
        await over.command(
            commands.CompleteWrapUp(call_id=CALL, wrap_up=over.state.wrap_up_draft), KIM
        )
        assert over.state.phase is Phase.COMPLETED


async def test_a_wall_that_was_away_hears_how_a_call_ended(house: House) -> None:
    wall = Subscriber(limit=100)
    async with house.open() as calls:
        await calls.open(opening(), KIM)
        await (await calls.session(CALL)).command(commands.ReleaseCall(call_id=CALL), KIM)
        await until(lambda: calls.count == 0)
        await calls.watch_all(wall, {CALL: 3, CallId("never was"): 9})
        heard = [decode_recorded(data).event for data in await wall.take()]
    assert [type(event) for event in heard] == [events.CallReleased, events.WrapUpDrafted]


class BrokenSignal:
    name = "broken"
    reads = Role.CUSTOMER

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        raise ZeroDivisionError("no ground to stand on")


class DeafEngine(ScriptedEngine):
    """Breaks on the first block of audio."""

    def listen(self, *, source_rate_hz: int, start_ms: int) -> Listener:  # type: ignore[override]
        listener = super().listen(source_rate_hz=source_rate_hz, start_ms=start_ms)

        def hear(pcm: bytes) -> Sequence[Heard]:
            raise OSError("the model is gone")

        listener.hear = hear  # type: ignore[method-assign]
        return listener


async def test_a_broken_signal_is_told_and_the_call_goes_on(house: House) -> None:
    house.signals = [BrokenSignal()]
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        await send(session, 0, 4600)
        await session.command(commands.ReleaseCall(call_id=CALL), KIM)
        assert {f.stage for f in session.state.failures} == {"signal broken"}
        assert len(session.state.utterances) == 3


@pytest.mark.logs("is deaf")
async def test_a_channel_that_cannot_be_heard_is_told_and_the_call_ends_well(
    house: House,
) -> None:
    house.engine = DeafEngine(CUSTOMER, AGENT)
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        await send(session, 0, 1000)
        await session.command(commands.ReleaseCall(call_id=CALL), KIM)
        assert {f.stage for f in session.state.failures} == {"speech"}
        assert session.state.wrap_up_draft is not None


def replace_id(caller: Caller, agent_id: str) -> Caller:
    return Caller(role=caller.role, agent_id=AgentId(agent_id))
