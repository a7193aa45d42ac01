"""Finds what is said in words: addresses, postcodes, names, passwords."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from assist_engine.contract.values import EntityType
from assist_engine.understanding.entity_checks import is_iban

_STREET: Final = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|boulevard|blvd|highway|hwy|parkway|pkwy|terrace|"
    r"crescent|colony|nagar|plaza|turnpike)"
)
_STREET_OR_WORD: Final = (
    rf"(?:{_STREET}|drive|dr|way|court|ct|close|place|pl|square|circle|cir|trail|alley|gardens|"
    r"grove|mews|row|hill|route|apartments?)"
)
_UNIT: Final = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_ABOVE: Final = (
    r"(?:ten|eleven|twelve|[a-z]+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"hundred|thousand)"
)
_SAID: Final = rf"{_ABOVE}(?:[ -](?:{_ABOVE}|{_UNIT}|oh))*|{_UNIT}(?:[ -](?:{_ABOVE}|{_UNIT}|oh))+"
_BETWEEN: Final = (
    r"(?:[ ,]+(?!(?:and|or|to|the|in|my|is|on|of|for|a|i|you|we|then|days?|weeks?|minutes?)\b)"
    r"[a-z0-9'’#-]+){1,4}?"
)
_CLAUSE_END: Final = (
    r"(?:and (?:my|the|i|is|can|it|then|please|ssn|card|account)|but|my|please|can|could|is|are|"
    r"i|i'm|thank|thanks|because|what|how|will|would|for|so|ok|okay|yes|no|that|thats|it|its|"
    r"which|has|have|had|was|since|you|your|we|want|need|ssn|from|last)"
)
_PLACE_WORD: Final = rf"(?!{_CLAUSE_END}\b)[\w'’.#/-]+"
_WRITTEN: Final = re.compile(
    rf"\b(?:(?:no|number|suite|apt|apartment|flat|unit|plot|door) )?(?:"
    rf"\d{{1,5}}[a-z]?{_BETWEEN}[ ,]+{_STREET_OR_WORD}|"
    rf"(?:{_SAID}|{_UNIT}){_BETWEEN}[ ,]+{_STREET})\b(?:[ ,]+{_PLACE_WORD}){{0,6}}"
)
_ANY_STREET: Final = re.compile(rf"\b{_STREET_OR_WORD}\b")
_TOLD: Final = re.compile(
    r"\b(?:(?<!mail )(?<!email )address(?: details)?(?: (?:is|as|to(?= \d)|was|would be|"
    r"should be|now is))+(?: (?:to|at|as|now|changed to))?|(?:i )?(?:live|living|reside|residing) "
    r"at)"
    rf"(?! (?:incorrect|wrong|not|different|the same|correct|old|still|home|a|missing|in|on|"
    r"\w+ed)\b)"
    rf"((?:[ ,:]+{_PLACE_WORD}){{1,10}})"
)
_POSTCODE: Final = re.compile(r"\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b")  # as Royal Mail writes them
_IBAN: Final = re.compile(r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?\b")
_NAME_WORD: Final = (
    r"(?!(?:and|my|the|i|is|it|please|can|a|an|not|on|in|so|ssn|account|card|number|from|no|"
    r"calling|here|for|to|with|credit|policy|claim|email|phone|last|booking|confirmation|but|"
    r"about|just|very|also|sorry|going|trying|looking|having|still|really|wondering|unable|"
    r"zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|double|triple|[a-z]+teen|twenty|"
    r"thirty|forty|fifty|sixty|seventy|eighty|ninety|you|your|this|that|what|ready|sure|happy|afraid|getting|happening|at)\b)[a-z][a-z'’-]+"
)
_NAMED: Final = re.compile(
    rf"\b(?:my (?:full |first |last )?name(?:'s| is|s)?|name is|i am called|speaking with) "
    rf"({_NAME_WORD}(?: {_NAME_WORD}){{0,2}})"
    rf"|\bthis is ({_NAME_WORD}(?: {_NAME_WORD})?)(?= (?:speaking|calling|here|from)\b)"
)
_PASSWORD: Final = re.compile(
    r"\b(?:pass ?word|pass ?phrase|memorable word|security (?:word|answer)|mother'?s maiden name|"
    r"pass ?code|secret word|login)(?: for (?:it|this|that|the account))?"
    r"(?:'s| is(?!n)| was(?!n)|:)+(?: (?:still|now|it's|probably))? ?"
    r"((?:\w[^\s,]*[ ,]*){1,4})"
)
_LEAD_IN: Final = re.compile(
    r"^(?:(?:yes|yeah|yep|sure|okay|ok|of course|right|alright|well|uh|um|er|so|it's|its|it is|"
    r"it should be|that's|thats|that is|that would be|it was|my (?:password|address|new address|"
    r"name|pin)(?: is)?|the (?:password|address|answer|name) is|i think|i believe|i live at|"
    r"please)[ ,]+)+"
)
_NO_ANSWER: Final = re.compile(
    r"\b(?:i don'?t|i do not|can'?t|cannot|forgot|forgotten|don't have|why|what|which|how|where|"
    r"do you|did you|are you|sorry|could you|can you|one moment|hold on|wait|let me|not sure|no)\b"
)
_FAREWELL: Final = re.compile(  # opens what is no answer, whatever was asked before
    r"^(?:(?:oh|okay|ok|all right|alright|right|well|great|lovely|perfect|super) )*"
    r"(?:thanks|thank you|never mind|bye|goodbye)\b(?!.*\b(?:is|it's|its|at)\b)"
)
_LONGEST_ANSWER: Final = {EntityType.SECRET: 6, EntityType.ADDRESS: 16, EntityType.PERSON: 4}
_NEVER_SECRET: Final = re.compile(
    r"^(?:not|wrong|incorrect|expired|reset|locked|correct|working|the|blocked|a|being|too|in|"
    r"\w+ed|never|already|also|still|invalid|stolen|lost|my|set|gone|forgotten|for|on|no|"
    r"no longer|asking|required|needed|to|what|different|i)\b"
)


class WordsFound(NamedTuple):
    """Words that are an entity; start and end are characters."""

    type: EntityType
    start: int
    end: int
    probability: float


def find_words(
    lowered: str, asked: Sequence[EntityType], names: Sequence[str]
) -> Iterator[WordsFound]:
    """Addresses, postcodes, passwords and names in a text in lower case."""
    yield from _addresses(lowered)
    for match in _IBAN.finditer(lowered):
        if is_iban(match[0].replace(" ", "").upper()):
            yield WordsFound(EntityType.ACCOUNT, *match.span(), 0.99)
    for match in _POSTCODE.finditer(lowered):
        yield WordsFound(EntityType.POSTCODE, *match.span(), 0.8)
    for match in _PASSWORD.finditer(lowered):
        if not _NEVER_SECRET.match(match[1]):
            start = match.start(1)
            yield WordsFound(EntityType.SECRET, start, start + _clause(match[1]), 0.85)
    for match in _NAMED.finditer(lowered):
        yield WordsFound(EntityType.PERSON, *match.span(match.lastindex or 0), 0.7)
    yield from _answered(lowered, asked)
    yield from find_names(lowered, names)


def _addresses(lowered: str) -> Iterator[WordsFound]:
    if _ANY_STREET.search(lowered):
        for match in _WRITTEN.finditer(lowered):
            yield WordsFound(EntityType.ADDRESS, *match.span(), 0.8)
    for match in _TOLD.finditer(lowered):
        start = match.start(1) + len(match[1]) - len(match[1].lstrip(" ,:"))
        yield WordsFound(EntityType.ADDRESS, start, match.end(1), 0.75)


def _clause(text: str) -> int:
    """How many characters of words belong to a password, up to "and", "but", "please"."""
    end = re.search(
        r"\s+(?:and|but|please|can|could|so|thanks?|for|ok(?:ay)?)\b|[ ,]+$|[,;.!?]\s", text
    )
    return end.start() if end else len(text)


def _answered(lowered: str, asked: Sequence[EntityType]) -> Iterator[WordsFound]:
    """The whole answer to a question for a password, an address or a name."""
    wanted = [kind for kind in asked if kind in _LONGEST_ANSWER]
    if not wanted or _NO_ANSWER.search(lowered) or _FAREWELL.match(lowered):
        return
    lead = _LEAD_IN.match(lowered + " ")
    start = min(lead.end(), len(lowered)) if lead else 0
    words = len(lowered[start:].split())
    if 0 < words <= _LONGEST_ANSWER[wanted[0]]:
        end = len(lowered.rstrip(" .,!?"))
        if start < end:
            yield WordsFound(wanted[0], start, end, 0.72)


def find_names(lowered: str, names: Sequence[str]) -> Iterator[WordsFound]:
    """Every word of these names, in lower case, where it stands as a word."""
    for name in names:
        for match in re.finditer(rf"(?<![\w]){re.escape(name)}(?:['’]s|s['’])?(?![\w])", lowered):
            yield WordsFound(EntityType.PERSON, *match.span(), 0.9)
