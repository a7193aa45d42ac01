"""Finds what compliance rules wait for in an agent's words: phrases first, then meaning.

A phrase is words in a row; its quote is what was said. What no phrase finds is recognised by its
meaning. Words that deny something ("i cannot guarantee") say none of it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from assist_engine.call.state import Utterance
from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.values import Evidence, Word
from assist_engine.guidance.compliance import ComplianceDuty, Wording
from assist_engine.guidance.rule import Vector
from assist_engine.guidance.said_meaning import DENYING, SaidMeaning, Sense

THRESHOLD: Final = 0.5  # chosen on `tests/held_out/compliance-dev.tsv`
_PHRASE_PROBABILITY: Final = 0.95
_BEHAVIOUR_PROBABILITY: Final = 0.7
_WORD: Final = re.compile(r"\[[^\]]*\]|[\w']+")
_SHORT: Final = r"(?:'(?:s|re|ve|ll|m|d))"
_DENIED_BEFORE: Final = re.compile(rf"\b(?:{DENYING}(?: [\w']+){{0,2}}|no) $")
# What agents do on calls about orders, cards and connections, which no rule is about.
_BUSINESS: Final = (
    "i am very sorry to hear that",
    "i see that the package was lost in transit",
    "it will be delivered by friday",
    "i can send you a new one today",
    "let me run a test on your line it takes a minute",
    "i can see a problem with the signal in your area",
    "the technician comes on thursday morning",
    "i have placed the new order",
    "you will get a confirmation email in a few minutes",
    "what is your order number",
    "can i have your email address",
    "your ticket number is r five three nine",
    "i have blocked your card",
    "i see one charge of a hundred dollars in madrid",
    "you should see the refund within ten business days",
    "is the light on the router green or red",
    "our shop opens at nine",
    "the offer is valid until the end of the month",
    "i can give you a credit of thirty dollars",
    "do you want me to book that for you",
    "i will call you back this afternoon",
)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a wording waits for was said."""

    evidence: Evidence
    start_ms: int
    probability: float
    at: int = 0  # character of the utterance
    confidence: float = 1.0  # of the words recognised, 0 to 1, on average


class ComplianceWords:
    """The phrases and examples of some rules, compiled; the same for all calls."""

    def __init__(
        self,
        duties: Sequence[ComplianceDuty],
        *,
        embed: Callable[[Sequence[str]], Vector],
        threshold: float = THRESHOLD,
    ) -> None:
        """`embed` gives L2-normalised rows; it is asked once, for each sentence once."""
        wordings = [w for duty in duties for w in (duty.requires, duty.forbids, duty.before) if w]
        self.duties = tuple(duties)
        self._threshold = threshold
        senses = (sense_of(wording) for wording in wordings if wording.says)
        self._meaning = SaidMeaning(senses, others=_BUSINESS, embed=embed)
        phrases = {phrase for wording in wordings for phrase in wording.phrases}
        self._phrases = {phrase: _compiled(phrase) for phrase in phrases}

    def find(self, wording: Wording, utterance: Utterance, vector: Vector | None) -> Said | None:
        """Where an utterance of an agent first says it, or None."""
        exact = self.find_exact(wording, utterance)
        if exact is not None or vector is None or not wording.says:
            return exact
        final = utterance.final
        probability = self._meaning.probability(sense_of(wording), final.text, vector)
        if probability < self._threshold:
            return None
        return _said(final, 0, len(final.text), probability)

    def find_exact(self, wording: Wording, utterance: Utterance) -> Said | None:
        """Where a phrase or a behaviour is in an utterance first, or None."""
        final = utterance.final
        found = [
            _said(final, *where, _PHRASE_PROBABILITY) for where in self._places(wording, final)
        ]
        if found:
            return min(found, key=lambda said: said.at)
        for read in utterance.behaviours:
            is_sure = read.probability >= _BEHAVIOUR_PROBABILITY
            if read.behaviour in wording.behaviours and is_sure and read.evidence:
                at = max(0, final.text.find(read.evidence[0].quote))
                return _said(final, at, at + len(read.evidence[0].quote), read.probability)
        return None

    def rate(self, wording: Wording, vector: Vector) -> tuple[float, float]:
        """How near the examples are (cosine), and by how much that beats what is none of them."""
        return self._meaning.rate(sense_of(wording), vector)

    def _places(self, wording: Wording, final: UtteranceFinal) -> Iterator[tuple[int, int]]:
        if not wording.phrases:
            return
        words = list(_WORD.finditer(final.text))
        joined = " ".join(word[0].lower() for word in words) + " "
        for phrase in wording.phrases:
            for found in self._phrases[phrase].finditer(joined):
                if _DENIED_BEFORE.search(joined, max(0, found.start() - 60), found.start()):
                    continue
                first = joined.count(" ", 0, found.start())
                last = joined.count(" ", 0, found.end() - 1)
                yield words[first].start(), words[last].end()


def sense_of(wording: Wording) -> Sense:
    """What a wording has to be recognised by its meaning."""
    return Sense(says=wording.says, unlike=wording.unlike)


def _compiled(phrase: str) -> re.Pattern[str]:
    """A phrase as a pattern on lower-case words with a space after each.

    `*` denies nothing; a word is also one that is drawn together with the next ("call's").
    """
    parts = []
    for word in phrase.lower().split():
        either = "|".join(re.escape(one) for one in word.split("|"))
        parts.append(
            rf"(?:(?!(?:{DENYING}|no) )\S+ ){{0,3}}" if word == "*" else rf"(?:{either}){_SHORT}? "
        )
    return re.compile(r"(?<!\S)" + "".join(parts))


def _said(final: UtteranceFinal, start: int, end: int, probability: float) -> Said:
    words_before = final.text[:start].count(" ")
    spoken = final.words[words_before:][: len(final.text[start:end].split())]
    start_ms = spoken[0].start_ms if spoken else final.start_ms
    return Said(
        evidence=Evidence(
            quote=final.text[start:end], utterance_id=final.utterance_id, start_ms=start_ms
        ),
        start_ms=start_ms,
        probability=probability,
        at=start,
        confidence=confidence_of(spoken),
    )


def confidence_of(words: Sequence[Word]) -> float:
    """How sure recognition was of these words, 0 to 1, on average; of none it is taken as sure."""
    return sum(word.confidence for word in words) / len(words) if words else 1.0
