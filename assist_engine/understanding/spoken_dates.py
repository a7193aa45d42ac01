"""Reads dates, written and spoken: "the fifteenth of may", "may 15 th 2018", "12.03.1985".

Values are ISO 8601, `2018-05-15`; without a year `--05-15` as RFC 6350 writes it.
"""

from calendar import isleap
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from assist_engine.understanding.spoken import DIGIT_WORDS, TEENS, TENS, Token, read_number, words

_MONTHS_TEXT: Final = (
    "january february march april may june july august september october november december"
)
_MONTH_NAMES: Final = _MONTHS_TEXT.split()
_MONTHS: Final = (
    {name: n for n, name in enumerate(_MONTH_NAMES, start=1)}
    | {name[:3]: n for n, name in enumerate(_MONTH_NAMES, start=1) if len(name) > 3}
    | {"sept": 9}
)
_ORDINALS_TEXT: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ORDINAL_WORDS: Final = {
    **{word: n for n, word in enumerate(_ORDINALS_TEXT.split(), start=1)},
    "thirtieth": 30,
}
_SUFFIXES: Final = words("st nd rd th")
_SEPARATORS: Final = frozenset("-/.")
_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CENTURIES: Final = (1900, 2099)
_RECENT: Final = (10, 39)  # years of two digits in bare digits: a charge, a trip, an expiry


class DateFound(NamedTuple):
    """A date in a text; `first`..`last` are tokens, half open."""

    value: str
    is_valid: bool
    first: int
    last: int


def is_date(day: int, month: int, year: int | None) -> bool:
    """Whether the calendar has this day; of an unknown year, whether some year has."""
    if not (1 <= month <= 12 and day >= 1):
        return False
    leap = month == 2 and (year is None or isleap(year))
    return day <= _LENGTHS[month - 1] + leap


def iso(day: int, month: int, year: int | None) -> str:
    """The date as it is stored."""
    return f"{year:04d}-{month:02d}-{day:02d}" if year else f"--{month:02d}-{day:02d}"


def find_dates(tokens: Sequence[Token], *, day_first: bool = False) -> Iterator[DateFound]:
    """All dates that say their month or are written with separators."""
    if not any(token.text in _MONTHS or token.text in _SEPARATORS for token in tokens):
        return
    at = 0
    while at < len(tokens):
        found = (
            _named_after(tokens, at)
            or _named_before(tokens, at)
            or _separated(tokens, at, day_first=day_first)
        )
        if found is None:
            at += 1
            continue
        yield found
        at = found.last


def compact_date(digits: str, *, day_first: bool = False) -> tuple[str, bool] | None:
    """The date that digits without separators may be, and whether its order is certain.

    "15052018", "1552018", "180618": year last. None where no calendar has it.
    """
    for year, rest in _years_at_end(digits):
        readings = {
            iso(day, month, year)
            for day, month in _day_and_month(rest, day_first=day_first)
            if is_date(day, month, year)
        }
        ordered = [
            iso(day, month, year)
            for day, month in _day_and_month(rest, day_first=day_first)
            if is_date(day, month, year)
        ]
        if ordered:
            return ordered[0], len(readings) == 1
    return None


def _years_at_end(digits: str) -> Iterator[tuple[int, str]]:
    if 6 <= len(digits) <= 8 and _CENTURIES[0] <= int(digits[-4:]) <= _CENTURIES[1]:
        yield int(digits[-4:]), digits[:-4]
    if 5 <= len(digits) <= 6 and _RECENT[0] <= int(digits[-2:]) <= _RECENT[1]:
        yield 2000 + int(digits[-2:]), digits[:-2]


