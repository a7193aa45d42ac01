"""How a customer's utterance reads: positive, neutral, negative, or honestly unclear.

From the words alone, never from loudness; an agent's utterance is never read at all.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from assist_engine.call.plain_talk import says_only_facts
from assist_engine.call.state import CallState
from assist_engine.contract.events import Event, SentimentRead
from assist_engine.contract.values import Role, Sentiment
from assist_engine.understanding.signal import Observation, Vector, quote


class SentimentHead(Protocol):
    """Probabilities (0 to 1) of the four sentiments, and from where each may be said."""

    @property
    def thresholds(self) -> Mapping[str, float]:
        """The probability from which a label may be said."""

    def __call__(self, vector: Vector) -> Mapping[str, float]:
        """Probability of each label."""


class SentimentSignal:
    """Reads customers' utterances with a head trained on labelled comments."""

    name = "sentiment"

    def __init__(self, head: SentimentHead) -> None:
        self._head = head

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """One `SentimentRead` for a customer, nothing for anybody else."""
        if observation.role is not Role.CUSTOMER or not observation.final.text:
            return ()
        probabilities = self._head(observation.vector)
        if says_only_facts(observation.final.text):
            return (_read(observation, Sentiment.NEUTRAL, 0.0, 0.95),)
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
