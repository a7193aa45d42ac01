"""Finds what makes a call urgent in a customer's words: threats, repeats, complaints.

Word patterns on recognised English (lower case, no punctuation); the words found are the
evidence. What is denied ("i do not want to cancel") is not found.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from assist_engine.call.state import CallState
from assist_engine.contract.events import DriverRead, Event, UtteranceFinal
from assist_engine.contract.values import Role
from assist_engine.understanding.signal import Observation, quote


class Driver(msgspec.Struct, frozen=True, kw_only=True):
    """Something that makes a call urgent and the ways people say it."""

    name: str
    label: str
    patterns: tuple[re.Pattern[str], ...]
    is_displeased: bool  # whoever says this is not content, whatever else the words are


_NTH = r"(?:second|third|fourth|fifth|sixth|tenth|umpteenth|hundredth|nth|2nd|3rd|4th|5th)"
_TIMES = r"(?:twice|(?:two|three|four|five|six|ten|several|many|a few|a hundred) times)"
_CONTACT = (
    r"(?:call(?:ed|ing)?|phon(?:e|ed|ing)|r[iau]ng|contact(?:ed|ing)?|ask(?:ed|ing)?|"
    r"writ(?:e|ing|ten)|wrote|e ?mail(?:ed|ing)?|complain(?:ed|ing)?|explain(?:ed|ing)?|"
    r"sp(?:eak|oke|eaking)|talk(?:ed|ing)?|report(?:ed|ing)?)"
)
_SERVICE = (
    r"(?:service|subscription|contract|account|membership|plan|line|internet|broadband|"
    r"package|policy|card)"
)
_ELSEWHERE = (
    r"(?:(?:to )?(?:another|a different|some other|a new) (?:company|provider|bank|store|shop|"
    r"carrier|supplier|one)|(?:to )?someone else|somewhere else|elsewhere|(?:to )?(?:a|your|the) "
    r"competit(?:or|ors|ion))"
)


def _driver(name: str, label: str, *patterns: str, is_displeased: bool = True) -> Driver:
    compiled = tuple(re.compile(rf"\b(?:{pattern})\b") for pattern in patterns)
    return Driver(name=name, label=label, patterns=compiled, is_displeased=is_displeased)


DRIVERS: Final = (
    _driver(
        "cancel-threat",
        "Threat to cancel",
        rf"cancel(?:ing|ling)? (?:my|the|this|our|your) (?:\w+ )?{_SERVICE}",
        r"(?:i will|i'll|i am going to|i'm going to|gonna|i have to|i would rather) cancel",
        r"cancel everything",
        rf"(?:close|end|terminate) (?:my|the|this|our) (?:\w+ )?{_SERVICE}",
        r"never (?:\w+ ){0,2}(?:order|buy|shop|bank|deal|come back|use)(?:\w* \w+){0,4} again",
        r"(?:i will|i'll|i am|i'm|going to|thinking of|thinking about) leav(?:e|ing) you",
        r"(?:take|taking) my (?:business|money) elsewhere",
        r"why should i stay",
        rf"(?:switch|switching|mov(?:e|ing)|going|go|chang(?:e|ing)) (?:over )?{_ELSEWHERE}",
    ),
    _driver(
        "repeat-contact",
        "Has called before",
        rf"{_NTH} time (?:that )?(?:i|i'm|i've|we|we've) (?:\w+ ){{0,3}}?{_CONTACT}",
        rf"{_CONTACT} (?:\w+ ){{0,3}}?{_TIMES}",
        rf"(?:keep|kept) {_CONTACT}",
        rf"(?:i|i've|we|we've) (?:have |had )?already {_CONTACT}",
        rf"{_CONTACT} (?:you )?(?:again and again|over and over|every (?:day|week))",
        rf"{_CONTACT} (?:\w+ )?(?:last week|yesterday|last month) (?:about|and)",
        r"(?:explain|repeat|tell) (?:\w+ ){0,2}(?:again|every time|all over)",
    ),
    _driver(
        "money-back",
        "Wants money back",
        r"(?:my|our|the|all my) money back",
        r"money (?:\w+ )?(?:returned|refunded)",
        r"(?:want|need|get|demand|expect|give me|owe me)(?: \w+)? (?:full |complete )?refund",
        r"refund (?:me|my|the|everything)",
        r"reimburse(?:d|ment)?",
        is_displeased=False,
    ),
    _driver(
        "complaint",
        "Complaint or legal step",
        r"(?:make|file|submit|lodge|raise|write) (?:a|an|another) (?:\w+ )?complaint",
        r"complain (?:about|to)",
        r"(?:my|a|your) (?:lawyer|attorney|solicitor)",
        r"(?:legal|court) (?:action|case|steps)",
        r"take (?:you|this) to court",
        r"sue (?:you|them|your)",
        r"(?:ombudsman|regulator|trading standards|consumer protection|better business bureau)",
        r"(?:report|reporting) (?:you|your company)",
        r"(?:speak|talk|talking|speaking) (?:to|with) (?:a|your|the) (?:manager|supervisor|boss)",
    ),
    _driver(
        "competitor-named",
        "Compares with a competitor",
        r"competit(?:or|ors|ion)(?:'s)?",
        r"(?:another|other|different) (?:provider|company|supplier|carrier|bank)s? "
        r"(?:\w+ ){0,3}?(?:cheaper|better|less|faster|same|offers?|offered)",
        r"(?:cheaper|better deal|better price|better offer|for less) "
        r"(?:somewhere else|elsewhere|at another|with another|from another)",
        is_displeased=False,
    ),
)

# "i do not want to cancel", "i have never asked twice"; but "if you cannot fix it i will cancel".
_DENIED: Final = re.compile(
    r"(?:\bnot|n't|\bnever|\bno need to|\bwithout)(?: (?!if\b|or\b|and\b|i\b)\w+){0,2} $"
)


def find_drivers(text: str) -> Iterator[tuple[Driver, int, int]]:
    """Each driver in a text once, with the place (start, end) of its words."""
    lowered = text.lower()
    for driver in DRIVERS:
        matches = (m for pattern in driver.patterns for m in pattern.finditer(lowered))
        said = [match for match in matches if not _is_denied(match)]
        if said:
            first = min(said, key=lambda m: m.start())
            yield driver, first.start(), first.end()


def _is_denied(match: re.Match[str]) -> bool:
    """Whether a "not" before the words takes them back; words with "i" begin a new clause."""
    begins_anew = match[0].startswith(("i ", "i'"))
    return not begins_anew and _DENIED.search(match.string[: match.start()]) is not None


class DriverSignal:
    """Reads drivers from customers' utterances."""

    name = "drivers"
    reads = Role.CUSTOMER

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """A `DriverRead` for each driver said, with the words that say it."""
        return self.observe_live(observation.final, observation.role)

    def observe_live(self, words: UtteranceFinal, role: Role) -> Sequence[DriverRead]:
        """The drivers said so far."""
        if role is not Role.CUSTOMER:
            return ()
        return [
            DriverRead(
                utterance_id=words.utterance_id,
                driver=driver.name,
                label=driver.label,
                evidence=(quote(words, start, end),),
            )
            for driver, start, end in find_drivers(words.text)
        ]
