"""Titles that tell too little or too much."""

import re
from collections.abc import Iterator
from typing import Final

from knowledge_base.article import Article
from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.sheet import Sheet

_LONG_CHARACTERS: Final = 100
_VAGUE: Final = re.compile(
    r"(?:(?:the |our |a |new |general |more |other |some |important |useful )*"
    r"(?:article|info|information|faqs?|questions?|answers?|misc(?:ellaneous)?|other|general|notes?|"
    r"documents?|pages?|help|support|overview|introduction|untitled|test|draft|stuff|details|"
    r"read ?me|home|index|template|title|copy)\s*(?:\(?\d+\)?)?|copy of .*|.* \(copy\)|\W*|\d+)",
    re.IGNORECASE,
)


def title(sheet: Sheet) -> Iterator[Finding]:
    """A title by which nobody knows what the article answers, or that no list can show."""
    for article in sheet.asked:
        if told := _told(article):
            yield Finding(
                rule="title",
                severity=Severity.HINT,
                article_id=article.article_id,
                message=told,
                quote=article.title,
            )


def _told(article: Article) -> str:
    text = " ".join(article.title.split())
    if _VAGUE.fullmatch(text):
        return "has a title that says nothing: write the question or the task"
    if len(text) > _LONG_CHARACTERS:
        return f"has a title of {len(text)} characters: a list shows about {_LONG_CHARACTERS}"
    return ""
