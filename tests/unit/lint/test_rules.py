"""Each rule finds what it is for and leaves its near misses alone."""

import datetime as dt
from collections.abc import Callable, Iterable

import pytest

from knowledge_base.article import Article
from knowledge_base.lint.check import blocking
from knowledge_base.lint.finding import Finding, Severity
from knowledge_base.lint.rules.links import dead_link
from knowledge_base.lint.rules.placeholder import placeholder
from knowledge_base.lint.rules.reading_level import grade_of, reading_level
from knowledge_base.lint.rules.same_text import exact_duplicate, same_title
from knowledge_base.lint.rules.size import (
    HEADLESS_WORDS,
    LONG_WORDS,
    headless,
    too_long,
    word_count,
)
from knowledge_base.lint.rules.title import title
from knowledge_base.lint.rules.upkeep import no_owner, no_review, no_variants, stale
from knowledge_base.lint.rules.validity import validity
from knowledge_base.lint.sheet import Sheet, can_meet

TODAY = dt.date(2026, 3, 10)
DAY_MS = 86_400_000
NOON_MS = int(dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC).timestamp() * 1000)
Rule = Callable[[Sheet], Iterable[Finding]]


def article(article_id: str = "a", **fields: object) -> Article:
    wanted = {"title": "Block a lost card", "body": "Press *Block*.", **fields}
    return Article(article_id=article_id, **wanted)  # type: ignore[arg-type]


def found(rule: Rule, *articles: Article, changed: set[str] | None = None) -> list[Finding]:
    return list(rule(Sheet(articles, today=TODAY, changed=changed)))


def test_exact_duplicate() -> None:
    (finding,) = found(exact_duplicate, article("a"), article("b", body="Press  *Block*."))
    assert (finding.article_id, finding.other_id) == ("b", "a")
    assert finding.severity is Severity.ERROR
    assert finding.quote
    assert finding.other_quote


def test_exact_duplicates_are_told_once_each() -> None:
    copies = [article(name) for name in "abc"]
    assert [one.article_id for one in found(exact_duplicate, *copies)] == ["b", "c"]
    assert [one.article_id for one in found(exact_duplicate, *copies, changed={"c"})] == ["c"]
    (finding,) = found(exact_duplicate, *copies, changed={"a"})
    assert (finding.article_id, finding.other_id) == ("a", "b")


@pytest.mark.parametrize(
    "other",
    [
        {"body": "Press *Freeze*."},
        {"title": "Block a stolen card"},
        {"locale": "en-GB"},
        {"products": ("cards",)},
        {"applies_to": {"tier": ("gold",)}},
    ],
)
def test_no_exact_duplicate(other: dict[str, object]) -> None:
    assert found(exact_duplicate, article("a"), article("b", **other)) == []


def test_same_title() -> None:
    one, other = article("a"), article("b", title="block a  lost CARD", body="Something else.")
    (finding,) = found(same_title, one, other)
    assert (finding.severity, finding.other_id) == (Severity.WARNING, "a")
    assert found(same_title, one, article("b")) == []  # an exact duplicate
    assert found(same_title, one, article("b", locale="de-DE", body="x")) == []


@pytest.mark.parametrize(
    ("link", "severity"),
    [
        ("[see](no-such-article)", Severity.ERROR),
        ("[see](no-such-article#steps)", Severity.ERROR),
        ("[see](<no such article>)", Severity.ERROR),
        ("[see][1]\n\n[1]: no-such-article", Severity.ERROR),
        ("[see](other.md)", Severity.WARNING),
        ("[see](../files/price list.pdf)".replace(" ", "%20"), Severity.WARNING),
        ("[see](http:///path)", Severity.HINT),
        ("[see](https://shop)", Severity.HINT),
        ("[see](https://example.com:99999/)", Severity.HINT),
        ("[see](https://exa mple.com/a)", Severity.HINT),
        ("[see](http://[::1)", Severity.HINT),
    ],
)
def test_dead_link(link: str, severity: Severity) -> None:
    (finding,) = found(dead_link, article(body=f"Look here: {link}."))
    assert finding.severity is severity
    assert finding.quote


