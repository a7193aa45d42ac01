"""The rules that need the real model: duplicates in other words, and contradicting numbers."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from knowledge_base.article import Article
from knowledge_base.embedding import DEFAULT_MODEL, SentenceEmbedder
from knowledge_base.lint.check import check
from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.sheet import pieces
from knowledge_base.store import KnowledgeBase
from tests.fakes.hash_embedder import HashEmbedder
from tests.integration.knowledge.conftest import article

pytestmark = pytest.mark.integration
TODAY = dt.date(2026, 3, 10)
PAIRS: dict[str, list[list[Any]]] = yaml.safe_load(
    Path(__file__).with_name("lint_pairs.yaml").read_text()
)


def one(article_id: str, title: str, body: str, **fields: object) -> Article:
    return msgspec.structs.replace(article(article_id, body, **fields), title=title)


def of_rule(rule: str, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.rule == rule]


@pytest.mark.parametrize(("first", "second"), PAIRS["contradicting"])
def test_contradiction(model: SentenceEmbedder, first: list[str], second: list[str]) -> None:
    articles = [one("a", *first), one("b", *second)]
    (finding,) = of_rule("contradiction", check(articles, today=TODAY, embedder=model))
    assert finding.severity is Severity.WARNING
    quotes = {finding.article_id: finding.quote, finding.other_id: finding.other_quote}
    assert quotes == {"a": first[1], "b": second[1]}


@pytest.mark.parametrize(("first", "second"), PAIRS["honest"])
def test_no_contradiction(model: SentenceEmbedder, first: list[str], second: list[str]) -> None:
    articles = [one("a", *first), one("b", *second)]
    assert of_rule("contradiction", check(articles, today=TODAY, embedder=model)) == []


def test_all_that_is_honest_together(model: SentenceEmbedder) -> None:
    articles = [
        one(f"{at}-{side}", title, text)
        for at, pair in enumerate(PAIRS["honest"])
        for side, (title, text) in enumerate(pair)
    ]
    found = of_rule("contradiction", check(articles, today=TODAY, embedder=model))
    # Thrown together, some do say different things of refunds, returns and links.
    assert len(found) <= 3, [(one.quote, one.other_quote) for one in found]


def test_a_contradiction_within_an_article(model: SentenceEmbedder) -> None:
    body = "Refunds take 3 to 5 business days.\n\n## Later\nSay that refunds take 10 days."
    (finding,) = of_rule(
        "contradiction", check([one("a", "Refunds", body)], today=TODAY, embedder=model)
    )
    assert (finding.article_id, finding.other_id) == ("a", "a")
    assert "'3 to 5 business days'" in finding.message
    assert "'10 days'" in finding.message


@pytest.mark.parametrize(
    "fields",
    [
        {"locale": "en-GB"},
        {"products": ("orders",)},
        {"applies_to": {"tier": ("gold",)}},
        {"valid_from": "2027-01-01"},
    ],
)
def test_no_caller_meets_both(model: SentenceEmbedder, fields: dict[str, object]) -> None:
    articles = [
        one(
            "a",
            "Refunds",
            "Refunds take 3 to 5 business days.",
            products=("cards",),
            applies_to={"tier": ("basic",)},
            valid_until="2026-12-31",
        ),
        one("b", "Refund", "Refunds take 10 days.", **fields),
    ]
    assert of_rule("contradiction", check(articles, today=TODAY, embedder=model)) == []


def test_a_sentence_in_many_articles_is_told_once(model: SentenceEmbedder) -> None:
    articles = [
        one(f"a{at}", f"Refund of order {at}", f"Refunds take 3 to 5 business days.\n\nText {at}.")
        for at in range(30)
    ]
    articles.append(one("b", "Return an item", "Refunds take 10 days."))
    found = check(articles, today=TODAY, embedder=model)
    (finding,) = of_rule("contradiction", found)
    assert "b" in {finding.article_id, finding.other_id}


@pytest.mark.parametrize(("text", "other_text"), PAIRS["same_in_other_words"])
def test_near_duplicate(model: SentenceEmbedder, text: str, other_text: str) -> None:
    articles = [one("a", "One", text), one("b", "Other", other_text)]
    (finding,) = of_rule("near-duplicate", check(articles, today=TODAY, embedder=model))
    assert finding.severity is Severity.WARNING
    quotes = {finding.article_id: finding.quote, finding.other_id: finding.other_quote}
    assert quotes == {"a": text, "b": other_text}


@pytest.mark.parametrize(("text", "other_text"), PAIRS["about_something_else"])
def test_no_near_duplicate(model: SentenceEmbedder, text: str, other_text: str) -> None:
    articles = [one("a", "One", text), one("b", "Other", other_text)]
    assert of_rule("near-duplicate", check(articles, today=TODAY, embedder=model)) == []


def test_near_duplicates_of_two_articles_are_one_finding(model: SentenceEmbedder) -> None:
    pairs = PAIRS["same_in_other_words"][:3]
    bodies = [
        "\n\n".join(f"## Part {at}\n{pair[side]}" for at, pair in enumerate(pairs))
        for side in (0, 1)
    ]
    articles = [one("a", "One", bodies[0]), one("b", "Other", bodies[1])]
    (finding,) = of_rule("near-duplicate", check(articles, today=TODAY, embedder=model))
    assert "and 2 more passages" in finding.message


def test_the_same_steps_for_two_things_are_no_duplicate(model: SentenceEmbedder) -> None:
    text = (
        "Open the app, choose *Cards*, then the {} card, and press *Reset PIN*. Read the new PIN."
    )
    articles = [
        one("a", "Reset the PIN of a debit card", text.format("debit")),
        one("b", "Reset the PIN of a credit card", text.format("credit")),
    ]
    assert of_rule("near-duplicate", check(articles, today=TODAY, embedder=model)) == []


def test_a_passage_copied_into_many_articles_is_told_once(model: SentenceEmbedder) -> None:
    copied = "## Contact\nCall us at any time of the day, or write to us in the app under *Help*."
    articles = [one(f"a{at}", f"Topic {at}", f"Text {at}.\n\n{copied}") for at in range(20)]
    (finding,) = of_rule("near-duplicate", check(articles, today=TODAY, embedder=model))
    assert "and 18 more" in finding.message


def test_the_demo_articles(model: SentenceEmbedder, demo_base: KnowledgeBase) -> None:
    articles = [msgspec.structs.replace(one, updated_ms=0) for one in demo_base.articles()]
    release = demo_base.release_path(1)
    assert len(articles) >= 40
    assert check(articles, today=TODAY, embedder=model, release=release) == []


def test_an_edit_of_the_demo_that_contradicts_another_article(
    model: SentenceEmbedder, demo_base: KnowledgeBase
) -> None:
    draft = one(
        "new",
        "When the money is back",
        "## What to say\nWe refund the full price to the card that paid, within 14 days.",
        products=("orders",),
    )
    articles = [*demo_base.articles(), draft]
    found = check(
        articles,
        today=TODAY,
        embedder=model,
        changed={"new"},
        release=demo_base.release_path(1),
    )
    (finding,) = of_rule("contradiction", found)
    assert (finding.article_id, finding.other_id) == ("new", "refund-how-long")
    assert {one.article_id for one in found} == {"new"}


def test_copies_of_the_demo_with_another_number(
    model: SentenceEmbedder, demo_base: KnowledgeBase
) -> None:
    """Each sentence with a number, copied under a caller's question with a number made up."""
    copies: dict[str, tuple[Article, str]] = {}
    for original in demo_base.articles():
        statements = [one for piece in pieces(original) for one in piece.statements]
        for at, statement in enumerate(statements):
            first = statement.quantities[0]
            number = re.compile(r"\d+").search(statement.text, first.start, first.end)
            if number is None:
                continue
            start, end = number.span()
            made_up = str(int(number[0]) * 3 + 1)
            text = statement.text[:start] + made_up + statement.text[end:]
            question = original.variants[at % len(original.variants)]
            name = f"copy-{len(copies)}"
            copy = one(name, question, text, products=original.products)
            copies[name] = (copy, original.article_id)
    articles = [*demo_base.articles(), *(copy for copy, _ in copies.values())]
    found = of_rule(
        "contradiction",
        check(
            articles,
            today=TODAY,
            embedder=model,
            changed=set(copies),
            release=demo_base.release_path(1),
        ),
    )
    pairs = {frozenset((finding.article_id, finding.other_id)) for finding in found}
    told = [name for name, (_, original) in copies.items() if {name, original} in pairs]
    assert len(copies) > 120
    assert len(told) / len(copies) > 0.75


