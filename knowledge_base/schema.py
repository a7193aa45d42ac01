"""The tables of `knowledge.db`: articles, golden questions, releases, use by calls, gaps."""

from typing import Final

import msgspec
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from knowledge_base.errors import ArticleError
from knowledge_base.front_matter import FieldReader, dump

_NEW_FIELDS: Final = ("valid_from", "valid_until", "applies_to")
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


@MIGRATIONS(name="0002_life_cycle")
def _life_cycle(database: Database) -> None:
    """Steps of versions, a policy of reviews. What was saved before counts as approved."""
    # `steps` is the truth; state and publish_at_ms of a version are its newest step, kept beside.
    database.table("steps").create(
        {
            "id": int,
            "article_id": str,
            "version": int,
            "state": str,  # NULL: a comment and no more
            "by": str,
            "at_ms": int,
            "comment": str,
            "publish_at_ms": int,
        },
        pk="id",
        not_null={"article_id", "version", "by", "at_ms", "comment", "publish_at_ms"},
        strict=True,
    )
    database.table("steps").create_index(["article_id", "id"])
    database.table("settings").create(
        {"name": str, "value": str}, pk="name", not_null={"value"}, strict=True
    )
    for column in (
        "versions ADD COLUMN state TEXT NOT NULL DEFAULT 'approved'",
        "versions ADD COLUMN publish_at_ms INTEGER NOT NULL DEFAULT 0",
        "releases ADD COLUMN articles INTEGER NOT NULL DEFAULT 0",
        "releases ADD COLUMN override TEXT NOT NULL DEFAULT ''",
    ):
        database.execute(f"ALTER TABLE {column}")
    # Finds the newest approved version of each article, and what waits for its time.
    database.table("versions").create_index(["state", "article_id", "version", "publish_at_ms"])
    database.execute(
        "INSERT INTO steps (article_id, version, state, by, at_ms, comment, publish_at_ms) "
        "SELECT article_id, version, 'approved', author, saved_ms, '', 0 FROM versions "
        "ORDER BY saved_ms, version"
    )
    database.execute(
        "UPDATE releases SET articles = (SELECT count(*) FROM json_each(releases.versions))"
    )
    # A base from before went without reviews: whoever works with it is not locked out.
    database.execute(
        "INSERT INTO settings SELECT 'review', 'none' WHERE EXISTS (SELECT 1 FROM versions)"
    )
    _take_fields_out_of_extra(database)


def _take_fields_out_of_extra(database: Database) -> None:
    """Dates and conditions were front matter that nobody read; what is none keeps another name."""
    rows = database.execute("SELECT rowid, article FROM versions").fetchall()
    for row, text in rows:
        stored = msgspec.json.decode(text)
        found = {name: stored["extra"].pop(name, None) for name in _NEW_FIELDS}
        for name, value in found.items():
            fields = FieldReader(dump({name: value}), first_line=1, source="")
            try:
                read = fields.choices(name) if name == "applies_to" else fields.date(name)
            except ArticleError:
                stored["extra"][f"{name}_unread"] = value
            else:
                stored[name] = read
        database.execute(
            "UPDATE versions SET article = ? WHERE rowid = ?",
            (msgspec.json.encode(stored).decode(), row),
        )


@MIGRATIONS(name="0003_use_and_gaps")
def _use_and_gaps(database: Database) -> None:
    """What calls did with articles, what they asked, and what no article answers."""
    flags = ("offered", "opened", "used", "helpful", "not_helpful", "dismissed", "withdrawn")
    database.table("learned_calls").create(
        {"call_id": str, "seq": int, "ended_ms": int},
        pk="call_id",
        not_null={"seq", "ended_ms"},
        strict=True,
    )
    uses = {
        **dict.fromkeys(("call_id", "article_id", "intent", "dismissed_why"), str),
        **dict.fromkeys(("ended_ms", "version", "release", "dwell_ms", "solved", *flags), int),
    }
    database.table("article_uses").create(
        uses, pk=("call_id", "article_id"), not_null=set(uses), strict=True
    )
    database.table("article_uses").create_index(["article_id"])
    questions = {
        **dict.fromkeys(("call_id", "utterance_id", "text", "intent", "queue", "article_id"), str),
        **dict.fromkeys(("asked_ms", "version", "release"), int),
        **dict.fromkeys(("shown", "rejected", "answered"), int),
        "score": float,
    }
    database.table("asked_questions").create(
        questions, pk=("call_id", "utterance_id"), not_null=set(questions), strict=True
    )
    database.table("asked_questions").create_index(["asked_ms"])
    gaps = {
        **dict.fromkeys(("gap_id", "state", "owner", "article_id", "told", "model"), str),
        **dict.fromkeys(("made_ms", "closed_release"), int),
        "direction": bytes,
    }
    database.table("gaps").create(gaps, pk="gap_id", not_null=set(gaps), strict=True)
    in_gaps = {"call_id": str, "utterance_id": str, "gap_id": str, "vector": bytes}
    database.table("gap_questions").create(
        in_gaps,
        pk=("call_id", "utterance_id"),
        not_null=set(in_gaps),
        foreign_keys=[("gap_id", "gaps", "gap_id")],
        strict=True,
    )
    database.table("gap_questions").create_index(["gap_id"])
