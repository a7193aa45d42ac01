"""Reads PDF files: a file is an article; what is set larger than the text is a heading."""

import logging
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, Any, Final
from zlib import error as DeflateError  # noqa: N812

from pypdf import PageObject, PdfReader, apply_configuration
from pypdf.errors import PyPdfError

from knowledge_base.article import MAX_ARTICLE_BYTES, Article
from knowledge_base.errors import ArticleError, PageError
from knowledge_base.importers.importer import Found, Page, SourceFile
from knowledge_base.importers.pdf_layout import Line, as_article_text, without_running_heads
from knowledge_base.importers.record import checked, slug
from knowledge_base.importers.text import one_line, without_controls

_BULLET: Final = "\x7f"  # what PDF 1.7, D.2, makes of codes that name no character
# It warns of every small fault that it mends; what it cannot mend is an error, and told.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

MAX_PDF_BYTES: Final = 100_000_000
MAX_PAGES: Final = 1_000
# Of one page, in bytes and marks; a page of dense text has a hundredth of it.
_LIMITS: Final[dict[str, Any]] = {
    "zlib_maximum_output_length": 10_000_000,
    "lzw_maximum_output_length": 10_000_000,
    "run_length_maximum_output_length": 10_000_000,
    "brotli_maximum_output_length": 10_000_000,
    "stream_parsing_work_maximum_count": 500_000,
}
_NO_TITLE: Final = ("untitled", "(", "microsoft word", "document")
# What the reader raises on files that are not what they say they are.
_MALFORMED: Final = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    DeflateError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


class PdfImporter:
    """PDF files with text; a scan, which has only pictures of it, is refused."""

    max_bytes = MAX_PDF_BYTES

    def read(self, file: SourceFile) -> Iterator[Found]:
        """Yield the article."""
        source = str(file.name)
        with file.open() as stream, apply_configuration(**_LIMITS):
            lines, named = _read(stream, source=source)
        if not lines:
            raise ArticleError(source=source, line=1, reason="has no text: is it a scan?")
        title, body = as_article_text(without_running_heads(lines))
        article = Article(
            article_id=slug(file.name.stem),
            title=title or named or _named(file.name),
            body=body,
        )
        yield Page(article=checked(article, source=source), keeps_unknown_links=False)


def _read(stream: IO[bytes], *, source: str) -> tuple[list[Line], str]:
    """The lines of all pages, and the title that the file says it has."""
    page = 1
    try:
        reader = PdfReader(stream)
        if reader.is_encrypted and not reader.decrypt(""):
            reason = "has a password: save it without one"
            raise ArticleError(source=source, line=1, reason=reason)
        count = len(reader.pages)
        if count > MAX_PAGES:
            reason = f"has {count:,} pages, more than {MAX_PAGES:,}: split it"
            raise ArticleError(source=source, line=1, reason=reason)
        lines: list[Line] = []
        letters = 0
        for page in range(1, count + 1):
            read = _lines(reader.pages[page - 1], number=page)
            letters += sum(len(line.text) for line in read)
            if letters > MAX_ARTICLE_BYTES:
                raise PageError(source=source, line=page, reason="is too long an article: split it")
            lines += read
        return lines, _title(reader)
    except _MALFORMED as error:
        reason = f"cannot be read as PDF: {error}"
        raise PageError(source=source, line=page, reason=reason) from error


def _lines(page: PageObject, *, number: int) -> list[Line]:
    """The lines of a page from its top, with the size and the height each is set at."""
    lines: list[Line] = []
    pieces: list[tuple[str, float, float]] = []  # of the line being read

    def end_line() -> None:
        joined = "".join(piece for piece, _, _ in pieces)
        text = one_line(without_controls(joined.replace(_BULLET, "•")))
        if text:
            _, size, y = max(pieces, key=lambda piece: len(piece[0].strip()))
            lines.append(Line(page=number, text=text, size=round(size * 2) / 2, y=y))
        pieces.clear()

    def visit(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        scale = (abs(tm[3]) or abs(tm[1]) or 1.0) * (abs(cm[3]) or abs(cm[1]) or 1.0)
        y = tm[5] * cm[3] + cm[5]
        for position, piece in enumerate(text.split("\n")):
            if position:
                end_line()
            if piece:
                pieces.append((piece, size * scale, y))

    page.extract_text(visitor_text=visit)
    end_line()
    return lines


def _title(reader: PdfReader) -> str:
    told = one_line(str((reader.metadata and reader.metadata.title) or ""))
    return "" if told.lower().startswith(_NO_TITLE) else told


def _named(name: PurePosixPath) -> str:
    return one_line(name.stem.replace("_", " "))
