"""Numbers in sentences: what they measure, how they are meant, and when two do not agree."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.lint.quantity import Kind, Role, disagree, is_same, quantities


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("refunds take 3 to 5 business days", [(Kind.DURATION, 3, 5, "business day", Role.PLAIN)]),
        ("between 3 and 5 working days", [(Kind.DURATION, 3, 5, "business day", Role.PLAIN)]),
        ("within two weeks", [(Kind.DURATION, 336, 336, "h", Role.LIMIT)]),
        ("a 30-day trial", [(Kind.DURATION, 720, 720, "h", Role.PLAIN)]),
        ("after 10 minutes", [(Kind.DURATION, 1 / 6, 1 / 6, "h", Role.START)]),
        ("the link expires after 2 hours", [(Kind.DURATION, 2, 2, "h", Role.PLAIN)]),
        ("5 years or more", [(Kind.DURATION, 43830, 43830, "h", Role.START)]),
        (
            "it costs $4.90, free from $40",
            [(Kind.MONEY, 4.9, 4.9, "$", Role.PLAIN), (Kind.MONEY, 40, 40, "$", Role.START)],
        ),
        ("up to 1,500 euros", [(Kind.MONEY, 1500, 1500, "€", Role.LIMIT)]),
        ("4,90 € each month", [(Kind.MONEY, 4.9, 4.9, "€/month", Role.PLAIN)]),
        ("$10 to $20", [(Kind.MONEY, 10, 20, "$", Role.PLAIN)]),
        (
            "1.5 percent, or 2%",
            [(Kind.SHARE, 1.5, 1.5, "%", Role.PLAIN), (Kind.SHARE, 2, 2, "%", Role.PLAIN)],
        ),
        ("until January 31, 2025", [(Kind.DATE, 62, 62, "2025", Role.LIMIT)]),
        ("on the 3rd of March", [(Kind.DATE, 96, 96, "", Role.PLAIN)]),
        ("from 2025-04-05", [(Kind.DATE, 129, 129, "2025", Role.START)]),
        ("open from 8:30 am to 6 pm", [(Kind.TIME, 8.5, 18, "", Role.PLAIN)]),
        ("open 9 to 5 pm", [(Kind.TIME, 9, 17, "", Role.PLAIN)]),
        ("at 17:30", [(Kind.TIME, 17.5, 17.5, "", Role.PLAIN)]),
        ("at most three wrong tries", [(Kind.COUNT, 3, 3, "wrong", Role.LIMIT)]),
        ("more than 200 countries", [(Kind.COUNT, 200, 200, "country", Role.START)]),
    ],
)
def test_what_is_read(sentence: str, read: list[tuple[Kind, float, float, str, Role]]) -> None:
    found = quantities(sentence)
    assert [(one.kind, one.unit, one.role) for one in found] == [
        (kind, unit, role) for kind, _, _, unit, role in read
    ]
    assert [one.low for one in found] == pytest.approx([low for _, low, _, _, _ in read])
    assert [one.high for one in found] == pytest.approx([high for _, _, high, _, _ in read])


@pytest.mark.parametrize(
    "sentence",
    [
        "account 1234-5678, version 2.1, made in 2019",
        "call 555 1234",
        "one of them or a new one",
        "step 3 of 5",
        "on the 32nd",
        "see figure 12",
        "may 99",
    ],
)
def test_what_is_no_quantity(sentence: str) -> None:
    assert quantities(sentence) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("takes 3 to 5 business days", "takes 10 days"),
        ("within 30 days", "within 14 days"),
        ("within 5 business days", "takes 10 business days"),
        ("takes 2 days", "within 14 days"),
        ("takes 3 to 5 days", "takes 2 to 4 days"),
        ("costs $5", "costs $6"),
        ("$4 a month", "$6"),
        ("free from $40", "free from $60"),
        ("10 percent", "15 %"),
        ("until January 31", "until January 15"),
        ("from 8 am to 6 pm", "from 9 am to 5 pm"),
        ("three tries", "5 tries"),
        ("a 2-year warranty", "a 12-month warranty"),
    ],
)
def test_numbers_that_do_not_agree(one: str, other: str) -> None:
    (first,), (second,) = quantities(one), quantities(other)
    assert disagree(first, second)
    assert disagree(second, first)
    assert not is_same(first, second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("takes 14 days", "takes two weeks"),
        ("within 30 days", "within a month, that is one month"),
        ("takes 5 business days", "takes 7 days"),
        ("takes 4 days", "takes 3 to 5 days"),
        ("takes 3 to 5 days", "within 5 days"),
        ("takes 5 days", "after 30 days"),
        ("$4 a month", "$48 a year"),
        ("$5", "€5"),
        ("$5", "5 percent"),
        ("6 countries", "3 boosters"),
        ("until January 31", "until January 31, 2026"),
        ("until January 31, 2025", "until January 15, 2026"),  # of another year
        ("12 months", "one year"),
    ],
)
def test_numbers_that_may_both_be_true(one: str, other: str) -> None:
    (first,), (second,) = quantities(one), quantities(other)
    assert not disagree(first, second)
    assert not disagree(second, first)


_PIECES = re.findall(
    r"\S+",
    "to - – $ € % percent days business day hours am pm : , . a month within from until "
    "January 3rd 2025-01-02 9:30 4,90 1,000 three or more up per / tries",
)
_WORDS = st.lists(
    st.one_of(st.integers(0, 10**6).map(str), st.sampled_from(_PIECES), st.text(max_size=8)),
    max_size=14,
)


@given(_WORDS, st.sampled_from(["", " "]))
def test_any_text_is_read(words: list[str], between: str) -> None:
    sentence = between.join(words)
    found = quantities(sentence)
    end = 0
    for one in found:
        assert end <= one.start < one.end <= len(sentence)
        assert 0 <= one.low <= one.high
        assert is_same(one, one)
        assert not disagree(one, one)
        end = one.end
    for one in found:
        for other in found:
            assert disagree(one, other) == disagree(other, one)
