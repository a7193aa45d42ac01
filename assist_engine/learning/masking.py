"""Takes out of a customer's words what tells who they are, before the words are kept.

Dictated numbers, e-mail addresses and the customer's own name become `…`. Rather too much than
too little: an amount of three spoken digits goes too.
"""

import re
from collections.abc import Sequence
from typing import Final

MASK: Final = "…"
_SPOKEN: Final = (
    r"(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|"
    r"fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundred|thousand|double|triple|[0-9]+|[b-hj-z])"
)
_BETWEEN: Final = r"(?:[\s,.-]+(?:(?:uh|um|er|and|then|dash|hyphen)[\s,.-]+)?)"
_HIDDEN: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+",
        r"\b(?:[a-z0-9]+ (?:dot|underscore|dash) )*[a-z0-9]+ at [a-z0-9]+(?: dot [a-z]+)+\b",
        # 5550142731, 555-0142, (555) 01 42, bk-7492: three digits or more, however grouped.
        r"[(+]?\b(?:[a-z]{1,3}-?)?[0-9](?:[\s().,/-]*[0-9]){2,}\b\)?",
        rf"(?<!['’\w])(?:{_SPOKEN}|[ai]){_BETWEEN}{_SPOKEN}(?:{_BETWEEN}(?:{_SPOKEN}|[ai]))+\b",
        r"[〇零一二三四五六七八九十百两幺]{3,}",
    )
)
_REPEATED: Final = re.compile(rf"{MASK}(?:\s*{MASK})+")
_SHORTEST_NAME: Final = 2


def mask(text: str, *, names: Sequence[str] = ()) -> str:
    """The text without dictated numbers, addresses and these names."""
    for pattern in (*_HIDDEN, *_names(names)):
        text = pattern.sub(MASK, text)
    return " ".join(_REPEATED.sub(MASK, text).split())


def _names(names: Sequence[str]) -> list[re.Pattern[str]]:
    words = {word for name in names for word in re.findall(r"[^\W\d_]+", name)}
    told = sorted((word for word in words if len(word) >= _SHORTEST_NAME), key=len, reverse=True)
    return [re.compile(rf"\b{re.escape(word)}(?:'s|s')?\b", re.IGNORECASE) for word in told]
