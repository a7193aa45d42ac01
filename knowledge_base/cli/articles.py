"""`attune-kb init`, `list`, `show`, `due`: the articles of a base."""

import sys
from typing import Annotated, Final

import typer
from rich.table import Column, Table

from knowledge_base.article import render_article
from knowledge_base.cli.common import DEFAULT_DB, AsJson, DatabaseFolder, now_ms, show
from knowledge_base.lifecycle import ArticleState
from knowledge_base.listing import ListedArticle, why_due
from knowledge_base.store import KnowledgeBase

_DAY_MS: Final = 86_400_000

ArticleArgument = Annotated[str, typer.Argument(metavar="ARTICLE", help="Id of the article.")]
VersionOption = Annotated[
    int, typer.Option("--version", min=0, metavar="N", help="Of this version; else the newest.")
]


def init(db: DatabaseFolder = DEFAULT_DB, as_json: AsJson = False) -> None:
    """Make an empty knowledge base."""
    KnowledgeBase.create(db)
    show({"db": str(db)}, f"{db} is a knowledge base", as_json=as_json)


def list_(
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    state: Annotated[
        ArticleState | None, typer.Option("--state", help="Only where the newest version is that.")
    ] = None,
    owner: Annotated[str, typer.Option("--owner", help="Only this person's.")] = "",
    due: Annotated[bool, typer.Option("--due", help="Only what is to be looked at now.")] = False,
) -> None:
    """List the articles, with the state of their newest version."""
    at_ms = now_ms()
    listed = [
        one
        for one in KnowledgeBase.open(db).listing(at_ms)
        if (state is None or one.state is state)
        and (not owner or one.article.owner.casefold() == owner.casefold())
        and (not due or why_due(one, at_ms=at_ms))
    ]
    table = _table("title", "state", "version", "published", "owner")
    for one in listed:
        article = one.article
        table.add_row(
            article.article_id,
            article.title,
            one.state.value.replace("_", " "),
            str(article.version),
            str(article.published_version or "–"),
            article.owner,
        )
    show([_row(one) for one in listed], table, as_json=as_json)


def show_(
    article_id: ArticleArgument,
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    version: VersionOption = 0,
) -> None:
    """Print an article as Markdown."""
    article = KnowledgeBase.open(db).read(article_id, version=version or None)
    markdown = render_article(article)
    if not as_json:
        sys.stdout.write(markdown)
        return
    told = {"article": article_id, "version": article.version, "markdown": markdown}
    show({**told, "published_version": article.published_version}, "", as_json=True)


def due(
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    within: Annotated[
        int, typer.Option("--within", min=0, metavar="DAYS", help="Also what is due until then.")
    ] = 0,
) -> None:
    """List what is to be looked at: a review is due, or the last day is over; soonest first."""
    at_ms = now_ms()
    listed = KnowledgeBase.open(db).listing(at_ms)
    until_ms = at_ms + within * _DAY_MS
    found = [(why, one) for one in listed if (why := why_due(one, at_ms=until_ms))]
    found.sort(key=lambda pair: pair[0].since)
    table = _table("title", "owner", "since", "why")
    for due_, one in found:
        article = one.article
        since = due_.since.isoformat()
        table.add_row(article.article_id, article.title, article.owner, since, due_.why)
    rows = [{**_row(one), "due": due_.since, "why": due_.why} for due_, one in found]
    show(rows, table if rows else "nothing is due", as_json=as_json)


def _row(one: ListedArticle) -> dict[str, object]:
    article = one.article
    return {
        "article": article.article_id,
        "title": article.title,
        "products": article.products,
        "owner": article.owner,
        "state": one.state,
        "author": one.author,
        "version": article.version,
        "published_version": article.published_version,
        "updated_ms": article.updated_ms,
        "review_due_ms": one.review_due_ms,
        "publish_at_ms": one.publish_at_ms,
        "valid_until": article.valid_until,
    }


def _table(*columns: str) -> Table:
    """A table of articles; an id is never cut, it goes into the next command."""
    return Table(Column("article", no_wrap=True), *columns)
