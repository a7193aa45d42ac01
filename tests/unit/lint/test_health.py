"""The health of a base is the weighted sum of parts that say what they count."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.article import Article
from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.health import Health, health
from knowledge_base.usage import ArticleUse

TODAY = dt.date(2026, 3, 10)
NOW_MS = int(dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC).timestamp() * 1000)
WELL_KEPT = Article(
    article_id="a",
    title="Block a lost card",
    body="Press *Block*.",
    owner="Ana",
    review_days=90,
    variants=("my card is gone", "i lost my card", "somebody stole my card"),
    updated_ms=NOW_MS,
    published_version=1,
)
BARE = Article(article_id="b", title="Fees", body="They are low.", updated_ms=NOW_MS)


def found(rule: str, article_id: str, other_id: str | None = None) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.WARNING,
        article_id=article_id,
        other_id=other_id,
        message="is so",
    )


def part(result: Health, name: str) -> float:
    return next(one.score for one in result.parts if one.name == name)


def test_a_well_kept_base_is_healthy() -> None:
    result = health([WELL_KEPT], [], today=TODAY)
    assert result.score == pytest.approx(1.0)
    assert "use" not in {one.name for one in result.parts}
    assert all("1 of 1 articles" in one.told for one in result.parts)


def test_what_is_missing_is_counted() -> None:
    result = health([WELL_KEPT, BARE], [], today=TODAY)
    for name in ("question variants", "freshness", "ownership"):
        assert part(result, name) == 0.5
    for name in ("contradictions", "duplicates", "readability", "soundness"):
        assert part(result, name) == 1.0


def test_both_articles_of_a_pair_count() -> None:
    findings = [found("contradiction", "a", "b"), found("near-duplicate", "a", "a")]
    result = health([WELL_KEPT, BARE], findings, today=TODAY)
    assert part(result, "contradictions") == 0.0
    assert part(result, "duplicates") == 0.5


def test_a_review_that_has_passed_is_not_fresh() -> None:
    later = dt.date(2026, 8, 1)
    assert part(health([WELL_KEPT], [], today=later), "freshness") == 0.0
    looked_at = {"a": NOW_MS + 300 * 86_400_000}
    result = health([WELL_KEPT], [], today=later, review_due=looked_at)
    assert part(result, "freshness") == 1.0


@pytest.mark.parametrize(
    ("use", "score"),
    [
        (ArticleUse(), 0.0),  # never shown
        (ArticleUse(offered=1), 1.0),
        (ArticleUse(opened=1), 1.0),
        (ArticleUse(offered=2, dismissed=2), 1.0),  # too few to tell
        (ArticleUse(offered=4, dismissed=3), 0.0),
        (ArticleUse(offered=4, dismissed=2, not_helpful=1), 0.0),
        (ArticleUse(offered=10, used=6, dismissed=4), 1.0),
    ],
)
def test_use(use: ArticleUse, score: float) -> None:
    result = health([WELL_KEPT, BARE], [], today=TODAY, uses={"a": use})
    assert part(result, "use") == score  # BARE is not published: it cannot be shown


def test_without_calls_use_is_no_part() -> None:
    assert "use" not in {one.name for one in health([WELL_KEPT], [], today=TODAY, uses={}).parts}


def test_no_article_no_health() -> None:
    assert health([], [], today=TODAY) == Health(score=0.0, parts=())


_ARTICLES = st.lists(
    st.builds(
        Article,
        article_id=st.sampled_from("abcdef"),
        title=st.just("Title"),
        body=st.just("Text."),
        owner=st.sampled_from(["", "Ana"]),
        review_days=st.sampled_from([0, 30]),
        variants=st.lists(st.just("how"), max_size=5).map(tuple),
        updated_ms=st.sampled_from([0, 1_000, NOW_MS]),
        published_version=st.integers(0, 1),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one.article_id,
)
_RULES = ["contradiction", "near-duplicate", "dead-link", "headless", "no-owner", "placeholder"]
_FINDINGS = st.lists(
    st.builds(found, st.sampled_from(_RULES), st.sampled_from("abcdef"), st.sampled_from("abcdef"))
)


@given(_ARTICLES, _FINDINGS, st.booleans())
def test_any_base(articles: list[Article], findings: list[Finding], has_uses: bool) -> None:
    uses = {"a": ArticleUse(offered=5, dismissed=5)} if has_uses else None
    result = health(articles, findings, today=TODAY, uses=uses)
    assert 0 <= result.score <= 1
    assert sum(one.weight for one in result.parts) == pytest.approx(1)
    assert all(0 <= one.score <= 1 and one.told for one in result.parts)
    fewer = health(articles, findings[1:], today=TODAY, uses=uses)
    assert fewer.score >= result.score - 1e-9
