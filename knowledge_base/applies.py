"""For whom and when an article is right: products, language, facts about the customer, dates."""

import datetime as dt
from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from knowledge_base.article import Article

Fact: TypeAlias = str | int | float | bool


class Applies(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an answer is for, as far as it is known; what is not known excludes nothing."""

    products: tuple[str, ...] = ()
    locale: str = ""  # "en-US"; articles of the same language are right
    facts: Mapping[str, Fact] = {}
    today: dt.date | None = None  # None: whatever its dates


ANYONE = Applies()


class Scope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whom an article is for."""

    locale: str = ""
    products: tuple[str, ...] = ()
    applies_to: Mapping[str, tuple[str, ...]] = {}
    valid_from: str = ""
    valid_until: str = ""

    @classmethod
    def of(cls, article: Article) -> "Scope":
        """The scope that an article names."""
        return cls(
            locale=article.locale,
            products=article.products,
            applies_to=article.applies_to,
            valid_from=article.valid_from,
            valid_until=article.valid_until,
        )

    def suits(self, who: Applies) -> bool:
        """Whether the article may be shown."""
        return (
            self._is_for_product(who.products)
            and self._is_in_language(who.locale)
            and self._is_valid(who.today)
            and all(self._accepts(fact, who.facts.get(fact)) for fact in self.applies_to)
        )

    def _is_for_product(self, products: tuple[str, ...]) -> bool:
        return not products or not self.products or not set(self.products).isdisjoint(products)

    def _is_in_language(self, locale: str) -> bool:
        return not locale or not self.locale or language(locale) == language(self.locale)

    def _is_valid(self, today: dt.date | None) -> bool:
        if today is None:
            return True
        day = today.isoformat()  # ISO dates sort as text
        return self.valid_from <= day and (not self.valid_until or day <= self.valid_until)

    def _accepts(self, fact: str, known: Fact | None) -> bool:
        return known is None or _plain(known) in {_plain(one) for one in self.applies_to[fact]}


def language(locale: str) -> str:
    """The language of a locale: "en" of "en-US"."""
    return locale.replace("_", "-").partition("-")[0].lower()


def _plain(value: Fact) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).casefold()
