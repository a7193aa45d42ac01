"""Splits a long turn where a second matter may begin: "…, and can you also …"."""

import re
from typing import Final

from assist_engine.call.plain_talk import content_words, substance

_STARTS: Final = (
    r"(?:and |but |oh )?(?:also|another thing|one more thing|while i have you|by the way|besides)\b"
    r"|(?:and|but|then|plus) (?:then |also )?(?:i|i'm|i'd|i've|can|could|would|will|what|when|"
    r"where|why|how|who|is|are|do|does|did|my|the|there|please|you)\b"
)
_BREAK: Final = re.compile(rf"(?:[.?!;]\s+|,?\s+(?={_STARTS}))", re.IGNORECASE)
_FEWEST_WORDS: Final = 3  # words that name a matter, or little words around one
_FEWEST_CONTENT: Final = 1


def clauses_of(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each part that can be a matter of its own; none where it is one matter."""
    bounds = [0]
    for found in _BREAK.finditer(text):
        if _says_something(text[bounds[-1] : found.start()]) and _says_something(
            text[found.end() :]
        ):
            bounds.append(found.end())
    if len(bounds) == 1:
        return ()
    ends = [*bounds[1:], len(text)]
    return tuple(
        (start, start + len(text[start:end].rstrip(" ,")))
        for start, end in zip(bounds, ends, strict=True)
    )


def _says_something(text: str) -> bool:
    words = text.split()
    return len(words) >= _FEWEST_WORDS and len(content_words(substance(text))) >= _FEWEST_CONTENT
