"""`attune-kb submit`, `approve`, `send-back`, `comment`, `archive`, `unarchive`, `settings`."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Final

import typer

from knowledge_base.cli.articles import ArticleArgument, VersionOption
from knowledge_base.cli.common import (
    DEFAULT_DB,
    AsJson,
    Author,
    DatabaseFolder,
    now_ms,
    show,
    time_text,
    who,
)
from knowledge_base.errors import KnowledgeError, VersionMissing
from knowledge_base.lifecycle import ArticleState, ReviewPolicy
from knowledge_base.store import KnowledgeBase

Comment = Annotated[str, typer.Option("--comment", help="What is said with it.")]
_TIMES: Final = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
_POLICIES: Final = {
    ReviewPolicy.OTHER: "somebody who did not write a version approves it",
    ReviewPolicy.SELF: "anybody approves a version, also its author",
    ReviewPolicy.NONE: "saving a version approves it",
}


def submit(
    article_id: ArticleArgument,
    *,
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    comment: Comment = "",
    version: VersionOption = 0,
) -> None:
    """Ask for a review of a draft."""
    move = _Move(db, article_id, version)
    move.to(ArticleState.IN_REVIEW, by=author, comment=comment)
    move.tell("is in review", as_json=as_json)


def approve(
    article_id: ArticleArgument,
    *,
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    comment: Comment = "",
    version: VersionOption = 0,
    at: Annotated[
        dt.datetime | None,
        typer.Option("--at", formats=_TIMES, help="Published by itself from then on, local time."),
    ] = None,
) -> None:
    """Approve a version: the next release holds it. Again: it is still right."""
    move = _Move(db, article_id, version)
    publish_at_ms = int(at.astimezone().timestamp() * 1000) if at else 0
    move.to(ArticleState.APPROVED, by=author, comment=comment, publish_at_ms=publish_at_ms)
    when = f" for {time_text(publish_at_ms)}" if publish_at_ms else ""
    move.tell(f"is approved{when}", as_json=as_json)


def send_back(
    article_id: ArticleArgument,
    *,
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    comment: Comment = "",
    version: VersionOption = 0,
) -> None:
    """Make a version a draft again, one in review or one that was approved."""
    move = _Move(db, article_id, version)
    if move.state is ArticleState.ARCHIVED:
        raise KnowledgeError(f"{article_id!r} is archived: `attune-kb unarchive` takes it out")
    move.to(ArticleState.DRAFT, by=author, comment=comment)
    move.tell("is a draft", as_json=as_json)


def comment(
    article_id: ArticleArgument,
    text: Annotated[str, typer.Argument(help="What there is to say.")],
    *,
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    version: VersionOption = 0,
) -> None:
    """Say something about a version."""
    move = _Move(db, article_id, version)
    move.base.comment(article_id, move.version, text, by=who(author), now_ms=now_ms())
    told = {"article": article_id, "version": move.version, "comment": text}
    show(told, f"said of version {move.version} of {article_id}", as_json=as_json)


def archive(
    article_id: ArticleArgument,
    *,
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    comment: Comment = "",
) -> None:
    """Take an article out of the releases to come."""
    move = _Move(db, article_id, 0)
    move.to(ArticleState.ARCHIVED, by=author, comment=comment)
    move.tell("is archived: the next release goes without it", as_json=as_json)


def unarchive(
    article_id: ArticleArgument,
    *,
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    author: Author = "",
    comment: Comment = "",
) -> None:
    """Take an article out of the archive, as a draft."""
    move = _Move(db, article_id, 0)
    if move.state is not ArticleState.ARCHIVED:
        raise KnowledgeError(f"{article_id!r} is not archived")
    move.to(ArticleState.DRAFT, by=author, comment=comment)
    move.tell("is a draft", as_json=as_json)


def settings(
    db: DatabaseFolder = DEFAULT_DB,
    as_json: AsJson = False,
    review: Annotated[
        ReviewPolicy | None,
        typer.Option(
            "--review",
            help="Who approves: other (not the author), self (anybody), none (saving approves).",
        ),
    ] = None,
) -> None:
    """Show how the base is set, or set it."""
    base = KnowledgeBase.open(db)
    if review is not None:
        base.set_policy(review)
    policy = base.policy
    show({"review": policy}, f"review: {policy} ({_POLICIES[policy]})", as_json=as_json)


class _Move:
    """One version of an article on its way to another state."""

    def __init__(self, db: Path, article_id: str, version: int) -> None:
        self.base = KnowledgeBase.open(db)
        self.article_id = article_id
        states = {one.version: one.state for one in self.base.history(article_id).versions}
        self.version = version or max(states)
        if self.version not in states:
            raise VersionMissing(article_id, version=version)
        self.state = states[self.version]

    def to(self, state: ArticleState, *, by: str, comment: str, publish_at_ms: int = 0) -> None:
        """Take the step."""
        self.state = state
        self.base.move(
            self.article_id,
            self.version,
            state,
            by=who(by),
            now_ms=now_ms(),
            comment=comment,
            publish_at_ms=publish_at_ms,
        )

    def tell(self, what: str, *, as_json: bool) -> None:
        """Say what came of it."""
        row = {"article": self.article_id, "version": self.version, "state": self.state}
        show(row, f"version {self.version} of {self.article_id} {what}", as_json=as_json)
