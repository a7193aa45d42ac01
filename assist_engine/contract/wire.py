"""Bytes to values and back: the JSON of the websocket, of the log and of the tests.

Text frames from a desktop hold one `Said`; text frames from the engine hold one `Answer`
or one event in its envelope (an object with `event`). Audio comes in binary frames.
"""

import struct
from typing import Final

import msgspec

from assist_engine.contract.answers import Answer
from assist_engine.contract.commands import Saying
from assist_engine.contract.events import Event, Recorded, Unrecognised
from assist_engine.contract.ids import CallId

SUBPROTOCOL: Final = "attune.v1"


class WireError(ValueError):
    """What came is not what the contract says; the text tells where."""

    code = "wire.malformed"


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A message of a desktop with a number of its own choice, repeated in the answer."""

    ref: int
    saying: Saying


class _RawRecorded(msgspec.Struct, frozen=True, kw_only=True):
    call_id: CallId
    seq: int
    recorded_ms: int
    audio_ms: int
    event: msgspec.Raw


class _Kind(msgspec.Struct):
    kind: str


_encoder = msgspec.json.Encoder()
_said_decoder = msgspec.json.Decoder(Said)
_raw_recorded_decoder = msgspec.json.Decoder(_RawRecorded)
_event_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_answer_decoder: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)
_kind_decoder = msgspec.json.Decoder(_Kind)


def encode_said(said: Said) -> bytes:
    """JSON of a desktop's message."""
    return _encoder.encode(said)


def decode_said(data: bytes | str) -> Said:
    """Read a desktop's message, or raise `WireError`."""
    try:
        return _said_decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError(f"not a message of {SUBPROTOCOL}: {error}") from error


def kind_of(event: Event | Unrecognised) -> str:
    """The `kind` of an event as it stands in its JSON."""
    return event.kind if isinstance(event, Unrecognised) else str(event.__struct_config__.tag)


def encode_event(event: Event | Unrecognised) -> bytes:
    """JSON of an event; one that was not recognised goes out as it came."""
    return event.raw if isinstance(event, Unrecognised) else _encoder.encode(event)


def decode_event(data: bytes | str | msgspec.Raw) -> Event | Unrecognised:
    """Read an event; an unknown kind is kept as `Unrecognised`, bad JSON is a `WireError`."""
    try:
        return _event_decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return _keep_unknown(data, error)


def _keep_unknown(data: bytes | str | msgspec.Raw, error: Exception) -> Unrecognised:
    try:
        kind = _kind_decoder.decode(data).kind
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise WireError(f"not an event: {error}") from error
    if kind in EVENT_KINDS:
        raise WireError(f"a bad event of kind {kind}: {error}") from error
    return Unrecognised(kind=kind, raw=data.encode() if isinstance(data, str) else bytes(data))


def encode_recorded(recorded: Recorded) -> bytes:
    """JSON of an event in its envelope."""
    raw = _RawRecorded(
        call_id=recorded.call_id,
        seq=recorded.seq,
        recorded_ms=recorded.recorded_ms,
        audio_ms=recorded.audio_ms,
        event=msgspec.Raw(encode_event(recorded.event)),
    )
    return _encoder.encode(raw)


def decode_recorded(data: bytes | str) -> Recorded:
    """Read an event in its envelope, or raise `WireError`."""
    try:
        raw = _raw_recorded_decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError(f"not a recorded event: {error}") from error
    return Recorded(
        call_id=raw.call_id,
        seq=raw.seq,
        recorded_ms=raw.recorded_ms,
        audio_ms=raw.audio_ms,
        event=decode_event(raw.event),
    )


def encode_answer(answer: Answer) -> bytes:
    """JSON of what the engine says."""
    return _encoder.encode(answer)


def decode_from_engine(data: bytes | str) -> Recorded | Answer | None:
    """Read what the engine says: an event, an answer, or None for a kind of a newer engine."""
    try:
        kind = _kind_decoder.decode(data).kind
    except msgspec.ValidationError:
        return decode_recorded(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError(f"not JSON: {error}") from error
    if kind not in ANSWER_KINDS:
        return None
    try:
        return _answer_decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise WireError(f"a bad answer of kind {kind}: {error}") from error


def _kinds(union: object) -> frozenset[str]:
    members: tuple[type[msgspec.Struct], ...] = getattr(union, "__args__", ())
    return frozenset(str(member.__struct_config__.tag) for member in members)


EVENT_KINDS: Final = _kinds(Event)
ANSWER_KINDS: Final = _kinds(Answer)
SAYING_KINDS: Final = _kinds(Saying)

# Audio frame: version, channel, bytes of PCM (0: all that follow), sequence, first sample.
_AUDIO_HEADER: Final = struct.Struct("!BBHIQ")
AUDIO_VERSION: Final = 1


class AudioFrame(msgspec.Struct, frozen=True, kw_only=True):
    """16-bit little-endian mono PCM of one channel; `start_sample` counts from the call's start."""

    channel: int
    sequence: int
    start_sample: int
    pcm: bytes


def encode_audio(*frames: AudioFrame) -> bytes:
    """A binary message: each frame has 16 bytes of header, then PCM.

    All but the last have 2 to 65,534 bytes of PCM. Channels that are sent together cost the
    engine one wake-up.
    """
    last = len(frames) - 1
    return b"".join(
        _AUDIO_HEADER.pack(
            AUDIO_VERSION,
            frame.channel,
            0 if number == last else len(frame.pcm),
            frame.sequence,
            frame.start_sample,
        )
        + frame.pcm
        for number, frame in enumerate(frames)
    )


def decode_audio(data: bytes) -> list[AudioFrame]:
    """Read a binary message, or raise `WireError` where it is short, odd or of another version."""
    frames: list[AudioFrame] = []
    at = 0
    while at < len(data) or not frames:
        frame, at = _decode_frame(data, at)
        frames.append(frame)
    return frames


def _decode_frame(data: bytes, at: int) -> tuple[AudioFrame, int]:
    start = at + _AUDIO_HEADER.size
    if len(data) < start:
        size, got = _AUDIO_HEADER.size, len(data) - at
        raise WireError(f"an audio frame has {size} bytes of header, got {got}")
    version, channel, size, sequence, start_sample = _AUDIO_HEADER.unpack_from(data, at)
    if version != AUDIO_VERSION:
        raise WireError(f"audio frames are of version {AUDIO_VERSION}, got {version}")
    end = start + size if size else len(data)
    pcm = data[start:end]
    if len(pcm) < end - start:
        raise WireError(f"an audio frame promised {size} bytes of PCM, got {len(pcm)}")
    if len(pcm) % 2:
        raise WireError(f"16-bit PCM has an even number of bytes, got {len(pcm)}")
    frame = AudioFrame(channel=channel, sequence=sequence, start_sample=start_sample, pcm=pcm)
    return frame, end
