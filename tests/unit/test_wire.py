"""What is refused at the door, and in which words; the layout of an audio frame in bytes."""

import pytest

from assist_engine.contract import wire
from assist_engine.contract.answers import EngineStatus
from assist_engine.contract.commands import Hello
from assist_engine.contract.events import NoteTaken, Recorded, Unrecognised
from assist_engine.contract.ids import AgentId, CallId
from assist_engine.contract.wire import AudioFrame, Said, WireError


def test_a_said_message_as_the_protocol_page_shows_it() -> None:
    said = wire.decode_said('{"ref":1,"saying":{"kind":"hello","role":"agent","agent_id":"a1"}}')
    assert said == Said(ref=1, saying=Hello(role="agent", agent_id=AgentId("a1")))
    assert wire.encode_said(said).startswith(b'{"ref":1,"saying":{"kind":"hello"')


def test_an_event_in_its_envelope_as_the_protocol_page_shows_it() -> None:
    line = (
        b'{"call_id":"c1","seq":3,"recorded_ms":1790000000000,"audio_ms":4200,'
        b'"event":{"kind":"note.taken","text":"call back"}}'
    )
    recorded = Recorded(
        call_id=CallId("c1"),
        seq=3,
        recorded_ms=1_790_000_000_000,
        audio_ms=4_200,
        event=NoteTaken(text="call back"),
    )
    assert wire.decode_recorded(line) == recorded
    assert wire.encode_recorded(recorded) == line


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("", "truncated"),
        ("{", "truncated"),
        ("[]", "array"),
        ('{"ref":1}', "saying"),
        ('{"ref":"one","saying":{"kind":"watch.all"}}', "$.ref"),
        ('{"ref":1,"saying":{"kind":"teleport"}}', "teleport"),
        ('{"ref":1,"saying":{"kind":"hello","role":"agent"}}', "agent_id"),
        ('{"ref":1,"saying":{"kind":"watch","call_id":7}}', "$.saying.call_id"),
        (b'{"ref":1,"saying":{"kind":"hello","role":"\xff"}}', "attune.v1"),
    ],
)
def test_a_bad_message_is_told_where_it_is_bad(message: str | bytes, named: str) -> None:
    with pytest.raises(WireError) as refused:
        wire.decode_said(message)
    assert named in str(refused.value)
    assert wire.SUBPROTOCOL in str(refused.value)


def test_fields_of_a_newer_desktop_are_passed_over() -> None:
    newer = '{"ref":1,"saying":{"kind":"hello","role":"agent","agent_id":"a","mood":"sunny"}}'
    assert isinstance(wire.decode_said(newer).saying, Hello)


def test_a_known_kind_with_bad_fields_is_not_taken_for_an_unknown_one() -> None:
    with pytest.raises(WireError, match=r"bad event of kind note\.taken"):
        wire.decode_event('{"kind":"note.taken","text":5}')
    with pytest.raises(WireError, match="bad answer of kind accepted"):
        wire.decode_from_engine('{"kind":"accepted","ref":"x"}')


def test_an_unknown_kind_keeps_its_bytes_spaces_included() -> None:
    raw = b'{ "kind" : "call.teleported" , "to":"mars" }'
    event = wire.decode_event(raw)
    assert event == Unrecognised(kind="call.teleported", raw=raw)
    assert wire.encode_event(event) == raw


def test_the_engine_is_told_apart_by_what_it_says() -> None:
    status = EngineStatus(is_ready=True, stage="ready")
    assert wire.decode_from_engine(wire.encode_answer(status)) == status
    assert wire.decode_from_engine('{"kind":"weather.changed"}') is None
    with pytest.raises(WireError, match="not JSON"):
        wire.decode_from_engine("%PDF-1.7")
    with pytest.raises(WireError, match="not a recorded event"):
        wire.decode_from_engine('{"seq":1}')


def test_the_layout_of_an_audio_frame() -> None:
    frame = AudioFrame(channel=1, sequence=2, start_sample=800, pcm=b"\x01\x00\xff\xff")
    expected = bytes.fromhex("01 01 0000 00000002 0000000000000320") + b"\x01\x00\xff\xff"
    assert wire.encode_audio(frame) == expected
    assert wire.decode_audio(expected) == [frame]
    other = AudioFrame(channel=0, sequence=9, start_sample=0, pcm=b"\x02\x00")
    both = wire.encode_audio(frame, other)
    assert both[:20] == bytes.fromhex("01 01 0004") + expected[4:]
    assert wire.decode_audio(both) == [frame, other]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "16 bytes of header, got 0"),
        (b"\x01" * 15, "16 bytes of header, got 15"),
        (bytes([2]) + bytes(15), "version 1, got 2"),
        (bytes([1]) + bytes(15) + b"\x00", "even number of bytes, got 1"),
        (bytes([1, 0, 0, 8]) + bytes(12) + b"\x00\x00", "promised 8 bytes of PCM, got 2"),
    ],
)
def test_a_bad_audio_frame_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(WireError) as refused:
        wire.decode_audio(data)
    assert words in str(refused.value)


def test_no_kind_is_used_twice() -> None:
    kinds = [*wire.EVENT_KINDS, *wire.ANSWER_KINDS, *wire.SAYING_KINDS]
    assert len(kinds) == len(set(kinds))
    assert len(wire.EVENT_KINDS) >= 23
