"""How a customer's utterance reads: positive, neutral, negative, or honestly unclear.

From the words alone, never from loudness; an agent's utterance is never read at all.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from assist_engine.call.plain_talk import says_only_facts
from assist_engine.call.state import CallState
from assist_engine.contract.events import Event, SentimentRead
from assist_engine.contract.values import Role, Sentiment
from assist_engine.understanding.drivers import find_drivers
from assist_engine.understanding.signal import Observation, Vector, quote

_SURE: Final = 0.95  # dictated digits and bare confirmations have no mood
_DISPLEASED_ODDS: Final = 6.0
# Said of a service, whatever else the words are.
_ANGER: Final = re.compile(
    r"(?<!not )\b(?:unacceptable|ridiculous|outrageous|disgrace(?:ful)?|appalling|fed up|furious|"
    r"sick (?:and tired )?of (?:this|it|you)|waste of (?:my )?time)\b"
)


class SentimentHead(Protocol):
    """Probabilities (0 to 1) of the four sentiments, and from where each may be said."""

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The probability from which a label may be said."""

    def __call__(self, vector: Vector, text: str) -> Mapping[str, float]:
        """Probability of each label for a text with this sentence vector."""


class SentimentSignal:
    """Reads customers' utterances with a head trained on labelled comments."""

    name = "sentiment"
    reads = Role.CUSTOMER

    def __init__(self, head: SentimentHead) -> None:
        self._head = head

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """One `SentimentRead` for a customer, nothing for anybody else."""
        if observation.role is not Role.CUSTOMER or not observation.final.text:
            return ()
        text = observation.final.text
        if says_only_facts(text):
            return (_read(observation, Sentiment.NEUTRAL, 0.0, _SURE),)
        probabilities = dict(self._head(observation.vector, text))
        if _ANGER.search(text) or any(d.is_displeased for d, _, _ in find_drivers(text)):
            probabilities["negative"] = _raised(probabilities["negative"])
        sentiment, probability = self._choose(probabilities)
        score = round(probabilities["positive"] - probabilities["negative"], 3)
        return (_read(observation, sentiment, _within(sentiment, score), probability),)

    def _choose(self, probabilities: Mapping[str, float]) -> tuple[Sentiment, float]:
        thresholds = self._head.thresholds
        felt = [
            (probabilities[name], Sentiment(name))
            for name in ("negative", "positive")
            if probabilities[name] >= thresholds[name]
        ]
        if felt:
            probability, sentiment = max(felt)
            return sentiment, probability
        if probabilities["neutral"] >= thresholds["neutral"]:
            return Sentiment.NEUTRAL, probabilities["neutral"]
        return Sentiment.UNCLEAR, max(probabilities.values())


def _raised(probability: float) -> float:
    """The probability of displeasure once somebody threatens to leave, calls again or says so.

    The comments that the head learned from hold no customers, so it cannot know.
    """
    odds = _DISPLEASED_ODDS * probability / max(1e-6, 1.0 - probability)
    return odds / (1.0 + odds)


def _within(sentiment: Sentiment, score: float) -> float:
    """A score on the side of its label: what is not called negative must not look negative."""
    if sentiment is Sentiment.NEGATIVE:
        return min(score, 0.0)
    if sentiment is Sentiment.POSITIVE:
        return max(score, 0.0)
    return max(min(score, 0.2), -0.2)


def _read(
    observation: Observation, sentiment: Sentiment, score: float, probability: float
) -> SentimentRead:
    return SentimentRead(
        utterance_id=observation.final.utterance_id,
        sentiment=sentiment,
        score=score,
        probability=round(probability, 3),
        evidence=(quote(observation.final),),
    )
