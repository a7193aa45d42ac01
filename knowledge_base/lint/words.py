"""Content words of a sentence, as stems with one word for words alike: what is spoken of.

Made for customer service in English: "A return takes …" and "Sending it back takes …" share their
thing, "Standard delivery …" and "Express delivery …" do not.
"""

import re
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_WORKING_DAYS: Final = re.compile(r"\b(?:business|working|bank)[ -](?:day|hour)s?\b", re.IGNORECASE)
_ENDINGS: Final = ("ations", "ation", "ments", "ment", "ings", "ing", "ers", "er", "ed", "es", "s")

# Says that something is so, not what it is said of.
_COMMON: Final = frozenset(
    _WORD.findall(
        "a about able all also always am an and any are as at be been before being between both "
        "but by can could did do does each either even ever every for from get gets got had has "
        "have he her here him his how i if in into is it it's its just least less like made make "
        "may me might more most much must my no normal normally not now of on once one only onto "
        "or other our out over own per please she should since so some such than that that's the "
        "their them then there these they this those till to too until up us use used usual "
        "usually was we were what when where which while who will with within would you your yours "
        "accept after am apply approximately arrive ask begin bring caller calendar come "
        "count customer day end expire full give hold hour include keep last let maximum minute "
        "month need paid pay pm put receive request send sent set start take tell time told valid "
        "wait want week whole year "
        "answer case information item long policy question rule thing total"
    )
)
_ALIKE: Final = (
    "abroad foreign overseas",
    "buy bought purchase order",
    "cancel terminate quit",
    "cost fee charge price",
    "delivery shipping shipment ship deliver",
    "faulty broken defective",
    "late overdue",
    "mail email",
    "parcel package",
    "phone telephone call",
    "post letter",
    "refund reimburse reimbursement",
    "return returned back",
    "technician engineer",
    "withdraw withdrawal cash",
    "free complimentary",
    "reply respond response",
    "number count",
    "allow allowance permit",
    "bag baggage luggage",
)
# Makes a special case of whatever it stands beside.
_SPECIAL: Final = (
    "additional annual basic bronze child children credit daily debit digital domestic early "
    "emergency express extra first gift gold group half instant international minimum monthly "
    "online partial plus premium private pro professional promo remote replacement second senior "
    "silver standard student temporary third trial urgent vip weekend yearly"
)


def _plain_stem(word: str) -> str:
    plain = word.lower().replace("’", "'").removesuffix("'s")
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-3] + "y"
    for ending in _ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= 3:
            plain = plain.removesuffix(ending)
            break
    if len(plain) > 4 and plain[-1] == plain[-2]:  # "shipping" is of "ship"
        plain = plain[:-1]
    return plain.removesuffix("e") if len(plain) > 3 else plain


_COMMON_STEMS: Final = frozenset(_plain_stem(word) for word in _COMMON)
_SAME_AS: Final = {
    _plain_stem(word): _plain_stem(group.split()[0]) for group in _ALIKE for word in group.split()
}
SPECIAL: Final = frozenset(_plain_stem(word) for word in _SPECIAL.split())


def stem(word: str) -> str:
    """A word without its commonest endings, lower case; one stem for words alike."""
    plain = _plain_stem(word)
    return _SAME_AS.get(plain, plain)


def content_stems(text: str) -> frozenset[str]:
    """Stems of the words that say what a text is about."""
    words = (word.lower().replace("’", "'") for word in _WORD.findall(_WORKING_DAYS.sub(" ", text)))
    return frozenset(
        stem(word)
        for word in words
        if len(word) > 1 and word not in _COMMON and _plain_stem(word) not in _COMMON_STEMS
    )