def _day_and_month(rest: str, *, day_first: bool) -> Iterator[tuple[int, int]]:
    for cut in range(max(1, len(rest) - 2), min(3, len(rest))):
        one, other = int(rest[:cut]), int(rest[cut:])
        both = ((one, other), (other, one))
        yield from both if day_first else both[::-1]


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def _day(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """The day of a month said at a token, and the token after it."""
    word = _word(tokens, at)
    if word in _ORDINAL_WORDS:
        return _ORDINAL_WORDS[word], at + 1
    if word in TENS and _word(tokens, at + 1) in _ORDINAL_WORDS:
        return TENS[word] + _ORDINAL_WORDS[_word(tokens, at + 1)], at + 2
    if word.isdecimal() and len(word) <= 2:
        return int(word), at + 1 + (_word(tokens, at + 1) in _SUFFIXES)
    if (number := read_number(tokens, at)) and number[0] <= 31:
        return number
    return None


def _year(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """The year said at a token, and the token after it."""
    at += _word(tokens, at) == ","
    word = _word(tokens, at)
    if word.isdecimal():
        if len(word) == 4 and _CENTURIES[0] <= int(word) <= _CENTURIES[1]:
            return int(word), at + 1
        return (2000 + int(word), at + 1) if len(word) == 2 and int(word) <= 39 else None
    return spoken_year(tokens, at)


def spoken_year(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """ "nineteen ninety", "twenty oh six", "two thousand eighteen": the year, the token after."""
    word = _word(tokens, at)
    century = TEENS.get(word) if word == "nineteen" else TENS.get(word) if word == "twenty" else 0
    if not century:
        number = read_number(tokens, at)
        return number if number and 2000 <= number[0] <= _CENTURIES[1] else None
    if _word(tokens, at + 1) in {"oh", "o"} and _word(tokens, at + 2) in DIGIT_WORDS:
        return 100 * century + int(DIGIT_WORDS[_word(tokens, at + 2)]), at + 3
    rest = read_number(tokens, at + 1)
    if rest and 10 <= rest[0] <= 99:
        return 100 * century + rest[0], rest[1]
    return None


def _named_after(tokens: Sequence[Token], at: int) -> DateFound | None:
    """The 15 th of may 2018."""
    day = _day(tokens, at)
    if day is None:
        return None
    month_at = day[1] + (_word(tokens, day[1]) == "of")
    month = _MONTHS.get(_word(tokens, month_at))
    return _found(tokens, day[0], month, first=at, last=month_at + 1) if month else None


def _named_before(tokens: Sequence[Token], at: int) -> DateFound | None:
    """May the fifteenth 2018."""
    month = _MONTHS.get(_word(tokens, at))
    if month is None:
        return None
    day = _day(tokens, at + 1 + (_word(tokens, at + 1) in {"the", "."}))
    return _found(tokens, day[0], month, first=at, last=day[1]) if day else None


def _found(tokens: Sequence[Token], day: int, month: int, *, first: int, last: int) -> DateFound:
    year = _year(tokens, last)
    value = iso(day, month, year[0] if year else None)
    valid = is_date(day, month, year[0] if year else None)
    return DateFound(value, valid, first, year[1] if year else last)


def _separated(tokens: Sequence[Token], at: int, *, day_first: bool) -> DateFound | None:
    """15/05/2018, 2018-05-15, 12.03.85."""
    parts = tokens[at : at + 5]
    if len(parts) < 5 or parts[1].text not in _SEPARATORS or parts[1].text != parts[3].text:
        return None
    numbers = [parts[0].text, parts[2].text, parts[4].text]
    if not all(number.isdecimal() for number in numbers) or not _touch(parts):
        return None
    sizes = tuple(map(len, numbers))
    one, two, three = map(int, numbers)
    if sizes[0] == 4 and max(sizes[1:]) <= 2:
        orders = [(three, two, one)]
    elif max(sizes[:2]) <= 2 and sizes[2] in {2, 4}:
        year = three if sizes[2] == 4 else _full_year(three)
        orders = [(one, two, year), (two, one, year)][:: 1 if day_first else -1]
    else:
        return None
    fitting = [order for order in orders if is_date(*order)]
    day, month, year = (fitting or orders)[0]
    return DateFound(iso(day, month, year), bool(fitting), at, at + 5)


def _full_year(short: int) -> int:
    return 2000 + short if short <= _RECENT[1] else 1900 + short


def _touch(parts: Sequence[Token]) -> bool:
    return all(a.end == b.start for a, b in pairwise(parts))
