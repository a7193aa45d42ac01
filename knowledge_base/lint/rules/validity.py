"""Dates between which an article holds."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.sheet import Sheet

_SOON_DAYS: Final = 14


def validity(sheet: Sheet) -> Iterator[Finding]:
    """An article that can never be shown, or soon no more."""
    for article in sheet.asked:
        start, end = article.valid_from, article.valid_until
        if not end:
            continue
        severity, told = Severity.ERROR, ""
        if start and end < start:
            told = f"is valid until {end}, before it begins on {start}: correct the dates"
        elif end < sheet.today.isoformat():
            told = f"was valid until {end} and is never shown: give it a later day or archive it"
        elif dt.date.fromisoformat(end) <= sheet.today + dt.timedelta(days=_SOON_DAYS):
            severity = Severity.HINT
            told = f"is shown until {end} and not afterwards: is there an article that follows it?"
        if told:
            yield Finding(
                rule="validity", severity=severity, article_id=article.article_id, message=told
            )
