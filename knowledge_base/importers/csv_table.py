"""Reads tables: CSV with a header, its delimiter found from that, an article a row."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from knowledge_base.article import MAX_ARTICLE_BYTES
from knowledge_base.errors import ArticleError
from knowledge_base.importers.importer import Page, SourceFile
from knowledge_base.importers.record import LISTS, article_of
from knowledge_base.importers.text import encoding_of

MAX_TABLE_BYTES: Final = 500_000_000
_DELIMITERS: Final = ",;\t|"
_NAMES: Final = frozenset({"id", "title", "body", "variants", "tags", "locale", "products"})
_WANTED: Final = "a header with at least `id` and `title`, separated by , ; | or tabs"


class CsvImporter:
    """A row is an article. Lists are written with | between their entries, or as JSON."""

    max_bytes = MAX_TABLE_BYTES

    def read(self, file: SourceFile) -> Iterator[Page | ArticleError]:
        """Yield the articles, and what is wrong with the rows that are none."""
        source = str(file.name)
        # The library's limit is the whole process's; a text may be as long as an article.
        csv.field_size_limit(MAX_ARTICLE_BYTES)
        with file.open() as stream:
            encoding = encoding_of(stream.read(4))
            stream.seek(0)
            with io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
                yield from _rows(text, source=source)


def _rows(text: io.TextIOWrapper, *, source: str) -> Iterator[Page | ArticleError]:
    line, names = 1, list[str]()
    try:
        header = text.readline(MAX_ARTICLE_BYTES)
        delimiter = _delimiter(header)
        names = [_name(cell) for cell in next(csv.reader([header], delimiter=delimiter), [])]
        _check_header(names, source=source)
        rows = csv.reader(text, delimiter=delimiter, strict=True)
        line = 2
        for row in rows:
            if any(cell.strip() for cell in row):
                yield _row(names, row, source=source, line=line)
            line = rows.line_num + 2
    except csv.Error as error:
        raise ArticleError(source=source, line=line, reason=f"is no CSV: {error}") from error
    except UnicodeDecodeError as error:
        raise ArticleError(
            source=source, line=line, reason="is not UTF-8 text from here on: save it as UTF-8"
        ) from error


def _row(names: list[str], row: list[str], *, source: str, line: int) -> Page | ArticleError:
    try:
        if len(row) > len(names):
            reason = f"has {len(row)} cells, the header has {len(names)}"
            raise ArticleError(source=source, line=line, reason=reason)
        values = _values(dict(zip(names, row, strict=False)), source=source, line=line)
        return Page(article=article_of(values, source=source, line=line), line=line)
    except ArticleError as error:
        return error


def _values(cells: Mapping[str, str], *, source: str, line: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        if name in LISTS:
            values[name] = _entries(cell, name=name, source=source, line=line)
        elif name == "review_days" and cell.strip().isdecimal():
            values[name] = int(cell)
        elif name and cell.strip():
            values[name] = cell if name == "body" else cell.strip()
    return values


def _entries(cell: str, *, name: str, source: str, line: int) -> list[Any]:
    if not cell.lstrip().startswith("["):
        return cell.split("|")
    try:
        return msgspec.json.decode(cell, type=list[str | int])
    except msgspec.MsgspecError as error:
        reason = f"`{name}` is no list of texts in JSON: {error}"
        raise ArticleError(source=source, line=line, reason=reason) from error


def _delimiter(header: str) -> str:
    """The delimiter under which the header holds the most names we know."""

    def known(delimiter: str) -> int:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        return len(_NAMES & {_name(cell) for cell in cells})

    return max(_DELIMITERS, key=known)


def _check_header(names: list[str], *, source: str) -> None:
    if not {"id", "title"} <= set(names):
        raise ArticleError(source=source, line=1, reason=f"has no header: wanted is {_WANTED}")
    for name in names:
        if name and names.count(name) > 1:
            raise ArticleError(source=source, line=1, reason=f"the header has `{name}` twice")


def _name(cell: str) -> str:
    return cell.strip().lower()
