"""Sentiment, drivers and intents on utterances; what fails is told and the rest goes on."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.call.customer_words import CustomerWords
from assist_engine.call.state import CallState
from assist_engine.contract.events import (
    DriverRead,
    Event,
    IntentRead,
    SentimentRead,
    StageFailed,
    UtteranceFinal,
)
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role, Sentiment, Word
from assist_engine.errors import BadInput
from assist_engine.understanding.analyzer import Analyzer
from assist_engine.understanding.drivers import DriverSignal, find_drivers
from assist_engine.understanding.intent import IntentExample, IntentSignal, reader_of
from assist_engine.understanding.sentiment import SentimentSignal
from assist_engine.understanding.signal import Feelings, Observation, Vector, quote

STATE = CallState(call_id=CallId("call-1"))
ZERO = np.zeros(3, np.float32)


SAID_FROM = {"positive": 0.6, "negative": 0.6, "neutral": 0.4}


def said(
    text: str,
    *,
    role: Role = Role.CUSTOMER,
    vector: Vector = ZERO,
    groups: Mapping[str, float] | None = None,
) -> Observation:
    final = UtteranceFinal(
        utterance_id=UtteranceId("u-1"),
        participant_id=ParticipantId("p"),
        text=text,
        start_ms=1000,
        end_ms=3000,
        words=tuple(
            Word(text=word, start_ms=1000 + i * 100, end_ms=1100 + i * 100, confidence=1.0)
            for i, word in enumerate(text.split())
        ),
    )
    feelings = None
    if groups is not None:
        words = CustomerWords(text, Role.CUSTOMER)
        feelings = Feelings(words=words, labels={}, groups=groups)
    return Observation(final=final, role=role, vector=vector, feelings=feelings)


def sentiment_of(text: str, **probabilities: float) -> SentimentRead:
    groups = dict.fromkeys(("positive", "negative", "unclear", "neutral"), 0.1) | probabilities
    [event] = SentimentSignal(SAID_FROM).observe(said(text, groups=groups), STATE)
    assert isinstance(event, SentimentRead)
    return event


def test_the_surest_feeling_above_its_threshold_is_said() -> None:
    read = sentiment_of("this broke again", negative=0.7, positive=0.65)
    assert (read.sentiment, read.probability) == (Sentiment.NEGATIVE, 0.7)
    assert read.score <= 0
    assert read.evidence[0].quote == "this broke again"


def test_what_is_neither_felt_nor_neutral_is_unclear() -> None:
    assert sentiment_of("well my order", negative=0.55).sentiment is Sentiment.UNCLEAR
    assert sentiment_of("well my order", neutral=0.5).sentiment is Sentiment.NEUTRAL


def test_a_threat_tips_a_doubtful_utterance() -> None:
    calm = sentiment_of("i want a new router", negative=0.4)
    threat = sentiment_of("i am going to cancel", negative=0.4)
    assert calm.sentiment is Sentiment.UNCLEAR
    assert threat.sentiment is Sentiment.NEGATIVE


@pytest.mark.parametrize(
    "words",
    [
        "my name is karen mitchell",
        "yes that is correct",
        "it is five five five two zero seven three eight four one",
        "b k seven four nine two zero five",
        "it is karen dot mitchell at gmail dot com m i t c h e l l",
        "i was born on march twelfth nineteen eighty five",
    ],
)
def test_dictation_has_no_mood_whatever_the_head_says(words: str) -> None:
    read = sentiment_of(words, negative=0.99)
    assert (read.sentiment, read.score) == (Sentiment.NEUTRAL, 0.0)


@given(
    st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.sampled_from(["it broke", "thanks a lot"])
)
def test_the_score_never_contradicts_the_label(
    positive: float, negative: float, neutral: float, text: str
) -> None:
    read = sentiment_of(text, positive=positive, negative=negative, neutral=neutral)
    assert -1 <= read.score <= 1
    assert not (read.sentiment is Sentiment.NEGATIVE and read.score > 0)
    assert not (read.sentiment is Sentiment.POSITIVE and read.score < 0)
    if read.sentiment in {Sentiment.NEUTRAL, Sentiment.UNCLEAR}:
        assert abs(read.score) <= 0.2


EXAMPLES = (
    IntentExample(text="it is late", intent="late", label="Late", queue="orders"),
    IntentExample(text="still waiting", intent="late", label="Late", queue="orders"),
    IntentExample(text="lost card", intent="card", label="Card lost", queue="cards"),
    IntentExample(text="hello", intent=""),
)
VECTORS = np.array([[1, 0, 0], [0.8, 0.6, 0], [0, 1, 0], [0, 0, 1]], np.float32)
READER = reader_of(EXAMPLES, VECTORS)


@pytest.mark.parametrize("role", [Role.AGENT, Role.BOT])
@given(text=st.text(max_size=40))
def test_nobody_but_the_customer_is_read(role: Role, text: str) -> None:
    signals = (
        SentimentSignal(SAID_FROM),
        DriverSignal(),
        IntentSignal(READER),
    )
    vector = np.array([1, 0, 0], np.float32)
    observation = said(
        f"i am going to cancel {text}", role=role, vector=vector, groups={"negative": 0.99}
    )
    assert Analyzer(signals).analyze(observation, STATE) == []


def drivers_in(text: str) -> list[str]:
    return [driver.name for driver, _, _ in find_drivers(text)]


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("i will cancel my subscription tomorrow", "cancel-threat"),
        ("close my account", "cancel-threat"),
        ("i am never going to buy from this shop again", "cancel-threat"),
        ("i am switching to another provider", "cancel-threat"),
        ("this is the fourth time i have called about this", "repeat-contact"),
        ("i already spoke with two people", "repeat-contact"),
        ("i called you three times", "repeat-contact"),
        ("why do i have to explain it all over again every time", "repeat-contact"),
        ("just give me a refund", "money-back"),
        ("i want all my money back", "money-back"),
        ("i want to file a formal complaint", "complaint"),
        ("you will hear from my lawyer", "legal-threat"),
        ("let me speak to your manager", "escalation"),
        ("another company is cheaper", "competitor-named"),
        ("i got a better deal somewhere else", "competitor-named"),
    ],
)
def test_drivers_are_found_in_the_ways_people_say_them(text: str, driver: str) -> None:
    assert driver in drivers_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "i do not want to cancel my service",
        "it is the third time this week that it rains",
        "can i call you back in two minutes",
        "the first time i ordered it was fine",
        "my account number is four four one eight",
        "no that is all thank you",
        "is there a refund policy",
    ],
)
def test_what_is_denied_or_harmless_is_no_driver(text: str) -> None:
    assert drivers_in(text) == []


def test_a_driver_quotes_its_words_and_when_they_were_said() -> None:
    [event] = DriverSignal().observe(said("if not i am going to cancel my service"), STATE)
    assert isinstance(event, DriverRead)
    assert event.evidence[0].quote in "i am going to cancel my service"
    assert event.evidence[0].start_ms == 1200


@given(st.text(max_size=100))
def test_any_text_has_drivers_inside_itself(text: str) -> None:
    for _, start, end in find_drivers(text):
        assert 0 <= start < end <= len(text.lower())


def intent_of(vector: Sequence[float], *, queue: str = "") -> list[str]:
    array = np.array(vector, np.float32)
    state = CallState(call_id=CallId("call-1"), queue=queue)
    observation = said("where is my parcel", vector=array / np.linalg.norm(array))
    events = IntentSignal(READER).observe(observation, state)
    return [event.intent for event in events if isinstance(event, IntentRead)]


def test_the_nearest_intent_is_read() -> None:
    assert intent_of([1, 0.2, 0]) == ["late"]
    assert intent_of([0.1, 1, 0]) == ["card"]


def test_nothing_is_read_far_from_all_or_near_to_nothing() -> None:
    assert intent_of([-1, -1, 0]) == []
    assert intent_of([0.4, 0, 1]) == []


def test_intents_of_other_queues_are_not_read() -> None:
    assert intent_of([0.1, 1, 0], queue="orders") == ["late"]
    assert intent_of([0, 1, -0.5], queue="broadband") == []


def test_words_that_name_no_matter_have_no_intent() -> None:
    observation = said("yes please", vector=np.array([1, 0, 0], np.float32))
    assert list(IntentSignal(READER).observe(observation, STATE)) == []


def test_examples_and_vectors_must_match() -> None:
    with pytest.raises(BadInput, match="4 intent examples came with 1 vectors"):
        reader_of(EXAMPLES, VECTORS[:1])


class Failing:
    name = "failing"
    reads = Role.CUSTOMER

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        raise ZeroDivisionError("by nothing")


def test_a_failing_signal_is_told_and_the_others_go_on() -> None:
    failed, driver = Analyzer([Failing(), DriverSignal()]).analyze(said("i will cancel"), STATE)
    assert failed == StageFailed(
        stage="signal failing", code="signal.failed", message="ZeroDivisionError: by nothing"
    )
    assert isinstance(driver, DriverRead)


def test_a_quote_of_a_final_without_word_times_starts_with_it() -> None:
    final = UtteranceFinal(
        utterance_id=UtteranceId("u"),
        participant_id=ParticipantId("p"),
        text="one two three",
        start_ms=70,
        end_ms=90,
    )
    assert quote(final, 4, 7).start_ms == 70
    assert quote(final, 4, 7).quote == "two"
