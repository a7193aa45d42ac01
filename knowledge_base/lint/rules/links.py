"""Links that lead nowhere. Web addresses are looked at, never fetched."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

from knowledge_base.article import Article
from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.sheet import Sheet

_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False})
# What Markdown does not take for a link because of a space in it.
_SPACED: Final = re.compile(r"\]\((https?:[^)\n]*\s[^)\n]*)\)")
_HOST: Final = re.compile(r"localhost|[^\s.]+(?:\.[^\s.]+)+\.?|\[[0-9a-f:]+\]", re.IGNORECASE)


def dead_link(sheet: Sheet) -> Iterator[Finding]:
    """A link to an article that is not there, to a file, or to what is no web address."""
    for article in sheet.asked:
        if "](" not in article.body and "]:" not in article.body and "<" not in article.body:
            continue
        for target in dict.fromkeys(_targets(article.body)):
            if finding := _look(article, target, sheet.ids):
                yield finding


def _targets(body: str) -> Iterator[str]:
    for token in _MARKDOWN.parse(body):
        for child in token.children or ():
            if child.type == "link_open":
                yield str(child.attrs["href"])
            elif child.type == "text":
                yield from _SPACED.findall(child.content)


def _look(article: Article, target: str, ids: frozenset[str]) -> Finding | None:
    named = unquote(target)
    article_id, _, _ = named.partition("#")
    if not article_id or named in ids or article_id in ids:
        return None
    try:
        parts = urlsplit(target)
        problem = _problem(target) if parts.scheme in {"http", "https"} else ""
    except ValueError:
        return _finding(article, named, Severity.HINT, "is no web address")
    if parts.scheme:
        return _finding(article, named, Severity.HINT, problem) if problem else None
    if "/" in article_id or PurePosixPath(article_id).suffix[1:].isalnum():
        told = "leads to a file, which agents do not have: link to an article or a web page"
        return _finding(article, named, Severity.WARNING, told)
    told = "leads to an article that is not there: correct the id or remove the link"
    return _finding(article, named, Severity.ERROR, told)


def _problem(target: str) -> str:
    """What is wrong with a web address; empty: nothing."""
    parts = urlsplit(target)
    if re.search(r"\s", target):
        return "has a space in it: write %20"
    if not _HOST.fullmatch(parts.hostname or ""):
        return "names no web site"
    return "" if parts.port is None or parts.port > 0 else "names no port"


def _finding(article: Article, target: str, severity: Severity, told: str) -> Finding:
    return Finding(
        rule="dead-link",
        severity=severity,
        article_id=article.article_id,
        message=f"a link {told}",
        quote=target,
    )
