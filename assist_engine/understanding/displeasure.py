"""Displeasure that customers show in ways of their own: threats, another call, plain words.

The comments that the emotion model learned from hold no customers, so it cannot know.
"""

import re
from typing import Final

import msgspec

from assist_engine.contract.values import Emotion
from assist_engine.understanding.drivers import find_drivers

_ODDS: Final = 20.0
# Said of a service, whatever else the words are.
_ANGRY: Final = re.compile(
    r"(?<!not )\b(?:furious|livid|outrage(?:d|ous)|disgrace(?:ful)?|disgust(?:ed|ing)|appalling)\b"
)
_FED_UP: Final = re.compile(
    r"(?<!not )\b(?:unacceptable|ridiculous|fed up|sick (?:and tired )?of (?:this|it|you)|"
    r"waste of (?:my )?time)\b"
)


class Displeasure(msgspec.Struct, frozen=True):
    """The words that show it, and which emotion it is."""

    emotion: Emotion
    start: int
    end: int


def displeasure_in(text: str) -> Displeasure | None:
    """Where somebody says so, threatens to leave, or had to call again."""
    lowered = text.lower()
    for emotion, words in ((Emotion.ANGER, _ANGRY), (Emotion.FRUSTRATION, _FED_UP)):
        if said := words.search(lowered):
            return Displeasure(emotion, said.start(), said.end())
    for driver, start, end in find_drivers(text):
        if driver.is_displeased:
            return Displeasure(Emotion.FRUSTRATION, start, end)
    return None


def raised(probability: float, *, odds: float = _ODDS) -> float:
    """A probability once there is a reason to believe it this many times more."""
    more = odds * probability / max(1e-6, 1.0 - probability)
    return more / (1.0 + more)
