"""Cuts what an agent says into the parts that can each say something by itself.

Recognised speech has no punctuation, and agents put an apology, a check and a question into one
breath. A vector of it all is near none of them.
"""

import re
from itertools import pairwise
from typing import Final

_FEWEST_WORDS: Final = 3  # of a part
_MOST_PARTS: Final = 16
_SUBJECT: Final = (
    r"(?:i|i'm|i'll|i've|i'd|we|we're|we'll|we've|you|you're|you'll|you've|it|it's|it'll|that|"
    r"that's|there|there's|he|she|they|the|your|my|our|this)"
)
_ASKS: Final = (
    r"(?:what|what's|which|who|who's|when|where|how)\b(?! (?:that|this)\b)|"
    r"(?:can|could|may|would|will|shall|do|does|did|is|are|have) "
    r"(?:i|you|we|it|they|he|that|the|your|my)\b"
)
_STARTS: Final = (
    rf"(?:and|so|but|then|because|now|well|or|before|first|once|also|plus) (?={_SUBJECT}\b|{_ASKS})"
    rf"|(?:okay|ok|alright|all right|right|sorry|thank you|thanks|perfect|great|sure|please) "
    rf"(?={_SUBJECT}\b|so\b|and\b|{_ASKS})"
    rf"|(?={_ASKS})|(?=let me\b|let's\b|just (?:so|to|letting)\b|by the way\b|please\b|"
    r"i'll\b|i'm\b|i've\b|i can\b|we'll\b|there's\b|it's\b|you'll\b|you've got\b|you can\b)"
)
_BREAK: Final = re.compile(rf"(?:[.?!;,]\s+|\s+(?={_STARTS}))", re.IGNORECASE)


def parts_of(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each part, and of each two in a row; none where it is one part."""
    bounds = [0]
    for found in _BREAK.finditer(text):
        is_long = len(text[bounds[-1] : found.start()].split()) >= _FEWEST_WORDS
        if is_long and len(text[found.end() :].split()) >= _FEWEST_WORDS:
            bounds.append(found.end())
    ends = [*(bound - 1 for bound in bounds[1:]), len(text)]
    alone = list(zip(bounds, ends, strict=True))
    if len(alone) == 1:
        return ()
    pairs = [(start, end) for (start, _), (_, end) in pairwise(alone)]
    return tuple([*alone, *(pairs if len(pairs) > 1 else [])][:_MOST_PARTS])
