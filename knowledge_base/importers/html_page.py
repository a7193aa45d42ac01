"""Reads HTML pages: a site's, a Confluence space export's, a Zendesk help centre's."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from bs4 import BeautifulSoup

from knowledge_base.article import Article
from knowledge_base.errors import ArticleError
from knowledge_base.importers.html_text import (
    clean,
    drop_opening_heading,
    parse_html,
    to_markdown,
)
from knowledge_base.importers.importer import Found, LeftOut, Page, SourceFile
from knowledge_base.importers.links import page_key
from knowledge_base.importers.record import checked, slug
from knowledge_base.importers.text import decode, distinct, one_line, read_bytes

MAX_HTML_BYTES: Final = 10_000_000
_CHARSET: Final = re.compile(rb"<meta[^>]+charset=[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
# The id of a page in the name of its file: Confluence "Title_98377.html", Zendesk "36000-Title".
_CONFLUENCE_ID: Final = re.compile(r"(?:^|_)(\d+)$")
_ZENDESK_ID: Final = re.compile(r"^(\d{6,})(?:-|$)")
_ROOTS: Final = ("#main-content", ".article-body", "main", "[role=main]", "article", "body")
_LABELS: Final = ".label-list a, .labels a, a[rel=tag]"
_LOCALE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


class HtmlImporter:
    """HTML pages; an index of pages and a page without text are left out."""

    max_bytes = MAX_HTML_BYTES

    def read(self, file: SourceFile) -> Iterator[Found]:
        """Yield the page."""
        source = str(file.name)
        soup = parse_html(_decoded(read_bytes(file), source=source), source=source)
        if _is_index_of_pages(soup):
            yield LeftOut(source=source, reason="is an index of pages")
            return
        page = _Page(soup, file.name)
        body = page.body()
        if not body:
            yield LeftOut(source=source, reason="has no text")
            return
        article = Article(
            article_id=page.article_id,
            title=page.title,
            body=body,
            locale=page.locale,
            owner=page.owner,
            tags=page.tags,
        )
        addresses = distinct([page_key(page.canonical), page.canonical, page.key])
        yield Page(
            article=checked(article, source=source),
            addresses=addresses,
            keeps_unknown_links=False,
        )


class _Page:
    """What is known of a page, read before its frame is dropped."""

    def __init__(self, soup: BeautifulSoup, name: PurePosixPath) -> None:
        self._name = name
        self._root = next(filter(None, map(soup.select_one, _ROOTS)), soup)
        is_confluence = self._root.get("id") == "main-content"
        self.canonical = _attribute(soup, "link[rel=canonical]", "href")
        self.key = self._key(is_confluence=is_confluence)
        self.article_id = self.key.partition("/")[2] or slug(_stem(name))
        self.locale = _locale(soup)
        self.owner = _text(soup, ".page-metadata .author") or _attribute(
            soup, "meta[name=author]", "content"
        )
        self.tags = distinct(one.get_text() for one in soup.select(_LABELS))
        self.title = self._title(soup)

    def body(self) -> str:
        """The text, without the title where it opens it."""
        clean(self._root)
        drop_opening_heading(self._root, self.title)
        return to_markdown(self._root, source=str(self._name))

    def _key(self, *, is_confluence: bool) -> str:
        if key := page_key(self.canonical):
            return key
        if is_confluence and (found := _CONFLUENCE_ID.search(self._name.stem)):
            return f"pages/{found[1]}"
        found = _ZENDESK_ID.match(self._name.stem)
        return f"articles/{found[1]}" if found else ""

    def _title(self, soup: BeautifulSoup) -> str:
        if confluence := _text(soup, "#title-text"):
            space = _text(soup, "#breadcrumbs li")
            known = confluence.removeprefix(f"{space} : ")
            return known if known != confluence else confluence.partition(" : ")[2] or confluence
        heading = self._root.select_one("h1") or soup.select_one("h1")
        return (
            (one_line(heading.get_text()) if heading else "")
            or _text(soup, "title")
            or _stem(self._name)
        )


def _is_index_of_pages(soup: BeautifulSoup) -> bool:
    """Whether this is the table of contents of a Confluence export."""
    sections = [one_line(one.get_text()) for one in soup.select(".pageSectionTitle")]
    return "Available Pages:" in sections and not soup.select_one(".page-metadata")


def _decoded(data: bytes, *, source: str) -> str:
    """Text in the encoding that the page declares, UTF-8 where it declares none."""
    declared = _CHARSET.search(data, 0, 4096)
    try:
        return decode(data, source=source)
    except ArticleError:
        if declared is None:
            raise
    try:
        return data.decode(declared[1].decode("ascii"))
    except (LookupError, UnicodeDecodeError) as error:
        encoding = declared[1].decode("ascii")
        raise ArticleError(
            source=source, line=1, reason=f"is not text in {encoding}, which it says it is"
        ) from error


def _locale(soup: BeautifulSoup) -> str:
    locale = _attribute(soup, "html", "lang")
    return locale.replace("_", "-") if _LOCALE.fullmatch(locale) else "en-US"


def _stem(name: PurePosixPath) -> str:
    """A name for people: that of the folder for an index page of one."""
    has_folder = name.stem.lower() == "index" and name.parent.name
    return name.parent.name if has_folder else name.stem


def _text(soup: BeautifulSoup, css: str) -> str:
    found = soup.select_one(css)
    return one_line(found.get_text()) if found else ""


def _attribute(soup: BeautifulSoup, css: str, name: str) -> str:
    found = soup.select_one(css)
    return str(found.get(name) or "") if found else ""