@pytest.mark.parametrize(
    "link",
    [
        "[see](b)",
        "[see](b#steps)",
        "[see](<how to pay>)",
        "[see](how%20to%20pay)",
        "[see](#below)",
        "[see](https://example.com/a?b=c#d)",
        "[see](http://localhost:8080)",
        "[see](mailto:help@example.com)",
        "[see](tel:+15550100)",
        "<https://example.com>",
        "`[see](no-such-article)`",
        "array[0] (x) costs 3 < 4",
    ],
)
def test_live_link(link: str) -> None:
    others = (article("b"), article("how to pay"))
    assert found(dead_link, article(body=f"Look here: {link}."), *others) == []


@pytest.mark.parametrize(
    ("start", "end", "severity"),
    [
        ("2026-05-01", "2026-04-01", Severity.ERROR),
        ("", "2026-03-09", Severity.ERROR),
        ("", "2026-03-10", Severity.HINT),
        ("", "2026-03-20", Severity.HINT),
        ("", "2026-06-01", None),
        ("2026-05-01", "", None),
        ("2026-05-01", "2026-05-01", None),
        ("", "", None),
    ],
)
def test_validity(start: str, end: str, severity: Severity | None) -> None:
    findings = found(validity, article(valid_from=start, valid_until=end))
    assert [one.severity for one in findings] == ([severity] if severity else [])


def words(count: int) -> str:
    return "word " * count


def test_size() -> None:
    assert found(too_long, article(body=words(LONG_WORDS))) == []
    (long,) = found(too_long, article(body=words(LONG_WORDS + 1)))
    assert "1,001 words" in long.message
    assert found(headless, article(body=words(HEADLESS_WORDS))) == []
    assert found(headless, article(body=words(HEADLESS_WORDS + 1)))
    parted = f"{words(HEADLESS_WORDS)}\n\n## Then\n{words(HEADLESS_WORDS)}"
    assert found(headless, article(body=parted)) == []
    underlined = f"{words(HEADLESS_WORDS)}\n\nThen\n----\n{words(HEADLESS_WORDS)}"
    assert found(headless, article(body=underlined)) == []


def test_words_of_a_script_without_spaces() -> None:
    assert word_count("退款需要三到五个工作日") == 6
    assert word_count("I can't pay by e-mail") == 5


def test_upkeep() -> None:
    bare = article()
    kept = article(owner="Ana", review_days=90, variants=("my card is gone",))
    for rule in (no_owner, no_review, no_variants):
        assert [one.severity for one in found(rule, bare)] == [Severity.HINT]
        assert found(rule, kept) == []


def test_stale() -> None:
    def saved(days_ago: int) -> Article:
        return article(review_days=30, updated_ms=NOON_MS - days_ago * DAY_MS)

    (finding,) = found(stale, saved(40))
    assert "10 days ago" in finding.message
    assert finding.severity is Severity.WARNING
    assert found(stale, saved(30)) == []
    assert found(stale, article(updated_ms=NOON_MS - 400 * DAY_MS)) == []  # no review asked for
    assert found(stale, article(review_days=30)) == []  # a draft not saved yet
    looked_at = Sheet([saved(40)], today=TODAY, review_due={"a": NOON_MS + DAY_MS})
    assert list(stale(looked_at)) == []


@pytest.mark.parametrize(
    "text",
    ["Info", "FAQ", "General information", "Untitled 3", "Copy of Fees", "?", "42", "x" * 101],
)
def test_title_that_says_nothing(text: str) -> None:
    assert [one.severity for one in found(title, article(title=text))] == [Severity.HINT]


