"""Spoken times as calendar days: which day "by friday" is, and when no day is known."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.guidance.due_dates import due_date

WEDNESDAY = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 10, 30, tzinfo=UTC)
LATE = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "day"),
    [
        ("by friday", date(2026, 11, 27)),
        ("on thursday morning", date(2026, 11, 26)),
        ("thursday between nine and eleven in the morning", date(2026, 11, 26)),
        ("by wednesday", date(2026, 12, 2)),
        ("next friday", date(2026, 12, 4)),
        ("this coming monday", date(2026, 11, 30)),
        ("tomorrow at ten", date(2026, 11, 26)),
        ("later today", date(2026, 11, 25)),
        ("by the end of the day", date(2026, 11, 25)),
        ("by the end of the week", date(2026, 11, 27)),
        ("by the end of the month", date(2026, 11, 30)),
        ("in two days", date(2026, 11, 27)),
        ("within ten business days", date(2026, 12, 9)),
        ("within the next 3 working days", date(2026, 11, 30)),
        ("in a couple of weeks", date(2026, 12, 9)),
        ("in three months", date(2027, 2, 25)),
        ("in twenty four hours", date(2026, 11, 26)),
        ("within forty eight hours", date(2026, 11, 27)),
        ("within 48 hours", date(2026, 11, 27)),
        ("in a few minutes", None),
        ("in ten minutes", date(2026, 11, 25)),
        ("next week", None),
        ("by next week", None),
        ("", None),
    ],
)
def test_a_spoken_time_is_a_day_where_it_is_known(due: str, day: date | None) -> None:
    assert due_date(due, WEDNESDAY) == day


def test_a_weekday_said_on_itself_is_a_week_later() -> None:
    assert due_date("by friday", FRIDAY) == date(2026, 12, 4)
    assert due_date("by the end of the week", FRIDAY) == FRIDAY.date()


def test_hours_pass_midnight() -> None:
    assert due_date("in one hour", LATE) == date(2026, 11, 26)


def test_the_end_of_a_month_is_the_last_day_of_a_shorter_one() -> None:
    january = datetime(2027, 1, 31, tzinfo=UTC)
    assert due_date("in one month", january) == date(2027, 2, 28)


@given(
    st.text(max_size=40)
    | st.builds(
        "{} {} {}".format,
        st.sampled_from(["in", "within", "by", "next"]),
        st.integers(0, 10**30) | st.sampled_from(["two", "a few", "ten"]),
        st.sampled_from(["business days", "months", "weeks", "hours", "friday"]),
    ),
    st.datetimes(timezones=st.just(UTC)),
)
def test_no_words_and_no_day_raise_and_none_is_past(due: str, said_at: datetime) -> None:
    day = due_date(due, said_at)
    assert day is None or day >= said_at.date()
