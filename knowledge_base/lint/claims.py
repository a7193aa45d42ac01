"""Whether two sentences with numbers speak of the same thing, as far as their words tell.

What is said of different things must be told apart from a contradiction: "Standard delivery takes
5 days" and "Express delivery takes 2". Each then has words that the other lacks. A special case
("If it is a gift card, …", "Exceptions") contradicts nothing either.
"""

import re
from typing import Final

import msgspec

from knowledge_base.article import Article
from knowledge_base.lint.quantity import Quantity, disagree, is_same
from knowledge_base.lint.sheet import Statement
from knowledge_base.lint.words import SPECIAL, content_stems

_CONDITION: Final = re.compile(
    r"^[\W\d]*(?:(?P<label>[^:]{1,80}):\s|(?:if|for|unless|when|where|only|except)\b[^,]*,)",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(r"[,;:()–]|\band\b|\bor\b", re.IGNORECASE)
_FULL: Final = 3  # words
_EXCEPTIONS: Final = re.compile(r"\b(?:exception|special|except)", re.IGNORECASE)


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence with numbers, and what it is about."""

    article: Article
    statement: Statement
    about: frozenset[str]  # stems of the sentence, numbers left out
    title: frozenset[str]  # of the article's title
    condition: frozenset[str]  # of the part that limits it: "Alaska: …", "If it is late, …"
    masked: str  # the sentence without its numbers


class Clash(msgspec.Struct, frozen=True, kw_only=True):
    """Two claims with the numbers that do not agree."""

    one: Claim
    other: Claim
    numbers: tuple[Quantity, Quantity]

    @property
    def says_all(self) -> bool:
        """Whether the sentences name their thing so fully that their titles need not be asked."""
        return len(self.one.about) >= _FULL and self.one.about == self.other.about


def claim(article: Article, statement: Statement) -> Claim:
    """A sentence made ready to be compared."""
    masked = _masked(statement)
    condition = _CONDITION.match(masked)
    return Claim(
        article=article,
        statement=statement,
        about=content_stems(masked),
        title=content_stems(article.title),
        condition=content_stems(condition[0]) if condition else frozenset(),
        masked=masked,
    )


def clash(one: Claim, other: Claim) -> Clash | None:
    """The numbers in which two claims about the same thing differ, or none."""
    numbers = _numbers(one.statement, other.statement)
    if numbers is None or not _is_same_thing(one, other, numbers):
        return None
    return Clash(one=one, other=other, numbers=numbers)


def _masked(statement: Statement) -> str:
    parts: list[str] = []
    at = 0
    for quantity in statement.quantities:
        parts += [statement.text[at : quantity.start], "some"]
        at = quantity.end
    return "".join(parts) + statement.text[at:]


def _numbers(one: Statement, other: Statement) -> tuple[Quantity, Quantity] | None:
    """The two numbers that disagree, of those that the other has not too."""
    mine = [q for q in one.quantities if not any(is_same(q, o) for o in other.quantities)]
    theirs = [q for q in other.quantities if not any(is_same(q, o) for o in one.quantities)]
    pairs = [
        (len(_around(one, mine_one) & _around(other, their_one)), mine_one, their_one)
        for mine_one in mine
        for their_one in theirs
        if disagree(mine_one, their_one)
    ]
    if not pairs:
        return None
    _, first, second = max(pairs, key=lambda pair: pair[0])
    return first, second


def _around(statement: Statement, quantity: Quantity) -> frozenset[str]:
    """All words of the clause that a number stands in."""
    return frozenset(_clause(statement, quantity).lower().split())


def _clause(statement: Statement, quantity: Quantity) -> str:
    before = _CLAUSE.split(statement.text[: quantity.start])[-1]
    after = _CLAUSE.split(statement.text[quantity.end :])[0]
    return f"{before} {after}"


def _is_same_thing(one: Claim, other: Claim, numbers: tuple[Quantity, Quantity]) -> bool:
    mine, theirs = one.about - other.about, other.about - one.about
    if not one.about & other.about or mine & one.condition or theirs & other.condition:
        return False
    if (mine or theirs) and _is_exception(one) != _is_exception(other):
        return False
    here = mine & content_stems(_clause(one.statement, numbers[0]))
    there = theirs & content_stems(_clause(other.statement, numbers[1]))
    if _is_special(here, theirs, other) or _is_special(there, mine, one):
        return False
    if one.article.article_id == other.article.article_id:
        return not (mine and theirs)
    return not (mine - other.title and theirs - one.title) and not _are_titles_apart(one, other)


def _is_special(extra: frozenset[str], missing: frozenset[str], beside: Claim) -> bool:
    """Whether words that only one claim has make it a special case."""
    return bool(extra & SPECIAL - (frozenset() if missing else beside.title))


def _is_exception(one: Claim) -> bool:
    return bool(_EXCEPTIONS.search(one.statement.heading))


def _are_titles_apart(one: Claim, other: Claim) -> bool:
    """Whether the titles name two things of one sort, and the sentences do not say which."""
    shared = one.title & other.title
    mine = one.title - other.title - one.about - other.about
    theirs = other.title - one.title - other.about - one.about
    if shared and mine and theirs:
        both = one.about & other.about
        is_told = len(both) >= _FULL or bool(both & (one.title | other.title))
        return not is_told or 2 * len(shared) >= max(len(one.title), len(other.title))
    return bool(shared and (mine | theirs) & SPECIAL)
