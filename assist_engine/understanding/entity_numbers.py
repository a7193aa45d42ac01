"""Decides what dictated digits are: by the words around, by what was asked, by their form."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from assist_engine.contract.values import EntityType
from assist_engine.understanding.entity_checks import (
    CARD_LENGTHS,
    is_card,
    is_iban,
    is_nino,
    is_valid,
    phone_value,
)
from assist_engine.understanding.entity_cues import PRIVATE, Cue, names_time
from assist_engine.understanding.spoken import (
    DIGIT_WORDS,
    FILLERS,
    HOMOPHONES,
    LINKS,
    PieceKind,
    Token,
    is_placeholder,
    words,
)
from assist_engine.understanding.spoken_dates import compact_date, spoken_year
from assist_engine.understanding.spoken_runs import Run

NUMERIC: Final = frozenset(
    {
        EntityType.CARD,
        EntityType.ACCOUNT,
        EntityType.NATIONAL_ID,
        EntityType.PHONE,
        EntityType.SECRET,
        EntityType.POSTCODE,
        EntityType.NUMBER,
        EntityType.ORDER,
        EntityType.DATE,
        EntityType.AMOUNT,
    }
)
_CERTAIN, _BY_CUE, _BY_CONTEXT, _BY_FORM, _BY_RULE = 0.99, 0.95, 0.85, 0.9, 0.55
_CUE_REACH: Final = 7  # tokens between a cue and its digits
_STRICT_REACH: Final = 3  # the same where the digits are then kept: date, amount
_LOCAL_NUMBER: Final = 7
_PRIVATE_DIGITS: Final = 9  # so many are no amount and no date
_SPREADSHEET: Final = re.compile(r"\d{1,6}E[12]\d")  # 5.43E+15: a long number out of a spreadsheet
_SSN_WRITTEN: Final = re.compile(r"\d{3}[- ]\d{2}[- ]\d{4}")
_YEAR: Final = re.compile(r"19[5-9]\d|20[0-3]\d")
_ANY_YEAR: Final = re.compile(r"19\d\d|20[0-3]\d")
_EXCLAIMED: Final = frozenset({"oh", "o", ","})
_PAIRING: Final = frozenset("-–/:")
_NAMING: Final = words("number no code num id ends ending in was digits four : # of for pin")
_STRICT: Final = 3  # characters that are taken out where nothing may tell who spoke
_SHORTEST_PRIVATE: Final = 4  # digits, typed at once
_UNITS: Final = words(
    "dollar dollars euro euros pound pounds cent cents pence percent % second seconds minute "
    "minutes hour hours day days week weeks month months year years times people persons "
    "person passengers members seats tickets items miles km kilometers kg gb mb mbps pm am cc "
    "business working o'clock oclock degrees points st nd rd th hrs mins bucks"
)
# What may follow digits that are dictated; any other word after a few of them is what they count.
_AFTER_DICTATION: Final = words(
    "and then is that that's thats it its it's okay ok yes yeah yep no not sorry correct right "
    "please thanks thank i i'm my the but so uh um er you got for to on at with from or wait "
    "again dash hyphen comma was are this here hello hi"
)
_LINKS: Final = words(
    "is was on of for me the a an about around by with in be should would its it's it total i "
    "made only : = $ my which"
)
_BETWEEN: Final = FILLERS | LINKS | {*HOMOPHONES, "double", "triple"}
LEADING: Final = words(
    "and then uh um er so ok okay yes yeah it is it's that that's the next rest last is are no "
    "sorry not i mean then now finally followed by followed again right please"
)
_AFTER_OH: Final = words("no my dear god well i okay yes sorry perfect great nice good thank")
_WINDOW: Final = 5  # tokens in which "between nine thirty and" begins
_HOUR_DIGITS: Final = 4  # nine thirty
_ORDER_WORDS: Final = frozenset({"last", "first", "next"})
_NO_CODE: Final = words(
    "ssn ss cc cvv pin ph tel nr mr mrs ms dr st my by is no num hm hmm mm sh ths pls plz thx "
    "tx ty k kk n u r y crd dbt vs ltd pvt th nd rd gps hrs pm cvc phn nmbr mob acct"
)


class Reading(NamedTuple):
    """What digits are, and how probable that is."""

    type: EntityType
    value: str
    is_valid: bool
    probability: float


class Surroundings(NamedTuple):
    """A text in which digits were said and what is known of the talk before it."""

    lowered: str
    tokens: Sequence[Token]
    cues: Sequence[Cue]
    asked: Sequence[EntityType]  # what the digits are expected to be
    region: str
    day_first: bool
    is_partial: bool
    phone: str
    is_strict: bool = False
    taken: int = 0  # up to which character digits before this run have been read


def read_run(run: Run, around: Surroundings, before: EntityType | None) -> Reading | None:
    """What a run is, or None where it only counts something.

    `before`: what the run before it in the same text was, where it was private.
    """
    if _is_ordinary(run, around):
        return None
    if is_card(run.digits):
        return Reading(EntityType.CARD, run.digits, True, _CERTAIN)
    if _SPREADSHEET.fullmatch(run.text):
        return Reading(EntityType.CARD, run.text, False, _CERTAIN)
    cued = _cued(run, around)
    if cued in PRIVATE:
        return None if _counts(run, around) else _reading(cued, run, around, _BY_CUE)
    kept = _kept(cued, run, around, _BY_CUE) if cued else None
    asked = None if cued else _expected(run, around, before)
    return kept or _formed(run, around) or asked or _by_rule(run, around)


def _is_ordinary(run: Run, around: Surroundings) -> bool:
    """A bare "oh", "last four", a number with its unit."""
    if run.first and around.tokens[run.first - 1].text in _ORDER_WORDS and len(run.digits) == 1:
        return True
    said = [token.text for token in around.tokens[run.first : run.last]]
    if not around.asked and not _alone(run, around) and all(w in _EXCLAIMED for w in said):
        return True
    if _is_hour(run, around) or (said == ["oh"] and _next_word(run, around) in _AFTER_OH):
        return True
    return len(run.digits) < _PRIVATE_DIGITS and _next_word(run, around) in _UNITS


def _is_hour(run: Run, around: Surroundings) -> bool:
    """Whether a run is one side of "between nine and eleven"."""
    before = [token.text for token in around.tokens[max(0, run.first - _WINDOW) : run.first]]
    is_side = before[-1:] == ["between"] or (before[-1:] == ["and"] and "between" in before)
    return is_side and len(run.digits) <= _HOUR_DIGITS


def _is_open(run: Run, around: Surroundings) -> bool:
    """Whether digits may still follow a run: nothing but fillers is behind it."""
    behind = (token.text for token in around.tokens[run.last :])
    return all(word in _BETWEEN or not word[0].isalnum() for word in behind)


def _alone(run: Run, around: Surroundings) -> bool:
    return run.first == 0 and run.last == len(around.tokens)


def _next_word(run: Run, around: Surroundings) -> str:
    return around.tokens[run.last].text if run.last < len(around.tokens) else ""


def _cued(run: Run, around: Surroundings) -> EntityType | None:
    """The type named by the nearest words before the run, or right behind it."""
    for cue in reversed(around.cues):
        if cue.end <= run.start:
            gap = [t.text for t in around.tokens if cue.end <= t.start and t.end <= run.start]
            taken = _taken(around, run)
            is_taken = cue.end <= taken and not _only_leads(around, taken, run)
            is_loose = len(run.digits) < _STRICT and not all(w in LEADING | _NAMING for w in gap)
            if is_taken or is_loose or not _reaches(cue.type, gap):
                break
            return cue.type
    return _cued_behind(run, around)


def _taken(around: Surroundings, run: Run) -> int:
    """Up to which character digits before a run were read, now or in an earlier redaction."""
    masked = (t.end for t in around.tokens if t.end <= run.start and is_placeholder(t))
    return max(around.taken, max(masked, default=0))


def _only_leads(around: Surroundings, start: int, run: Run) -> bool:
    """Whether the words from a character up to a run only lead from digits to more digits."""
    between = (t.text for t in around.tokens if start <= t.start and t.end <= run.start)
    return all(word in LEADING or not word[0].isalnum() for word in between)


def _reaches(kind: EntityType, gap: Sequence[str]) -> bool:
    """Whether a cue this far before digits names them; strict where that keeps them readable."""
    if kind is EntityType.AMOUNT or kind is EntityType.DATE:
        return len(gap) <= _STRICT_REACH and all(word in _LINKS for word in gap)
    return len(gap) <= _CUE_REACH


def _cued_behind(run: Run, around: Surroundings) -> EntityType | None:
    links = {"is", "was", "my", "the", "this", "that's", "thats", "as", "for", "our", "are", "s"}
    for cue in around.cues:
        if cue.start >= run.end:
            gap = [t.text for t in around.tokens if run.end <= t.start and t.end <= cue.start]
            is_near = len(gap) <= 3 and all(word in links for word in gap)
            return cue.type if is_near and cue.type in PRIVATE else None
    return None


def _reading(
    kind: EntityType, run: Run, around: Surroundings, probability: float
) -> Reading | None:
    if kind in {EntityType.EMAIL, EntityType.ADDRESS}:
        return None if len(run.digits) < 4 else _by_rule(run, around)
    digits_only = kind in {EntityType.CARD, EntityType.PHONE}
    value = run.digits if digits_only else run.text
    valid = is_valid(kind, value, region=around.region)
    if kind is EntityType.PHONE:
        value = phone_value(value, region=around.region) or value
    return Reading(kind, value, valid, probability if valid else probability - 0.15)


def _kept(kind: EntityType, run: Run, around: Surroundings, probability: float) -> Reading | None:
    """A reading of a type that stays readable, only where the digits can be that."""
    if kind is EntityType.ORDER:
        return Reading(kind, run.text, len(run.text) >= 3, probability)
    if len(run.digits) >= _PRIVATE_DIGITS or run.text != run.digits:
        return None
    if kind is EntityType.DATE:
        date = compact_date(run.digits, day_first=around.day_first)
        if date is not None:
            return Reading(kind, date[0], True, probability)
        valid = _is_year(run)
        return Reading(kind, run.digits, valid, probability if valid else 0.6)
    date = compact_date(run.digits, day_first=around.day_first)
    if date is not None and kind is EntityType.AMOUNT and len(run.digits) >= 6:
        return Reading(EntityType.DATE, date[0], True, _BY_RULE)
    return Reading(kind, run.digits, True, probability)


def _formed(run: Run, around: Surroundings) -> Reading | None:
    """What the form alone tells."""
    written = around.lowered[run.start : run.end]
    if is_nino(run.text) or _SSN_WRITTEN.fullmatch(written):
        return _reading(EntityType.NATIONAL_ID, run, around, _BY_FORM)
    if not run.text.isdigit() and is_iban(run.text):
        return Reading(EntityType.ACCOUNT, run.text, True, _CERTAIN)
    return None


def _expected(run: Run, around: Surroundings, before: EntityType | None) -> Reading | None:
    """What was asked for, or what goes on after private digits in the same text."""
    asked = [kind for kind in around.asked if kind in NUMERIC]
    if not asked and before in NUMERIC and _goes_on(run, around):
        asked = [before]
    if not asked or _counts(run, around):
        return None
    kind = _best(asked, run)
    if kind in PRIVATE:
        return _reading(kind, run, around, _BY_CONTEXT)
    return _kept(kind, run, around, _BY_CONTEXT)


def _goes_on(run: Run, around: Surroundings) -> bool:
    """Whether a run may be more of what was being dictated."""
    is_typed = around.tokens[run.first].text.isdecimal()
    if is_typed and around.taken and run.start - around.taken <= 1 and run.text == run.digits:
        return len(run.pieces) > 1 or len(run.digits) < _SHORTEST_PRIVATE  # 4111 1111 01
    return run.is_one_by_one and (not is_typed or len(run.digits) > 1)


def _best(asked: Sequence[EntityType], run: Run) -> EntityType:
    """Of several types asked for, the one that the digits fit."""
    size = len(run.digits)
    fitting = {
        EntityType.CARD: size in CARD_LENGTHS,
        EntityType.PHONE: size in {7, 10, 11},
        EntityType.NATIONAL_ID: size in {4, 9},
        EntityType.SECRET: 3 <= size <= 6,
        EntityType.DATE: size in {6, 8} and compact_date(run.digits) is not None,
        EntityType.POSTCODE: size == 5,
    }
    return next((kind for kind in asked if fitting.get(kind)), asked[0])


def _counts(run: Run, around: Surroundings) -> bool:
    """Whether a short run counts what follows: "one moment", "two lamps"."""
    if len(run.digits) >= 4 or (len(run.digits) == 3 and run.is_one_by_one):
        return False
    if run.first and around.tokens[run.first].text == "one" and len(run.text) == 1:
        before = around.tokens[run.first - 1].text
        if before.isalpha() and before not in LEADING and before not in DIGIT_WORDS:
            return True  # the second one, a new one
    word = _next_word(run, around)
    return word[:1].isalpha() and word not in _AFTER_DICTATION


def _by_rule(run: Run, around: Surroundings) -> Reading | None:
    """Digits that nobody named: dictated ones are private, those that count are not."""
    if around.is_strict and len(run.text) >= _STRICT and len(run.digits) > 1:
        return Reading(EntityType.NUMBER, run.text, True, _BY_RULE)
    letters = len(run.text) - len(run.digits)
    is_open = around.is_partial and _is_open(run, around)
    if letters and not is_open and _longest_group(run) < _SHORTEST_PRIVATE + 4 * (letters > 1):
        is_code = len(run.text) >= 4 and letters > 1
        return Reading(EntityType.ORDER, run.text, True, _BY_RULE) if is_code else None
    if _is_dictated(run, around):
        return _dictated(run, around)
    date = compact_date(run.digits, day_first=around.day_first)
    return Reading(EntityType.DATE, date[0], True, _BY_RULE) if date else None


def _dictated(run: Run, around: Surroundings) -> Reading | None:
    """What digits of which only the length is known most probably are; a number at least."""
    size = len(run.digits)
    if size >= _LOCAL_NUMBER and around.phone.endswith(run.digits):
        return _reading(EntityType.PHONE, run, around, _BY_FORM)
    if size in {10, 11} and (phone := phone_value(run.digits, region=around.region)):
        return Reading(EntityType.PHONE, phone, True, _BY_RULE)
    if size in {15, 16}:
        return Reading(EntityType.CARD, run.digits, False, _BY_RULE)
    return Reading(EntityType.NUMBER, run.text, True, _BY_RULE)


def _longest_group(run: Run) -> int:
    """The most digits without a letter between them; of a year, none."""
    groups = re.findall(r"\d+", run.text)
    return max(0 if _YEAR.fullmatch(group) else len(group) for group in groups)


def _is_dictated(run: Run, around: Surroundings) -> bool:
    digits, size = run.digits, len(run.digits)
    if around.is_partial and _is_open(run, around):
        return True  # what will follow is not known
    if _has_code_prefix(run, around) or _is_pair(run, around):
        return False
    if size >= _PRIVATE_DIGITS:
        return True
    if size >= _SHORTEST_PRIVATE and compact_date(digits, day_first=around.day_first):
        return False
    if run.is_one_by_one:
        sure = [p for p in run.pieces if around.tokens[p.first].text not in HOMOPHONES]
        is_run = sum(len(piece.text) for piece in sure) >= _STRICT
        return is_run or (size == 2 and _alone(run, around))
    return size >= _SHORTEST_PRIVATE and not _is_figure(run, around)


def _is_pair(run: Run, around: Surroundings) -> bool:
    """A score, a time, a range of years; a number said as a whole."""
    if len(run.pieces) == 1:
        return run.pieces[0].kind is PieceKind.CARDINAL
    if len(run.pieces) != 2 or any(piece.kind is not PieceKind.TYPED for piece in run.pieces):
        return False
    between = around.tokens[run.pieces[0].last : run.pieces[1].first]
    is_written = len(between) == 1 and between[0].text in _PAIRING
    is_small = all(len(piece.text) <= 2 for piece in run.pieces)
    return is_written and (is_small or all(_ANY_YEAR.fullmatch(p.text) for p in run.pieces))


def _is_figure(run: Run, around: Surroundings) -> bool:
    """Whether digits that were not said one by one are a number, a year, a sum, a time."""
    if len(run.pieces) > 1:
        year = spoken_year(around.tokens, run.first)
        return year is not None and year[1] == run.last
    return run.pieces[0].kind is PieceKind.CARDINAL or _is_plain_figure(run.digits, run, around)


def _is_plain_figure(digits: str, run: Run, around: Surroundings) -> bool:
    """A year, a round sum, a date, a time: digits that identify nobody."""
    if len(digits) <= 6 and int(digits) % (500 if len(digits) == 4 else 100) == 0 and int(digits):
        return True
    if _is_year(run):
        return True
    return len(digits) == 4 and names_time(around.lowered[: run.start])


def _is_year(run: Run) -> bool:
    return _YEAR.fullmatch(run.digits) is not None


def _has_code_prefix(run: Run, around: Surroundings) -> bool:
    """Whether letters that are no word stand before it: "drj 85312"."""
    word = around.tokens[run.first - 1].text if run.first else ""
    is_code = 2 <= len(word) <= 4 and word.isalpha() and not set(word) & set("aeiou")
    return is_code and word not in _NO_CODE and len(run.digits) <= _PRIVATE_DIGITS
