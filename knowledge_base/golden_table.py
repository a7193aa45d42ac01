"""Rows of golden questions: what callers ask, with the articles that are right."""

import sqlite3
from collections.abc import Sequence

import msgspec

from knowledge_base.evaluate import GoldenQuestion


def read_golden_rows(connection: sqlite3.Connection) -> tuple[GoldenQuestion, ...]:
    """All golden questions, in the order they came."""
    return tuple(
        GoldenQuestion(
            question=row["question"],
            articles=msgspec.json.decode(row["articles"], type=tuple[str, ...]),
            wer=row["wer"],
        )
        for row in connection.execute("SELECT question, articles, wer FROM golden ORDER BY rowid")
    )


def write_golden_rows(connection: sqlite3.Connection, questions: Sequence[GoldenQuestion]) -> None:
    """Take questions in; one that is there already is replaced."""
    connection.executemany(
        "INSERT INTO golden (question, articles, wer) VALUES (?, ?, ?) "
        "ON CONFLICT (question) DO UPDATE SET articles = excluded.articles, wer = excluded.wer",
        ((one.question, msgspec.json.encode(one.articles).decode(), one.wer) for one in questions),
    )
