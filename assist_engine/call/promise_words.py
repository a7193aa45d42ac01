"""How agents promise things, and how they say until when. Patterns on recognised English."""

import re
from typing import Final

import msgspec

_NUMBER = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?: (?:one|two|three|four|five|six|seven|eight|nine))?|"
    r"a few|a couple of|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"fourteen|fifteen|[0-9]+)"
)
_DAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_UNIT = r"(?:business |working )?(?:minutes?|hours?|days?|weeks?|months?)"
_CLOCK = rf"(?:{_NUMBER}(?: thirty| fifteen| forty five)?(?: o'clock)?(?: (?:a m|p m|am|pm))?)"
_PART = r"(?: (?:morning|afternoon|evening|night)| in the (?:morning|afternoon|evening))"
_HOURS = rf"(?: (?:between {_CLOCK} and {_CLOCK}|(?:at|before|after|by) {_CLOCK}\b))"
_DUE: Final = re.compile(
    rf"\b(?:by (?:the )?(?:end of (?:the |this )?(?:day|week|month)|{_DAY}|tomorrow|tonight|noon|"
    rf"next week){_PART}?|"
    rf"within (?:the next )?{_NUMBER} {_UNIT}|"
    rf"in (?:the next )?{_NUMBER} {_UNIT}|"
    rf"(?:on |this |next |this coming )?{_DAY}{_PART}?{_HOURS}?{_PART}?|"
    rf"(?<!from )(?:tomorrow|today|tonight|next week|later today){_PART}?{_HOURS}?)(?!\w)"
)
_PROMISE: Final = re.compile(
    r"\b(?:will|(?:i|we|you|he|she|it|they)'ll|going to|should (?:see|get|receive|have|arrive)|"
    r"appointment is|promise|make sure|guarantee)\b"
)
# What is said of the future in the present: "it comes within five days", "i am booking it for".
_PRESENT: Final = re.compile(
    r"\b(?:(?:it|they|he|she|somebody|someone|"
    r"(?:the|your|a|an) (?:\w+ ){1,2}?) ?(?:comes?|arrives?|goes|gets? (?:there|to you)|"
    r"(?:is|are) (?:there|with you|in your|due|ready|delivered)|calls? you|takes? place)\b|"
    r"you (?:hear|get|receive) |(?:i am|i'm|we are|we're) (?:\w+ )?(?:send|book|order|ship|"
    r"post|arrang|schedul|put|call)(?:t?)ing\b)"
)
_IF: Final = re.compile(r"\b(?:if|when|unless|once)\b")
_WHEN: Final = re.compile(
    r"\bhow (?:long|fast|soon|quickly)\b|\b(?:what|which) (?:day|time)\b|"
    r"\bwhen (?:do|does|will|can|could|would|is|am|are|should)\b"
)
_SPAN: Final = re.compile(
    rf"^(?:(?:it|that) (?:usually )?takes )?(?:(?:about|around|roughly|at most|usually|up to) )*"
    rf"{_NUMBER}(?: (?:to|or) {_NUMBER})? {_UNIT}(?!\w)(?! ago)"
)
_PAST: Final = re.compile(r"\b(?:was|were|had|did|ago|yesterday|last (?:week|month|year))\b")
# What the agent will do after the call; what happens while the customer waits is none.
_COMMITMENT: Final = re.compile(
    r"\b(?:i|we)(?: will|'ll| am going to|'m going to| are going to|'re going to| promise to)"
    r"(?: (?:also|then|personally|definitely|make sure to|be sure to))*"
    r" (?:call|ring|phone|email|e mail|text|write to|get back|come back to|send|post|mail|refund|"
    r"credit|follow up|follow this up|let you know|keep you (?:posted|updated|informed)|arrange|"
    r"chase|escalate|pass (?:this|it|that) on|raise (?:a|this|it)|open a ticket|report (?:this|it)|"
    r"look after|take care of|deal with|waive|reimburse|replace)\b(?! you (?:through|to))"
)
_PROBABILITY: Final = {(True, True): 0.95, (True, False): 0.75, (False, True): 0.85}


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """A promise in a clause, and how sure it is that it is one (0 to 1)."""

    due: str  # as it was said: "by friday"; empty where no time was named
    probability: float


def timed_promise(clause: str) -> str:
    """Until when something is promised in an agent's clause; empty where nothing is."""
    due = _DUE.search(clause)
    if due is None:
        return ""
    present = _PRESENT.search(clause)
    is_said = present is not None and not _IF.search(clause, 0, present.start())
    return due[0].strip() if is_said or _PROMISE.search(clause) else ""


def answered_time(question: str, clause: str) -> str:
    """The time that an agent's clause tells a customer who asks when: "three to five days"."""
    if not _WHEN.search(question) or _PAST.search(clause):
        return ""
    due = _DUE.search(clause) or _SPAN.search(clause)
    return due[0].strip() if due else ""


def promise_in(clause: str) -> Promise | None:
    """The promise that an agent's clause makes: with a time, or a thing to do after the call."""
    due = timed_promise(clause)
    probability = _PROBABILITY.get((_COMMITMENT.search(clause) is not None, bool(due)))
    return Promise(due=due, probability=probability) if probability else None