def test_vectors_of_a_release_are_taken_over(demo_base: KnowledgeBase) -> None:
    """Only what the release does not hold is embedded; `model` is not asked at all."""
    release = demo_base.release_path(demo_base.current_release())
    articles = demo_base.articles()
    asked = HashEmbedder(name=DEFAULT_MODEL, dimension=384)
    check(articles, today=TODAY, embedder=asked, release=release)
    everything = HashEmbedder(dimension=384)
    check(articles, today=TODAY, embedder=everything)
    assert len(everything.texts) > 350
    assert len(asked.texts) < 60  # candidates, compared whole


def test_only_findings_of_what_changed() -> None:
    articles = [article("a", "TODO"), article("b", "Done.", owner="Ana")]
    found = check(articles, today=TODAY, embedder=HashEmbedder(), changed={"b"})
    assert {one.article_id for one in found} == {"b"}
    assert [one.severity for one in found] == [Severity.HINT] * 2


def test_the_worst_comes_first() -> None:
    articles = [article("a", "TODO [x](nowhere)")]
    severities = [one.severity for one in check(articles, today=TODAY, embedder=HashEmbedder())]
    assert severities == sorted(severities, key=list(Severity).index)
    assert severities[0] is Severity.ERROR


def test_nothing_to_check() -> None:
    assert check([], today=TODAY, embedder=HashEmbedder()) == []


def test_progress_is_told() -> None:
    steps: list[tuple[int, int]] = []
    articles = [article("a", "Refunds take 3 days. " * 4)]
    check(
        articles,
        today=TODAY,
        embedder=HashEmbedder(),
        on_progress=lambda done, total: steps.append((done, total)),
    )
    assert steps
    assert all(0 < done <= total for done, total in steps)


def test_a_thousand_articles_take_seconds(tmp_path: Path) -> None:
    """With vectors that cost nothing: what the checks themselves take."""
    articles = [
        one(
            f"a{at}",
            f"Topic{at} of thing{at % 97}",
            "\n\n".join(
                f"## Part{part}\nThing{at} of sort{part * at % 89} takes {at % 50} days. "
                f"Ask w{at % 83} and v{at % 79} for {part}{at % 31} dollars of z{at % 71}."
                for part in range(4)
            ),
        )
        for at in range(1_000)
    ]
    started = dt.datetime.now(tz=dt.UTC)
    found = of_rule("contradiction", check(articles, today=TODAY, embedder=HashEmbedder()))
    assert (dt.datetime.now(tz=dt.UTC) - started).total_seconds() < 30
    assert 0 < len(found) <= 10 * len(articles)  # one template, different numbers
