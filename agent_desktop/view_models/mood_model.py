"""The customer's mood as words: for an utterance, and for the course of the call.

An agent's or a bot's utterance has no mood here, whatever it holds.
"""

from enum import StrEnum

import msgspec

from agent_desktop.translation import tr
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.values import Certainty, Emotion, Felt, Role, Sentiment, certainty_of

_TURN = 0.15  # less than this between two moods is no change
_LOW, _GOOD = -0.2, 0.2
_MILD, _STRONG = 0.34, 0.67  # intensity


class Feeling(StrEnum):
    """Which way a mood points; themes give it a tone."""

    GOOD = "good"
    CARE = "care"
    BAD = "bad"
    EVEN = "even"


_FEELINGS = {
    Emotion.ANGER: Feeling.BAD,
    Emotion.FRUSTRATION: Feeling.BAD,
    Emotion.WORRY: Feeling.CARE,
    Emotion.CONFUSION: Feeling.CARE,
    Emotion.SADNESS: Feeling.CARE,
    Emotion.RELIEF: Feeling.GOOD,
    Emotion.GRATITUDE: Feeling.GOOD,
    Emotion.JOY: Feeling.GOOD,
}


class Mood(msgspec.Struct, frozen=True, kw_only=True):
    """The mood now: a word, which way it points, and the course (-1 to 1, oldest first)."""

    word: str
    feeling: Feeling
    course: tuple[float, ...] = ()


def mood_of(course: tuple[tuple[int, float], ...]) -> Mood:
    """Put a mood course (see `selectors.mood_course`) in a word."""
    values = tuple(value for _, value in course)
    if not values:
        return Mood(word=tr("not clear yet"), feeling=Feeling.EVEN)
    now, before = values[-1], values[-2] if len(values) > 1 else 0.0
    word, feeling = _word(now, now - before)
    return Mood(word=word, feeling=feeling, course=values)


def utterance_mood(utterance: Utterance) -> tuple[str, Feeling]:
    """The word beside an utterance and its feeling; no word where it reads neutral.

    The strongest emotion where one is likely or possible, else how the utterance reads.
    """
    if utterance.role is not Role.CUSTOMER:
        return "", Feeling.EVEN
    emotions = felt(utterance)
    if emotions:
        return emotion_words(emotions[0]), _FEELINGS[emotions[0].emotion]
    read = utterance.sentiment
    if read is None or read.sentiment in {Sentiment.NEUTRAL, Sentiment.UNCLEAR}:
        return "", Feeling.EVEN
    if read.sentiment is Sentiment.POSITIVE:
        return tr("pleased"), Feeling.GOOD
    return (tr("very unhappy") if read.score <= -0.75 else tr("unhappy")), Feeling.BAD


def felt(utterance: Utterance) -> tuple[Felt, ...]:
    """What a customer's utterance likely or possibly shows, strongest first."""
    if utterance.role is not Role.CUSTOMER or utterance.emotion is None:
        return ()
    clear = [f for f in utterance.emotion.emotions if _certainty(f) is not Certainty.UNCLEAR]
    return tuple(sorted(clear, key=lambda f: -f.probability))


def current_emotion(state: CallState) -> str:
    """The word of the customer's newest utterance, where it shows an emotion."""
    for utterance in reversed(state.utterances):
        if utterance.role is Role.CUSTOMER and (utterance.emotion or utterance.sentiment):
            emotions = felt(utterance)
            return emotion_words(emotions[0]) if emotions else ""
    return ""


def emotion_words(one: Felt) -> str:
    """An emotion as people say it of somebody; *possibly* where it is not likely."""
    words = {
        Emotion.ANGER: tr("angry"),
        Emotion.FRUSTRATION: tr("frustrated"),
        Emotion.WORRY: tr("worried"),
        Emotion.CONFUSION: tr("confused"),
        Emotion.SADNESS: tr("sad"),
        Emotion.RELIEF: tr("relieved"),
        Emotion.GRATITUDE: tr("grateful"),
        Emotion.JOY: tr("happy"),
    }
    word = words[one.emotion]
    is_likely = _certainty(one) is Certainty.LIKELY
    return word if is_likely else tr("possibly {emotion}", emotion=word)


def mood_explanation(utterance: Utterance) -> str:
    """Every emotion that an utterance shows and how strongly; empty where it shows none."""
    emotions = felt(utterance)
    if not emotions or utterance.emotion is None:
        return ""
    said = ", ".join(emotion_words(one) for one in emotions)
    return f"{said} · {_strength(utterance.emotion.intensity)}"


def _strength(intensity: float) -> str:
    if intensity >= _STRONG:
        return tr("strong")
    return tr("noticeable") if intensity >= _MILD else tr("mild")


def _certainty(one: Felt) -> Certainty:
    return certainty_of(one.probability)


def _word(now: float, step: float) -> tuple[str, Feeling]:
    if step >= _TURN:
        return (tr("recovering"), Feeling.CARE) if now < 0 else (tr("good"), Feeling.GOOD)
    if step <= -_TURN:
        return tr("falling"), Feeling.BAD
    if now <= _LOW:
        return tr("low"), Feeling.BAD
    return (tr("good"), Feeling.GOOD) if now >= _GOOD else (tr("even"), Feeling.EVEN)
