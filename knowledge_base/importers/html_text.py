"""HTML to Markdown: scripts, styles and navigation are dropped, pictures leave their alt text."""

import re
import warnings
from typing import Any, Final

from bs4 import BeautifulSoup, Tag, UnusualUsageWarning
from bs4.element import NavigableString
from markdownify import MarkdownConverter

from knowledge_base.errors import ArticleError
from knowledge_base.importers.text import as_markdown, one_line, without_controls

_NO_TEXT: Final = frozenset({"script", "style", "title", "noscript", "template", "head"})
_FRAME: Final = frozenset({"nav", "header", "footer", "aside", "dialog"})
_MEDIA: Final = frozenset({"iframe", "object", "svg", "canvas", "audio", "video"})
_FORMS: Final = frozenset({"form", "button", "input", "select", "textarea"})
_DROPPED_TAGS: Final = _NO_TEXT | _FRAME | _MEDIA | _FORMS
_DROPPED_ROLES: Final = frozenset({"navigation", "banner", "contentinfo", "search"})
_DROPPED_NAMES: Final = frozenset(  # classes and ids, of Confluence and Zendesk among others
    {"toc-macro", "breadcrumbs", "page-metadata", "article-votes", "article-relatives"}
)
_IS_FILE_NAME: Final = re.compile(r"[^\s]+\.(?:png|jpe?g|gif|svg|webp|bmp)", re.IGNORECASE)
_BLANK_LINES: Final = re.compile(r"\n{3,}")


class _Converter(MarkdownConverter):
    """Markdownify with exact escapes, and without pictures."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Plain text so that Markdown shows exactly it."""
        return as_markdown(text) if text else ""

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A hint of what the picture shows."""
        alt = one_line(str(el.get("alt") or ""))
        is_telling = alt and not _IS_FILE_NAME.fullmatch(alt) and "emoticon" not in _classes(el)
        return f"(picture: {as_markdown(alt)})" if is_telling else ""

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A link; one that leads to a place in the page, or runs something, is its text."""
        target = str(el.get("href") or "").strip()
        label = one_line(text)
        if not label or not target or target.lower().startswith(("#", "javascript:", "data:")):
            return text
        bare = target if re.fullmatch(r"[^\s()<>]+", target) else f"<{_without_marks(target)}>"
        return f"{_lead(text)}[{label}]({bare}){_trail(text)}"


_CONVERTER: Final[Any] = _Converter(
    heading_style="ATX",
    bullets="-",
    newline_style="backslash",
    table_infer_header=True,
    autolinks=False,
)


def parse_html(html: str, *, source: str, line: int = 1) -> BeautifulSoup:
    """A document; raises `ArticleError` where it is nested too deeply to be one."""
    try:
        with warnings.catch_warnings():
            # A text like an address, or XML, is read all the same.
            warnings.simplefilter("ignore", UnusualUsageWarning)
            return BeautifulSoup(html, "html.parser")
    except (RecursionError, AssertionError, ValueError) as error:
        raise ArticleError(source=source, line=line, reason="is not HTML") from error


def clean(root: Tag) -> None:
    """Drop what is no text of the article."""
    for one in root.find_all(_is_dropped):
        one.decompose()


def drop_opening_heading(root: Tag, title: str) -> None:
    """Drop a heading that only repeats the title, where nothing stands before it."""
    for one in root.descendants:
        if isinstance(one, Tag) and one.name in {"h1", "h2"}:
            if one_line(one.get_text()) == title:
                one.decompose()
            return
        if type(one) is NavigableString and one.strip():
            return


def to_markdown(root: Tag, *, source: str, line: int = 1) -> str:
    """The text of an element as Markdown; raises `ArticleError`."""
    try:
        text = str(_CONVERTER.convert_soup(root))
    except RecursionError as error:
        raise ArticleError(
            source=source, line=line, reason="is nested too deeply to be an article"
        ) from error
    return _BLANK_LINES.sub("\n\n", without_controls(text)).strip()


def html_as_markdown(html: str, *, source: str, line: int = 1) -> str:
    """A piece of HTML as Markdown; raises `ArticleError`."""
    soup = parse_html(html, source=source, line=line)
    clean(soup)
    return to_markdown(soup, source=source, line=line)


def _is_dropped(element: Tag) -> bool:
    return (
        element.name in _DROPPED_TAGS
        or element.get("role") in _DROPPED_ROLES
        or element.has_attr("hidden")
        or element.get("id") in _DROPPED_NAMES
        or not _DROPPED_NAMES.isdisjoint(_classes(element))
    )


def _classes(element: Tag) -> list[str]:
    found: str | list[str] = element.get("class") or []
    return found.split() if isinstance(found, str) else list(found)


def _without_marks(target: str) -> str:
    return re.sub(r"[<>\s]+", "%20", target)


def _lead(text: str) -> str:
    return " " if text[:1].isspace() else ""


def _trail(text: str) -> str:
    return " " if text[-1:].isspace() else ""
