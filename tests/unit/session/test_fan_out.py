import asyncio

from assist_engine.contract import events
from assist_engine.contract.answers import PartialHeard
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.wire import decode_from_engine
from assist_engine.session.fan_out import FanOut, Subscriber

CALL = CallId("call")
CUSTOMER = ParticipantId("customer")


def partial(stable: str, *, utterance: str = "customer-0") -> PartialHeard:
    return PartialHeard(
        call_id=CALL,
        utterance_id=UtteranceId(utterance),
        participant_id=CUSTOMER,
        stable=stable,
        tail="",
        start_ms=0,
        heard_ms=100,
    )


def noted(seq: int) -> Recorded:
    event = events.NoteTaken(text="x")
    return Recorded(call_id=CALL, seq=seq, recorded_ms=0, audio_ms=0, event=event)


def final(seq: int, *, utterance: str = "customer-0") -> Recorded:
    event = events.UtteranceFinal(
        utterance_id=UtteranceId(utterance),
        participant_id=CUSTOMER,
        text="hello",
        start_ms=0,
        end_ms=500,
    )
    return Recorded(call_id=CALL, seq=seq, recorded_ms=0, audio_ms=0, event=event)


async def taken(subscriber: Subscriber) -> list[object]:
    async with asyncio.timeout(1):
        return [decode_from_engine(data) for data in await subscriber.take()]


async def test_events_come_first_and_only_the_newest_partial_after() -> None:
    fan_out, desktop = FanOut(), Subscriber(limit=10)
    fan_out.watch(CALL, desktop)
    for stable in ("my", "my parcel", "my parcel is"):
        fan_out.publish_partial(partial(stable))
    fan_out.publish(noted(1))
    assert await taken(desktop) == [noted(1), partial("my parcel is")]
    assert desktop.dropped_partials == 2


async def test_a_final_takes_the_place_of_its_own_partial_only() -> None:
    fan_out, desktop = FanOut(), Subscriber(limit=10)
    fan_out.watch(CALL, desktop)
    fan_out.publish_partial(partial("hello"))
    fan_out.publish(final(1))
    assert await taken(desktop) == [final(1)]
    fan_out.publish_partial(partial("next", utterance="customer-1"))
    fan_out.publish(final(2))
    assert await taken(desktop) == [final(2), partial("next", utterance="customer-1")]


async def test_a_slow_reader_is_told_to_resume_and_loses_no_event_silently() -> None:
    fan_out, slow, quick = FanOut(), Subscriber(limit=3), Subscriber(limit=100)
    fan_out.watch_all(slow)
    fan_out.watch_all(quick)
    for seq in range(1, 11):
        fan_out.publish(noted(seq))
    assert slow.has_overflowed
    assert await taken(slow) == [noted(1), noted(2), noted(3)]
    assert not quick.has_overflowed
    assert await taken(quick) == [noted(seq) for seq in range(1, 11)]


async def test_who_left_gets_nothing() -> None:
    fan_out, desktop = FanOut(), Subscriber(limit=10)
    fan_out.watch(CALL, desktop)
    fan_out.leave(desktop)
    fan_out.publish(noted(1))
    desktop.put_history(b"")
    async with asyncio.timeout(1):
        assert await desktop.take() == [b""]
    assert fan_out.counts == {"note.taken": 1}
