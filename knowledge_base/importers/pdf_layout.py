"""Turns the lines of a PDF into headings, lists and paragraphs; pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import msgspec

from knowledge_base.importers.text import as_markdown

_LARGER: Final = 1.15  # times the size of the text: a heading
_LONGEST_HEADING: Final = 160
_APART: Final = 1.7  # times its size below the line before: a new paragraph
_HEADINGS_APART: Final = 1.4
_REPEATS: Final = 2  # on so many pages, and on half of all: a running head
_EDGE: Final = 2  # so many lines from the top or the foot of a page it stands
_OPENING: Final = 3  # blocks: a letterhead may stand before the title
_BULLET: Final = re.compile(r"^[•●▪◦‣·*–-]\s+")
_NUMBERED: Final = re.compile(r"^\d{1,3}[.)]\s+")
_FIGURES: Final = re.compile(r"\d+")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it is set: its text, the size of its letters, and its height on the page."""

    page: int
    text: str
    size: float
    y: float


def without_running_heads(lines: Sequence[Line]) -> list[Line]:
    """The lines without what stands at the edge of most pages: heads, feet, page numbers."""
    by_page = [list(page) for _, page in groupby(lines, key=lambda line: line.page)]
    edges = [{_place(line) for line in _edge(page)} for page in by_page]
    seen = Counter(place for edge in edges for place in edge)
    running = {place for place, pages in seen.items() if pages >= max(_REPEATS, len(edges) / 2)}
    return [
        line
        for page, edge in zip(by_page, edges, strict=True)
        for line in page
        if _place(line) not in running & edge
    ]


def as_article_text(lines: Sequence[Line]) -> tuple[str, str]:
    """The title (the largest heading, where it opens the text; else empty), and the Markdown."""
    levels = _heading_levels(lines)
    blocks = _blocks(lines, levels)
    title = ""
    for at, (level, block) in enumerate(blocks[:_OPENING]):
        if level == 1:
            title = " ".join(line.text for line in block)
            del blocks[at]
            break
    top = 1 if any(level == 1 for level, _ in blocks) else 0
    return title, "\n\n".join(
        _markdown(level + top if level else 0, block) for level, block in blocks
    )


def _heading_levels(lines: Sequence[Line]) -> dict[float, int]:
    """Sizes larger than that of most text, with the level of heading each is."""
    text_size = _text_size(lines)
    sizes = {line.size for line in lines}
    larger = sorted((size for size in sizes if size >= text_size * _LARGER), reverse=True)
    return {size: min(level, 6) for level, size in enumerate(larger, start=1)}


def _text_size(lines: Iterable[Line]) -> float:
    """The size that most letters have."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[line.size] += len(line.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def _blocks(lines: Sequence[Line], levels: dict[float, int]) -> list[tuple[int, list[Line]]]:
    """Lines that belong together, each with the level of its heading; 0: text."""
    blocks: list[tuple[int, list[Line]]] = []
    before: Line | None = None
    for line in lines:
        level = levels.get(line.size, 0) if len(line.text) <= _LONGEST_HEADING else 0
        if (
            before
            and blocks[-1][0] == level
            and not _starts_block(before, line, is_heading=level > 0)
        ):
            blocks[-1][1].append(line)
        else:
            blocks.append((level, [line]))
        before = line
    return blocks


def _starts_block(before: Line, line: Line, *, is_heading: bool) -> bool:
    if line.size != before.size and is_heading:
        return True
    if _BULLET.match(line.text) or _NUMBERED.match(line.text):
        return True
    if line.page != before.page:
        return is_heading or before.text.rstrip().endswith((".", "!", "?", ":"))
    apart = _HEADINGS_APART if is_heading else _APART
    return before.y - line.y > apart * max(line.size, before.size) or line.y > before.y


def _markdown(level: int, block: Sequence[Line]) -> str:
    text = " ".join(line.text for line in block)
    if level:
        return f"{'#' * min(level, 6)} {as_markdown(text)}"
    if bullet := _BULLET.match(text):
        return f"- {as_markdown(text[bullet.end() :])}"
    if number := _NUMBERED.match(text):
        return f"{number[0].strip()} {as_markdown(text[number.end() :])}"
    return as_markdown(text)


def _edge(page: Sequence[Line]) -> list[Line]:
    """What stands highest and lowest on a page."""
    by_height = sorted(page, key=lambda line: line.y)
    return [*by_height[:_EDGE], *by_height[-_EDGE:]]


def _place(line: Line) -> tuple[str, int]:
    """The text, whatever page number is in it, and where it stands."""
    return _FIGURES.sub("#", line.text), round(line.y)
