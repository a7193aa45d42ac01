"""`attune-kb init`, `list`: the articles of a base."""

from rich.table import Table

from knowledge_base.cli.common import DEFAULT_DB, AsJson, DatabaseFolder, say, show
from knowledge_base.store import KnowledgeBase


def init(db: DatabaseFolder = DEFAULT_DB) -> None:
    """Make an empty knowledge base."""
    KnowledgeBase.create(db)
    say(f"{db} is a knowledge base")


def list_(db: DatabaseFolder = DEFAULT_DB, as_json: AsJson = False) -> None:
    """List the articles."""
    articles = KnowledgeBase.open(db).articles()
    table = Table("article", "title", "products", "version", "published")
    for one in articles:
        published = str(one.published_version or "–")
        table.add_row(
            one.article_id, one.title, " ".join(one.products), str(one.version), published
        )
    rows = [
        {
            "article": one.article_id,
            "title": one.title,
            "products": one.products,
            "version": one.version,
            "published_version": one.published_version,
            "updated_ms": one.updated_ms,
        }
        for one in articles
    ]
    show(rows, table, as_json=as_json)
