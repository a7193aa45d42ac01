"""Mishears a question as a recogniser would: sound-alike words, lost words, fillers.

Which words sound alike comes from the CMU Pronouncing Dictionary
(`resources/recognition-noise/README.md`). Of the errors 65 % are substitutions, 20 % deletions
and 15 % insertions: a choice, not a measurement.
"""

import bisect
import gzip
import random
import re
from functools import cache
from pathlib import Path
from typing import Final

_TABLE: Final = (
    Path(__file__).resolve().parents[1] / "resources" / "recognition-noise" / "sound-alikes.tsv.gz"
)
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SUBSTITUTED: Final = 0.65
_DELETED: Final = 0.20  # the rest is inserted
_NEXT_ALIKE: Final = 0.55  # chance that a less alike word than the last is heard
_FILLERS: Final = ("uh", "um", "the", "a", "and", "i", "it", "to", "so", "you know", "like", "oh")


def mishear(question: str, *, wer: float, chance: random.Random) -> str:
    """The question with about `wer` (0 to 1) of its words wrong, in lower case, unpunctuated."""
    return " ".join(word for word, _ in mishear_words(question, wer=wer, chance=chance))


def mishear_words(said: str, *, wer: float, chance: random.Random) -> list[tuple[str, bool]]:
    """The words heard, each with whether it was said; about `wer` (0 to 1) are wrong or lost."""
    heard: list[tuple[str, bool]] = []
    for word in _WORD.findall(said.lower()):
        if chance.random() >= wer:
            heard.append((word, True))
            continue
        error = chance.random()
        if error < _SUBSTITUTED:
            heard.append((sound_alike(word, chance=chance), False))
        elif error >= _SUBSTITUTED + _DELETED:
            filler = chance.choice(_FILLERS).split()
            heard += [(word, True), *((one, False) for one in filler)]
    return heard


def sound_alike(word: str, *, chance: random.Random) -> str:
    """Another word that sounds about like this one; likelier the more alike."""
    alikes = _alikes().get(word) or _spelled_alike(word)
    at = 0
    while at + 1 < len(alikes) and chance.random() < _NEXT_ALIKE:
        at += 1
    return alikes[at]


@cache
def _alikes() -> dict[str, tuple[str, ...]]:
    lines = gzip.decompress(_TABLE.read_bytes()).decode().splitlines()
    return {word: tuple(rest.split()) for word, rest in (line.split("\t") for line in lines)}


@cache
def _sorted_words() -> list[str]:
    return sorted(_alikes())


def _spelled_alike(word: str) -> tuple[str, ...]:
    """Neighbours in the alphabet of a word that the dictionary does not know."""
    words = _sorted_words()
    at = bisect.bisect(words, word)
    return tuple(words[max(0, at - 2) : at + 2])
