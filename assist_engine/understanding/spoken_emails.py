"""Reads e-mail addresses: written, dictated ("j o n at gmail dot com"), or typed without signs."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from assist_engine.understanding.spoken import Piece, PieceKind, Token, read_piece, words

_WRITTEN: Final = re.compile(
    r"[A-Za-z0-9](?:[\w.+%-]*[\w+%-])? ?@ ?[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)+"
)
_VALID: Final = re.compile(
    r"[a-z0-9_+%-]+(?:\.[a-z0-9_+%-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}"
)
_PROVIDERS: Final = words(
    "gmail yahoo hotmail outlook icloud aol live msn proton protonmail googlemail mail ymail "
    "email rediffmail gmx comcast verizon"
)
_JOINED: Final = re.compile(
    r"(?P<local>.*?)(?P<host>(?:g|gm|gmai|gmal|ga|gai|hot|rediff?|reddiff|y|proton|e)?mail?|gamil|"
    r"gmil|yaho+|outlook|icloud|aol|live|msn|comcast|att|verizon|google|optonline)"
    r"(?P<top>\.?(?:com?|con|cvom|net|org|in|couk|coin))"
)
_ENDS_LIKE_ONE: Final = re.compile(r"[a-z][a-z0-9_]{4,}com|[a-z][a-z0-9_]{3,}(?:gov|edu|org)")
_ENDINGS: Final = ("com", "co", "con", "cvom", "net", "org", "in", "uk", "gov", "edu")
_NO_ADDRESS: Final = words("telecom intercom sitcom dotcom welcom outcom becom incom")
_TOPS: Final = words("com net org edu gov co uk io de fr us ca in au eu info biz me tv")
_WELL_KNOWN: Final = words("gmail yahoo hotmail outlook icloud aol protonmail googlemail")
_COM: Final = words("com come calm comb con cam net")
_HEARD_AT: Final = words("at @ that add hat act had")
_JOINTS: Final = {
    "dot": ".",
    ".": ".",
    "underscore": "_",
    "_": "_",
    "dash": "-",
    "hyphen": "-",
    "minus": "-",
    "-": "-",
    "plus": "+",
    "+": "+",
}
_DOTS: Final = frozenset({"dot", "."})
_AT: Final = frozenset({"at", "@"})
_STOPS: Final = words(
    "is it's its it to my the email mail address and id e at on with of me i reach be send "
    "write no yes sure okay ok so um uh was contact number phone"
)


class EmailFound(NamedTuple):
    """An e-mail address in a text; start and end are characters."""

    value: str
    is_valid: bool
    start: int
    end: int


def find_emails(text: str, tokens: Sequence[Token]) -> Iterator[EmailFound]:
    """All addresses, in order within each way of giving them."""
    written = list(_WRITTEN.finditer(text)) if "@" in text else []
    for match in written:
        value = match[0].replace(" ", "").lower()
        yield EmailFound(value, _VALID.fullmatch(value) is not None, *match.span())
    for at, token in enumerate(tokens):
        if any(match.start() <= token.start < match.end() for match in written):
            continue
        found = None
        if token.text in _AT:
            found = _dictated(tokens, at)
        elif len(token.text) > 3 or token.text == "com":
            found = _unsigned(tokens, at)
        if found is not None:
            yield found


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def _dictated(tokens: Sequence[Token], at: int) -> EmailFound | None:
    """The address around the word "at": its domain must end in a dot and a word."""
    domain, end = _domain(tokens, at + 1)
    local, first = _local(tokens, at - 1)
    if not domain or not local:
        return None
    value = f"{local}@{domain}"
    return EmailFound(
        value, _VALID.fullmatch(value) is not None, tokens[first].start, tokens[end - 1].end
    )


def _domain(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """The domain said from a token on, and the token after it; empty where there is none."""
    labels: list[str] = []
    while True:
        label, at = _label(tokens, at)
        if not label:
            return "", at
        labels.append(label)
        if _word(tokens, at) not in _DOTS or _ends_sentence(tokens, at):
            break
        if len(labels) > 1 and labels[-1] not in _TOPS:
            break
        at += 1
    return (".".join(labels), at) if len(labels) > 1 else ("", at)


def _ends_sentence(tokens: Sequence[Token], at: int) -> bool:
    """Whether a written dot has nothing right behind it."""
    is_written = tokens[at].text == "."
    return is_written and (at + 1 == len(tokens) or tokens[at + 1].start > tokens[at].end)


def _label(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """One part of a domain: a word, spelled letters, digits, parts with dashes."""
    said = ""
    while at < len(tokens):
        word = tokens[at].text
        if word in _DOTS or word in {",", "@"}:
            break
        if word in _JOINTS and said:
            said, at = said + _JOINTS[word], at + 1
            continue
        piece = read_piece(tokens, at)
        if piece is not None:
            said, at = said + piece.text.lower(), piece.last
            continue
        if said and not said.endswith(("-", "_")):
            break
        said, at = said + word, at + 1
        if _word(tokens, at) not in _JOINTS:
            break
    return said.replace("'", ""), at


def _local(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """What stands before the "at", read backwards; and its first token."""
    parts: list[str] = []
    first = at + 1
    while at >= 0:
        word = tokens[at].text
        if word in _JOINTS:
            parts.append(_JOINTS[word])
            first, at = at, at - 1
            continue
        piece = _piece_ending(tokens, at)
        if not piece and (word in _STOPS or not word.isalnum()):
            break
        if parts and parts[-1] not in _JOINTS.values() and not _goes_on(parts, piece):
            break
        parts.append(piece.text.lower() if piece else word)
        first = piece.first if piece else at
        at = first - 1
    return "".join(reversed(parts)).strip(".-+"), first


def _piece_ending(tokens: Sequence[Token], at: int) -> Piece | None:
    """The number or letter whose last token this is, the longest."""
    for first in range(max(0, at - 3), at + 1):
        piece = read_piece(tokens, first)
        if piece is not None and piece.last == at + 1:
            return piece
    return None


def _goes_on(parts: Sequence[str], piece: Piece | None) -> bool:
    """Whether something before what was read belongs to it: "j o n", "roger 902"."""
    newest = parts[-1]
    if newest.isdigit():
        return True
    return len(newest) == 1 and piece is not None and piece.kind is PieceKind.LETTER


def _unsigned(tokens: Sequence[Token], at: int) -> EmailFound | None:
    """An address whose signs were not typed or not heard: "roger 902 gmailcom"."""
    word = tokens[at].text
    if word not in _PROVIDERS and not word.endswith(_ENDINGS):
        return None
    joined = _JOINED.fullmatch(word)
    if joined is not None:
        value, first, end = _of_joined(tokens, at, joined)
    elif tokens[at].text in _PROVIDERS and _provider_end(tokens, at):
        end = _provider_end(tokens, at)
        local, first = _local(tokens, at - 1 - (_word(tokens, at - 1) in _HEARD_AT))
        top = tokens[end - 1].text
        value = f"{local}@{tokens[at].text}.{top if top in _TOPS else 'com'}"
    elif _ENDS_LIKE_ONE.fullmatch(tokens[at].text) and tokens[at].text not in _NO_ADDRESS:
        value, first, end = tokens[at].text, at, at + 1
    elif tokens[at].text == "com" and at and _word(tokens, at - 1).isdecimal():
        local, first = _local(tokens, at - 1)
        value, end = f"{local}com", at + 1
    else:
        return None
    if value.startswith("@"):
        return None
    is_valid = _VALID.fullmatch(value) is not None
    return EmailFound(value, is_valid, tokens[first].start, tokens[end - 1].end)


def _of_joined(tokens: Sequence[Token], at: int, joined: re.Match[str]) -> tuple[str, int, int]:
    local, first = joined["local"], at
    if not local:
        local, first = _local(tokens, at - 1 - (_word(tokens, at - 1) in _AT))
    elif _word(tokens, at - 1).isdecimal():
        before, first = _local(tokens, at - 1)
        local = before + local
    if not local:
        first = at
    top = {"couk": "co.uk", "coin": "co.in", "con": "com", "cvom": "com", "co": "co"}
    ending = joined["top"].lstrip(".")
    return f"{local or 'x'}@{joined['host']}.{top.get(ending, ending)}", first, at + 1


def _provider_end(tokens: Sequence[Token], at: int) -> int:
    """The token after "gmail com", "gmail dot com", "gmail got calm"; 0 where it is not said."""
    for end in (at + 2, at + 3):
        if tokens[at].text in _WELL_KNOWN and _word(tokens, end - 1) in _COM:
            return end
    top = at + 1 + (_word(tokens, at + 1) in _DOTS)
    return top + 1 if _word(tokens, top) in _TOPS - {"in", "me", "us", "co"} else 0
