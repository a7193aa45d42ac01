"""The conversation with the engine, fed with messages: order, resume, nothing lost."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desktop.link.conversation import Conversation
from assist_engine.call.fold import SequenceGap
from assist_engine.contract import answers, commands, events, knowledge_answers, knowledge_requests
from assist_engine.contract.commands import ChannelFormat, Hello, OpenCall, Saying
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import AgentId, CallId
from assist_engine.contract.values import Role, WrapUp
from assist_engine.contract.wire import (
    AudioFrame,
    Said,
    WireError,
    decode_audio,
    decode_said,
    encode_answer,
    encode_recorded,
)

CALL = CallId("call-1")
BLOCK = 800  # 100 ms at 8 kHz


def opening(call_id: CallId = CALL) -> OpenCall:
    return OpenCall(
        call_id=call_id,
        caller_number="+1",
        channels=(ChannelFormat(channel=0, role=Role.CUSTOMER, sample_rate_hz=8000),),
    )


def conversation(**options: int) -> Conversation:
    return Conversation(Hello(role="agent", agent_id=AgentId("kim")), **options)


def status(*, is_ready: bool = True) -> bytes:
    return encode_answer(answers.EngineStatus(is_ready=is_ready, stage="x"))


def event(seq: int, happened: events.Event | None = None, call_id: CallId = CALL) -> bytes:
    return encode_recorded(
        Recorded(
            call_id=call_id,
            seq=seq,
            recorded_ms=0,
            audio_ms=0,
            event=happened or events.NoteTaken(text=str(seq)),
        )
    )


def opened(said: Said, *, from_ms: int = 0) -> bytes:
    return encode_answer(
        answers.CallOpened(ref=said.ref, call_id=CALL, seq=1, resume_from_ms={0: from_ms})
    )


def sent(talk: Conversation) -> tuple[list[Said], list[AudioFrame]]:
    said: list[Said] = []
    frames: list[AudioFrame] = []
    while messages := talk.to_send():
        for message in messages:
            if isinstance(message, str):
                said.append(decode_said(message))
            else:
                frames += decode_audio(message)
    return said, frames


def connect(talk: Conversation) -> tuple[list[Said], list[AudioFrame]]:
    talk.connection_made()
    assert [type(s.saying) for s in sent(talk)[0]] == [Hello]
    talk.receive(status())
    return sent(talk)


def sayings(said: Sequence[Said]) -> list[Saying]:
    return [s.saying for s in said]


def feed(talk: Conversation, blocks: range, value: int = 1) -> None:
    for number in blocks:
        pcm = value.to_bytes(2, "little") * BLOCK
        talk.send_audio(0, start_sample=number * BLOCK, pcm=pcm)


def test_nothing_but_the_greeting_goes_out_before_the_engine_is_ready() -> None:
    talk = conversation()
    talk.post(opening())
    talk.connection_made()
    assert [type(s.saying) for s in sent(talk)[0]] == [Hello]
    assert talk.receive(status(is_ready=False)) != []
    assert sent(talk) == ([], [])
    talk.receive(status())
    assert sayings(sent(talk)[0]) == [opening()]


def test_audio_and_commands_of_a_call_wait_until_it_is_open() -> None:
    talk = conversation()
    talk.post(opening())
    feed(talk, range(3))
    talk.post(commands.TakeNote(call_id=CALL, text="n"))
    talk.post(knowledge_requests.SearchKnowledge(query="q"))
    said, frames = connect(talk)
    assert sayings(said) == [opening(), knowledge_requests.SearchKnowledge(query="q")]
    assert frames == []
    talk.receive(opened(said[0]))
    said, frames = sent(talk)
    assert sayings(said) == [commands.TakeNote(call_id=CALL, text="n")]
    assert [f.start_sample for f in frames] == [0, BLOCK, 2 * BLOCK]
    assert [f.sequence for f in frames] == [0, 1, 2]


def test_the_release_goes_out_after_all_audio_and_the_wrap_up_after_the_release() -> None:
    talk = conversation()
    talk.post(opening())
    said, _ = connect(talk)
    talk.receive(opened(said[0]))
    feed(talk, range(100))
    talk.post(commands.ReleaseCall(call_id=CALL))
    talk.post(commands.CompleteWrapUp(call_id=CALL, wrap_up=WrapUp(lines=(), disposition="d")))
    order: list[str] = []
    while messages := talk.to_send():
        order += ["text" if isinstance(m, str) else "audio" for m in messages]
    assert order == ["audio"] * 100 + ["text"] * 2


def test_a_resumed_call_hears_again_what_the_engine_lost() -> None:
    talk = conversation()
    talk.post(opening())
    said, _ = connect(talk)
    talk.receive(opened(said[0]))
    feed(talk, range(10))
    assert len(sent(talk)[1]) == 10
    feed(talk, range(10, 12))
    said, _ = connect(talk)
    assert sayings(said) == [opening()]
    talk.receive(opened(said[0], from_ms=450))
    frames = sent(talk)[1]
    assert [f.start_sample // BLOCK for f in frames] == [4, 5, 6, 7, 8, 9, 10, 11]
    assert talk.unsent_ms == 0


def test_old_audio_is_given_up_oldest_first() -> None:
    talk = conversation(kept_ms=1_000)
    talk.post(opening())
    feed(talk, range(50))
    assert talk.unsent_ms == 1_000
    said, _ = connect(talk)
    talk.receive(opened(said[0]))
    assert [f.start_sample // BLOCK for f in sent(talk)[1]] == list(range(40, 50))


def test_silence_is_sent_while_the_call_is_paused() -> None:
    talk = conversation()
    talk.post(opening())
    said, _ = connect(talk)
    talk.receive(opened(said[0]))
    talk.post(commands.PauseCall(call_id=CALL))
    feed(talk, range(1))
    talk.post(commands.ContinueCall(call_id=CALL))
    feed(talk, range(1, 2))
    talk.receive(event(1, events.CallPaused()))
    feed(talk, range(2, 3))
    assert [any(f.pcm) for f in sent(talk)[1]] == [False, True, False]


def test_unanswered_sayings_are_said_again_with_the_same_number() -> None:
    talk = conversation()
    ref = talk.post(knowledge_requests.ListArticles())
    said, _ = connect(talk)
    assert said == [Said(ref=ref, saying=knowledge_requests.ListArticles())]
    talk.post(knowledge_requests.SearchKnowledge(query="q"))
    said, _ = connect(talk)
    assert sayings(said) == [
        knowledge_requests.ListArticles(),
        knowledge_requests.SearchKnowledge(query="q"),
    ]
    assert said[0].ref == ref
    talk.receive(encode_answer(knowledge_answers.ArticlesListed(ref=ref, articles=(), release=1)))
    said, _ = connect(talk)
    assert sayings(said) == [knowledge_requests.SearchKnowledge(query="q")]


def test_watching_goes_on_after_what_is_held() -> None:
    talk = conversation()
    talk.post(commands.Watch(call_id=CALL))
    talk.post(commands.WatchAll())
    said, _ = connect(talk)
    assert sayings(said) == [commands.Watch(call_id=CALL), commands.WatchAll()]
    talk.receive(event(1))
    talk.receive(event(2))
    said, _ = connect(talk)
    assert sayings(said) == [
        commands.Watch(call_id=CALL, after_seq=2),
        commands.WatchAll(after={CALL: 2}),
    ]


def test_a_released_call_is_watched_not_opened_again() -> None:
    talk = conversation()
    talk.post(opening())
    said, _ = connect(talk)
    talk.receive(opened(said[0]))
    talk.receive(event(1, events.CallReleased()))
    talk.post(commands.TakeNote(call_id=CALL, text="after"))
    said, _ = connect(talk)
    assert sayings(said) == [
        commands.Watch(call_id=CALL, after_seq=1),
        commands.TakeNote(call_id=CALL, text="after"),
    ]
    talk.receive(event(2, events.WrapUpCompleted(wrap_up=WrapUp(lines=(), disposition="d"))))
    assert connect(talk)[0] == [s for s in said if isinstance(s.saying, commands.TakeNote)]


def test_repeats_are_dropped_and_a_gap_is_an_error() -> None:
    talk = conversation()
    connect(talk)
    assert len(talk.receive(event(1))) == 1
    assert talk.receive(event(1)) == []
    with pytest.raises(SequenceGap):
        talk.receive(event(3))


def test_a_refused_greeting_is_told_and_a_refused_call_is_forgotten() -> None:
    talk = conversation()
    talk.connection_made()
    (hello,) = sent(talk)[0]
    talk.receive(encode_answer(answers.Refused(ref=hello.ref, code="access", message="no")))
    assert talk.refusal == "no"
    talk = conversation()
    ref = talk.post(opening())
    connect(talk)
    talk.receive(encode_answer(answers.Refused(ref=ref, code="engine.busy", message="busy")))
    feed(talk, range(2))
    assert talk.unsent_ms == 0
    assert connect(talk)[0] == []


def test_a_call_whose_end_did_not_reach_us_is_watched_for_its_wrap_up() -> None:
    talk = conversation()
    ref = talk.post(opening())
    talk.post(commands.ReleaseCall(call_id=CALL))
    connect(talk)
    over = answers.Refused(ref=ref, code="call.released", message="it is over")
    assert talk.receive(encode_answer(over)) == []
    assert sayings(sent(talk)[0]) == [
        commands.Watch(call_id=CALL),
        commands.ReleaseCall(call_id=CALL),
    ]


def test_a_refusal_without_number_is_about_the_greeting_only_when_it_is_about_access() -> None:
    talk = conversation()
    connect(talk)
    talk.receive(encode_answer(answers.Refused(ref=0, code="wire.malformed", message="what?")))
    assert talk.refusal == ""
    talk.receive(encode_answer(answers.Refused(ref=0, code="access.token", message="not known")))
    assert talk.refusal == "not known"


def test_what_waits_is_bounded() -> None:
    talk = conversation(room=2)
    assert [talk.post(knowledge_requests.ListArticles()) for _ in range(3)] == [1, 2, 0]


def test_kinds_of_a_newer_engine_are_passed_over_and_nonsense_is_an_error() -> None:
    talk = conversation()
    assert talk.receive('{"kind": "weather.forecast"}') == []
    with pytest.raises(WireError):
        talk.receive("[]")


class DyingEngine:
    """Hears only the first half of the audio of each exchange, then may die."""

    def __init__(self, talk: Conversation) -> None:
        self.talk = talk
        self.heard: set[int] = set()
        self.notes: list[str] = []
        self.is_connected = False

    def exchange(self, *, heard_share: float = 0.5) -> None:
        if not self.is_connected:
            self.talk.connection_made()
            sent(self.talk)
            self.talk.receive(status())
            self.is_connected = True
        said, frames = sent(self.talk)
        while said or frames:
            for one in said:
                self._hear(one)
            heard = frames[: int(len(frames) * heard_share)]
            self.heard.update(f.start_sample // BLOCK for f in heard)
            said, frames = sent(self.talk)

    def _hear(self, said: Said) -> None:
        if isinstance(said.saying, OpenCall):
            contiguous = next(n for n in range(1_000) if n not in self.heard)
            self.talk.receive(opened(said, from_ms=contiguous * 100))
        elif isinstance(said.saying, commands.TakeNote):
            self.notes.append(said.saying.text)
            self.talk.receive(encode_answer(answers.Accepted(ref=said.ref)))


@given(st.lists(st.sampled_from(["audio", "note", "exchange", "die"]), max_size=60))
def test_no_audio_and_no_command_is_lost_whenever_the_engine_dies(steps: list[str]) -> None:
    talk = conversation()
    talk.post(opening())
    engine = DyingEngine(talk)
    blocks, written = 0, 0
    for step in steps:
        match step:
            case "audio":
                feed(talk, range(blocks, blocks + 1))
                blocks += 1
            case "note":
                talk.post(commands.TakeNote(call_id=CALL, text=str(written)))
                written += 1
            case "exchange":
                engine.exchange()
            case _:
                engine.is_connected = False
    engine.is_connected = False
    engine.exchange(heard_share=1)
    assert engine.heard == set(range(blocks))
    assert engine.notes == [str(n) for n in range(written)]
