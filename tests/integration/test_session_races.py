"""What goes wrong beside a call or at the same moment: nobody waits for ever, nothing doubles."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from assist_engine.call.decide import Caller, Refusal
from assist_engine.call.state import Phase
from assist_engine.contract import commands, events
from assist_engine.contract.answers import Refused
from assist_engine.contract.commands import ChannelFormat, TakeNote
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import AgentId, CallId
from assist_engine.contract.values import Role, WrapUp
from assist_engine.contract.wire import AudioFrame, decode_from_engine
from assist_engine.event_log.log import LogUnusable
from assist_engine.event_log.memory_log import MemoryLog
from assist_engine.session.call_session import CallBroken, CallSession
from assist_engine.session.fan_out import Subscriber
from assist_engine.speech.engine import Heard, Listener
from assist_engine.speech.scripted_engine import ScriptedEngine
from tests.integration.test_sessions import (
    AGENT,
    BOTH,
    CALL,
    CUSTOMER,
    KIM,
    RATE,
    DeafEngine,
    House,
    opening,
    said,
    says,
    send,
    until,
)

pytestmark = [pytest.mark.integration, pytest.mark.timeout(20)]

LEE = Caller(role="supervisor", agent_id=AgentId("lee"), agent_name="Lee")
OTHER = CallId("other")


class FaultyLog(MemoryLog):
    """Refuses what is appended to one call, or takes its time, when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.is_full = False
        self.seconds = 0.0

    async def append(self, recorded: Sequence[Recorded]) -> None:
        if self.is_full and recorded[0].call_id == CALL:
            raise LogUnusable("the disk is full")
        await super().append(recorded)
        await asyncio.sleep(self.seconds)


