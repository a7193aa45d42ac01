"""How a customer's utterance reads: positive, neutral, negative, or honestly unclear.

From the words alone, never from loudness; an agent's utterance is never read at all.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from assist_engine.call.plain_talk import says_only_facts
from assist_engine.call.selectors import customer_utterances
from assist_engine.call.state import CallState
from assist_engine.contract.events import Event, SentimentRead
from assist_engine.contract.values import Role, Sentiment
from assist_engine.understanding.displeasure import displeasure_in, raised
from assist_engine.understanding.signal import Observation, quote

_SURE: Final = 0.95  # dictated digits and bare confirmations have no mood
_MOSTLY: Final = 0.6
_SHORT: Final = 4  # words: what is shorter is read with the turn before in mind
_MOOD_LASTS: Final = 1.5  # odds that a short answer has the mood of the turn before
_BARE_ANSWERS: Final = frozenset(
    {"no", "nope", "yes", "yeah", "okay", "ok", "right", "sure", "fine", "well"}
)


class SentimentSignal:
    """Reads customers' utterances by the probabilities of the emotion model."""

    name = "sentiment"
    reads = Role.CUSTOMER

    def __init__(self, said_from: Mapping[str, float]) -> None:
        """`said_from`: the probability from which positive, negative and neutral are said."""
        self._said_from = {name: said_from[name] for name in ("positive", "negative", "neutral")}

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """One `SentimentRead` for a customer, nothing for anybody else."""
        feelings = observation.feelings
        if observation.role is not Role.CUSTOMER or feelings is None or not observation.final.text:
            return ()
        text, before = observation.final.text, _before(observation, state)
        if says_only_facts(text):
            return (_of_facts(observation, before),)
        groups = dict(feelings.groups)
        if feelings.labels.get("remorse", 0.0) >= _MOSTLY * groups["negative"]:
            groups["negative"] = 0.0  # "sorry, the number was wrong" is an apology
        if displeasure_in(text):
            groups["negative"] = raised(groups["negative"])
        if len(text.split()) < _SHORT and before in {Sentiment.NEGATIVE, Sentiment.POSITIVE}:
            groups[before] = raised(groups[before], odds=_MOOD_LASTS)
        sentiment, probability = self._choose(groups)
        score = round(groups["positive"] - groups["negative"], 3)
        return (_read(observation, sentiment, _within(sentiment, score), probability),)

    def _choose(self, groups: Mapping[str, float]) -> tuple[Sentiment, float]:
        felt = [
            (groups[name], Sentiment(name))
            for name in ("negative", "positive")
            if groups[name] >= self._said_from[name]
        ]
        if felt:
            probability, sentiment = max(felt)
            return sentiment, probability
        is_likeliest = groups["neutral"] >= max(groups["negative"], groups["positive"])
        if is_likeliest and groups["neutral"] >= self._said_from["neutral"]:
            return Sentiment.NEUTRAL, groups["neutral"]
        return Sentiment.UNCLEAR, max(groups.values())


def _before(observation: Observation, state: CallState) -> Sentiment | None:
    """How the customer's turn before this one read."""
    own = observation.final.utterance_id
    earlier = [u for u in customer_utterances(state) if u.final.utterance_id != own]
    return earlier[-1].sentiment.sentiment if earlier and earlier[-1].sentiment else None


def _of_facts(observation: Observation, before: Sentiment | None) -> SentimentRead:
    """Dictation has no mood. Nor has a bare "no", but after an angry turn it may well be angry."""
    words = set(observation.final.text.lower().split())
    if before is Sentiment.NEGATIVE and words <= _BARE_ANSWERS:
        return _read(observation, Sentiment.UNCLEAR, 0.0, 0.5)
    return _read(observation, Sentiment.NEUTRAL, 0.0, _SURE)


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
