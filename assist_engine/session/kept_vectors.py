"""Embeds the sentences of rules, a few at once, and keeps the vectors for their next version."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from assist_engine.guidance.rule import Vector

_AT_ONCE: Final = 16  # sentences: those of calls need not wait long behind them


class KeptVectors:
    """Vectors (n, dimension) of texts; those asked for last are not embedded again."""

    def __init__(self, embed: Callable[[Sequence[str]], Vector]) -> None:
        self._embed = embed
        self._known: dict[str, Vector] = {}

    def __call__(self, texts: Sequence[str]) -> Vector:
        """The vectors of at least one text, in order."""
        known = self._known
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        for start in range(0, len(missing), _AT_ONCE):
            some = missing[start : start + _AT_ONCE]
            known |= dict(zip(some, np.asarray(self._embed(some), np.float32), strict=True))
        self._known = {text: known[text] for text in texts}
        return np.stack([known[text] for text in texts])