class StuckEngine(ScriptedEngine):
    """Hears nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go = threading.Event()

    def listen(self, *, source_rate_hz: int, start_ms: int) -> Listener:  # type: ignore[override]
        listener = super().listen(source_rate_hz=source_rate_hz, start_ms=start_ms)

        def hear(pcm: bytes) -> Sequence[Heard]:
            self.may_go.wait(10)
            return ()

        listener.hear = hear  # type: ignore[method-assign]
        return listener


@pytest.fixture
def log() -> FaultyLog:
    return FaultyLog()


@pytest.fixture
def house(tmp_path: Path, log: FaultyLog) -> House:
    return House(tmp_path, ScriptedEngine(CUSTOMER, AGENT), log)


def frame(at_ms: int, *, channel: int = 0) -> AudioFrame:
    start = at_ms * RATE // 1000
    return AudioFrame(channel=channel, sequence=0, start_sample=start, pcm=bytes(RATE // 10 * 2))


async def watcher(session: CallSession) -> Subscriber:
    subscriber = Subscriber(limit=100)
    await session.catch_up(subscriber, session.state.seq)
    return subscriber


@pytest.mark.logs("is deaf")
async def test_a_deaf_ear_keeps_no_sender_waiting(house: House) -> None:
    house.engine = DeafEngine(CUSTOMER, AGENT)
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        await send(session, 0, 15_000)  # three times what the queue holds
        await session.command(commands.PauseCall(call_id=CALL), KIM)
        await session.command(commands.ContinueCall(call_id=CALL), KIM)
        await send(session, 15_000, 30_000)
        await session.command(commands.ReleaseCall(call_id=CALL), KIM)
        assert session.state.phase is Phase.RELEASED


async def test_a_sender_that_waits_for_room_goes_on_when_the_call_is_over(house: House) -> None:
    house.engine = engine = StuckEngine()
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        sending = asyncio.create_task(send(session, 0, 20_000))
        await asyncio.sleep(0.1)
        assert not sending.done()
        releasing = asyncio.create_task(session.command(commands.ReleaseCall(call_id=CALL), KIM))
        await asyncio.wait_for(sending, 5)
        engine.may_go.set()
        await releasing
        await session.hear(frame(30_000))  # a frame that crossed the hang-up


async def test_a_frame_whose_sender_goes_away_was_not_received(house: House) -> None:
    house.engine = engine = StuckEngine()
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        sending = asyncio.create_task(send(session, 0, 20_000))
        await asyncio.sleep(0.1)
        sending.cancel()
        _, positions = await calls.open(opening(), KIM)
        assert positions[0] <= 5_100  # what the queue holds, and the block that is being heard
        engine.may_go.set()


@pytest.mark.logs("cannot go on")
async def test_a_log_that_fails_ends_its_call_only_and_the_call_can_be_taken_up(
    house: House, log: FaultyLog
) -> None:
    house.engine = ScriptedEngine(CUSTOMER, [], [], [], CUSTOMER[1:], [])
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        other, _ = await calls.open(opening(OTHER), KIM)
        watching = await watcher(session)
        log.is_full = True
        await send(session, 0, 3000)
        await until(lambda: calls.count == 1)
        with pytest.raises(CallBroken, match="the disk is full"):
            await session.hear(frame(3000))
        told = [decode_from_engine(data) for data in await watching.take()]
        assert any(isinstance(item, Refused) and item.code == "call.broken" for item in told)
        assert calls.sessions() == [other]
        log.is_full = False
        again, positions = await calls.open(opening(), KIM)
        assert again is not session
        assert positions == {0: 0, 1: 0}
        await send(again, 0, 4600)
        await again.command(commands.ReleaseCall(call_id=CALL), KIM)
    assert [r.seq for r in await log.read(CALL)] == list(range(1, again.state.seq + 1))
    assert await said(log) == ["and nobody answers"]


@pytest.mark.logs("cannot go on")
async def test_hanging_up_a_call_whose_log_fails_is_told(house: House, log: FaultyLog) -> None:
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        log.is_full = True
        with pytest.raises(CallBroken):
            await session.command(commands.ReleaseCall(call_id=CALL), KIM)


@pytest.mark.logs("cannot go on")
async def test_a_call_that_cannot_be_released_does_not_end_the_engine(
    house: House, log: FaultyLog
) -> None:
    house.reconnect_s = 0.1
    async with house.open() as calls:
        await calls.open(opening(), KIM)
        await calls.open(opening(OTHER), KIM)
        log.is_full = True
        calls.detach(CALL)
        await until(lambda: calls.count == 1)
        await (await calls.session(OTHER)).command(TakeNote(call_id=OTHER, text="on"), KIM)


async def test_a_call_that_could_not_be_recorded_takes_no_place(
    house: House, log: FaultyLog
) -> None:
    house.capacity = 2
    async with house.open() as calls:
        log.is_full = True
        with pytest.raises(LogUnusable):
            await calls.open(opening(), KIM)
        log.is_full = False
        await calls.open(opening(), KIM)


async def test_who_goes_away_in_mid_command_leaves_the_call_whole(
    house: House, log: FaultyLog
) -> None:
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        log.seconds = 0.05
        noting = asyncio.create_task(session.command(TakeNote(call_id=CALL, text="one"), KIM))
        await asyncio.sleep(0.01)
        noting.cancel()
        await session.command(TakeNote(call_id=CALL, text="two"), KIM)
        assert session.state.notes == ("one", "two")


async def test_who_goes_away_in_mid_opening_leaves_an_abandoned_call(
    house: House, log: FaultyLog
) -> None:
    house.reconnect_s = 0.1
    log.seconds = 0.05
    async with house.open() as calls:
        opened = asyncio.create_task(calls.open(opening(), KIM))
        await asyncio.sleep(0.01)
        opened.cancel()
        await until(lambda: calls.count == 1)
        await until(lambda: calls.count == 0)
    assert isinstance((await log.read(CALL))[-2].event, events.CallReleased)


async def test_commands_at_the_same_moment_are_decided_one_after_the_other(house: House) -> None:
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        whisper = commands.SendWhisper(call_id=CALL, text="slow down")
        await asyncio.gather(*(session.command(whisper, LEE) for _ in range(5)))
        assert len({w.whisper_id for w in session.state.whispers}) == 5
        pausing = [session.command(commands.PauseCall(call_id=CALL), KIM) for _ in range(2)]
        results = await asyncio.gather(*pausing, return_exceptions=True)
        assert [type(r) for r in results] == [int, Refusal]


async def test_a_call_that_is_over_has_one_writer_too(house: House) -> None:
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        await session.command(commands.ReleaseCall(call_id=CALL), KIM)
        del session
        await until(lambda: calls.count == 0)

        async def note(number: int) -> int:
            over = await calls.session(CALL)
            return await over.command(TakeNote(call_id=CALL, text=str(number)), KIM)

        assert len(set(await asyncio.gather(*(note(number) for number in range(5))))) == 5


@pytest.mark.parametrize(
    "legs",
    [
        (ChannelFormat(channel=7, role=Role.CUSTOMER, sample_rate_hz=RATE),),
        (ChannelFormat(channel=0, role=Role.AGENT, sample_rate_hz=RATE),),
        (ChannelFormat(channel=0, role=Role.CUSTOMER, sample_rate_hz=16_000),),
    ],
)
async def test_a_call_is_taken_up_with_the_channels_it_began_with(
    house: House, legs: tuple[ChannelFormat, ...]
) -> None:
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        with pytest.raises(Refusal, match=r"0 \(customer\), 1 \(agent\)"):
            await calls.open(opening(channels=legs), KIM)
        assert list(session.ears) == [0, 1]


async def test_a_paused_call_is_no_reason_to_refuse_others(house: House) -> None:
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        await session.command(commands.PauseCall(call_id=CALL), KIM)
        await send(session, 0, 10_000)
        await calls.open(opening(OTHER), KIM)


async def test_words_behind_a_hole_of_minutes_are_heard(house: House) -> None:
    house.engine = ScriptedEngine(CUSTOMER[:1], [says("i am back", 900_500, 901_500)])
    async with house.open() as calls:
        session, _ = await calls.open(opening(channels=BOTH[:1]), KIM)
        await send(session, 0, 1200)
        await send(session, 900_000, 903_000)
        await session.command(commands.ReleaseCall(call_id=CALL), KIM)
        assert session.state.failures == ()
    assert await said(house.log) == ["my parcel is", "i am back"]


async def test_a_position_beyond_any_call_is_refused(house: House) -> None:
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        with pytest.raises(Refusal, match="24 hours"):
            await session.hear(frame(25 * 3_600_000))
        assert session.audio_ms == 0


async def test_who_watches_all_hears_nothing_of_a_call_that_was_over_before(house: House) -> None:
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        await session.command(commands.ReleaseCall(call_id=CALL), KIM)
        await until(lambda: calls.count == 0)
        wall = Subscriber(limit=100)
        await calls.watch_all(wall, {})
        wrap_up = commands.CompleteWrapUp(call_id=CALL, wrap_up=WrapUp(lines=(), disposition="x"))
        await (await calls.session(CALL)).command(wrap_up, KIM)
        await calls.open(opening(OTHER), KIM)
        seen = [decode_from_engine(data) for data in await wall.take()]
    assert [(r.call_id, r.seq) for r in seen if isinstance(r, Recorded)] == [
        (OTHER, 1),
        (OTHER, 2),
        (OTHER, 3),
    ]


@pytest.mark.logs("cannot be taken up again")
async def test_one_call_that_cannot_be_read_does_not_keep_the_engine_from_starting(
    house: House, log: FaultyLog
) -> None:
    async with house.open() as calls:
        await calls.open(opening(), KIM)
        await calls.open(opening(OTHER), KIM)
    del log._calls[CALL][2]  # a hole
    async with House(house.folder, house.engine, log).open() as calls:
        assert [session.state.call_id for session in calls.sessions()] == [OTHER]


async def test_a_reader_of_a_long_history_is_not_taken_for_a_slow_one(house: House) -> None:
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        for number in range(60):
            await session.command(TakeNote(call_id=CALL, text=str(number)), KIM)
        desktop = Subscriber(limit=50)
        await session.catch_up(desktop, 0)
        await session.command(TakeNote(call_id=CALL, text="live"), KIM)
        assert not desktop.has_overflowed
        assert len(await desktop.take()) == session.state.seq


async def test_who_waits_for_a_call_is_told_when_the_engine_ends(house: House) -> None:
    house.engine = engine = StuckEngine()
    async with house.open() as calls:
        session, _ = await calls.open(opening(), KIM)
        sending = asyncio.create_task(send(session, 0, 20_000))
        releasing = asyncio.create_task(session.command(commands.ReleaseCall(call_id=CALL), KIM))
        await asyncio.sleep(0.1)
        engine.may_go.set()
        calls_ended = asyncio.gather(sending, releasing, return_exceptions=True)
    async with asyncio.timeout(5):
        await calls_ended
