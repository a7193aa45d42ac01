"""Emotions from probabilities: which are said, how strong, by which words; and the context."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.call.customer_words import CustomerWords
from assist_engine.call.feeling_names import SENTIMENT_GROUPS
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import EmotionRead, SentimentRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Emotion, Role, Sentiment
from assist_engine.understanding.displeasure import displeasure_in, raised
from assist_engine.understanding.emotion import EmotionSignal, intensity_of
from assist_engine.understanding.sentiment import SentimentSignal
from assist_engine.understanding.signal import Feelings, Observation

STATE = CallState(call_id=CallId("call-1"))
LABELS = sorted(frozenset().union(*SENTIMENT_GROUPS.values()))
SAID_FROM = dict.fromkeys([*map(str, Emotion), "positive", "negative", "neutral"], 0.5)
CARRYING = {"worry": {"scared": 3.0, "worried": 2.5}, "gratitude": {"thank": 4.0, "thanks": 4.0}}


def final(text: str, *, number: int = 1) -> UtteranceFinal:
    return UtteranceFinal(
        utterance_id=UtteranceId(f"u-{number}"),
        participant_id=ParticipantId("p"),
        text=text,
        start_ms=0,
        end_ms=1000,
    )


def observed(
    text: str,
    labels: Mapping[str, float],
    *,
    groups: Mapping[str, float] | None = None,
    role: Role = Role.CUSTOMER,
) -> Observation:
    feelings = Feelings(
        words=CustomerWords(text, Role.CUSTOMER),
        labels=dict.fromkeys(LABELS, 0.01) | dict(labels),
        groups=dict.fromkeys(SENTIMENT_GROUPS, 0.1) | dict(groups or {}),
    )
    vector = np.zeros(3, np.float32)
    return Observation(final=final(text), role=role, vector=vector, feelings=feelings)


def emotion_of(text: str, **labels: float) -> EmotionRead:
    signal = EmotionSignal(SAID_FROM, carrying=CARRYING)
    [event] = signal.observe(observed(text, labels), STATE)
    assert isinstance(event, EmotionRead)
    return event


def named(read: EmotionRead) -> list[Emotion]:
    return [felt.emotion for felt in read.emotions]


def test_labels_become_emotions_strongest_first() -> None:
    read = emotion_of("well i am scared and sad", fear=0.4, nervousness=0.3, sadness=0.6)
    assert named(read) == [Emotion.WORRY, Emotion.SADNESS]
    assert read.emotions[0].probability == pytest.approx(0.7)
    assert read.evidence[0].quote == "scared"
    assert 0 < read.intensity < 1


def test_nothing_likely_is_neutral_without_evidence() -> None:
    read = emotion_of("when does it arrive", curiosity=0.9)
    assert (read.emotions, read.intensity, read.evidence) == ((), 0.0, ())


@pytest.mark.parametrize(
    "words", ["my name is karen mitchell", "five five two zero seven", "yes that is correct"]
)
def test_dictation_has_no_emotion_whatever_the_model_says(words: str) -> None:
    assert emotion_of(words, anger=0.99).emotions == ()


@pytest.mark.parametrize(
    ("text", "emotion", "quoted"),
    [
        ("honestly i am furious about it", Emotion.ANGER, "furious"),
        ("this is ridiculous", Emotion.FRUSTRATION, "ridiculous"),
        ("i am going to cancel my service", Emotion.FRUSTRATION, "cancel"),
    ],
)
def test_displeasure_in_other_words_tips_a_doubtful_utterance(
    text: str, emotion: Emotion, quoted: str
) -> None:
    doubt = {"anger": 0.1, "annoyance": 0.1}
    read = emotion_of(text, **doubt)
    assert named(read) == [emotion]
    assert quoted in read.evidence[0].quote
    assert emotion_of("i want a new router", **doubt).emotions == ()


def test_what_is_denied_shows_no_displeasure() -> None:
    assert displeasure_in("no i am not furious") is None
    assert displeasure_in("i do not want to cancel") is None


def test_strengthening_words_and_weakening_words_count() -> None:
    labels = {"annoyance": 0.8}
    plain = intensity_of("this annoys me", labels)
    strong = intensity_of("this absolutely annoys me", labels)
    doubled = intensity_of("this never never ends and really annoys me", labels)
    weak = intensity_of("this annoys me a bit", labels)
    assert weak < plain < strong < doubled < 1


@pytest.mark.parametrize("role", [Role.AGENT, Role.BOT])
@given(text=st.text(max_size=40))
def test_nobody_but_the_customer_is_read(role: Role, text: str) -> None:
    seen = observed(f"i am furious {text}", {"anger": 0.99}, role=role)
    assert not EmotionSignal(SAID_FROM, carrying=CARRYING).observe(seen, STATE)
    assert not SentimentSignal(SAID_FROM).observe(seen, STATE)


def test_without_the_emotion_model_nothing_is_read() -> None:
    vector = np.zeros(3, np.float32)
    blank = Observation(final=final("i am sad"), role=Role.CUSTOMER, vector=vector)
    assert not EmotionSignal(SAID_FROM, carrying=CARRYING).observe(blank, STATE)
    assert not SentimentSignal(SAID_FROM).observe(blank, STATE)


@given(
    st.text(max_size=80),
    st.dictionaries(st.sampled_from(LABELS), st.floats(0, 1)),
)
def test_any_words_and_probabilities_stay_in_bounds(text: str, labels: dict[str, float]) -> None:
    signal = EmotionSignal(SAID_FROM, carrying=CARRYING)
    for event in signal.observe(observed(f"so {text}", labels), STATE):
        assert isinstance(event, EmotionRead)
        assert 0 <= event.intensity <= 1
        assert all(0.5 <= felt.probability <= 1 for felt in event.emotions)
        assert all(evidence.quote in f"so {text}" for evidence in event.evidence)
        assert bool(event.evidence) == bool(event.emotions)


@given(st.floats(0, 1), st.floats(1, 50))
def test_raising_keeps_a_probability_one(probability: float, odds: float) -> None:
    assert probability - 1e-5 <= raised(probability, odds=odds) <= 1


def after(sentiment: Sentiment, text: str, **groups: float) -> SentimentRead:
    before = SentimentRead(
        utterance_id=UtteranceId("u-0"), sentiment=sentiment, score=-0.8, probability=0.8
    )
    turn = Utterance(final=final("before", number=0), role=Role.CUSTOMER, sentiment=before)
    own = Utterance(final=final(text), role=Role.CUSTOMER)
    state = CallState(call_id=CallId("call-1"), utterances=(turn, own))
    [event] = SentimentSignal(SAID_FROM).observe(observed(text, {}, groups=groups), state)
    assert isinstance(event, SentimentRead)
    return event


def test_a_bare_no_after_an_angry_turn_is_unclear_and_neutral_after_a_calm_one() -> None:
    assert after(Sentiment.NEGATIVE, "no").sentiment is Sentiment.UNCLEAR
    assert after(Sentiment.NEUTRAL, "no").sentiment is Sentiment.NEUTRAL
    assert after(Sentiment.NEGATIVE, "four four one").sentiment is Sentiment.NEUTRAL


def test_a_short_answer_is_read_with_the_turn_before_in_mind() -> None:
    assert after(Sentiment.NEGATIVE, "still broken", negative=0.45).sentiment is Sentiment.NEGATIVE
    assert after(Sentiment.NEUTRAL, "still broken", negative=0.45).sentiment is Sentiment.UNCLEAR
    longer = "it is still broken since the day before"
    assert after(Sentiment.NEGATIVE, longer, negative=0.45).sentiment is Sentiment.UNCLEAR


def test_neutral_is_said_only_where_it_is_the_likeliest() -> None:
    read = after(Sentiment.NEUTRAL, "the screen is broken here now", neutral=0.55, negative=0.49)
    doubt = SentimentSignal(SAID_FROM | {"negative": 0.7})
    seen = observed("the screen is broken", {}, groups={"neutral": 0.52, "negative": 0.6})
    [unclear] = doubt.observe(seen, STATE)
    assert read.sentiment is Sentiment.NEUTRAL
    assert isinstance(unclear, SentimentRead)
    assert unclear.sentiment is Sentiment.UNCLEAR


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"remorse": 0.7}, Sentiment.UNCLEAR),
        ({"remorse": 0.7, "anger": 0.6}, Sentiment.UNCLEAR),
        ({"anger": 0.7}, Sentiment.NEGATIVE),
    ],
)
def test_an_apology_is_no_displeasure(labels: dict[str, float], expected: Sentiment) -> None:
    said = observed("sorry the number was wrong", labels, groups={"negative": 0.8})
    [read] = SentimentSignal(SAID_FROM).observe(said, STATE)
    assert isinstance(read, SentimentRead)
    assert read.sentiment is expected
