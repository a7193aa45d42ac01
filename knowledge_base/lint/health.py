"""How healthy a base is, 0 to 1, as a sum of parts that each say what they count."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from knowledge_base.article import Article
from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.rules.upkeep import overdue_days
from knowledge_base.usage import ArticleUse

_WANTED_VARIANTS: Final = 3
_ENOUGH_OFFERS: Final = 3  # fewer tell nothing of an article

_WEIGHTS: Final = {
    "contradictions": 0.20,
    "question variants": 0.15,
    "freshness": 0.15,
    "duplicates": 0.10,
    "soundness": 0.10,
    "readability": 0.10,
    "ownership": 0.05,
    "use": 0.15,
}
_UNSOUND: Final = frozenset({"dead-link", "validity", "placeholder", "title", "same-title"})
_HARD: Final = frozenset({"too-long", "headless", "reading-level"})
_DOUBLE: Final = frozenset({"exact-duplicate", "near-duplicate"})


class HealthPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the health score, 0 to 1, with its weight and what it counts."""

    name: str
    score: float
    weight: float
    told: str


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The score, which is the weighted mean of its parts. No article: no parts, and 0."""

    score: float
    parts: tuple[HealthPart, ...]


def health(
    articles: Sequence[Article],
    findings: Iterable[Finding],
    *,
    today: dt.date,
    uses: Mapping[str, ArticleUse] | None = None,
    review_due: Mapping[str, int] | None = None,
) -> Health:
    """How healthy articles are, given what the check found in all of them.

    `uses`: what calls did with them; without, use is no part. `review_due`: see `check`.
    """
    if not articles:
        return Health(score=0.0, parts=())
    touched = _Touched(articles, findings)
    parts = [
        touched.part("contradictions", {"contradiction"}, "contradict no other and not themselves"),
        _variants(articles),
        _freshness(articles, today=today, review_due=review_due or {}),
        touched.part("duplicates", _DOUBLE, "say what no other says"),
        touched.part("soundness", _UNSOUND, "have working links, dates and a title of their own"),
        touched.part("readability", _HARD, "are short, with headings, and easy to read aloud"),
        _share("ownership", articles, lambda one: bool(one.owner), "have an owner"),
    ]
    if uses:
        published = [one for one in articles if one.published_version]
        parts.append(_use(published or articles, uses))
    total = sum(part.weight for part in parts)
    weighed = tuple(msgspec.structs.replace(part, weight=part.weight / total) for part in parts)
    return Health(score=sum(part.score * part.weight for part in weighed), parts=weighed)


class _Touched:
    """Which articles each rule found something in; of a pair, both."""

    def __init__(self, articles: Sequence[Article], findings: Iterable[Finding]) -> None:
        self._articles = articles
        self._of_rule: dict[str, set[str]] = {}
        for one in findings:
            is_passing = one.rule in {"validity", "dead-link"} and one.severity is Severity.HINT
            if not is_passing:
                ids = self._of_rule.setdefault(one.rule, set())
                ids.update(filter(None, (one.article_id, one.other_id)))

    def part(self, name: str, rules: Iterable[str], told: str) -> HealthPart:
        """The share of the articles in which none of these rules found anything."""
        ids: set[str] = set().union(*(self._of_rule.get(rule, set()) for rule in rules))
        return _share(name, self._articles, lambda one: one.article_id not in ids, told)


def _share(
    name: str, articles: Sequence[Article], is_good: Callable[[Article], bool], told: str
) -> HealthPart:
    good = sum(map(is_good, articles))
    return HealthPart(
        name=name,
        score=good / len(articles),
        weight=_WEIGHTS[name],
        told=f"{good:,} of {len(articles):,} articles {told}",
    )


def _variants(articles: Sequence[Article]) -> HealthPart:
    part = _share(
        "question variants",
        articles,
        lambda one: len(one.variants) >= _WANTED_VARIANTS,
        f"have {_WANTED_VARIANTS} or more questions as callers ask them; fewer count in part",
    )
    counts = [min(len(one.variants), _WANTED_VARIANTS) for one in articles]
    return msgspec.structs.replace(part, score=sum(counts) / (_WANTED_VARIANTS * len(articles)))


def _freshness(
    articles: Sequence[Article], *, today: dt.date, review_due: Mapping[str, int]
) -> HealthPart:
    def is_fresh(one: Article) -> bool:
        due_ms = review_due.get(one.article_id, 0)
        return one.review_days > 0 and overdue_days(one, today=today, due_ms=due_ms) <= 0

    return _share("freshness", articles, is_fresh, "have a day of review that has not passed")


def _use(shown: Sequence[Article], uses: Mapping[str, ArticleUse]) -> HealthPart:
    never = sum(not _was_shown(uses.get(one.article_id)) for one in shown)
    unwanted = sum(_is_unwanted(uses.get(one.article_id)) for one in shown)
    return HealthPart(
        name="use",
        score=1 - (never + unwanted) / len(shown),
        weight=_WEIGHTS["use"],
        told=f"of {len(shown):,} published articles {never:,} were never shown in a call, "
        f"and {unwanted:,} mostly dismissed",
    )


def _was_shown(use: ArticleUse | None) -> bool:
    return use is not None and bool(use.offered or use.opened)


def _is_unwanted(use: ArticleUse | None) -> bool:
    """Offered often enough, and mostly sent away without being used."""
    if use is None or use.offered < _ENOUGH_OFFERS:
        return False
    unwanted = use.dismissed + use.not_helpful
    return unwanted * 2 > use.offered and unwanted > use.used + use.helpful
