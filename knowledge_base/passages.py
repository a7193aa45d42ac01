"""Cuts an article into passages a person can read at a glance; headings are kept as context.

A passage is plain text (no Markdown marks) that knows its place in the article's body.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge_base.article import Article

TARGET_CHARS: Final = 420  # a card shows about this much; the model reads about 1,000
# Not after the number that opens a step, "1. ".
_SENTENCE_END: Final = re.compile(
    r"(?<=[.!?])(?<!^\d\.)(?<!^\d\d\.)[\"')\]]?\s+(?=[A-Z0-9\"'(•])|\n+", re.MULTILINE
)
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A searchable piece: plain `text`, found at `start`–`end` (characters) of the body."""

    heading: str  # headings above it, "A › B"; empty before the first
    text: str
    start: int
    end: int


class _Block(msgspec.Struct, frozen=True):
    text: str
    first_line: int
    end_line: int


def cut(article: Article) -> tuple[Passage, ...]:
    """Passages of an article in reading order; none spans two headings."""
    offsets = _line_offsets(article.body)
    passages: list[Passage] = []
    for heading, blocks in _sections(article):
        for group in _groups(blocks):
            start = offsets[group[0].first_line]
            end = min(offsets[group[-1].end_line], len(article.body))
            raw = article.body[start:end]
            passages.append(
                Passage(
                    heading=heading,
                    text="\n".join(block.text for block in group),
                    start=start,
                    end=start + len(raw.rstrip()),
                )
            )
    return tuple(passages)


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Half-open spans of the sentences of a passage's text, in order."""
    spans: list[tuple[int, int]] = []
    start = 0
    for mark in _SENTENCE_END.finditer(text):
        end = mark.start() + len(mark[0].rstrip())
        spans.append((start, end))
        start = mark.end()
    spans.append((start, len(text)))
    return tuple((start, end) for start, end in spans if text[start:end].strip())


def _line_offsets(body: str) -> list[int]:
    offsets = [0]
    for line in body.split("\n"):
        offsets.append(offsets[-1] + len(line) + 1)
    return offsets


def _sections(article: Article) -> Iterator[tuple[str, list[_Block]]]:
    """Blocks under each heading path; the title itself is no part of the path."""
    tokens = _MARKDOWN.parse(article.body)
    path: dict[int, str] = {}
    blocks: list[_Block] = []
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            if blocks:
                yield _heading(path, article.title), blocks
                blocks = []
            level = int(token.tag[1])
            path = {depth: text for depth, text in path.items() if depth < level}
            path[level] = _inline(tokens[position + 1])
        elif block := _block(tokens, position):
            blocks.append(block)
    if blocks:
        yield _heading(path, article.title), blocks


def _heading(path: dict[int, str], title: str) -> str:
    return " › ".join(text for text in path.values() if text and text != title)


def _block(tokens: list[Token], position: int) -> _Block | None:
    """The readable block that starts at a token, or none."""
    token = tokens[position]
    if token.map is None:
        return None
    if token.type in {"fence", "code_block"}:
        text = token.content.rstrip()
    elif token.type == "tr_open":
        text = _row(tokens, position)
    elif token.type == "inline" and tokens[position - 1].type == "paragraph_open":
        text = _bullet(tokens, position) + _inline(token)
    else:
        return None
    return _Block(text, token.map[0], token.map[1]) if text.strip() else None


def _row(tokens: list[Token], position: int) -> str:
    cells: list[str] = []
    for token in tokens[position:]:
        if token.type == "tr_close":
            break
        if token.type == "inline":
            cells.append(_inline(token))
    return " · ".join(cell for cell in cells if cell)


def _bullet(tokens: list[Token], position: int) -> str:
    """The mark of a list item, where this paragraph opens one."""
    opener = tokens[position - 2] if position >= 2 else None
    if opener is None or opener.type != "list_item_open":
        return ""
    return f"{opener.info}. " if opener.info else "• "


def _inline(token: Token) -> str:
    return " ".join("".join(_words(token.children or ())).split())


def _words(children: Iterable[Token]) -> Iterator[str]:
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            yield " "
        elif child.type in {"text", "text_special", "code_inline", "image"}:
            yield child.content


def _groups(blocks: list[_Block]) -> Iterator[list[_Block]]:
    """Neighbouring blocks joined up to the target length."""
    group: list[_Block] = []
    length = 0
    for block in blocks:
        if group and length + len(block.text) > TARGET_CHARS:
            yield group
            group, length = [], 0
        group.append(block)
        length += len(block.text) + 1
    if group:
        yield group
