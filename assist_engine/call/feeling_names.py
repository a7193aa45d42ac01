"""Which of the 28 GoEmotions labels make which sentiment, and which emotion an agent can act on.

The sentiments are the groups of the paper (Demszky et al. 2020), its *ambiguous* our *unclear*.
The emotions are our choice: GoEmotions has no frustration, which here is what stands between
disagreeing and anger. Labels that say nothing to act on (curiosity, surprise, pride) make none,
nor does remorse: a customer who says sorry is polite.
"""

from collections.abc import Mapping
from typing import Final

from assist_engine.contract.values import Emotion

_POSITIVE: Final = (
    "admiration amusement approval caring desire excitement gratitude joy love optimism pride "
    "relief"
)
_NEGATIVE: Final = (
    "anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness "
    "remorse sadness"
)
SENTIMENT_GROUPS: Final[dict[str, frozenset[str]]] = {
    "positive": frozenset(_POSITIVE.split()),
    "negative": frozenset(_NEGATIVE.split()),
    "unclear": frozenset({"confusion", "curiosity", "realization", "surprise"}),
    "neutral": frozenset({"neutral"}),
}
EMOTION_LABELS: Final[dict[Emotion, frozenset[str]]] = {
    Emotion.ANGER: frozenset({"anger", "disgust"}),
    Emotion.FRUSTRATION: frozenset({"annoyance", "disappointment", "disapproval"}),
    Emotion.WORRY: frozenset({"fear", "nervousness"}),
    Emotion.CONFUSION: frozenset({"confusion"}),
    Emotion.SADNESS: frozenset({"sadness", "grief"}),
    Emotion.RELIEF: frozenset({"relief"}),
    Emotion.GRATITUDE: frozenset({"gratitude"}),
    Emotion.JOY: frozenset({"joy", "excitement", "amusement", "love"}),
}
NEGATIVE_EMOTIONS: Final = frozenset(
    {Emotion.ANGER, Emotion.FRUSTRATION, Emotion.WORRY, Emotion.SADNESS}
)


def emotions_of(labels: Mapping[str, float]) -> dict[Emotion, float]:
    """Probability (0 to 1) of each emotion: that of its labels together.

    Comments rarely have two labels of one emotion, so the sum is near the probability of any.
    """
    return {
        emotion: min(1.0, sum(labels[name] for name in names))
        for emotion, names in EMOTION_LABELS.items()
    }
