"""What happened to an article: its versions, their lives, and what two of them differ in."""

import difflib
import sqlite3

import msgspec

from knowledge_base.article import Article, render_article
from knowledge_base.errors import ArticleMissing
from knowledge_base.lifecycle import ArticleState, Step, shown_state
from knowledge_base.release_table import versions_in_use
from knowledge_base.review_table import read_steps


class VersionInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One version in a history."""

    version: int
    author: str
    reason: str
    saved_ms: int
    state: ArticleState


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Versions of an article, newest first; steps and comments, oldest first."""

    versions: tuple[VersionInfo, ...]
    steps: tuple[Step, ...]


def unified_diff(old: Article, new: Article) -> str:
    """What makes one version the other, as a unified diff of their Markdown; empty: nothing."""
    lines = difflib.unified_diff(
        render_article(old).splitlines(),
        render_article(new).splitlines(),
        fromfile=f"{old.article_id} version {old.version}",
        tofile=f"{new.article_id} version {new.version}",
        lineterm="",
    )
    return "".join(f"{line}\n" for line in lines)


def read_history(connection: sqlite3.Connection, article_id: str) -> History:
    """All that happened to an article; raises `ArticleMissing`."""
    published = versions_in_use(connection).get(article_id, 0)
    rows = connection.execute(
        "SELECT version, author, reason, saved_ms, state FROM versions WHERE article_id = ? "
        "ORDER BY version DESC",
        (article_id,),
    )
    versions = tuple(
        VersionInfo(
            version=row["version"],
            author=row["author"],
            reason=row["reason"],
            saved_ms=row["saved_ms"],
            state=shown_state(
                ArticleState(row["state"]), version=row["version"], published_version=published
            ),
        )
        for row in rows
    )
    if not versions:
        raise ArticleMissing(article_id)
    return History(versions=versions, steps=read_steps(connection, article_id))
