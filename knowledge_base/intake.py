"""Takes articles in: saves what says something new, counts what does not."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence

import msgspec

from knowledge_base.article import Article, is_same_text, tidied
from knowledge_base.article_table import insert_version, newest
from knowledge_base.errors import ArticleError, VersionConflict
from knowledge_base.lifecycle import ArticleState, Step, first_state, state_of_import
from knowledge_base.review_table import read_policy

StateAfter = Callable[[ArticleState | None], ArticleState]


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did, by article id, and what it could not read."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    broken: tuple[ArticleError, ...] = ()


def save(
    connection: sqlite3.Connection,
    article: Article,
    *,
    author: str,
    reason: str,
    now_ms: int,
    based_on: int = 0,
) -> int:
    """Save a version and return its number; the same text again makes no new one.

    Raises `ArticleError`, and `VersionConflict` where another version than `based_on` is newest.
    """
    policy = read_policy(connection)
    return _save(
        connection,
        tidied(article),
        author=author,
        reason=reason,
        now_ms=now_ms,
        based_on=based_on,
        state_after=lambda before: first_state(policy, before),
    )


def import_all(
    connection: sqlite3.Connection,
    articles: Iterable[Article],
    broken: Sequence[ArticleError] = (),
    *,
    author: str,
    reason: str,
    now_ms: int,
    as_drafts: bool = False,
) -> ImportReport:
    """Save what is new; what cannot be an article, or comes twice, is reported with the broken."""
    outcome: dict[str, list[str]] = {"added": [], "updated": [], "unchanged": []}
    refused = list(broken)
    seen: set[str] = set()
    for article in articles:
        try:
            tidy = _once(tidied(article), seen)
        except ArticleError as error:
            refused.append(error)
            continue
        before = newest(connection, tidy.article_id)
        version = _save(
            connection,
            tidy,
            author=author,
            reason=reason,
            now_ms=now_ms,
            state_after=lambda state: state_of_import(as_drafts, state),
        )
        is_new = before is None or version > before.article.version
        kind = "added" if before is None else "updated" if is_new else "unchanged"
        outcome[kind].append(tidy.article_id)
    return ImportReport(
        added=tuple(outcome["added"]),
        updated=tuple(outcome["updated"]),
        unchanged=tuple(outcome["unchanged"]),
        broken=tuple(refused),
    )


def _once(article: Article, seen: set[str]) -> Article:
    if article.article_id in seen:
        reason = f"the id {article.article_id!r} is taken by an article before it: give it another"
        raise ArticleError(source=article.article_id, line=1, reason=reason)
    seen.add(article.article_id)
    return article


def _save(
    connection: sqlite3.Connection,
    article: Article,
    *,
    author: str,
    reason: str,
    now_ms: int,
    state_after: StateAfter,
    based_on: int = 0,
) -> int:
    before = newest(connection, article.article_id)
    if before and is_same_text(before.article, article):
        return before.article.version
    version = before.article.version if before else 0
    if based_on and based_on != version:
        raise VersionConflict(article.article_id, based_on=based_on, newest=version)
    insert_version(
        connection,
        article,
        state=state_after(before.state if before else None),
        reason=reason,
        by=Step(version=version + 1, by=author, at_ms=now_ms),
    )
    return version + 1
