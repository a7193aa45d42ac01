"""Whatever is said comes out as it went in."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.contract import wire
from assist_engine.contract.answers import Answer
from assist_engine.contract.commands import Saying
from assist_engine.contract.events import Event, Recorded, Unrecognised
from assist_engine.contract.wire import AudioFrame, Said, WireError
from tests.strategies import CALL, event_logs, members, struct, unrecognised


@pytest.mark.parametrize("kind", members(Event), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_event_kind_survives(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    event = data.draw(struct(kind))
    assert wire.decode_event(wire.encode_event(event)) == event


@pytest.mark.parametrize("kind", members(Saying), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_saying_kind_survives(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    said = Said(ref=data.draw(st.integers(0, 2**53)), saying=data.draw(struct(kind)))
    assert wire.decode_said(wire.encode_said(said)) == said


@pytest.mark.parametrize("kind", members(Answer), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_answer_kind_survives(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    answer = data.draw(struct(kind))
    assert wire.decode_from_engine(wire.encode_answer(answer)) == answer


@given(event_logs())
def test_the_envelope_survives(log: list[Recorded]) -> None:
    for recorded in log:
        encoded = wire.encode_recorded(recorded)
        assert wire.decode_recorded(encoded) == recorded
        assert wire.decode_from_engine(encoded) == recorded


@given(unrecognised())
def test_an_unknown_kind_is_kept_byte_for_byte(event: Unrecognised) -> None:
    kept = wire.decode_event(event.raw)
    assert kept == event
    assert wire.encode_event(kept) == event.raw
    recorded = Recorded(call_id=CALL, seq=1, recorded_ms=0, audio_ms=0, event=event)
    assert event.raw in wire.encode_recorded(recorded)


@given(unrecognised())
def test_an_unknown_answer_is_passed_over(event: Unrecognised) -> None:
    assert wire.decode_from_engine(event.raw) is None


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_noise_is_a_wire_error_and_nothing_else(noise: bytes | str) -> None:
    for decode in (wire.decode_said, wire.decode_recorded):
        with pytest.raises(WireError):
            decode(noise)
    for lenient in (wire.decode_event, wire.decode_from_engine):
        with suppress(WireError):  # noise may also be a message of a newer engine
            lenient(noise)


@given(
    st.builds(
        AudioFrame,
        channel=st.integers(0, 255),
        sequence=st.integers(0, 2**32 - 1),
        start_sample=st.integers(0, 2**64 - 1),
        pcm=st.binary(max_size=400).map(lambda data: data[: len(data) // 2 * 2]),
    )
)
def test_audio_survives(frame: AudioFrame) -> None:
    encoded = wire.encode_audio(frame)
    assert len(encoded) == 16 + len(frame.pcm)
    assert wire.decode_audio(encoded) == [frame]
    if frame.pcm:
        assert wire.decode_audio(wire.encode_audio(frame, frame, frame)) == [frame] * 3


@given(st.binary(max_size=64))
def test_audio_noise_is_a_wire_error(noise: bytes) -> None:
    try:
        frames = wire.decode_audio(noise)
    except WireError:
        return
    assert frames[0].channel == noise[1]
    assert b"".join(frame.pcm for frame in frames) in noise or len(frames) > 1
