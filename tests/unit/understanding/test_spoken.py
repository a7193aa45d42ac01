"""Spoken and typed numbers, dates, amounts and e-mail addresses become values with their place."""

import pytest

from assist_engine.understanding.spoken import tokenize
from assist_engine.understanding.spoken_amounts import find_amounts
from assist_engine.understanding.spoken_dates import compact_date, find_dates, is_date
from assist_engine.understanding.spoken_emails import find_emails
from assist_engine.understanding.spoken_runs import find_runs


@pytest.mark.parametrize(
    ("said", "value", "words"),
    [
        ("double four seven", "447", "double four seven"),
        ("it is triple oh five thanks", "0005", "triple oh five"),
        ("oh one four two", "0142", "oh one four two"),
        ("forty two seventeen", "4217", "forty two seventeen"),
        ("four thousand one hundred", "4100", "four thousand one hundred"),
        ("two hundred and forty nine", "249", "two hundred and forty nine"),
        ("nineteen eighty four", "1984", "nineteen eighty four"),
        ("b as in boy k seven", "BK7", "b as in boy k seven"),
        ("b for bravo 7 n 9", "B7N9", "b for bravo 7 n 9"),
        ("card 4111-1111 1111 1111.", "4111111111111111", "4111-1111 1111 1111"),
        ("call (555) 014-2731", "5550142731", "555) 014-2731"),
        ("order bk-7492 is late", "BK7492", "bk-7492"),
        ("four uh one one and two", "4112", "four uh one one and two"),
        ("one one to five too seven", "112527", "one one to five too seven"),
        ("four one mine one two", "4112", "four one mine one two"),
        ("一三八零零", "13800", "一三八零零"),
    ],
)
def test_dictated_numbers_are_joined(said: str, value: str, words: str) -> None:
    (run,) = find_runs(tokenize(said))
    assert run.text == value
    assert said[run.start : run.end] == words


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("four one two and seven nine one", ["412", "791"]),
        ("5698 4578965412365478", ["5698", "4578965412365478"]),
        ("25052018 250", ["25052018", "250"]),
        ("the 4 th of 5", ["5"]),
        ("two to four weeks and a half", ["224"]),
        ("nothing at all", []),
        ("k a r e n", []),
    ],
)
def test_numbers_that_are_not_one_stay_apart(said: str, values: list[str]) -> None:
    assert [run.text for run in find_runs(tokenize(said))] == values


@pytest.mark.parametrize(
    ("said", "value", "words"),
    [
        ("the fifteenth of may", "--05-15", "fifteenth of may"),
        ("may fifteenth nineteen ninety", "1990-05-15", "may fifteenth nineteen ninety"),
        ("on june 16 th 2018 i think", "2018-06-16", "june 16 th 2018"),
        ("twenty first of june two thousand eighteen", "2018-06-21", None),
        ("december third twenty oh six", "2006-12-03", None),
        ("15/05/2026", "2026-05-15", None),
        ("2026-05-15", "2026-05-15", None),
        ("05/04/2026", "2026-05-04", None),
        ("22 jun", "--06-22", None),
    ],
)
def test_dates_are_read(said: str, value: str, words: str | None) -> None:
    tokens = tokenize(said)
    (date,) = find_dates(tokens)
    assert (date.value, date.is_valid) == (value, True)
    assert said[tokens[date.first].start : tokens[date.last - 1].end] == (words or said)


def test_a_day_that_no_calendar_has_is_not_valid() -> None:
    (date,) = find_dates(tokenize("the thirty first of june"))
    assert not date.is_valid
    assert is_date(29, 2, None)
    assert not is_date(29, 2, 2019)


def test_where_the_day_comes_first_it_is_read_first() -> None:
    (date,) = find_dates(tokenize("05/04/2026"), day_first=True)
    assert date.value == "2026-04-05"


@pytest.mark.parametrize("said", ["may i have one", "march on", "in two weeks", "1.5 and 2.5"])
def test_no_date_where_none_is_said(said: str) -> None:
    assert not list(find_dates(tokenize(said)))


@pytest.mark.parametrize(
    ("digits", "value"),
    [
        ("15052018", ("2018-05-15", True)),
        ("1562018", ("2018-06-15", True)),
        ("180618", ("2018-06-18", True)),
        ("52518", ("2018-05-25", True)),
        ("04052018", ("2018-04-05", False)),
        ("4577", None),
        ("99992018", None),
        ("4111111111111111", None),
    ],
)
def test_digits_may_be_a_date(digits: str, value: tuple[str, bool] | None) -> None:
    assert compact_date(digits) == value


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("two hundred and forty nine pounds ninety nine", "249.99 GBP"),
        ("a hundred dollars", "100 USD"),
        ("£249.99", "249.99 GBP"),
        ("1,200 euros", "1200 EUR"),
        ("fifty cents", "0.50 USD"),
        ("five dollars and five cents", "5.05 USD"),
    ],
)
def test_amounts_are_read(said: str, value: str) -> None:
    tokens = tokenize(f"i paid {said} for it")
    (amount,) = find_amounts(tokens)
    assert amount.value == value
    assert [token.text for token in tokens[amount.first : amount.last]] == [
        token.text for token in tokenize(said)
    ]


@pytest.mark.parametrize("said", ["five pounds and two shirts", "four one one dollars"])
def test_other_numbers_are_not_added_to_an_amount(said: str) -> None:
    found = [amount.value for amount in find_amounts(tokenize(said))]
    assert found in (["5 GBP"], [])


@pytest.mark.parametrize(
    ("said", "value", "words"),
    [
        ("it is j o n at gmail dot com", "jon@gmail.com", "j o n at gmail dot com"),
        (
            "karen underscore mitchell at company dot co dot u k",
            "karen_mitchell@company.co.uk",
            "karen underscore mitchell at company dot co dot u k",
        ),
        (
            "my email is k dot j dot smith nineteen eighty at my dash shop dot com thanks",
            "k.j.smith1980@my-shop.com",
            "k dot j dot smith nineteen eighty at my dash shop dot com",
        ),
        ("write to Karen.Mitchell@gmail.com.", "karen.mitchell@gmail.com", None),
        ("roger 902 gmailcom and 1234", "roger902@gmail.com", "roger 902 gmailcom"),
        ("contact lilagmailcom", "lila@gmail.com", "lilagmailcom"),
        ("mani 45664 gmail com", "mani45664@gmail.com", "mani 45664 gmail com"),
        ("jon that gmail got calm", "jon@gmail.com", "jon that gmail got calm"),
    ],
)
def test_e_mail_addresses_are_read(said: str, value: str, words: str | None) -> None:
    found = {
        (email.value, said[email.start : email.end]) for email in find_emails(said, tokenize(said))
    }
    assert found == {(value, words or "Karen.Mitchell@gmail.com")}


@pytest.mark.parametrize("said", ["meet me at five", "amazon dot com is down", "at the internet"])
def test_no_address_where_none_is_said(said: str) -> None:
    assert not list(find_emails(said, tokenize(said)))
