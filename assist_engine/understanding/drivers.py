"""Finds what is worth a rule or an alert: threats, repeats, complaints, need, thanks, promises.

By patterns first, whose words are the evidence; what is denied ("i do not want to cancel") is not
found. Other words for the same are recognised by their sentence vector, where examples are given.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from assist_engine.call.clauses import clauses_of
from assist_engine.call.driver_kinds import PROMISE
from assist_engine.call.plain_talk import content_words, substance
from assist_engine.call.promise_words import promise_in
from assist_engine.call.state import CallState
from assist_engine.contract.events import DriverRead, Event, UtteranceFinal
from assist_engine.contract.values import Role
from assist_engine.understanding.driver import Driver
from assist_engine.understanding.driver_examples import (
    CALIBRATION,
    EXAMPLES,
    NEUTRAL,
    THRESHOLD,
)
from assist_engine.understanding.exemplars import Exemplars, Meaning, sentences
from assist_engine.understanding.service_drivers import CHURN, COURTESY, GRIEVANCE
from assist_engine.understanding.signal import Observation, Vector, quote
from assist_engine.understanding.vulnerability_drivers import VULNERABILITIES

DRIVERS: Final = (*CHURN, *GRIEVANCE, *VULNERABILITIES, *COURTESY)
_BY_LABEL: Final = {driver.label: driver for driver in DRIVERS}
_LEAST_WORDS: Final = 2  # content words: fewer have no meaning of their own

# "i do not want to cancel", "i have never asked twice"; but "if you cannot fix it i will cancel".
_DENIED: Final = re.compile(
    r"(?:\bnot|n't|\bnever|\bno need to|\bwithout)(?: (?!if\b|or\b|and\b|i\b)\w+){0,2} $"
)


def driver_exemplars(embed: Callable[[Sequence[str]], Vector]) -> Exemplars:
    """The shipped ways of saying each driver; `embed` is asked once, for all of them."""
    said = {label: sentences(text) for label, text in EXAMPLES.items()}
    return Exemplars(said, NEUTRAL, embed=embed, calibration=CALIBRATION)


def find_drivers(text: str) -> Iterator[tuple[Driver, int, int]]:
    """Each driver that patterns find in a text once, with the place (start, end) of its words."""
    lowered = text.lower()
    for driver in DRIVERS:
        matches = (m for pattern in driver.patterns for m in pattern.finditer(lowered))
        said = [match for match in matches if not _is_denied(match)]
        if said:
            first = min(said, key=lambda m: m.start())
            yield driver, first.start(), first.end()


def _is_denied(match: re.Match[str]) -> bool:
    """Whether a "not" before the words takes them back; words with "i" begin a new clause."""
    begins_anew = match[0].startswith(("i ", "i'"))
    return not begins_anew and _DENIED.search(match.string[: match.start()]) is not None


class DriverSignal:
    """Reads drivers from customers' utterances; without `meaning`, by patterns alone."""

    name = "drivers"
    reads = Role.CUSTOMER

    def __init__(
        self, meaning: Meaning | None = None, *, minimum_probability: float = THRESHOLD
    ) -> None:
        """`minimum_probability` is for what no pattern finds."""
        self._meaning = meaning
        self._minimum_probability = minimum_probability

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """A `DriverRead` for each driver said, with the words that say it."""
        by_words = self.observe_live(observation.final, observation.role)
        meant = self._meant(observation)
        if meant is None or meant.driver in {read.driver for read in by_words}:
            return by_words
        return (*by_words, meant)

    def observe_live(self, words: UtteranceFinal, role: Role) -> Sequence[DriverRead]:
        """The drivers said so far, by patterns."""
        if role is not Role.CUSTOMER:
            return ()
        return [
            DriverRead(
                utterance_id=words.utterance_id,
                driver=driver.name,
                label=driver.label,
                probability=driver.probability,
                evidence=(quote(words, start, end),),
            )
            for driver, start, end in find_drivers(words.text)
        ]

    def _meant(self, observation: Observation) -> DriverRead | None:
        """The driver that the whole utterance means, in whatever words."""
        text = observation.final.text
        if self._meaning is None or observation.role is not Role.CUSTOMER:
            return None
        if len(content_words(substance(text))) < _LEAST_WORDS:
            return None
        match = self._meaning.nearest(observation.vector)
        if match.probability < self._minimum_probability:
            return None
        driver = _BY_LABEL[match.label]
        return DriverRead(
            utterance_id=observation.final.utterance_id,
            driver=driver.name,
            label=driver.label,
            probability=round(match.probability, 3),
            evidence=(quote(observation.final),),
        )


class PromiseSignal:
    """Reads what an agent promises: words and times, no feeling."""

    name = "promises"
    reads = Role.AGENT

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """A `DriverRead` for each clause of an agent that promises something."""
        if observation.role is not Role.AGENT:
            return ()
        clauses = ((clause, promise_in(clause.text)) for clause in clauses_of(observation.final))
        return [
            DriverRead(
                utterance_id=observation.final.utterance_id,
                driver=PROMISE,
                label=f"Promise, {promise.due}" if promise.due else "Promise",
                probability=promise.probability,
                evidence=(clause.evidence,),
            )
            for clause, promise in clauses
            if promise is not None
        ]
