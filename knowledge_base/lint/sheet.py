"""What the rules look at: the articles of a base, cut up once, and the day it is."""

import datetime as dt
import functools
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec

from knowledge_base.article import Article
from knowledge_base.lint.quantity import Quantity, quantities
from knowledge_base.passages import Passage, cut, sentences

_KEPT: Final = 20_000  # articles whose pieces are remembered: a draft is checked as it is written


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence that names numbers, with the headings above it."""

    heading: str
    text: str
    quantities: tuple[Quantity, ...]


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A passage with its sentences."""

    passage: Passage
    sentences: tuple[str, ...]
    statements: tuple[Statement, ...]


class Sheet:
    """The articles under check. `changed`: only these are asked about; none given: all.

    `also`: ids of articles that are there too but are not compared with.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        *,
        today: dt.date,
        changed: Collection[str] | None = None,
        review_due: Mapping[str, int] | None = None,
        also: Collection[str] = (),
    ) -> None:
        self.articles = tuple(articles)
        self.review_due = review_due or {}
        self.today = today
        self.ids = frozenset(one.article_id for one in articles).union(also)
        self._changed = None if changed is None else frozenset(changed)

    def is_asked(self, article: Article) -> bool:
        """Whether findings of this article are wanted."""
        return self._changed is None or article.article_id in self._changed

    @property
    def asked(self) -> tuple[Article, ...]:
        """The articles whose findings are wanted."""
        return tuple(article for article in self.articles if self.is_asked(article))


def pieces(article: Article) -> tuple[Piece, ...]:
    """The passages of an article, with sentences and numbers."""
    return _pieces(article.title, article.body)


def can_meet(one: Article, other: Article) -> bool:
    """Whether one caller could be shown both: locale, products, facts and days allow it."""
    if one.locale != other.locale:
        return False
    if one.products and other.products and not set(one.products) & set(other.products):
        return False
    if one.valid_until and other.valid_from > one.valid_until:
        return False
    if other.valid_until and one.valid_from > other.valid_until:
        return False
    facts = one.applies_to.keys() & other.applies_to.keys()
    return all(set(one.applies_to[fact]) & set(other.applies_to[fact]) for fact in facts)


def shortened(text: str, *, limit: int = 200) -> str:
    """A text short enough to be quoted."""
    plain = " ".join(text.split())
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"


@functools.lru_cache(maxsize=_KEPT)
def _pieces(title: str, body: str) -> tuple[Piece, ...]:
    passages = cut(Article(article_id="-", title=title, body=body))
    return tuple(_piece(passage) for passage in passages)


def _piece(passage: Passage) -> Piece:
    texts = tuple(passage.text[start:end] for start, end in sentences(passage.text))
    numbered = ((text, tuple(quantities(text))) for text in texts)
    return Piece(
        passage=passage,
        sentences=texts,
        statements=tuple(
            Statement(heading=passage.heading, text=text, quantities=found)
            for text, found in numbered
            if found
        ),
    )
