"""Bytes to text and text to Markdown, for every importer: nothing is guessed, nothing is lost."""

import codecs
import re
from collections.abc import Iterable
from typing import Final

from knowledge_base.errors import ArticleError
from knowledge_base.importers.importer import SourceFile

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Markdown would read as a mark within a line, and what it would at the start of one.
_MARK: Final = re.compile(
    r"[\\`*\[\]]"  # always
    r"|(?<![^\W_])_|_(?![^\W_])"  # not within a word
    r"|<(?=[A-Za-z/!?])|&(?=#?\w+;)|~(?=~)|\|"
)
_BLOCK_MARK: Final = re.compile(
    r"^(\s*)(#{1,6}(?=\s|$)|>|[-+=](?=\s|[-=]*\s*$)|~{3,})", re.MULTILINE
)
_CONTROL: Final = re.compile(r"[^\n\t\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMBERED: Final = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)", re.MULTILINE)


def encoding_of(start: bytes) -> str:
    """The encoding that the first bytes of a file announce; UTF-8 where they announce none."""
    return next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")


def read_bytes(file: SourceFile) -> bytes:
    """All of a file, never more than it said it has."""
    with file.open() as stream:
        return stream.read(file.size)


def decode(data: bytes, *, source: str) -> str:
    """Text with `\\n` between lines; raises `ArticleError` with the line that is not text."""
    try:
        text = data.decode(encoding_of(data))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ArticleError(
            source=source, line=line, reason="is not UTF-8 text: save it as UTF-8"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def as_markdown(text: str) -> str:
    """Plain text as Markdown that shows exactly it."""
    escaped = _MARK.sub(lambda found: "\\" + found[0], text)
    escaped = _BLOCK_MARK.sub(lambda found: f"{found[1]}\\{found[2]}", escaped)
    return _NUMBERED.sub(r"\1\\\2", escaped)


def without_controls(text: str) -> str:
    """Text without the characters that are none, which office programs leave behind."""
    return _CONTROL.sub("", text)


def one_line(text: str) -> str:
    """A text on one line, single spaces between its words."""
    return " ".join(text.split())


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts on one line each, empty ones and repeats left out, in order."""
    return tuple(dict.fromkeys(line for text in texts if (line := one_line(text))))
