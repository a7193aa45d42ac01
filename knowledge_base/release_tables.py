"""The tables of a release: its articles, their passages, and the words of these."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from knowledge_base.applies import Scope
from knowledge_base.article import Article
from knowledge_base.passages import Passage
from knowledge_base.text_index import WordsRow, add_words, create_text_index, remove_words


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What a release says of an article beside its passages."""

    article_id: str
    title: str
    version: int
    updated_ms: int
    scope: Scope
    questions: str  # variants and tags, one a line


@contextlib.contextmanager
def writing_tables(path: Path) -> Iterator[sqlite3.Connection]:
    """A transaction on the tables; whoever cannot finish throws the whole folder away."""
    connection = sqlite3.connect(path)
    try:
        # Not yet anybody's: the folder is synced as a whole before it is renamed into place.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        with connection:
            yield connection
    finally:
        connection.close()


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty release."""
    connection.execute(
        "CREATE TABLE articles (number INTEGER PRIMARY KEY, article_id TEXT, version INTEGER, "
        "card TEXT) STRICT"
    )
    connection.execute(
        "CREATE TABLE passages (position INTEGER PRIMARY KEY, article INTEGER, heading TEXT, "
        'text TEXT, start INTEGER, "end" INTEGER) STRICT'
    )
    connection.execute("CREATE INDEX passages_of_article ON passages (article)")
    create_text_index(connection)


def add_articles(
    connection: sqlite3.Connection,
    articles: Sequence[tuple[int, Article]],
    passages: Sequence[tuple[int, int, Passage]],
) -> None:
    """Put in articles by number, and their passages: position, article number, passage."""
    cards = {number: _card(article) for number, article in articles}
    connection.executemany(
        "INSERT INTO articles (number, article_id, version, card) VALUES (?, ?, ?, ?)",
        (
            (number, card.article_id, card.version, msgspec.json.encode(card).decode())
            for number, card in cards.items()
        ),
    )
    connection.executemany(
        'INSERT INTO passages (position, article, heading, text, start, "end") '
        "VALUES (?, ?, ?, ?, ?, ?)",
        ((at, number, p.heading, p.text, p.start, p.end) for at, number, p in passages),
    )
    add_words(
        connection,
        (_words(at, cards[number], p.heading, p.text) for at, number, p in passages),
    )


def remove_articles(connection: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Take articles out, with their passages and words."""
    for number in numbers:
        [encoded] = connection.execute(
            "SELECT card FROM articles WHERE number = ?", (number,)
        ).fetchone()
        card = msgspec.json.decode(encoded, type=Card)
        passages = connection.execute(
            "SELECT position, heading, text FROM passages WHERE article = ?", (number,)
        ).fetchall()
        remove_words(connection, [_words(at, card, *said) for at, *said in passages])
        connection.execute("DELETE FROM passages WHERE article = ?", (number,))
        connection.execute("DELETE FROM articles WHERE number = ?", (number,))


def read_cards(connection: sqlite3.Connection) -> dict[int, Card]:
    """All articles by number."""
    decode = msgspec.json.Decoder(Card).decode
    return {
        number: decode(card)
        for number, card in connection.execute("SELECT number, card FROM articles")
    }


def words_of(article: Article, position: int, passage: Passage) -> WordsRow:
    """The words of a passage as they are put into the index."""
    return _words(position, _card(article), passage.heading, passage.text)


def _card(article: Article) -> Card:
    return Card(
        article_id=article.article_id,
        title=article.title,
        version=article.version,
        updated_ms=article.updated_ms,
        scope=Scope.of(article),
        questions="\n".join((*article.variants, *article.tags)),
    )


def _words(position: int, card: Card, heading: str, text: str) -> WordsRow:
    return WordsRow(
        position=position,
        locale=card.scope.locale,
        title=card.title,
        questions=card.questions,
        heading=heading,
        text=text,
    )
