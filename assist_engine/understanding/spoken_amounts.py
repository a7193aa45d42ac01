"""Reads amounts of money: "£249.99", "two hundred and forty nine pounds ninety nine", "50 cents".

Values are a decimal number and the ISO 4217 code: `249.99 GBP`.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from assist_engine.understanding.spoken import DIGIT_WORDS, Token, read_number, words

_SIGNS: Final = {"$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY", "₹": "INR"}
_CODES: Final = {
    "USD": "dollar dollars buck bucks usd",
    "GBP": "pound pounds quid gbp",
    "EUR": "euro euros eur",
    "INR": "rupee rupees inr rs",
    "JPY": "yen jpy",
}
_WORDS: Final = {word: code for code, words in _CODES.items() for word in words.split()}
_MOST: Final = 10**8  # digits of such numbers are dictated
_AFTER_CENTS: Final = {"", *words("on for and but to in at from that is was i my please")}
_CENT_WORDS: Final = {"cent": "USD", "cents": "USD", "pence": "GBP"}

_MONEY: Final = frozenset({*_SIGNS, *_WORDS, *_CENT_WORDS})


class AmountFound(NamedTuple):
    """An amount in a text; `first`..`last` are tokens, half open."""

    value: str
    first: int
    last: int


def find_amounts(tokens: Sequence[Token]) -> Iterator[AmountFound]:
    """All numbers that say their currency."""
    if not any(token.text in _MONEY for token in tokens):
        return
    at = 0
    while at < len(tokens):
        found = _signed(tokens, at) or _worded(tokens, at)
        if found is None:
            at += 1
            continue
        yield found
        at = found.last


def amount_value(number: Decimal, currency: str = "") -> str:
    """An amount as it is stored; without a currency the number alone."""
    if number != int(number):
        number = number.quantize(Decimal("0.01"))
    return f"{number} {currency}".rstrip()


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def _number(tokens: Sequence[Token], at: int) -> tuple[Decimal, int] | None:
    word = _word(tokens, at)
    if (spoken := read_number(tokens, at)) is not None:
        return Decimal(spoken[0]), spoken[1]
    if word and word[0].isdecimal() and word.isascii():
        return Decimal(word.replace(",", "")), at + 1
    return None


def _signed(tokens: Sequence[Token], at: int) -> AmountFound | None:
    code = _SIGNS.get(_word(tokens, at))
    number = _number(tokens, at + 1) if code else None
    return AmountFound(amount_value(number[0], code or ""), at, number[1]) if number else None


def _worded(tokens: Sequence[Token], at: int) -> AmountFound | None:
    number = _number(tokens, at)
    if number is None or _word(tokens, at - 1) in DIGIT_WORDS or number[0] >= _MOST:
        return None
    value, end = number
    unit = _word(tokens, end)
    if unit in _CENT_WORDS:
        return AmountFound(amount_value(value / 100, _CENT_WORDS[unit]), at, end + 1)
    code = _WORDS.get(unit) or _SIGNS.get(unit)
    if code is None:
        return None
    end += 1
    cents = _number(tokens, end + (_word(tokens, end) == "and"))
    if cents and _is_cents(tokens, end, cents):
        value += cents[0] / 100
        end = cents[1] + (_word(tokens, cents[1]) in _CENT_WORDS)
    return AmountFound(amount_value(value, code), at, end)


def _is_cents(tokens: Sequence[Token], at: int, cents: tuple[Decimal, int]) -> bool:
    """Whether a number behind an amount is its cents: "pounds ninety nine", "and five cents"."""
    if not (0 < cents[0] < 100 and cents[0] == int(cents[0])):
        return False
    if _word(tokens, cents[1]) in _CENT_WORDS:
        return True
    return _word(tokens, at) != "and" and cents[0] >= 10 and _word(tokens, cents[1]) in _AFTER_CENTS
