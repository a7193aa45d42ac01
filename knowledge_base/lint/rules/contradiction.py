"""Sentences that name different numbers, amounts, shares, times or dates for the same thing.

FAISS finds sentences with numbers that are near in meaning; `claims.py` says whether their words
speak of the same thing; the model has the last word on both sentences without their numbers, alone
and under their titles.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec

from knowledge_base.article import Article
from knowledge_base.lint.claims import Claim, Clash, claim, clash
from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.meaning import Meaning, near_pairs
from knowledge_base.lint.quantity import Quantity
from knowledge_base.lint.sheet import Sheet, Statement, can_meet, pieces, shortened

_CANDIDATE: Final = 0.5  # sentences as they are
_ALIKE: Final = 0.42  # without their numbers
_ALIKE_AT_HOME: Final = 0.65  # of one article, where everything is about one topic
_ABOUT_ONE: Final = 0.5  # with title and headings
_TITLES_ALIKE: Final = 1 / 3  # below it two articles are on different matters
_NEIGHBOURS: Final = 16
_MOST: Final = 10  # an article: whoever writes from a template need not read a thousand


class _Text(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence with numbers, and where it stands."""

    statement: Statement
    articles: list[Article]
    claims: dict[str, Claim] = {}  # by article, made when they are first compared

    def claim(self, article: Article) -> Claim:
        """The sentence as this article says it."""
        made = self.claims.get(article.article_id)
        if made is None:
            made = self.claims[article.article_id] = claim(article, self.statement)
        return made


def contradiction(sheet: Sheet, meaning: Meaning) -> Iterator[Finding]:
    """Two numbers for one thing, with both sentences."""
    texts = _texts(sheet)
    asked = [at for at, text in enumerate(texts) if any(map(sheet.is_asked, text.articles))]
    vectors = meaning.vectors([text.statement.text for text in texts])
    near = near_pairs(vectors, asked, limit=_NEIGHBOURS, at_least=_CANDIDATE)
    clashes = [found for at, other, _ in near if (found := _clash(texts[at], texts[other], sheet))]
    seen: set[tuple[str, ...]] = set()
    told: Counter[str] = Counter()
    for _, found in sorted(_confirmed(clashes, meaning), key=lambda pair: -pair[0]):
        finding = _finding(found, sheet)
        numbers = sorted(map(_quoted, (found.one, found.other), found.numbers))
        key = (*sorted((finding.article_id, finding.other_id or "")), *numbers)
        ids = {found.one.article.article_id, found.other.article.article_id}
        if key in seen or min(told[one] for one in ids) >= _MOST:
            continue
        seen.add(key)
        told.update(ids)
        yield finding


def _texts(sheet: Sheet) -> list[_Text]:
    texts: dict[tuple[str, str], _Text] = {}
    for article in sheet.articles:
        for piece in pieces(article):
            for statement in piece.statements:
                key = (statement.text, statement.heading)
                text = texts.setdefault(key, _Text(statement=statement, articles=[]))
                if article not in text.articles:
                    text.articles.append(article)
    return list(texts.values())


def _clash(one: _Text, other: _Text, sheet: Sheet) -> Clash | None:
    """The first two articles with these sentences that contradict one another."""
    for article in one.articles:
        for second in other.articles:
            if not (sheet.is_asked(article) or sheet.is_asked(second)):
                continue
            if not can_meet(article, second):
                continue
            if found := clash(one.claim(article), other.claim(second)):
                return found
    return None


def _confirmed(clashes: list[Clash], meaning: Meaning) -> Iterator[tuple[float, Clash]]:
    """Clashes whose sentences the model takes for the same, with how much."""
    claims = [one for found in clashes for one in (found.one, found.other)]
    alone = meaning.vectors([one.masked for one in claims])
    placed = meaning.vectors([_placed(one) for one in claims])
    titles = meaning.vectors([one.article.title for one in claims])
    for at, found in enumerate(clashes):
        first, second = 2 * at, 2 * at + 1
        nearness = float(alone[first] @ alone[second])
        at_home = found.one.article.article_id == found.other.article.article_id
        if nearness < (_ALIKE_AT_HOME if at_home else _ALIKE):
            continue
        is_one_matter = (
            float(placed[first] @ placed[second]) >= _ABOUT_ONE
            and float(titles[first] @ titles[second]) >= _TITLES_ALIKE
        )
        if found.says_all or is_one_matter:
            yield nearness, found


def _placed(one: Claim) -> str:
    return ". ".join(filter(None, [one.article.title, one.statement.heading, one.masked]))


def _finding(found: Clash, sheet: Sheet) -> Finding:
    sides = [(found.one, found.numbers[0]), (found.other, found.numbers[1])]
    if not sheet.is_asked(found.one.article):
        sides.reverse()
    (one, number), (other, other_number) = sides
    said, other_said = _quoted(one, number), _quoted(other, other_number)
    at_home = one.article.article_id == other.article.article_id
    where = "it also says" if at_home else f"{other.article.article_id} says"
    return Finding(
        rule="contradiction",
        severity=Severity.WARNING,
        article_id=one.article.article_id,
        message=f"says {said!r} where {where} {other_said!r}: which {number.kind} is right?",
        quote=shortened(one.statement.text, limit=400),
        other_id=other.article.article_id,
        other_quote=shortened(other.statement.text, limit=400),
    )


def _quoted(one: Claim, number: Quantity) -> str:
    return one.statement.text[number.start : number.end]
