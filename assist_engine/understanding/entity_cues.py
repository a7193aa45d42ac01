"""Words that say what a number is: "my card number is", "the last four of your social"."""

import re
from typing import Final, NamedTuple

from assist_engine.contract.values import EntityType

_CUES: Final = {
    EntityType.SECRET: (
        r"pass ?words?|pass ?codes?|pass ?phrases?|pin(?: ?code| number)?|p i n|cvv2?|cvc2?|"
        r"c v [vc]|"
        r"(?:security|access|verification|one time) (?:codes?|numbers?|answers?|words?|passwords?)|"
        r"(?:three|3|four) (?:digits?|numbers?) on the (?:back|front)|otp|memorable (?:word|date)|"
        r"mother'?s maiden name|secret (?:code|word|answer|number)|login code"
    ),
    EntityType.NATIONAL_ID: (
        r"ssn|s s n|socials?(?: security)?(?: number)?|ss(?: number| no)|national insurance"
        r"(?: number)?|ni number|nino|passport(?: number)?|driv(?:er'?s?|ing) licen[cs]e"
        r"(?: number)?|tax(?:payer)? id|national id|identity (?:card )?number|aadhaa?r|"
        r"social insurance(?: number)?"
    ),
    EntityType.CARD: (
        r"(?:credit|debit|bank|visa|master ?card|amex|american express|gift)(?: card)?(?: number"
        r"s?| no)?|cards?(?: numbers?| no| details)?|cc (?:number|no|num)|long number"
    ),
    EntityType.ACCOUNT: (
        r"(?:(?:savings|checking|current|bank|my|customer|member(?:ship)?|routing) )?"
        r"(?:accounts?|acc?t?s?|a/c)(?: numbers?| no| num| details)?|iban|sort code|routing number|"
        r"(?:member(?:ship)?|customer) (?:number|id)|savings|checking"
    ),
    EntityType.PHONE: (
        r"(?:tele)?phone(?: number| no)?|mobile(?: number| no)?|cell(?: ?phone)?(?: number)?|"
        r"landline|contact(?: number| no)|ph(?: no)?|tel|call(?:ed|ing)? (?:me|us|you)(?: back)? "
        r"(?:on|at)|reach (?:me|us|you) (?:on|at)|whats ?app|text (?:me|you) (?:on|at)|"
        r"(?:call ?back|best) number|number to reach"
    ),
    EntityType.EMAIL: r"e ?-?mails?(?: address| id)?|mail (?:id|address)",
    EntityType.POSTCODE: r"post ?codes?|postal codes?|zip(?: ?code)?",
    EntityType.ADDRESS: (
        r"(?<!mail )(?<!email )address(?: details)?|(?:live|living|reside|residing) (?:at|in|on)"
    ),
    EntityType.ORDER: (
        r"(?:order|booking|con?firmation|conformation|reservation|reference|ref|claim|policy|"
        r"ticket|case|report|invoice|tracking|parcel|flight|pnr|record locator|serial|seat|"
        r"receipt|complaint)s?(?: confirmation)?(?: numbers?| no| num| code| id)?"
    ),
    EntityType.DATE: (
        r"dates?(?: of birth)?|dob|d o b|birthday|born|years?|expir(?:y|es|ation)|made in|model|"
        r"since|used (?:it )?on|manufactured?"
    ),
    EntityType.AMOUNT: (
        r"amounts?|total|price|costs?|charged?|charges|paid|pay|payment|transfer(?:red|amount)?|"
        r"balance|refund|fees?|bill|fare|worth|spend|spent|limit|withdraw|deposit|exceeding|"
        r"less than|more than|under|below|over|up to"
    ),
}
PRIVATE: Final = frozenset(
    {
        EntityType.SECRET,
        EntityType.NATIONAL_ID,
        EntityType.CARD,
        EntityType.ACCOUNT,
        EntityType.PHONE,
        EntityType.EMAIL,
        EntityType.POSTCODE,
        EntityType.ADDRESS,
        EntityType.NUMBER,
    }
)
_ANY: Final = re.compile(
    r"(?<![\w'’])(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _CUES.items())
    + r")(?![\w'’])"
)
_TIME: Final = re.compile(r"\btime(?: is| was)?$|\bat around$|\btimings?$")
# What an agent has to name before the digits that follow are taken for it.
_ASKED: Final = {
    EntityType.CARD: r"cards?|long number",
    EntityType.ACCOUNT: r"(?:account|routing|membership|member|customer) (?:number|id|details)|"
    r"iban|sort code|of (?:your|the) (?:\w+ )?account",
    EntityType.ORDER: r"(?:order|booking|confirmation|reservation|reference|claim|policy|ticket|"
    r"case|tracking|flight|serial) (?:confirmation )?(?:number|code|id|reference)|order|pnr",
    EntityType.PHONE: r"(?:phone|mobile|cell|telephone|contact|callback|call back|best) ?"
    r"(?:phone )?number|number to (?:reach|call)|(?:reach|call) you (?:back )?(?:on|at)|landline",
    EntityType.ADDRESS: r"(?<!email )(?<!mail )address|where (?:do )?you live",
    EntityType.DATE: r"date of birth|dob|birthday|d o b|birth date|expiry(?: date)?|expiration "
    r"date|which (?:day|date)|what (?:day|date)|when (?:did|was|is|were)",
    EntityType.AMOUNT: r"how much|what amount|(?:amount|total|price) (?:of|was|is|did)|the amount",
    EntityType.NUMBER: r"(?:last|first) (?:\w+ )?(?:digits|numbers|four|three|six)|the (?:number|"
    r"digits)|id number|digits|rest of (?:it|the number)|next (?:\w+ )?digits",
    EntityType.PERSON: r"(?:full |first |last |sur|your )name|who am i speaking|spell (?:it|that)",
}
_ASKED_ANY: Final = {
    kind: re.compile(rf"(?<![\w'’])(?:{_ASKED.get(kind, words)})(?![\w'’])")
    for kind, words in (_CUES | {EntityType.NUMBER: "", EntityType.PERSON: ""}).items()
}
_REQUEST: Final = re.compile(
    r"\?|\b(?:can|could|may|might|would|will|please|what|what's|whats|which|who|where|when|how|"
    r"tell|give|confirm|verify|provide|read|say|repeat|need|require|enter|type|share|have your|"
    r"ask|get|let me|do you|and|starting|go ahead|for me)\b"
)


class Cue(NamedTuple):
    """Words that name a type of entity; start and end are characters."""

    type: EntityType
    start: int
    end: int


def find_cues(lowered: str) -> list[Cue]:
    """All cues of a text in lower case, in order."""
    return [Cue(EntityType(m.lastgroup or ""), *m.span()) for m in _ANY.finditer(lowered)]


def names_time(before: str) -> bool:
    """Whether the words before a number say that it is a time of day."""
    return _TIME.search(before.rstrip()) is not None


def asked_for(text: str) -> tuple[EntityType, ...]:
    """What an agent's utterance asks the customer to say; empty where it asks for nothing.

    "the last four of your social" asks for a national id, "the last four digits" for a number.
    """
    lowered = text.lower()
    if not _REQUEST.search(lowered):
        return ()
    found = [kind for kind, words in _ASKED_ANY.items() if words.search(lowered)]
    if len(found) > 1 and EntityType.NUMBER in found:
        found.remove(EntityType.NUMBER)
    if EntityType.SECRET in found and EntityType.CARD in found:
        found.remove(EntityType.CARD)  # the security code of your card
    return tuple(found)
