"""The tables of `knowledge.db`: articles in versions, golden questions, releases and their use."""

from typing import Final

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

MIGRATIONS: Final = Migrations("knowledge_base")


@MIGRATIONS(name="0001_articles_and_releases")
def _articles_and_releases(database: Database) -> None:
    database.table("versions").create(
        {
            "article_id": str,
            "version": int,
            "article": str,
            "author": str,
            "reason": str,
            "saved_ms": int,
        },
        pk=("article_id", "version"),
        not_null={"article", "author", "reason", "saved_ms"},
        strict=True,
    )
    # `articles` names the newest version of each, so that a list needs no grouping.
    database.table("articles").create(
        {"article_id": str, "version": int}, pk="article_id", not_null={"version"}, strict=True
    )
    database.table("golden").create(
        {"question": str, "articles": str, "wer": float}, pk="question", strict=True
    )
    database.table("releases").create(
        {
            "release": int,
            "made_ms": int,
            "author": str,
            "reason": str,
            "passages": int,
            "versions": str,
        },
        pk="release",
        not_null={"made_ms", "author", "reason", "passages", "versions"},
        strict=True,
    )
    # The newest row is the release in use; a roll back adds a row, so the past can be read.
    database.table("uses").create(
        {"id": int, "release": int, "author": str, "reason": str, "at_ms": int},
        pk="id",
        not_null={"release", "author", "reason", "at_ms"},
        foreign_keys=[("release", "releases", "release")],
        strict=True,
    )
