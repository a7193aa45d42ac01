"""Markdown in, article out; what is wrong is told with file and line."""

from pathlib import Path

import pytest

from knowledge_base.article import parse_article, read_article, render_article
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
    assert article.extra == {"valid_from": "2025-02-05"}
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
        ("---\ntitle: A\n\nproducts: 7\n---\ntext", 4, "`products` must be a list of texts, not 7"),
        ("---\ntitle: [a]\n---\ntext", 2, "`title` must be text"),
        ("---\ntitle: A\nreview_days: soon\n---\ntext", 3, "whole number of days, not 'soon'"),
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


@pytest.mark.parametrize("article_id", ["", "a b", "../a", ".hidden", "a/b", "x" * 129])
def test_an_id_that_could_leave_the_folder(article_id: str) -> None:
    with pytest.raises(ArticleError, match="is no article id"):
        parse_article("# T\ntext", article_id=article_id)
