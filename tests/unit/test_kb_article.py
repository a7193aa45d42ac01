"""Markdown in, article out; what is wrong is told with file and line."""

from pathlib import Path

import pytest

from knowledge_base.article import (
    Article,
    parse_article,
    read_article,
    render_article,
    render_file,
    tidied,
)
from knowledge_base.article_id import file_name, id_of_file
from knowledge_base.errors import ArticleError

FULL = """---
title: "Lost card: what to do"
locale: en-GB
audience: agent
products: [cards]
tags: [lost, stolen]
owner: Elena Rossi
review_days: 90
variants:
  - i lost my card
  - someone stole my wallet
valid_from: 2025-02-05
valid_until: "2026-12-31"
applies_to:
  tier: [gold, platinum]
  country: ch
reviewed: 2025-02-01
---
## What to say
We block it **now**.
"""


def test_all_fields_are_read() -> None:
    article = parse_article(FULL, article_id="lost-card")
    assert article.title == "Lost card: what to do"
    assert (article.locale, article.audience, article.owner) == ("en-GB", "agent", "Elena Rossi")
    assert (article.products, article.tags) == (("cards",), ("lost", "stolen"))
    assert article.variants == ("i lost my card", "someone stole my wallet")
    assert article.review_days == 90
    assert (article.valid_from, article.valid_until) == ("2025-02-05", "2026-12-31")
    assert article.applies_to == {"tier": ("gold", "platinum"), "country": ("ch",)}
    assert article.extra == {"reviewed": "2025-02-01"}
    assert article.body == "## What to say\nWe block it **now**."


def test_a_heading_is_a_title_where_there_is_no_front_matter() -> None:
    article = parse_article("# Opening hours #\n\nFrom eight.", article_id="hours")
    assert article.title == "Opening hours"
    assert article.locale == "en-US"


def test_line_ends_and_byte_order_mark_of_other_systems(tmp_path: Path) -> None:
    path = tmp_path / "hours.md"
    path.write_bytes(b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())
    assert read_article(path) == parse_article(FULL, article_id="hours")


def test_rules_in_the_text_do_not_end_it() -> None:
    body = "One.\n\n---\n\nTwo.\n\n---\n\nThree."
    article = parse_article(f"---\ntitle: T\n---\n{body}", article_id="t")
    assert article.body == body
    assert parse_article(render_article(article), article_id="t") == article


@pytest.mark.parametrize(
    ("markdown", "line", "reason"),
    [
        ("---\ntitle: A\nbody", 1, "opened by --- but never closed"),
        ("---\ntitle: A\ntags: [a, b\n---\ntext", 4, "not YAML"),
        (f"---\ntitle: {'[' * 300_000}\n---\ntext", 2, "nested more than 20 deep"),
        (f"---\na: &a [1]\nb: [{'*a, ' * 20}]\n---\ntext", 3, "uses *names more than 10 times"),
        ("---\ntitle: A\n\nproducts: 7\n---\ntext", 4, "`products` must be a list of texts, not 7"),
        ("---\ntitle: [a]\n---\ntext", 2, "`title` must be text"),
        ("---\ntitle: A\nreview_days: soon\n---\ntext", 3, "whole number of days, not 'soon'"),
        (
            "---\ntitle: A\nvalid_until: 2025-02-30\n---\ntext",
            3,
            "a date like 2026-01-31, not '2025-",
        ),
        (
            "---\ntitle: A\nvalid_from: 2025-02-03 10:00:00\n---\ntext",
            3,
            "`valid_from` must be a d",
        ),
        (
            "---\ntitle: A\n\napplies_to: gold\n---\nx",
            4,
            "accepted values, like `tier: [gold]`, not",
        ),
        ("---\ntitle: A\napplies_to:\n  vip: yes\n---\nx", 3, "`applies_to` must be facts"),
        ("---\n- a\n- b\n---\ntext", 1, "must hold `name: value` lines"),
        ("---\ntags: [a]\n---\ntext", 1, "has no title"),
        ("just text", 1, "has no title"),
        ("---\ntitle: A\n---\n\n  \n", 3, "has no text"),
        ("---\ntitle: A\n---\ntext\nmore \x00", 5, "U+0000"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(markdown: str, line: int, reason: str) -> None:
    with pytest.raises(ArticleError) as caught:
        parse_article(markdown, article_id="a", source="folder/a.md")
    assert reason in caught.value.reason
    assert str(caught.value).startswith(f"folder/a.md, line {line}: ")


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "latin.md"
    path.write_bytes("# Café\nmore\nNoël".encode() + b"\n\xe9t\xe9")
    with pytest.raises(ArticleError, match=r"latin\.md, line 4: is not UTF-8 text"):
        read_article(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match=r"a\.md, line 1: cannot be read: No such file"):
        read_article(tmp_path / "a.md")


def test_a_file_that_is_too_long(tmp_path: Path) -> None:
    path = tmp_path / "long.md"
    path.write_text("# T\n" + "x" * 1_000_001)
    with pytest.raises(ArticleError, match="longer than 1,000,000 bytes"):
        read_article(path)


@pytest.mark.parametrize("article_id", ["", " a", "a ", "a\nb", "a\x00", "a\u2028b", "x" * 129])
def test_what_is_no_id(article_id: str) -> None:
    with pytest.raises(ArticleError, match="is no article id: one line of up to 128 characters"):
        parse_article("# T\ntext", article_id=article_id)


@pytest.mark.parametrize(
    ("article_id", "name"),
    [
        ("lost-card", "lost-card.md"),
        ("../a", "%2E.%2Fa.md"),
        ("100% off", "100%25%20off.md"),
        ("%41", "%2541.md"),
        ("退款", "%E9%80%80%E6%AC%BE.md"),
    ],
)
def test_any_id_has_a_file_name(article_id: str, name: str) -> None:
    assert file_name(article_id) == name
    assert id_of_file(name.removesuffix(".md")) == article_id


def test_a_long_id_is_told_in_the_file(tmp_path: Path) -> None:
    article = Article(article_id="退款" * 64, title="T", body="text")
    name = file_name(article.article_id)
    assert len(name) <= 203
    (tmp_path / name).write_text(render_file(article))
    assert read_article(tmp_path / name) == article


def test_a_percent_sign_that_encodes_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "100%FF.md").write_text("# T\n\ntext")
    assert read_article(tmp_path / "100%FF.md").article_id == "100%FF"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"article_id": " "}, "is no article id"),
        ({"body": " \n"}, "has no text"),
        ({"title": ""}, "has no title"),
        ({"tags": ("a\x00",)}, "U+0000"),
        ({"valid_until": "soon"}, "`valid_until` must be a date like 2026-01-31, not 'soon'"),
    ],
)
def test_an_article_of_a_program_is_held_to_the_same(fields: dict[str, str], reason: str) -> None:
    article = Article(**{"article_id": "a", "title": "T", "body": "text", **fields})  # type: ignore[arg-type]
    with pytest.raises(ArticleError) as caught:
        tidied(article, source="in.jsonl", line=7)
    assert reason in caught.value.reason
    assert str(caught.value).startswith("in.jsonl, line 7: ")
