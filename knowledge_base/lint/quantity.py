"""Reads amounts of money, shares, durations, dates, times and counts out of a sentence.

Made for comparing: values are in one unit of their kind, and each knows whether it is a limit
("within 5 days"), a start ("after 5 days") or plainly so much ("takes 3 to 5 days"). English.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Final, TypeAlias

import msgspec

from knowledge_base.lint.words import stem


class Kind(StrEnum):
    """What is measured."""

    MONEY = "amount"
    SHARE = "percentage"
    DURATION = "duration"
    DATE = "date"
    TIME = "time of day"
    COUNT = "number"


class Role(StrEnum):
    """How a number is meant."""

    PLAIN = "plain"
    LIMIT = "limit"  # at most so much
    START = "start"  # at least so much, or from then on


class Quantity(msgspec.Struct, frozen=True, kw_only=True):
    """One number with its unit; `low` and `high` differ for a range. `start`–`end`: its place."""

    kind: Kind
    low: float
    high: float
    unit: str = ""  # currency, "h", "business day", what is counted, a year; "$/month" for a rate
    role: Role = Role.PLAIN
    start: int
    end: int


BUSINESS_DAY: Final = "business day"
_Value: TypeAlias = tuple[float, float, str]  # low, high, unit

_WORD: Final = re.compile(r"\w+")
_SMALL: Final = _WORD.findall(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)
_NAMES: Final = {word: float(value) for value, word in enumerate(_SMALL)} | {
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "sixty": 60.0,
    "ninety": 90.0,
}
_HOURS: Final = {
    "second": 1 / 3600,
    "sec": 1 / 3600,
    "minute": 1 / 60,
    "min": 1 / 60,
    "hour": 1.0,
    "hr": 1.0,
    "day": 24.0,
    "night": 24.0,
    "week": 168.0,
    "month": 730.5,
    "year": 8766.0,
}
_CURRENCIES: Final = {
    **dict.fromkeys(("$", "usd", "dollar", "dollars"), "$"),
    **dict.fromkeys(("€", "eur", "euro", "euros"), "€"),
    **dict.fromkeys(("£", "gbp"), "£"),
    **dict.fromkeys(("¥", "cny", "rmb", "yuan"), "¥"),
}
_MONTHS: Final = _WORD.findall(
    "january february march april may june july august september october november december"
)
_NOT_COUNTED: Final = frozenset(
    _WORD.findall(
        "of to and or in on at by for from the a an is are was were as pm am with than step steps "
        "percent times x more less"
    )
)

_DIGITS: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_NUMBER: Final = rf"(?:{_DIGITS}|\b(?:{'|'.join(_NAMES)})\b)"
_RANGE: Final = rf"(?<![\w.,:/-])(?P<low>{_NUMBER})(?:\s*(?:to|-|–|or|and)\s*(?P<high>{_NUMBER}))?"
_SIGN: Final = "[$€£¥]"
_CODE: Final = "|".join(name for name in _CURRENCIES if name.isalpha())
_MONTH: Final = rf"(?P<month>{'|'.join(rf'{month}|{month[:3]}' for month in _MONTHS)})\.?"
_DAY: Final = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_PER: Final = (
    r"(?:\s*(?:a|an|per|each|every|for each|for every|/)\s*(?P<per>day|week|month|year|night)\b)?"
)
_HALF: Final = r"(?P<{0}half>[ap])\.?m\b\.?"
_CLOCK: Final = r"(?P<{0}>\d{{1,2}})(?::(?P<{0}minutes>[0-5]\d))?"

_LIMIT: Final = re.compile(
    r"(?:\b(?:within(?: the)?(?: (?:first|last|next))?|up to|at most|(?:no|not) (?:more|longer|"
    r"later|older) than|less than|fewer than|younger than|under|below|max(?:imum)?(?: of)?|until|"
    r"till|before|by|limit (?:is|of)|first|last))(?: (?:a|the|about))?\s*$",
    re.IGNORECASE,
)
_START: Final = re.compile(
    r"(?:\b(?:at least|min(?:imum)?(?: of)?|from|after(?: the)?(?: first)?|(?:more|longer|older|"
    r"later|larger|higher) than|over|above|since|starting(?: at| from)?))(?: (?:a|the|about))?\s*$",
    re.IGNORECASE,
)
_ENDS_AFTER: Final = re.compile(r"\b(?:expires?|ends?|lapses?|closes?|stops?) after\s*$", re.I)
_OR_MORE: Final = re.compile(
    r"\s*(?:or (?:more|older|longer|later|above)|\+|and (?:up|above))", re.I
)
_OR_LESS: Final = re.compile(r"\s*(?:or (?:less|fewer|younger|below)|at (?:the )?most)", re.I)
_NEAR: Final = 0.05  # a month is 30 days, 4 weeks or a twelfth of a year


def quantities(sentence: str) -> list[Quantity]:
    """The quantities of a sentence, in their order; none overlaps another."""
    found: list[Quantity] = []
    taken = [False] * len(sentence)
    for kind, pattern, value_of in _READERS:
        for match in pattern.finditer(sentence):
            start, end = match.span()
            value = value_of(match)
            if value is None or any(taken[start:end]):
                continue
            taken[start:end] = [True] * (end - start)
            low, high, unit = value
            role = Role.PLAIN if low < high else _role(sentence, start, end)
            found.append(
                Quantity(kind=kind, low=low, high=high, unit=unit, role=role, start=start, end=end)
            )
    return sorted(found, key=lambda one: one.start)


def is_same(one: Quantity, other: Quantity) -> bool:
    """Whether both say the same number, in whatever unit and words."""
    return one.kind is other.kind and not _differ(one, other)


def disagree(one: Quantity, other: Quantity) -> bool:
    """Whether the two cannot both be told of the same thing."""
    if one.kind is not other.kind or not _is_comparable(one, other):
        return False
    match {one.role, other.role}:
        case roles if len(roles) == 1:
            return _differ(one, other)
        case roles if Role.START in roles:
            return False
        case _:
            return _ends_differ(one, other)


def _is_comparable(one: Quantity, other: Quantity) -> bool:
    if one.kind is Kind.DURATION:
        return True
    if one.kind in {Kind.MONEY, Kind.SHARE} and "/" in one.unit + other.unit:
        # "$4 a month" and "$5" may be of one thing, "$4 a month" and "$48 a year" are.
        rates = {one.unit.partition("/")[2], other.unit.partition("/")[2]} - {""}
        return len(rates) == 1 and one.unit[0] == other.unit[0]
    return one.unit == other.unit or (one.kind is Kind.DATE and not (one.unit and other.unit))


def _differ(one: Quantity, other: Quantity) -> bool:
    if not _is_comparable(one, other):
        return True
    ranges = [(one.low, one.high), (other.low, other.high)]
    if one.unit != other.unit:
        ranges = [_calendar(one), _calendar(other)]
    (low, high), (other_low, other_high) = ranges
    if one.kind is Kind.DATE:
        return (low, high) != (other_low, other_high)
    if low == high or other_low == other_high or one.unit != other.unit:
        # A plain number within the other's range is no contradiction.
        return high < other_low * (1 - _NEAR) or other_high < low * (1 - _NEAR)
    return not (_is_near(low, other_low) and _is_near(high, other_high))


def _ends_differ(one: Quantity, other: Quantity) -> bool:
    """Whether "takes 3 to 5 days" and "within 10 days" end at different numbers."""
    if one.unit == other.unit or one.kind is not Kind.DURATION:
        return not _is_near(one.high, other.high)
    working, calendar = (one, other) if one.unit == BUSINESS_DAY else (other, one)
    return not working.high * 24 <= calendar.high <= _calendar(working)[1]


def _calendar(one: Quantity) -> tuple[float, float]:
    """Business days as the calendar days that they may be, in hours; others as they are."""
    if one.kind is Kind.DURATION and one.unit == BUSINESS_DAY:
        return one.low * 24, (one.high * 7 / 5 + 2) * 24
    return one.low, one.high


def _is_near(one: float, other: float) -> bool:
    return abs(one - other) <= _NEAR * max(abs(one), abs(other))


def _role(sentence: str, start: int, end: int) -> Role:
    before, after = sentence[max(0, start - 40) : start], sentence[end : end + 20]
    if _OR_MORE.match(after):
        return Role.START
    if _OR_LESS.match(after):
        return Role.LIMIT
    if _ENDS_AFTER.search(before):
        return Role.PLAIN
    if _LIMIT.search(before):
        return Role.LIMIT
    return Role.START if _START.search(before) else Role.PLAIN


def _number(text: str) -> float:
    named = _NAMES.get(text.lower())
    if named is not None:
        return named
    whole, comma, rest = text.rpartition(",")
    if comma and len(rest) == 2 and "." not in text:  # 4,90
        return float(f"{whole}.{rest}")
    return float(text.replace(",", ""))


def _range(match: re.Match[str]) -> tuple[float, float]:
    low = _number(match["low"])
    high = _number(match["high"]) if match["high"] else low
    return min(low, high), max(low, high)


def _money(match: re.Match[str]) -> _Value:
    low, high = _range(match)
    unit = _CURRENCIES[match["currency"].lower()]
    return low, high, f"{unit}/{match['per'].lower()}" if match["per"] else unit


def _share(match: re.Match[str]) -> _Value:
    low, high = _range(match)
    return low, high, f"%/{match['per'].lower()}" if match["per"] else "%"


def _duration(match: re.Match[str]) -> _Value:
    low, high = _range(match)
    unit = match["unit"].lower()
    if match["working"] and unit == "day":
        return low, high, BUSINESS_DAY
    return low * _HOURS[unit], high * _HOURS[unit], "h"


def _date(match: re.Match[str]) -> _Value | None:
    month = next(
        at
        for at, name in enumerate(_MONTHS, start=1)
        if name.startswith(match["month"].lower()[:3])
    )
    return _day_of(month, int(match["day"]), match["year"])


def _iso_date(match: re.Match[str]) -> _Value | None:
    return _day_of(int(match["month"]), int(match["day"]), match["year"])


def _day_of(month: int, day: int, year: str | None) -> _Value | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    value = month * 31.0 + day
    return value, value, year or ""


def _time(match: re.Match[str]) -> _Value | None:
    half = match["half"]
    if half is None and match["minutes"] is None:
        return None
    high = _clock(match["hour"], match["minutes"], half)
    if match["from"] is None:
        return high, high, ""
    low = _clock(match["from"], match["fromminutes"], match["fromhalf"] or half)
    # "9 to 5 pm" starts in the morning.
    return (low if low <= high else low - 12), high, ""


def _clock(hour: str, minutes: str | None, half: str | None) -> float:
    value = int(hour) + int(minutes or 0) / 60
    if half is None:
        return value
    return value % 12 + (12 if half.lower() == "p" else 0)


def _count(match: re.Match[str]) -> _Value | None:
    noun = match["noun"].lower()
    if noun in _NOT_COUNTED or match["low"].lower() == "one":
        return None
    low, high = _range(match)
    return low, high, stem(noun)


_Reader: TypeAlias = tuple[Kind, re.Pattern[str], Callable[[re.Match[str]], _Value | None]]
_READERS: Final[tuple[_Reader, ...]] = (
    (
        Kind.MONEY,
        re.compile(
            rf"(?P<currency>{_SIGN})\s?(?P<low>{_DIGITS})"
            rf"(?:\s*(?:to|-|–)\s*{_SIGN}?\s?(?P<high>{_DIGITS}))?{_PER}",
            re.IGNORECASE,
        ),
        _money,
    ),
    (
        Kind.MONEY,
        re.compile(rf"{_RANGE}\s?(?P<currency>{_SIGN}|(?:{_CODE})\b){_PER}", re.I),
        _money,
    ),
    (Kind.SHARE, re.compile(rf"{_RANGE}\s?(?:%|per ?cent\b){_PER}", re.IGNORECASE), _share),
    (
        Kind.DATE,
        re.compile(rf"\b{_YEAR}-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b"),
        _iso_date,
    ),
    (Kind.DATE, re.compile(rf"\b{_MONTH}\s+{_DAY}\b(?:,?\s+{_YEAR}\b)?", re.IGNORECASE), _date),
    (
        Kind.DATE,
        re.compile(rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}\b(?:,?\s+{_YEAR}\b)?", re.IGNORECASE),
        _date,
    ),
    (
        Kind.TIME,
        re.compile(
            rf"(?<![\w.,:/$-])(?:{_CLOCK.format('from')}\s?(?:{_HALF.format('from')})?"
            rf"\s*(?:to|-|–|and)\s*)?{_CLOCK.format('')}\s?(?:{_HALF.format('')})?".replace(
                "(?P<>", "(?P<hour>"
            ),
            re.IGNORECASE,
        ),
        _time,
    ),
    (
        Kind.DURATION,
        re.compile(
            rf"{_RANGE}[-\s]*(?:full |calendar |whole |consecutive )?"
            rf"(?P<working>(?:business|working|bank|week)[- ]?)?"
            rf"(?P<unit>{'|'.join(sorted(_HOURS, key=len, reverse=True))})s?\b",
            re.IGNORECASE,
        ),
        _duration,
    ),
    (Kind.COUNT, re.compile(rf"{_RANGE}\s+(?P<noun>[^\W\d_]+)", re.IGNORECASE), _count),
)
