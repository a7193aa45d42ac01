"""Written conversations as a recogniser with errors hears them, and how sure it is of each word."""

import random
import zlib
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from assist_engine.session.conversation import Conversation, Turn
from knowledge_base.recognition_noise import mishear_words

# (share of the words up to here, confidence) of wrong and of right words: halfway between what the
# shipped Vosk model says on the demo calls as they are (6 % of what it hears is wrong) and with
# noise at 15 dB (32 %).
_OF_WRONG: Final = (
    (0.0, 0.2),
    (0.05, 0.31),
    (0.1, 0.36),
    (0.25, 0.5),
    (0.5, 0.66),
    (0.75, 0.9),
    (0.9, 1.0),
    (1.0, 1.0),
)
_OF_RIGHT: Final = ((0.0, 0.4), (0.05, 0.75), (0.1, 0.87), (0.25, 1.0), (1.0, 1.0))


def misheard(
    conversations: dict[str, Conversation], share: float, *, seed: int = 0
) -> dict[str, Conversation]:
    """The conversations with about this share of the words wrong; unchanged where it is 0."""
    if not share:
        return conversations
    return {
        name: replace(
            one,
            turns=tuple(
                _mishear(turn, share, f"{seed}/{name}/{number}")
                for number, turn in enumerate(one.turns)
            ),
        )
        for name, one in conversations.items()
    }


def _mishear(turn: Turn, share: float, seed: str) -> Turn:
    chance = random.Random(zlib.crc32(seed.encode()))
    heard = mishear_words(turn.says, wer=share, chance=chance)
    if not heard:
        return turn
    return replace(
        turn,
        says=" ".join(word for word, _ in heard),
        confidences=tuple(
            _at(_OF_RIGHT if is_right else _OF_WRONG, chance.random()) for _, is_right in heard
        ),
    )


def _at(curve: Sequence[tuple[float, float]], place: float) -> float:
    """The confidence at a place of a curve, straight between its points."""
    after = max(1, bisect_left(curve, (place, 0.0)))
    (left, low), (right, high) = curve[after - 1 : after + 1]
    return round(low + (high - low) * (place - left) / (right - left), 3)
