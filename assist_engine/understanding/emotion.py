"""What a customer feels, by what the words say: the likely emotions, how strong, and which words.

From the emotion model's 28 probabilities, reduced to what an agent can act on. Never from
loudness, never of an agent. Dictated facts have no emotion.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from assist_engine.call.feeling_names import emotions_of
from assist_engine.call.plain_talk import says_only_facts
from assist_engine.call.state import CallState
from assist_engine.contract.events import EmotionRead, Event, UtteranceFinal
from assist_engine.contract.values import Emotion, Felt, Role
from assist_engine.understanding.displeasure import displeasure_in, raised
from assist_engine.understanding.signal import Observation, quote

Carrying = Mapping[str, Mapping[str, float]]
"""By emotion, the words that speak for it and how much (log-odds)."""

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_WORD_COSTS: Final = 0.5  # a run of words grows over a word that says nothing only for more
# How strong a feeling is that a label names when it is certain: a choice, not a measurement.
_STRENGTH: Final[Mapping[str, float]] = {
    "anger": 0.8,
    "disgust": 0.7,
    "annoyance": 0.5,
    "disappointment": 0.5,
    "disapproval": 0.4,
    "fear": 0.7,
    "nervousness": 0.5,
    "confusion": 0.4,
    "sadness": 0.6,
    "grief": 0.9,
    "remorse": 0.5,
    "relief": 0.5,
    "gratitude": 0.5,
    "joy": 0.6,
    "excitement": 0.8,
    "amusement": 0.4,
    "love": 0.7,
}
_STRONGER: Final = re.compile(
    r"\b(?:extremely|absolutely|totally|completely|utterly|incredibly|terribly|beyond|"
    r"really|very|so|such a|furious|livid|outrage(?:d|ous)?|disgust(?:ed|ing)|appalling|"
    r"devastat(?:ed|ing)|terrified|desperate|horrible|horrendous|unbelievable|ridiculous|"
    r"unacceptable|worst|sick of|sick and tired|fed up|at all|ever again|over the moon|thrilled|"
    r"(\w+) \1)\b"
)
_WEAKER: Final = re.compile(
    r"\b(?:a bit|a little|slightly|kind of|sort of|somewhat|not very|not so)\b"
)
_SHOWN_STRENGTH: Final = 0.5  # of displeasure that is shown in other words
_LEFT_BY_STRONGER: Final = 0.7  # of what is missing to 1, for each of at most three
_LEFT_BY_WEAKER: Final = 0.6


class EmotionSignal:
    """Reads the emotions of customers' utterances."""

    name = "emotion"
    reads = Role.CUSTOMER

    def __init__(self, said_from: Mapping[str, float], *, carrying: Carrying) -> None:
        """`said_from`: the probability from which each emotion is said."""
        self._said_from = {emotion: said_from[emotion] for emotion in Emotion}
        self._carrying = carrying

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """One `EmotionRead`, without emotions where none is likely."""
        feelings = observation.feelings
        if observation.role is not Role.CUSTOMER or feelings is None or not observation.final.text:
            return ()
        final = observation.final
        if says_only_facts(final.text):
            return (EmotionRead(utterance_id=final.utterance_id, emotions=(), intensity=0.0),)
        return (self._read(final, feelings.labels),)

    def _read(self, final: UtteranceFinal, labels: Mapping[str, float]) -> EmotionRead:
        probabilities, shown = emotions_of(labels), displeasure_in(final.text)
        if shown:
            probabilities[shown.emotion] = raised(probabilities[shown.emotion])
        felt = sorted(
            (
                Felt(emotion, round(probability, 3))
                for emotion, probability in probabilities.items()
                if probability >= self._said_from[emotion]
            ),
            key=lambda felt: -felt.probability,
        )
        if not felt:
            return EmotionRead(utterance_id=final.utterance_id, emotions=(), intensity=0.0)
        least = _SHOWN_STRENGTH * probabilities[shown.emotion] if shown else 0.0
        place = self._carrier(final.text, felt[0].emotion)
        if shown and shown.emotion is felt[0].emotion:
            place = shown.start, shown.end
        return EmotionRead(
            utterance_id=final.utterance_id,
            emotions=tuple(felt),
            intensity=round(intensity_of(final.text, labels, least=least), 3),
            evidence=(quote(final, *(place or (0, None))),),
        )

    def _carrier(self, text: str, emotion: Emotion) -> tuple[int, int] | None:
        """The run of words that speaks most for the emotion, if any word does."""
        weights = self._carrying.get(emotion, {})
        best, best_run = 0.0, None
        total, start = 0.0, 0
        for word in _WORD.finditer(text):
            if total <= 0:
                total, start = 0.0, word.start()
            total += weights.get(word[0].lower().replace("’", "'"), 0.0) - _WORD_COSTS
            if total > best:
                best, best_run = total, (start, word.end())
        return best_run


def intensity_of(text: str, labels: Mapping[str, float], *, least: float = 0.0) -> float:
    """How strong the feeling is, 0 to 1.

    The strongest label by its probability, or `least`. Each word that strengthens (at most three,
    a doubled word is one) takes off three tenths of what is missing to 1; a word that weakens
    leaves six tenths.
    """
    strength = max(least, *(labels.get(name, 0.0) * full for name, full in _STRENGTH.items()))
    lowered = text.lower()
    if _WEAKER.search(lowered):
        return strength * _LEFT_BY_WEAKER
    stronger = min(3, sum(1 for _ in _STRONGER.finditer(lowered)))
    return 1.0 - (1.0 - strength) * _LEFT_BY_STRONGER**stronger