@pytest.mark.parametrize("text", ["Fees", "PIN", "Help with a lost card", "忘记密码", "x" * 100])
def test_title_that_says_enough(text: str) -> None:
    assert found(title, article(title=text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "TODO: fees",
        "It costs TBD.",
        "Lorem ipsum dolor",
        "Call [insert number] now",
        "<your name>",
        "XXX: check",
    ],
)
def test_placeholder(text: str) -> None:
    (finding,) = found(placeholder, article(body=f"Fine.\n\n{text}"))
    assert finding.severity is Severity.WARNING
    assert finding.quote == text


@pytest.mark.parametrize(
    "text",
    [
        "Todo el mundo puede pagar.",
        "The card ending in XXXX-1234.",
        "[add a card](b)",
        "`TODO` is a label in the app",
        "Your name is checked.",
        "<https://example.com>",
    ],
)
def test_no_placeholder(text: str) -> None:
    assert found(placeholder, article(body=text)) == []


PLAIN = "We send the card today. You get it by post. Call us if it is not there. " * 5
HARD = (
    "Notwithstanding the aforementioned contractual provisions, customers requesting reimbursement "
    "must substantiate eligibility through appropriate documentation demonstrating unambiguous "
    "compliance with international transactional regulations applicable at authorisation. "
) * 3


def test_reading_level() -> None:
    plain, hard = grade_of(article(body=PLAIN)), grade_of(article(body=HARD))
    assert plain is not None
    assert plain < 3
    assert hard is not None
    assert hard > 20
    assert found(reading_level, article(body=PLAIN)) == []
    (finding,) = found(reading_level, article(body=HARD))
    assert finding.severity is Severity.HINT
    assert found(reading_level, article(body=HARD, locale="de-DE")) == []
    assert grade_of(article(body="Too short to say.")) is None


def test_the_grade_of_a_known_text() -> None:
    """The Gettysburg Address is at grade 10 to 11 by the calculators in use."""
    text = (
        "Four score and seven years ago our fathers brought forth on this continent a new nation, "
        "conceived in Liberty, and dedicated to the proposition that all men are created equal. "
        "Now we are engaged in a great civil war, testing whether that nation, or any nation so "
        "conceived and so dedicated, can long endure. We are met on a great battlefield of that "
        "war. We have come to dedicate a portion of that field as a final resting place for those "
        "who here gave their lives that that nation might live. It is altogether fitting and "
        "proper that we should do this."
    )
    grade = grade_of(article(body=text))
    assert grade == pytest.approx(9.0, abs=1.5)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ({}, {}, True),
        ({"products": ("cards",)}, {}, True),
        ({"products": ("cards",)}, {"products": ("orders", "cards")}, True),
        ({"products": ("cards",)}, {"products": ("orders",)}, False),
        ({"locale": "en-GB"}, {}, False),
        ({"applies_to": {"tier": ("gold",)}}, {"applies_to": {"tier": ("basic",)}}, False),
        ({"applies_to": {"tier": ("gold",)}}, {"applies_to": {"state": ("TX",)}}, True),
        ({"valid_until": "2026-01-31"}, {"valid_from": "2026-02-01"}, False),
        ({"valid_until": "2026-02-01"}, {"valid_from": "2026-02-01"}, True),
    ],
)
def test_who_can_be_shown_both(
    one: dict[str, object], other: dict[str, object], meet: bool
) -> None:
    first, second = article("a", **one), article("b", **other)
    assert can_meet(first, second) is meet
    assert can_meet(second, first) is meet


def test_blocking_is_errors_only() -> None:
    bad = article("bad", body="TODO [see](nowhere) [file](x.pdf)", valid_until="2020-01-01")
    assert {one.rule for one in blocking([bad, article()], today=TODAY)} == {
        "dead-link",
        "validity",
    }
    honest = [article(str(at), title="Info", body=f"TODO {at}") for at in range(50)]
    assert blocking(honest, today=TODAY) == []
