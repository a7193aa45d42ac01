"""Holds a summary that a language model wrote to the call: every number and name must occur in it.

Pure. What does not hold is left out; a section of which nothing holds is the draft's own.
"""

import calendar
import re
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from assist_engine.call.state import CallState
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.values import Evidence, SummaryLine, WrapUp

SECTIONS: Final = ("reason", "done", "outcome", "mood")
_MOST_LINES: Final = 12
_LONGEST: Final = 300  # characters of a line
_CODE: Final = re.compile(
    r"[<>{}\\`|]|https?:|www\.|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]"
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NUMBER: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_UNITS_TEXT: Final = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
"""
_TENS_TEXT: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_SAID_NUMBERS: Final = {word: value for value, word in enumerate(_UNITS_TEXT.split())} | {
    word: 10 * value for value, word in enumerate(_TENS_TEXT.split(), start=2)
}
_SCALES: Final = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_CALENDAR: Final = frozenset(name.casefold() for name in (*calendar.day_name, *calendar.month_name))
# What a sentence may begin with though nobody said it; any other capital is a name.
_STARTERS_TEXT: Final = """
the a an customer caller client agent she he they it their her his this that there i we no not
called calls calling wants wanted asked asks reported reports requested requests said says told
offered offers explained explains confirmed confirms agreed agrees accepted accepts declined
declines promised promises apologised apologized placed ordered sent blocked booked arranged
cancelled canceled refunded replaced checked verified changed opened closed resolved unresolved
solved issue problem matter outcome follow-up follow frustrated upset angry calm satisfied happy
worried neutral positive negative after before during when while then finally initially at in on by
with for from to as of and but also started ended began mood because since
"""
_STARTERS: Final = frozenset(_STARTERS_TEXT.split())


class GeneratedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence as a model gives it: what it is about, and the number of the turn it is from."""

    section: str
    text: str
    turn: int


class Generated(msgspec.Struct, frozen=True, kw_only=True):
    """What a model is asked for."""

    lines: tuple[GeneratedLine, ...]


def checked(generated: Generated, state: CallState, draft: WrapUp) -> WrapUp | None:
    """The draft with the model's sentences that hold; None where none does.

    Disposition, outcome, follow-ups and fields stay the draft's.
    """
    known = _Known(state)
    kept = [
        SummaryLine(section=line.section, text=line.text.strip(), evidence=evidence)
        for line in generated.lines[:_MOST_LINES]
        if line.section in SECTIONS
        and (evidence := _evidence(line.turn, state)) is not None
        and known.holds(line.text)
    ]
    if not kept:
        return None
    lines = [line for section in SECTIONS for line in _section(section, kept, draft)]
    return replace(draft, lines=tuple(lines), is_generated=True)


def _section(section: str, kept: Sequence[SummaryLine], draft: WrapUp) -> list[SummaryLine]:
    own = [line for line in kept if line.section == section]
    return own or [line for line in draft.lines if line.section == section]


def _evidence(turn: int, state: CallState) -> Evidence | None:
    """The turn that a sentence is said to come from."""
    if not 0 <= turn < len(state.utterances):
        return None
    final = state.utterances[turn].final
    return Evidence(
        quote=final.text, utterance_id=UtteranceId(final.utterance_id), start_ms=final.start_ms
    )


class _Known:
    """The words and numbers of one call."""

    def __init__(self, state: CallState) -> None:
        names = [participant.name for participant in state.participants]
        names += [state.customer.name] if state.customer else []
        texts = [utterance.final.text.casefold() for utterance in state.utterances]
        said = [word for text in texts for word in _WORD.findall(text)]
        self._words = frozenset(said) | {
            w for name in names for w in _WORD.findall(name.casefold())
        }
        self._numbers = frozenset(n for text in texts for n in _numbers(text))
        self._digits = " ".join(_digits(text) for text in texts)

    def holds(self, text: str) -> bool:
        """Whether a sentence is plain text whose numbers and names all occur in the call."""
        stripped = text.strip()
        if not stripped or len(stripped) > _LONGEST or _CODE.search(stripped):
            return False
        return self._holds_numbers(stripped) and self._holds_names(stripped)

    def _holds_numbers(self, text: str) -> bool:
        folded = text.casefold()
        typed = (match[0].replace(",", "") for match in _NUMBER.finditer(folded))
        return all(self._holds_typed(number) for number in typed) and all(
            number in self._numbers for number in _spoken(folded)
        )

    def _holds_typed(self, number: str) -> bool:
        parts = re.split(r"[.:]", number)
        if all(part.lstrip("0") in self._numbers or part in self._numbers for part in parts):
            return True
        return len(number) >= 3 and number in self._digits  # dictated, one by one

    def _holds_names(self, text: str) -> bool:
        """Whether every word in capitals is one of the call; a sentence may begin with a verb."""
        for match in _WORD.finditer(text):
            word = match[0]
            folded = word.casefold().removesuffix("'s").removesuffix("’s")
            if not word[0].isupper() or folded in self._words or folded in _CALENDAR & self._words:
                continue
            begins = match.start() == 0 or text[: match.start()].rstrip()[-1:] in {".", "!", "?"}
            if not (begins and folded in _STARTERS) and word != "I":
                return False
        return True


def _numbers(text: str) -> set[str]:
    """The numbers of a text in digits, typed or spoken, each alone and joined."""
    typed = {match[0].replace(",", "") for match in _NUMBER.finditer(text)}
    parts = {part for number in typed for part in re.split(r"[.:]", number)}
    return typed | parts | {part.lstrip("0") for part in parts} | _spoken(text)


def _spoken(text: str) -> set[str]:
    """Numbers in words: "fifty five" is 55, and 50 and 5 are not said; "two hundred" is 200."""
    found: set[str] = set()
    total = current = 0
    is_open = False
    last = -1
    for word in [*re.findall(r"[a-z]+|\d+", text.replace("-", " ")), ""]:
        value = _SAID_NUMBERS.get(word)
        if value is not None:
            joins = last < 0 or (last >= 20 and value < 10) or last in _SCALES.values()
            if is_open and not joins:
                found.add(str(total + current))
                total = current = 0
            current += value
            is_open, last = True, value
        elif word in _SCALES and is_open:
            current = max(current, 1) * _SCALES[word]
            if word != "hundred":
                total, current = total + current, 0
            last = _SCALES[word]
        elif not (word == "and" and last in _SCALES.values()):
            if is_open:
                found.add(str(total + current))
            total, current, is_open, last = 0, 0, False, -1
    return found


def _digits(text: str) -> str:
    """Digits and letters that were dictated one by one, joined."""
    pieces = [
        str(_SAID_NUMBERS.get("zero" if word == "oh" else word, word))
        for word in re.findall(r"[a-z]+|\d+", text)
    ]
    return "".join(p if len(p) == 1 or p.isdigit() else " " for p in pieces)
