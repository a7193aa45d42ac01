"""Joins what was dictated in one go: digits with fillers, pauses and misheard words in between.

A run's `text` is what was dictated, "BK7492"; offsets are characters of the text, half open.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from assist_engine.understanding.spoken import (
    FILLERS,
    HOMOPHONES,
    LINKS,
    Piece,
    PieceKind,
    Token,
    read_piece,
    words,
)

_PHONE_GROUPS: Final = frozenset({(3, 7), (1, 10)})  # area code, country code and the rest
_WHOLE: Final = 3  # digits dictated one by one that are a number of their own
_PAIR: Final = 2
_SHORT_WORD: Final = 5  # letters of what a digit is misheard as
_LONG_GROUP: Final = 5  # digits of a typed group that stands for itself
_SIGNS: Final = frozenset("-–—.,/():+#·")


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
