"""Reads JSON lines: articles, or golden questions; never both in one file."""

from collections.abc import Iterator
from enum import Enum
from typing import IO, Any, Final

import msgspec

from knowledge_base.errors import ArticleError
from knowledge_base.evaluate import GoldenQuestion
from knowledge_base.importers.importer import Found, Page, SourceFile
from knowledge_base.importers.record import article_of
from knowledge_base.importers.text import encoding_of

MAX_LINES_BYTES: Final = 500_000_000
MAX_LINE_BYTES: Final = 8_000_000  # an article of the longest text, every character escaped
_WANTED: Final = (
    'wanted are articles like {"id": …, "title": …, "body": …}'
    ' or golden questions like {"question": …, "articles": […]}'
)


class _Kind(Enum):
    ARTICLE = "an article"
    QUESTION = "a golden question"


class JsonLinesImporter:
    """A line is an article or a golden question; the first says which the file holds."""

    max_bytes = MAX_LINES_BYTES

    def read(self, file: SourceFile) -> Iterator[Found]:
        """Yield articles with broken lines between them; golden questions are all or nothing."""
        source = str(file.name)
        found: list[Found] = []  # given only when the whole file is of one kind
        first: _Kind | None = None
        with file.open() as stream:
            for number, line in _lines(stream, source=source):
                try:
                    values = _object(line, source=source, line=number)
                    kind = _kind(values, source=source, line=number)
                    first = first or kind
                    if kind is not first:
                        raise _Mixed(first, kind, source=source, line=number)
                    found.append(_read(kind, values, source=source, line=number))
                except _Mixed:
                    raise
                except ArticleError as error:
                    if first is _Kind.QUESTION:
                        raise
                    found.append(error)
        errors = [one for one in found if isinstance(one, ArticleError)]
        if errors and first is not _Kind.ARTICLE:
            raise errors[0]
        if not found:
            raise ArticleError(source=source, line=1, reason=f"holds nothing: {_WANTED}")
        yield from found


class _Mixed(ArticleError):
    """A file holds lines of two kinds."""

    def __init__(self, first: _Kind, other: _Kind, *, source: str, line: int) -> None:
        reason = f"is {other.value}, but the file began with {first.value}: write them to two files"
        super().__init__(source=source, line=line, reason=reason)


def _lines(stream: IO[bytes], *, source: str) -> Iterator[tuple[int, bytes]]:
    """Lines with their number, blank ones left out; of one that is too long only its start."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        rest = line
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE_BYTES + 1)
        if number == 1:
            if encoding_of(line) == "utf-16":
                raise ArticleError(source=source, line=1, reason="is not UTF-8: save it as UTF-8")
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield number, line


def _object(text: bytes, *, source: str, line: int) -> dict[str, Any]:
    try:
        if len(text) > MAX_LINE_BYTES:
            reason = f"is longer than {MAX_LINE_BYTES:,} bytes"
            raise ArticleError(source=source, line=line, reason=reason)
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ArticleError(
            source=source, line=line, reason=f"is no JSON object: {error}"
        ) from error


def _kind(values: dict[str, Any], *, source: str, line: int) -> _Kind:
    if "question" in values and not {"title", "body"} & values.keys():
        return _Kind.QUESTION
    if {"title", "body"} & values.keys():
        return _Kind.ARTICLE
    raise ArticleError(source=source, line=line, reason=_WANTED)


def _read(kind: _Kind, values: dict[str, Any], *, source: str, line: int) -> Found:
    if kind is _Kind.ARTICLE:
        return Page(article=article_of(values, source=source, line=line), line=line)
    try:
        return msgspec.convert(values, type=GoldenQuestion)
    except msgspec.ValidationError as error:
        raise ArticleError(source=source, line=line, reason=str(error)) from error
