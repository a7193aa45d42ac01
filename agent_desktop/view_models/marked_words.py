"""Words with marks: what was redacted reads as what it was, what an entity was named in is known.

The log holds placeholders such as `[CARD]` or `[CARD:4242]` (the last digits that may be kept);
people read "card number" and "card number …4242" in their language.
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from agent_desktop.translation import tr
from assist_engine.contract.values import EntityType, Redaction

_BESIDE: Final = "\N{NO-BREAK SPACE}"  # a name is never broken over two lines
_TYPES: Final = {kind.value.upper(): kind for kind in EntityType}
_PLACEHOLDER: Final = re.compile(r"\[(" + "|".join(_TYPES) + r")(?::([^\s\]]+))?\]")


class MarkKind(StrEnum):
    """Why words are marked."""

    REDACTED = "redacted"
    ENTITY = "entity"


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """Characters start..end of a text."""

    start: int
    end: int
    kind: MarkKind


class MarkedWords(msgspec.Struct, frozen=True, kw_only=True):
    """A text for the screen and its marks, in order."""

    text: str
    marks: tuple[Mark, ...] = ()

    @property
    def plain(self) -> str:
        """The text where nothing can be painted: names of what was redacted in brackets."""
        parts, at = [], 0
        for mark in self.marks:
            if mark.kind is MarkKind.REDACTED:
                parts += [self.text[at : mark.start], f"[{self.text[mark.start : mark.end]}]"]
                at = mark.end
        return "".join((*parts, self.text[at:])).replace(_BESIDE, " ")


def type_name(kind: EntityType) -> str:
    """A type of entity in the person's language."""
    names = {
        EntityType.ORDER: tr("order number"),
        EntityType.ACCOUNT: tr("account number"),
        EntityType.CARD: tr("card number"),
        EntityType.NATIONAL_ID: tr("national ID"),
        EntityType.PHONE: tr("phone number"),
        EntityType.EMAIL: tr("e-mail address"),
        EntityType.ADDRESS: tr("address"),
        EntityType.POSTCODE: tr("postcode"),
        EntityType.SECRET: tr("password or PIN"),
        EntityType.NUMBER: tr("number"),
        EntityType.DATE: tr("date"),
        EntityType.AMOUNT: tr("amount"),
        EntityType.PRODUCT: tr("product"),
        EntityType.PERSON: tr("name"),
    }
    return names[kind]


def marked(text: str, redactions: Sequence[Redaction] = ()) -> MarkedWords:
    """Put the names of what was redacted into a text.

    `redactions` say where; without them (quotes, partials) the placeholders themselves do.
    """
    parts: list[str] = []
    marks: list[Mark] = []
    length = at = 0
    for start, end, name in _redacted(text, redactions):
        parts += [text[at:start], name]
        length += start - at
        marks.append(Mark(length, length + len(name), MarkKind.REDACTED))
        length += len(name)
        at = end
    return MarkedWords(text="".join((*parts, text[at:])), marks=tuple(marks))


def readable(text: str) -> str:
    """A text for labels: placeholders become names in brackets."""
    return marked(text).plain if "[" in text else text


def mark_quotes(words: MarkedWords, quotes: Sequence[str]) -> MarkedWords:
    """Mark the words in which entities were named; what is marked already stays as it is."""
    marks = list(words.marks)
    for start, end in places_of(words.text, quotes):
        if not any(start < mark.end and mark.start < end for mark in marks):
            marks.append(Mark(start, end, MarkKind.ENTITY))
    return MarkedWords(text=words.text, marks=tuple(sorted(marks, key=lambda m: m.start)))


def places_of(text: str, quotes: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where quotes stand in a text, whatever the case; around placeholders, their pieces."""
    folded = text.casefold()
    for quote in quotes:
        at = 0
        for piece in _pieces(quote):
            start = folded.find(piece.casefold(), at)
            if start >= 0:
                at = start + len(piece)
                yield start, at


def has_placeholder(text: str) -> bool:
    """Whether something was redacted in it."""
    return _PLACEHOLDER.search(text) is not None


def _pieces(quote: str) -> Iterator[str]:
    for piece in _PLACEHOLDER.split(quote)[::3]:  # every third: a split gives groups between
        if piece.strip():
            yield piece.strip()


def _redacted(text: str, redactions: Sequence[Redaction]) -> Iterator[tuple[int, int, str]]:
    if not redactions:
        for found in _PLACEHOLDER.finditer(text):
            yield found.start(), found.end(), _name(_TYPES[found[1]], found[2] or "")
        return
    for redaction in sorted(redactions, key=lambda r: r.start):
        if redaction.start < redaction.end:  # else the policy dropped the words
            found_at = _PLACEHOLDER.fullmatch(text, redaction.start, redaction.end)
            kept = (found_at[2] or "") if found_at else ""
            yield redaction.start, redaction.end, _name(redaction.type, kept)


def _name(kind: EntityType, kept: str) -> str:
    name = type_name(kind)
    return (f"{name} …{kept}" if kept else name).replace(" ", _BESIDE)
