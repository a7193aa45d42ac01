"""Reads spoken and typed numbers and letters one at a time: "double four", "b as in boy", "7".

Recognised English is lower case without punctuation; typed text works too. Offsets are
characters of the text, half open.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum
from typing import Final, NamedTuple


def words(text: str) -> frozenset[str]:
    """The words of a text, to look words up in."""
    return frozenset(text.split())


_CHINESE_DIGITS: Final = "〇零一二三四五六七八九幺"
_TOKEN: Final = re.compile(
    r"\[[A-Z_]+(?::[^\]\s]*)?\]"  # a placeholder of an earlier redaction
    r"|\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?(?![\d.,]*\d)|\d+\.\d{1,2}(?![\d.])"
    rf"|\d+|[{_CHINESE_DIGITS}]|[^\W\d_{_CHINESE_DIGITS}]+(?:['’][^\W\d_]+)*|[^\w\s]|_"
)


class Token(NamedTuple):
    """A word, a number, a placeholder or a sign, in lower case but for placeholders."""

    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, in order; "bk-7492" is three."""
    return [
        Token(m[0] if m[0].startswith("[") and len(m[0]) > 1 else m[0].lower(), *m.span())
        for m in _TOKEN.finditer(text)
    ]


def is_placeholder(token: Token) -> bool:
    """Whether an earlier redaction wrote it."""
    return len(token.text) > 1 and token.text[0] == "["


class PieceKind(Enum):
    """How one number of a run was said."""

    DIGIT = "digit"  # four, oh, double four: one by one
    NUMBER = "number"  # seventeen, forty two
    CARDINAL = "cardinal"  # four thousand one hundred; 2,400.50
    TYPED = "typed"
    LETTER = "letter"  # b; b as in boy


class Piece(NamedTuple):
    """One number or letter as it was said; tokens first..last (half open)."""

    text: str
    first: int
    last: int
    kind: PieceKind


