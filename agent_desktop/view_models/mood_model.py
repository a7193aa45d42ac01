"""The customer's mood as words: for an utterance, and for the course of the call."""

from enum import StrEnum

import msgspec

from agent_desktop.translation import tr
from assist_engine.call.state import Utterance
from assist_engine.contract.values import Sentiment

_TURN = 0.15  # less than this between two moods is no change
_LOW, _GOOD = -0.2, 0.2


class Feeling(StrEnum):
    """Which way a mood points; themes give it a tone."""

    GOOD = "good"
    CARE = "care"
    BAD = "bad"
    EVEN = "even"


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
    """The word beside an utterance and its feeling; no word where it reads neutral."""
    read = utterance.sentiment
    if read is None or read.sentiment in {Sentiment.NEUTRAL, Sentiment.UNCLEAR}:
        return "", Feeling.EVEN
    if read.sentiment is Sentiment.POSITIVE:
        return tr("pleased"), Feeling.GOOD
    return (tr("very unhappy") if read.score <= -0.75 else tr("unhappy")), Feeling.BAD


def _word(now: float, step: float) -> tuple[str, Feeling]:
    if step >= _TURN:
        return (tr("recovering"), Feeling.CARE) if now < 0 else (tr("good"), Feeling.GOOD)
    if step <= -_TURN:
        return tr("falling"), Feeling.BAD
    if now <= _LOW:
        return tr("low"), Feeling.BAD
    return (tr("good"), Feeling.GOOD) if now >= _GOOD else (tr("even"), Feeling.EVEN)
