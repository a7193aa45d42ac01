"""What a caller asks, without greetings, fillers and thanks; and as safe FTS5 text."""

import re
from typing import Final

_NOISE: Final = re.compile(
    r"\b(?:"
    r"(?:hi|hello|hey)(?: there)?|good (?:morning|afternoon|evening|day)|"
    r"u+h+|u+m+|e+r+m*|h+m+|mm+|ah+|oh+|"
    r"you know|i mean|kind of|sort of|basically|actually|honestly|obviously|"
    r"thanks?(?: you)?(?: (?:so|very) much)?(?: for (?:taking|answering) (?:my|the) call)?|"
    r"please|sorry|excuse me|okay|ok|alright|all right|well|yeah|yes|yep|no problem|right|"
    r"(?:yes )?i(?:'m| am) (?:just )?(?:calling|ringing|phoning)(?: you)?(?: today)?"
    r"(?: (?:about|because|regarding|to (?:ask|find out|check)))?|"
    r"i(?:'d| would) (?:just )?like to (?:know|ask|find out)(?: (?:about|if|whether))?|"
    r"i (?:was|am|'m) (?:just )?wondering(?: (?:if|whether))?|"
    r"(?:can|could|would) you (?:please |just )?(?:tell me|help me(?: with)?|explain)|"
    r"(?:can|could) i (?:just )?ask(?: you)?|i have a question(?: about)?|"
    r"my name is \w+(?: \w+)?|this is \w+ (?:speaking|calling)|how are you(?: doing)?(?: today)?"
    r")\b",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_COMMON: Final = frozenset(
    _WORD.findall(
        "a an and any are as at be been but by can could did do does for from get had has have he "
        "her here him his how i i'd i'll i'm i've if in is it it's its just like me my not of on "
        "or our she should so some that that's the their them then there they this to up us was "
        "we were what when where which who why will with would you your about "
    )
)


def plain_question(text: str) -> str:
    """What is asked, without greetings and fillers; empty where nothing else was said."""
    words = _NOISE.sub(" ", text)
    kept = " ".join(words.split()).lstrip(" ,.;:!?-–").rstrip(" ,.;:!-–")
    return kept if _WORD.search(kept) else ""


def search_terms(question: str) -> tuple[str, ...]:
    """Words worth looking up, lower case, each once, in order."""
    words = dict.fromkeys(word.replace("’", "'") for word in _WORD.findall(question.lower()))
    terms = tuple(word for word in words if word not in _COMMON)
    return terms or tuple(words)


def match_any(terms: tuple[str, ...]) -> str:
    """FTS5 query that matches any of the terms; nothing in them is read as an operator."""
    return " OR ".join(f'"{term}"' for term in terms)
