"""Which words of an utterance carry a matter, and which are courtesy, identity or dictation.

Pure word patterns on recognised English: lower case, no punctuation, spoken numbers. Signals
read no mood into dictated digits, and searches are not led astray by a caller's name.
"""

import re
from typing import Final

_DIGIT = (
    r"(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|"
    r"fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundred|thousand|double|triple|[0-9]+|[b-hj-z])"
)
_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"[a-z]+teenth|twentieth|thirtieth|[0-9]+(?:st|nd|rd|th))"
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
)
_UNIT = (
    r"(?:dollars?|euros?|pounds?|cents?|percent|seconds?|minutes?|hours?|days?|weeks?|months?|"
    r"years?|times?|business|working)"
)
_NAME_WORD = r"(?:(?!(?:and|but|i|my|because|the)\b)[a-z']+)"
_LETTER_RUN = rf"(?:{_DIGIT}|[ai])"
_FACTS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # karen dot mitchell at gmail dot com
        r"\b(?:[a-z0-9]+ (?:dot|underscore|dash) )*[a-z0-9]+ at [a-z0-9]+ dot [a-z]+\b",
        rf"\b(?:my|the) (?:(?:full|first|last|sur) ?)?name(?:'s| is)(?: {_NAME_WORD}){{1,3}}",
        rf"\b{_MONTH}(?: the)? (?:{_ORDINAL}|{_DIGIT})\b",
        rf"\b(?:i was )?born(?: on| in)?(?: the)?(?: {_ORDINAL}(?: of)?)?(?: {_MONTH})?\b",
        r"\b(?:my|the|this|our)(?: [a-z]+)? (?:number|code|postcode|zip code|date of birth|"
        r"email(?: address)?)(?: is|'s)\b",
        r"\b(?:my|the) [a-z]+ ends (?:in|with)\b",
        # Three spoken digits or letters in a row are dictated, unless they count something.
        rf"\b{_LETTER_RUN}(?: {_LETTER_RUN}){{2,}}\b(?! (?:and )?{_UNIT}\b)",
        r"\b(?:yes|yeah|yep|no|nope|correct|right|exactly|sure|okay|ok|alright|all right)\b",
    )
)
_COURTESIES: Final = re.compile(
    r"\b(?:hi|hello|hey|good (?:morning|afternoon|evening|day|night|bye)|goodbye|bye|please|"
    r"thanks|thank you(?: (?:so|very) much)?(?: for (?:your|the|all|calling)(?: [a-z]+)?)?"
    r"(?: [a-z]+$)?|"
    r"you are welcome|you're welcome|how are you|sorry to bother you|that is all|that's all|"
    r"(?:i am |i'm )?(?:so |very )?sorry|(?:\w+ )?(?:dialed|called|have|got|had) the wrong number|"
    r"um|uh|er|hmm|well|so|oh|actually|basically|just|like|you know|i mean)\b"
)
# Words that name no matter by themselves.
_FUNCTION_WORDS_TEXT: Final = """
a an the this that these those it its it's that's there here i i'm i've i'll i'd me my mine myself
you you're your yours he she they we us our them their his her him who am is are was were be been
being do does did done have has had having can could will would shall should may might must to of
in on at by for from with about into and or but if because as than then so not no yes now too also
very really some any all one ones get got let say says said what which when where why how much
many long still just going go want need
"""
_FUNCTION_WORDS: Final = frozenset(_FUNCTION_WORDS_TEXT.split())


def without_facts(text: str) -> str:
    """The text without names, dictated numbers, addresses and bare yes or no."""
    left = text.lower()
    for pattern in _FACTS:
        left = pattern.sub(" ", left)
    return " ".join(left.split())


def substance(text: str) -> str:
    """The text without facts and without courtesies: what a search should look for."""
    return " ".join(_COURTESIES.sub(" ", without_facts(text)).split())


def content_words(text: str) -> tuple[str, ...]:
    """The words that name a matter, in order; function words and single letters are not."""
    return tuple(
        word
        for word in re.findall(r"[a-z0-9']+", text.lower())
        if len(word) > 1 and word not in _FUNCTION_WORDS
    )


def says_only_facts(text: str) -> bool:
    """Whether nothing is left once identity, dictation and bare yes or no are taken away."""
    return not content_words(without_facts(text))
