"""Every event log keeps these promises."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded, Unrecognised
from assist_engine.contract.ids import CallId
from assist_engine.event_log.log import EventLog, SeqTaken
from assist_engine.event_log.memory_log import MemoryLog
from assist_engine.event_log.sqlite_log import SqliteLog

ONE, TWO = CallId("one"), CallId("two")


def recorded(call_id: CallId, seq: int, event: Event | Unrecognised | None = None) -> Recorded:
    noted = event or events.NoteTaken(text=f"note {seq}")
    return Recorded(call_id=call_id, seq=seq, recorded_ms=seq, audio_ms=seq, event=noted)


@pytest.fixture(params=["memory", "sqlite"])
async def log(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[EventLog]:
    in_file = request.param == "sqlite"
    log: EventLog = SqliteLog(tmp_path / "calls.db") if in_file else MemoryLog()
    yield log
    await log.close()


async def test_what_was_appended_is_read_back_in_order(log: EventLog) -> None:
    await log.append([recorded(ONE, 1), recorded(ONE, 2)])
    await log.append([recorded(TWO, 1), recorded(ONE, 3)])
    assert [r.seq for r in await log.read(ONE)] == [1, 2, 3]
    assert await log.read(ONE, after_seq=2) == [recorded(ONE, 3)]
    assert await log.read(CallId("none")) == []


async def test_an_event_of_a_newer_engine_is_kept_byte_for_byte(log: EventLog) -> None:
    newer = Unrecognised(kind="call.teleported", raw=b'{"kind":"call.teleported","to":"mars"}')
    await log.append([recorded(ONE, 1, newer)])
    assert (await log.read(ONE))[0].event == newer


async def test_a_seq_is_taken_once_and_the_losing_batch_leaves_nothing(log: EventLog) -> None:
    await log.append([recorded(ONE, 1), recorded(ONE, 2)])
    with pytest.raises(SeqTaken):
        await log.append([recorded(ONE, 3), recorded(ONE, 2)])
    assert [r.seq for r in await log.read(ONE)] == [1, 2]


async def test_of_two_writers_of_one_call_one_wins_and_others_are_untouched(log: EventLog) -> None:
    batches = [[recorded(ONE, 1)], [recorded(ONE, 1)], [recorded(TWO, 1)]]
    results = await asyncio.gather(*(log.append(b) for b in batches), return_exceptions=True)
    assert [type(r) for r in results] == [type(None), SeqTaken, type(None)]
    assert len(await log.read(ONE)) == len(await log.read(TWO)) == 1


async def test_unreleased_calls_are_listed_oldest_first(log: EventLog) -> None:
    await log.append([recorded(ONE, 1), recorded(TWO, 2), recorded(CallId("three"), 3)])
    await log.append([recorded(ONE, 4, events.CallReleased())])
    assert await log.unreleased() == [TWO, CallId("three")]


async def test_ended_calls_are_told_with_their_last_seq(log: EventLog) -> None:
    await log.append([recorded(ONE, 1), recorded(ONE, 2, events.CallReleased())])
    await log.append([recorded(ONE, 3), recorded(TWO, 4)])
    await log.append([recorded(CallId("three"), 9, events.CallReleased())])
    assert await log.ended(0) == {ONE: 3, CallId("three"): 9}
    assert await log.ended(3) == {CallId("three"): 9}


async def test_many_writers_at_once_lose_nothing(log: EventLog) -> None:
    calls = [CallId(f"call-{number}") for number in range(40)]
    for seq in range(1, 11):
        await asyncio.gather(*(log.append([recorded(call, seq)]) for call in calls))
    for call in calls:
        assert [r.seq for r in await log.read(call)] == list(range(1, 11))
