"""Texts too long to be read in a call, and long ones without headings."""

import re
from collections.abc import Iterator
from typing import Final

from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.sheet import Sheet, shortened

LONG_WORDS: Final = 1_000
HEADLESS_WORDS: Final = 250
_HEADING: Final = re.compile(r"^(?:#{1,6}\s.*|\S.*\n(?:=+|-+)[ \t]*)$", re.MULTILINE)
# A word, or a character of a script that is written without spaces (two make a word).
_WORD: Final = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]{1,2}|[^\W_぀-ヿ㐀-鿿豈-﫿]+(?:['’-][^\W_]+)*")


def word_count(text: str) -> int:
    """Words of a text."""
    return len(_WORD.findall(text))


def too_long(sheet: Sheet) -> Iterator[Finding]:
    """An article that nobody reads to the end while a customer waits."""
    for article in sheet.asked:
        words = word_count(article.body)
        if words > LONG_WORDS:
            yield Finding(
                rule="too-long",
                severity=Severity.WARNING,
                article_id=article.article_id,
                message=f"has {words:,} words, more than {LONG_WORDS:,}: split it by question",
            )


def headless(sheet: Sheet) -> Iterator[Finding]:
    """A long stretch of text without a heading."""
    for article in sheet.asked:
        longest = max(_HEADING.split(article.body), key=len)
        words = word_count(longest)
        if words > HEADLESS_WORDS:
            yield Finding(
                rule="headless",
                severity=Severity.WARNING,
                article_id=article.article_id,
                message=f"has {words:,} words without a heading: passages are cut at headings",
                quote=shortened(longest),
            )
