"""The calendar day of a time as it was said: "by friday" on a Wednesday is two days later.

Where a day is not known ("next week", "in a few days") there is none.
"""

import calendar
import re
from datetime import date, datetime, timedelta
from typing import Final

_DAYS: Final = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_COUNTS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "a couple of": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_COUNTED: Final = re.compile(
    r"(?:\b(?:within|in|up to|at most|takes|about|around)(?: the next)? |^)"
    r"(?P<count>[a-z0-9 ]+?) (?P<working>business |working )?"
    r"(?P<unit>minute|hour|day|week|month)s?\b"
)
_SAME_DAY: Final = re.compile(r"\b(?:today|tonight|noon|end of (?:the |this )?day)\b")
_FRIDAY: Final = 4
_LONGEST_DAYS: Final = 3_660


def due_date(due: str, said_at: datetime) -> date | None:
    """The last day of `due`, as it was said at `said_at` where the company is; None: not known."""
    text = due.lower()
    day = said_at.date()
    try:
        counted = _COUNTED.search(text)
        if counted and (after := _after(counted, said_at)) is not None:
            return after
        if "tomorrow" in text:
            return day + timedelta(days=1)
        if _SAME_DAY.search(text):
            return day
        return _named_day(text, day) or _end_of(text, day)
    except OverflowError:  # a day that no calendar has
        return None


def _after(counted: re.Match[str], said_at: datetime) -> date | None:
    count = _count(counted["count"])
    if count is None or count > _LONGEST_DAYS:
        return None
    day = said_at.date()
    match counted["unit"]:
        case "minute":
            return (said_at + timedelta(minutes=count)).date()
        case "hour":
            return (said_at + timedelta(hours=count)).date()
        case "day":
            return _working_days(day, count) if counted["working"] else day + timedelta(days=count)
        case "week":
            return day + timedelta(weeks=count)
        case _:
            return _months_later(day, count)


def _count(said: str) -> int | None:
    """A number in digits or words, "forty eight", the larger of "three to five"; None: vague."""
    said = re.split(r" (?:to|or) ", said)[-1]
    if said.isdecimal():
        return int(said) if len(said) <= len(str(_LONGEST_DAYS)) else None
    if said in _COUNTS:
        return _COUNTS[said]
    parts = [_COUNTS.get(word) for word in said.split()]
    known = [part for part in parts if part is not None]
    return sum(known) if known and len(known) == len(parts) else None


def _working_days(day: date, count: int) -> date:
    """So many days later, Saturdays and Sundays not counted."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() <= _FRIDAY
    return day


def _months_later(day: date, count: int) -> date:
    years, month = divmod(day.month - 1 + count, 12)
    year = day.year + years
    if year > date.max.year:
        raise OverflowError
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _named_day(text: str, day: date) -> date | None:
    """The next such day after today; "next friday" is the one of next week."""
    named = next((number for name, number in _DAYS.items() if name in text), None)
    if named is None:
        return None
    if re.search(r"\bnext [a-z]+day\b", text):
        return day + timedelta(days=7 - day.weekday() + named)
    return day + timedelta(days=(named - day.weekday() - 1) % 7 + 1)


def _end_of(text: str, day: date) -> date | None:
    """The last day of this month, or this week's Friday where it is still to come."""
    if re.search(r"end of (?:the |this )?month", text):
        return day.replace(day=calendar.monthrange(day.year, day.month)[1])
    is_week = re.search(r"end of (?:the |this )?week", text) is not None
    if is_week and day.weekday() <= _FRIDAY:
        return day + timedelta(days=_FRIDAY - day.weekday())
    return None