_UNITS_TEXT: Final = "zero one two three four five six seven eight nine"
_TEENS_TEXT: Final = (
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_TENS_TEXT: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
DIGIT_WORDS: Final = {word: str(n) for n, word in enumerate(_UNITS_TEXT.split())} | {
    "oh": "0",
    "nought": "0",
    "naught": "0",
    "niner": "9",
    "fife": "5",
    **{sign: str(max(0, n - 1)) for n, sign in enumerate("〇零一二三四五六七八九")},
    "幺": "1",
}
TEENS: Final = {word: n for n, word in enumerate(_TEENS_TEXT.split(), start=10)}
TENS: Final = {word: 10 * n for n, word in enumerate(_TENS_TEXT.split(), start=2)} | {"fourty": 40}
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_BEGINNINGS: Final = frozenset({*DIGIT_WORDS, *TEENS, *TENS, *_TIMES})
_MAGNITUDES: Final = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
# What recognition hears instead of a digit; read as one only among dictated digits.
HOMOPHONES: Final = {"to": "2", "too": "2", "for": "4", "fore": "4", "won": "1", "ate": "8"}
FILLERS: Final = words("uh um er erm eh ah hmm mm dash hyphen minus space stroke slash")
LINKS: Final = words("and then")
_SUFFIXES: Final = words("st nd rd th")
_SPELLING: Final = (("as", "in"), ("for",), ("like",), ("as",))
_CODE_LETTERS: Final = 3
_VOWELS: Final = frozenset("aeiou")
_LABELS: Final = words(
    "ssn ss pin cvv cvc no nr num ph tel acc ac zip cc id dob mob otp ref st th nd rd"
)


def read_number(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """The cardinal said from token `at` and the token after it: (249, 6), or None."""
    value, end = _below_hundred(tokens, at)
    if value is None:
        if not (_text(tokens, at) in {"a", "an"} and _text(tokens, at + 1) in _MAGNITUDES):
            return None
        value, end = 1, at + 1
    total, current = 0, value
    while (magnitude := _MAGNITUDES.get(_text(tokens, end), 0)) > 0:
        current *= magnitude
        end += 1
        if magnitude >= 1_000:
            total, current = total + current, 0
        after = end + (_text(tokens, end) == "and")
        more, more_end = _below_hundred(tokens, after)
        if more is None:
            break
        current, end = current + more, more_end
    return total + current, end


def _below_hundred(tokens: Sequence[Token], at: int) -> tuple[int | None, int]:
    word = _text(tokens, at)
    if word in TEENS:
        return TEENS[word], at + 1
    if word in TENS:
        end = at + 1 + (_text(tokens, at + 1) == "-")
        unit = DIGIT_WORDS.get(_text(tokens, end), "0")
        return (TENS[word] + int(unit), end + 1) if unit != "0" else (TENS[word], at + 1)
    if word in DIGIT_WORDS and word != "oh":
        return int(DIGIT_WORDS[word]), at + 1
    if word.isdecimal() and len(word) <= 3 and _text(tokens, at + 1) in _MAGNITUDES:
        return int(word), at + 1
    return None, at


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def read_piece(tokens: Sequence[Token], at: int) -> Piece | None:
    """The number or letter that begins at a token, or None."""
    word = tokens[at].text
    if len(word) > _CODE_LETTERS and word not in _BEGINNINGS and not word[0].isdecimal():
        return None  # most words, at once
    if word[0].isdecimal():
        return _typed(tokens, at)
    if word in _TIMES:
        digit = _one_digit(tokens, at + 1)
        return Piece(digit * _TIMES[word], at, at + 2, PieceKind.DIGIT) if digit else None
    if (number := read_number(tokens, at)) is not None:
        return _counted(tokens, at, *number)
    if word in DIGIT_WORDS:
        return Piece(DIGIT_WORDS[word], at, at + 1, PieceKind.DIGIT)
    return _lettered(tokens, at)


def _lettered(tokens: Sequence[Token], at: int) -> Piece | None:
    word = tokens[at].text
    if len(word) == 1 and "a" <= word <= "z":
        return Piece(word.upper(), at, _spelled_until(tokens, at), PieceKind.LETTER)
    if 2 <= len(word) <= _CODE_LETTERS and _begins_code(tokens, at):
        return Piece(word.upper(), at, at + 1, PieceKind.LETTER)
    return None


def _begins_code(tokens: Sequence[Token], at: int) -> bool:
    """Whether letters are written together with digits: "bk-7492", "dk12"; not "ssn5678"."""
    word = tokens[at].text
    has_dash = _text(tokens, at + 1) == "-"
    after = at + 1 + has_dash
    if word in _LABELS or not (word.isascii() and word.isalpha() and after < len(tokens)):
        return False
    is_written_on = tokens[after].start == tokens[at].end + has_dash
    is_code = has_dash or not set(word) & _VOWELS
    return is_written_on and is_code and tokens[after].text[0].isdecimal()


def _typed(tokens: Sequence[Token], at: int) -> Piece | None:
    if _text(tokens, at + 1) in _SUFFIXES:
        return None  # an ordinal
    if _text(tokens, at + 1) in _MAGNITUDES and (number := read_number(tokens, at)):
        return Piece(str(number[0]), at, number[1], PieceKind.CARDINAL)
    digits = "".join(str(unicodedata.digit(s)) for s in tokens[at].text if s.isdecimal())
    plain = len(digits) == len(tokens[at].text)
    kind = PieceKind.TYPED if plain else PieceKind.CARDINAL
    return Piece(digits, at, at + 1, kind)


def _counted(tokens: Sequence[Token], at: int, value: int, end: int) -> Piece:
    if value < 10 and end == at + 1:
        return Piece(str(value), at, end, PieceKind.DIGIT)
    kind = PieceKind.NUMBER if value < 100 else PieceKind.CARDINAL
    return Piece(str(value), at, end, kind)


def _one_digit(tokens: Sequence[Token], at: int) -> str:
    word = _text(tokens, at)
    if word == "o":
        return "0"
    return DIGIT_WORDS.get(word, word if word.isdecimal() and len(word) == 1 else "")


def _spelled_until(tokens: Sequence[Token], at: int) -> int:
    """The token after a spelled letter: "b as in boy" is one."""
    for words in _SPELLING:
        after = at + 1 + len(words)
        said = tuple(_text(tokens, at + 1 + n) for n in range(len(words)))
        example = _text(tokens, after)
        if said == words and len(example) > 1 and example[0] == tokens[at].text:
            return after + 1
    return at + 1
