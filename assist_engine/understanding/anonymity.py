"""Takes out of a customer's words what tells who they are, before they are kept as a question.

Stricter than what is stored of a call: order numbers, dates, names and every three digits go too,
whatever the policies keep. Rather too much than too little.
"""

import re
from collections.abc import Sequence
from typing import Final

from assist_engine.contract.values import EntityType
from assist_engine.understanding.entities import Expected, find_entities, name_words
from assist_engine.understanding.spoken import is_placeholder, tokenize

MASK: Final = "…"
_TELLS_NOTHING: Final = frozenset({EntityType.AMOUNT, EntityType.PRODUCT})
_REPEATED: Final = re.compile(rf"{MASK}(?:\s*{MASK})+")


def without_identity(text: str, names: Sequence[str] = ()) -> str:
    """The text with `…` for each number, address, date, placeholder and these names."""
    expected = Expected(names=name_words(names), is_strict=True)
    found = [
        (one.start, one.end)
        for one in find_entities(text, expected)
        if one.type not in _TELLS_NOTHING
    ]
    found += [(token.start, token.end) for token in tokenize(text) if is_placeholder(token)]
    kept: list[str] = []
    at = 0
    for start, end in sorted(found):
        kept += [text[at:start], MASK]
        at = end
    return " ".join(_REPEATED.sub(MASK, "".join([*kept, text[at:]])).split())
