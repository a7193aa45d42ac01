"""Reads Word documents (DOCX): a document is an article, its name gives the id."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final
from xml.parsers.expat import ExpatError

import mammoth

from knowledge_base.article import Article
from knowledge_base.errors import ArticleError
from knowledge_base.importers.html_text import (
    clean,
    drop_opening_heading,
    parse_html,
    to_markdown,
)
from knowledge_base.importers.importer import Found, LeftOut, Page, SourceFile
from knowledge_base.importers.record import checked, slug
from knowledge_base.importers.source_files import ARCHIVE_ERRORS
from knowledge_base.importers.text import one_line, read_bytes

MAX_DOCX_BYTES: Final = 100_000_000  # most of it pictures, which are not read
MAX_XML_BYTES: Final = 20_000_000  # unpacked; the reader needs some twenty times of it
_OLD_WORD: Final = b"\xd0\xcf\x11\xe0"  # also what Word makes of a document with a password
_STYLES: Final = "p[style-name='Title'] => h1.title:fresh\np[style-name='Subtitle'] => h2:fresh"
# What the reader raises where the parts of a document are not what they should be.
_MALFORMED: Final = (
    *ARCHIVE_ERRORS,
    ExpatError,
    RuntimeError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


class DocxImporter:
    """Word documents: headings, lists, tables and links are kept; pictures leave their alt text."""

    max_bytes = MAX_DOCX_BYTES

    def read(self, file: SourceFile) -> Iterator[Found]:
        """Yield the document."""
        source = str(file.name)
        soup = parse_html(_html(read_bytes(file), source=source), source=source)
        title = soup.select_one("h1.title") or soup.select_one("h1")
        title_text = one_line(title.get_text()) if title else ""
        clean(soup)
        drop_opening_heading(soup, title_text)
        body = to_markdown(soup, source=source)
        if not body:
            yield LeftOut(source=source, reason="has no text")
            return
        article = Article(
            article_id=slug(file.name.stem), title=title_text or _named(file.name), body=body
        )
        yield Page(article=checked(article, source=source), keeps_unknown_links=False)


def _html(document: bytes, *, source: str) -> str:
    try:
        data = io.BytesIO(document)
        _check_parts(data, source=source)
        # No picture is looked at: a link to a file beside the document is never followed.
        result = mammoth.convert_to_html(
            data,
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(_nothing),
            external_file_access=False,
        )
    except _MALFORMED as error:
        raise ArticleError(
            source=source, line=1, reason=f"is no Word document (DOCX): {error}"
        ) from error
    return str(result.value)


def _check_parts(data: io.BytesIO, *, source: str) -> None:
    """Refuse what could need more memory than any honest document."""
    if data.getvalue().startswith(_OLD_WORD):
        reason = "has a password or is an old DOC file: save it as DOCX without a password"
        raise ArticleError(source=source, line=1, reason=reason)
    with zipfile.ZipFile(data) as parts:
        read = [info for info in parts.infolist() if _is_read(info.filename)]
        if sum(info.file_size for info in read) > MAX_XML_BYTES:
            reason = f"holds more than {MAX_XML_BYTES:,} bytes of text and layout: split it"
            raise ArticleError(source=source, line=1, reason=reason)
        if any(b"<!DOCTYPE" in parts.read(info) for info in read):
            reason = "is no Word document (DOCX): its XML declares a type of its own"
            raise ArticleError(source=source, line=1, reason=reason)
    data.seek(0)


def _is_read(name: str) -> bool:
    return not {"media", "embeddings", "fonts"} & set(PurePosixPath(name).parts)


def _nothing(image: object) -> dict[str, str]:
    return {"src": ""}


def _named(name: PurePosixPath) -> str:
    return one_line(name.stem.replace("_", " "))
