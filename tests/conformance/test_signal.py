"""What every signal keeps to, ours and those of other packages: they come by the same door."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import entry_points

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.call.customer_words import CustomerWords
from assist_engine.call.fold import fold
from assist_engine.call.state import CallState
from assist_engine.contract.events import (
    EmotionRead,
    Event,
    ParticipantJoined,
    Recorded,
    StageFailed,
    UtteranceFinal,
)
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Evidence, Participant, Role, Word
from assist_engine.contract.wire import encode_event
from assist_engine.inference.emotion_heads import GROUPS, EmotionHeads
from assist_engine.inference.emotion_model import SHIPPED_HEADS
from assist_engine.plugins import SIGNALS, load_parts
from assist_engine.session.knowledge_finder import load_encode
from assist_engine.settings import RESOURCES
from assist_engine.understanding.signal import (
    Feelings,
    LiveSignal,
    Observation,
    Signal,
    SignalMaker,
    SignalTools,
    Vector,
)

NAMES = sorted(entry.name for entry in entry_points(group=SIGNALS))
MODEL = "attune-minilm-1"
CALL = CallId("call")
VOCABULARY = (
    "i want my money back now cancel lawyer manager thank you third time called lost card [CARD] "
    "[PHONE:4242] sorry we will send it by friday good morning how may i help … é 我 😀 -"
)
WORDS = st.sampled_from(VOCABULARY.split())
TEXTS = st.one_of(
    st.lists(WORDS, max_size=25).map(" ".join),
    st.text(max_size=80),
    st.just(""),
    st.lists(WORDS, min_size=1, max_size=12).map(lambda words: " ".join(words * 60)),
)


@cache
def signals() -> dict[str, Signal]:
    """All that are installed, as an engine makes them, by the name of their entry point."""
    encode = load_encode(MODEL)
    tools = SignalTools(
        embed=lambda texts: encode(list(texts)),
        embedding_model=MODEL,
        intents=RESOURCES / "demo" / "intents.yaml",
    )
    makers: dict[str, SignalMaker] = load_parts(SIGNALS)
    made = {name: maker(tools) for name, maker in makers.items()}
    return {name: signal for name, signal in made.items() if signal is not None}


@pytest.fixture(params=NAMES)
def signal(request: pytest.FixtureRequest) -> Signal:
    return signals()[str(request.param)]


def final(text: str, role: Role, number: int) -> UtteranceFinal:
    words = tuple(
        Word(word, 1_000 * number + at, 1_000 * number + at + 1, 0.9)
        for at, word in enumerate(text.split())
    )
    return UtteranceFinal(
        utterance_id=UtteranceId(f"{role}-{number}"),
        participant_id=ParticipantId(role),
        text=text,
        start_ms=1_000 * number,
        end_ms=1_000 * number + 999,
        words=words if len(words) == len(text.split(" ")) else (),
    )


def talk(said: Sequence[tuple[Role, str]]) -> CallState:
    """A call in which this was said, all of it."""
    told: list[Event] = []
    for channel, role in enumerate((Role.CUSTOMER, Role.AGENT)):
        person = Participant(participant_id=ParticipantId(role), role=role, channel=channel)
        told.append(ParticipantJoined(participant=person))
    told += [final(text, role, number) for number, (role, text) in enumerate(said)]
    log = [
        Recorded(call_id=CALL, seq=seq, recorded_ms=0, audio_ms=1_000 * seq, event=event)
        for seq, event in enumerate(told, start=1)
    ]
    return fold(log, CallState(call_id=CALL))


def observed(state: CallState, *, seed: int) -> Observation:
    """The last utterance; its vector and feelings are anything at all."""
    last = state.utterances[-1]
    chance = np.random.default_rng(seed)
    vector: Vector = chance.normal(size=384).astype(np.float32)
    vector /= np.linalg.norm(vector)
    return Observation(
        final=last.final,
        role=last.role,
        vector=vector,
        feelings=felt(last.final, last.role, chance),
    )


def felt(final: UtteranceFinal, role: Role, chance: np.random.Generator) -> Feelings | None:
    if role is not Role.CUSTOMER:
        return None
    labels = EmotionHeads.load(SHIPPED_HEADS).labels
    return Feelings(
        words=CustomerWords(final.text, role),
        labels=dict(zip(labels, chance.random(len(labels)).tolist(), strict=True)),
        groups=dict(zip(GROUPS, chance.dirichlet([1.0] * len(GROUPS)).tolist(), strict=True)),
    )


SAID = st.lists(st.tuples(st.sampled_from([Role.CUSTOMER, Role.AGENT]), TEXTS), max_size=5)


@st.composite
def talks(draw: st.DrawFn, reads: Role) -> tuple[CallState, int]:
    """A talk that ends with an utterance of the role that a signal reads, and a seed."""
    said = [*draw(SAID), (reads, draw(TEXTS))]
    return talk(said), draw(st.integers(0, 1_000))


def evidence_of(event: Event) -> Iterator[Evidence]:
    yield from getattr(event, "evidence", ())


def test_names_are_their_own() -> None:
    assert len(NAMES) >= 7
    assert set(NAMES) == set(signals())
    names = [signal.name for signal in signals().values()]
    assert len(set(names)) == len(names)


def test_it_says_what_it_is(signal: Signal) -> None:
    assert signal.name
    assert signal.reads in (Role.CUSTOMER, Role.AGENT)


@pytest.mark.parametrize("name", NAMES)
@given(st.data())
def test_it_reads_anything_and_tells_only_what_it_was_shown(name: str, data: st.DataObject) -> None:
    signal = signals()[name]
    state, seed = data.draw(talks(signal.reads))
    texts = {utterance.final.utterance_id: utterance.final.text for utterance in state.utterances}
    shown = state.utterances[-1].final
    for event in signal.observe(observed(state, seed=seed), state):
        assert encode_event(event)
        assert not isinstance(event, StageFailed)
        assert getattr(event, "utterance_id") == shown.utterance_id  # noqa: B009 -- of a union
        assert 0 <= getattr(event, "probability", 1.0) <= 1
        evidence = list(evidence_of(event))
        says_nothing = isinstance(event, EmotionRead) and not event.emotions
        assert evidence or says_nothing, "nothing is claimed without evidence"
        for one in evidence:
            assert one.quote
            if one.utterance_id is not None:
                assert one.quote in texts[one.utterance_id]


@pytest.mark.parametrize("name", NAMES)
@given(st.data())
def test_the_same_gives_the_same(name: str, data: st.DataObject) -> None:
    signal = signals()[name]
    state, seed = data.draw(talks(signal.reads))
    first, again = (list(signal.observe(observed(state, seed=seed), state)) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("name", NAMES)
@given(TEXTS)
def test_a_live_one_reads_words_that_are_still_being_said(name: str, text: str) -> None:
    signal = signals()[name]
    if isinstance(signal, LiveSignal):
        for role in (Role.CUSTOMER, Role.AGENT):
            found = signal.observe_live(final(text, role, 1), role)
            assert role is signal.reads or not found
    else:
        assert not hasattr(signal, "observe_live")


@pytest.mark.parametrize("name", NAMES)
def test_of_those_it_does_not_read_it_tells_nothing(name: str) -> None:
    signal = signals()[name]
    other = Role.AGENT if signal.reads is Role.CUSTOMER else Role.CUSTOMER
    for text in ("i want to cancel and speak to your manager", "thank you, good morning"):
        state = talk([(other, text)])
        assert not list(signal.observe(observed(state, seed=1), state))
