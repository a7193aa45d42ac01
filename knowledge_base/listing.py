"""The list of articles, with where each is in its life and what it waits for."""

import datetime as dt
import sqlite3
from collections.abc import Mapping

import msgspec

from knowledge_base.article import Article
from knowledge_base.article_table import VersionRow, all_newest
from knowledge_base.lifecycle import ArticleState, day_of, review_due_ms, shown_state
from knowledge_base.release_table import versions_in_use
from knowledge_base.review_table import last_approved


class ListedArticle(msgspec.Struct, frozen=True, kw_only=True):
    """An article's newest version in a list. Times are ms since 1970; 0: none."""

    article: Article
    state: ArticleState
    author: str  # of the newest version
    review_due_ms: int = 0
    publish_at_ms: int = 0  # lies ahead


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody is to look at an article."""

    since: dt.date
    why: str


def list_articles(connection: sqlite3.Connection, *, now_ms: int) -> list[ListedArticle]:
    """All articles by id."""
    in_use, approved = versions_in_use(connection), last_approved(connection)
    return [
        _listed(
            row,
            published_version=in_use.get(row.article.article_id, 0),
            approved=approved,
            now_ms=now_ms,
        )
        for row in all_newest(connection)
    ]


def _listed(
    row: VersionRow, *, published_version: int, approved: Mapping[str, int], now_ms: int
) -> ListedArticle:
    article = msgspec.structs.replace(row.article, published_version=published_version)
    state = shown_state(row.state, version=article.version, published_version=published_version)
    looked_at_ms = max(article.updated_ms, approved.get(article.article_id, 0))
    is_archived = state is ArticleState.ARCHIVED
    return ListedArticle(
        article=article,
        state=state,
        author=row.author,
        review_due_ms=review_due_ms(
            0 if is_archived else article.review_days, looked_at_ms=looked_at_ms
        ),
        publish_at_ms=row.publish_at_ms if row.publish_at_ms > now_ms else 0,
    )


def why_due(listed: ListedArticle, *, at_ms: int) -> Due | None:
    """Why somebody is to look at an article by a moment; None: nobody needs to."""
    if listed.state is ArticleState.ARCHIVED:
        return None
    reasons: list[Due] = []
    if listed.review_due_ms and listed.review_due_ms <= at_ms:
        why = f"a review every {listed.article.review_days} days"
        reasons.append(Due(since=day_of(listed.review_due_ms), why=why))
    if last := listed.article.valid_until:
        over = dt.date.fromisoformat(last) + dt.timedelta(days=1)
        if over <= day_of(at_ms):
            reasons.append(Due(since=over, why="its last day is over"))
    return min(reasons, key=lambda due: due.since, default=None)
