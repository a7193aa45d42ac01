"""Reads spoken and typed numbers: tokens, then pieces ("double four"), then runs of dictation.

Recognised English is lower case without punctuation; typed text works too. Offsets are
characters of the text, half open; a run's `text` is what was dictated, "BK7492".
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
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
_MAGNITUDES: Final = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
# What recognition hears instead of a digit; read as one only among dictated digits.
HOMOPHONES: Final = {"to": "2", "too": "2", "for": "4", "fore": "4", "won": "1", "ate": "8"}
FILLERS: Final = words("uh um er erm eh ah hmm mm dash hyphen minus space stroke slash")
LINKS: Final = words("and then")
_SIGNS: Final = frozenset("-–—.,/():+#·")
_SUFFIXES: Final = words("st nd rd th")
_SPELLING: Final = (("as", "in"), ("for",), ("like",), ("as",))
_PHONE_GROUPS: Final = frozenset({(3, 7), (1, 10)})  # area code, country code and the rest
_WHOLE: Final = 3  # digits dictated one by one that are a number of their own
_PAIR: Final = 2
_SHORT_WORD: Final = 5  # letters of what a digit is misheard as
_CODE_LETTERS: Final = 3
_VOWELS: Final = frozenset("aeiou")
_LABELS: Final = words(
    "ssn ss pin cvv cvc no nr num ph tel acc ac zip cc id dob mob otp ref st th nd rd"
)
_LONG_GROUP: Final = 5  # digits of a typed group that stands for itself


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


class Run(NamedTuple):
    """Numbers and letters dictated in one go."""

    pieces: tuple[Piece, ...]
    start: int
    end: int
    text: str  # digits and capital letters

    @property
    def first(self) -> int:
        """Its first token."""
        return self.pieces[0].first

    @property
    def last(self) -> int:
        """The token after it."""
        return self.pieces[-1].last

    def moved(self, tokens: int) -> "Run":
        """The run in a text that has so many tokens more before it."""
        pieces = tuple(
            piece._replace(first=piece.first + tokens, last=piece.last + tokens)
            for piece in self.pieces
        )
        return self._replace(pieces=pieces)

    @property
    def digits(self) -> str:
        """Its digits only."""
        return "".join(sign for sign in self.text if sign.isdigit())

    @property
    def is_one_by_one(self) -> bool:
        """Whether it was said digit by digit, so that it counts nothing."""
        kinds = {piece.kind for piece in self.pieces}
        return kinds == {PieceKind.DIGIT} or all(
            piece.kind is PieceKind.DIGIT
            or (piece.kind is PieceKind.TYPED and len(piece.text) == 1)
            for piece in self.pieces
        )


def find_runs(tokens: Sequence[Token]) -> list[Run]:
    """All runs of a text that hold a digit, in order."""
    return [
        run
        for group in _grouped(tokens)
        for part in _parted(tokens, group)
        if (run := _run(tokens, part)).digits
    ]


def _grouped(tokens: Sequence[Token]) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    at = 0
    while at < len(tokens):
        piece = read_piece(tokens, at)
        if piece is None:
            at += 1
            continue
        if group and not _joins(tokens, group, piece):
            yield group
            group = []
        if group and (heard := _misheard_between(tokens, group[-1], piece)):
            group.append(heard)
        group.append(piece)
        at = piece.last
    if group:
        yield group


def _parted(tokens: Sequence[Token], group: list[Piece]) -> Iterator[list[Piece]]:
    """A group cut at each "and" with whole numbers, three digits or more, on both sides."""
    start = 0
    for at in range(1, len(group)):
        between = tokens[group[at - 1].last : group[at].first]
        sizes = (_size(group[start:at]), _size(group[at:]))
        if min(sizes) >= _WHOLE and any(token.text in LINKS for token in between):
            yield _trimmed(group[start:at])
            start = at
    yield _trimmed(group[start:])


def _size(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces)


def _joins(tokens: Sequence[Token], group: Sequence[Piece], new: Piece) -> bool:
    old = group[-1]
    between = [token.text for token in tokens[old.last : new.first]]
    if not between:
        return _adjacent(tokens, group, new)
    if all(word in FILLERS or word in _SIGNS for word in between):
        return len(between) <= 3
    one_by_one = _is_digit(old) and _is_digit(new)
    rest = [word for word in between if word not in FILLERS and word not in _SIGNS]
    if all(word in LINKS for word in rest):
        return one_by_one
    return one_by_one and _is_bridged(tokens, group, new, rest)


def _is_bridged(
    tokens: Sequence[Token], group: Sequence[Piece], new: Piece, between: Sequence[str]
) -> bool:
    """Whether words amid digits are a digit that was misheard, or were heard where none was."""
    if len(between) != 1:
        return False
    word = between[0]
    old = group[-1]
    if word in HOMOPHONES:
        return not (tokens[old.first].text.isdecimal() or tokens[new.first].text.isdecimal())
    before, after = _size(group), _digits_from(tokens, new)
    if word in _INSERTED:
        return min(before, after) >= _PAIR
    if word in _CLAUSE_WORDS:
        return False
    return before + after >= (_WHOLE if len(word) <= _SHORT_WORD else 2 * _WHOLE)


def _digits_from(tokens: Sequence[Token], piece: Piece) -> int:
    """How many digits are dictated in one go from a piece on."""
    digits, following = 0, piece
    while _is_digit(following):
        digits += len(following.text)
        if following.last >= len(tokens):
            break
        after = read_piece(tokens, following.last)
        if after is None:
            break
        following = after
    return digits


def _adjacent(tokens: Sequence[Token], group: Sequence[Piece], new: Piece) -> bool:
    """Whether a piece right behind a group belongs to it: long typed groups stand alone."""
    old = group[-1]
    if tokens[old.last - 1].end == tokens[new.first].start:
        return True
    if not (old.kind is new.kind is PieceKind.TYPED):
        return True
    if (len(old.text), len(new.text)) in _PHONE_GROUPS:
        return True
    sizes = sorted((len(old.text), len(new.text)))
    return sizes[1] < _LONG_GROUP and sizes[1] - sizes[0] <= (sizes[0] > 1)


def _is_digit(piece: Piece) -> bool:
    return piece.kind is PieceKind.DIGIT or (piece.kind is PieceKind.TYPED and len(piece.text) == 1)


_INSERTED: Final = words("the a i it so like that uh")
_CLAUSE_WORDS: Final = words(
    "is are was my the or not no please with from in on at it its it's i you by of last first "
    "digit digits card credit debit account acc ac ssn social policy claim phone mobile email zip "
    "pin name number date order booking time amount model year code ending"
)


def _misheard_between(tokens: Sequence[Token], old: Piece, new: Piece) -> Piece | None:
    for at in range(old.last, new.first):
        if digit := HOMOPHONES.get(tokens[at].text):
            return Piece(digit, at, at + 1, PieceKind.DIGIT)
    return None


def _trimmed(group: list[Piece]) -> list[Piece]:
    """A group without the words "a" and "i" at its ends: they are hardly letters there."""
    words = {"A", "I"}
    while len(group) > 1 and group[0].text in words and group[0].last - group[0].first == 1:
        group = group[1:]
    while len(group) > 1 and group[-1].text in words and group[-1].last - group[-1].first == 1:
        group = group[:-1]
    return group


def _run(tokens: Sequence[Token], pieces: Sequence[Piece]) -> Run:
    text = "".join(piece.text for piece in pieces)
    if {sign for sign in text if not sign.isdigit()} == {"O"} and len(text) > 1:
        text = text.replace("O", "0")
    start, end = tokens[pieces[0].first].start, tokens[pieces[-1].last - 1].end
    return Run(tuple(pieces), start, end, text)
