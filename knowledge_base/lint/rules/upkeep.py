"""Who looks after an article, when it is looked at again, and how callers ask for it."""

import datetime as dt
from collections.abc import Iterator

from knowledge_base.article import Article
from knowledge_base.lifecycle import day_of, review_due_ms
from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.sheet import Sheet


def no_owner(sheet: Sheet) -> Iterator[Finding]:
    """Nobody is named who answers for the article."""
    for article in sheet.asked:
        if not article.owner:
            yield _hint("no-owner", article, "has no owner: write `owner` into the front matter")


def no_review(sheet: Sheet) -> Iterator[Finding]:
    """No day on which somebody looks whether it is still right."""
    for article in sheet.asked:
        if not article.review_days:
            yield _hint(
                "no-review", article, "is never looked at again: give it `review_days`, say 180"
            )


def no_variants(sheet: Sheet) -> Iterator[Finding]:
    """No question as callers ask it, by which it is found best."""
    for article in sheet.asked:
        if not article.variants:
            yield _hint(
                "no-variants",
                article,
                "has no `variants`: five questions as callers ask them are worth more than text",
            )


def stale(sheet: Sheet) -> Iterator[Finding]:
    """The day of the review has passed."""
    for article in sheet.asked:
        due_ms = sheet.review_due.get(article.article_id, 0)
        days = overdue_days(article, today=sheet.today, due_ms=due_ms)
        if days > 0:
            yield Finding(
                rule="stale",
                severity=Severity.WARNING,
                article_id=article.article_id,
                message=f"should have been looked at {days} days ago: approve it again or edit it",
            )


def overdue_days(article: Article, *, today: dt.date, due_ms: int = 0) -> int:
    """Days since the review was due; 0 or less: it is not. `due_ms`: what the base knows of it.

    A base knows when somebody last looked; an article by itself, when it was saved.
    """
    if not article.review_days or not (due_ms or article.updated_ms):
        return 0
    due = due_ms or review_due_ms(article.review_days, looked_at_ms=article.updated_ms)
    return (today - day_of(due)).days


def _hint(rule: str, article: Article, told: str) -> Finding:
    return Finding(rule=rule, severity=Severity.HINT, article_id=article.article_id, message=told)
