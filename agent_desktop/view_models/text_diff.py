"""What differs between two texts, line by line; marked with + and −, never by colour alone."""

import re
from difflib import SequenceMatcher
from enum import StrEnum

import msgspec

_WORD = re.compile(r"\S+")
AROUND = 3  # unchanged lines kept on each side of a change


class Change(StrEnum):
    """What became of a line; the value is its mark."""

    SAME = " "
    ADDED = "+"
    REMOVED = "\N{MINUS SIGN}"
    CUT = "⋯"  # unchanged lines that are left out


class DiffLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a comparison."""

    change: Change
    text: str


def compare(old: str, new: str) -> tuple[DiffLine, ...]:
    """The lines of both texts in order, with those far from any change left out."""
    before, after = old.splitlines(), new.splitlines()
    lines: list[DiffLine] = []
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for group in matcher.get_grouped_opcodes(AROUND):
        if lines or group[0][1] > 0:
            lines.append(DiffLine(change=Change.CUT, text=""))
        for kind, a, b, c, d in group:
            if kind == "equal":
                lines += [DiffLine(change=Change.SAME, text=line) for line in after[c:d]]
                continue
            lines += [DiffLine(change=Change.REMOVED, text=line) for line in before[a:b]]
            lines += [DiffLine(change=Change.ADDED, text=line) for line in after[c:d]]
    return tuple(lines)


def changed_words(old: str, new: str) -> tuple[tuple[int, int], ...]:
    """Where a line has other words than before, as (start, end) in the new one.

    A line that only lost words is marked at the word after the place.
    """
    words = [(found.start(), found.end()) for found in _WORD.finditer(new)]
    matcher = SequenceMatcher(
        a=[found[0] for found in _WORD.finditer(old)],
        b=[new[start:end] for start, end in words],
        autojunk=False,
    )
    spans = [
        (words[c][0], words[min(max(c, d - 1), len(words) - 1)][1])
        for kind, _, _, c, d in matcher.get_opcodes()
        if kind != "equal" and c < len(words)
    ]
    return tuple(spans) or ((0, len(new)),)


def counts(lines: tuple[DiffLine, ...]) -> tuple[int, int]:
    """How many lines were added and removed."""
    added = sum(line.change is Change.ADDED for line in lines)
    return added, sum(line.change is Change.REMOVED for line in lines)
