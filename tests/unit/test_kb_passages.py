"""Passages follow the headings and know their place."""

from knowledge_base.article import Article
from knowledge_base.passages import TARGET_CHARS, cut, sentences

BODY = """The **first** lines
belong to [no heading](https://example.org).

## What to do
1. Open the `order`.
2. Press *Start*.
   - A nested point.

### Abroad
| Country | Days |
| --- | --- |
| France | 3 |

## What to do
```
code stays
```"""


def article(body: str) -> Article:
    return Article(article_id="a", title="Title", body=body)


def test_one_passage_a_section_as_plain_text() -> None:
    assert [(one.heading, one.text) for one in cut(article(BODY))] == [
        ("", "The first lines belong to no heading."),
        ("What to do", "1. Open the order.\n2. Press Start.\n• A nested point."),
        ("What to do › Abroad", "Country · Days\nFrance · 3"),
        ("What to do", "code stays"),
    ]


def test_spans_point_at_the_markdown() -> None:
    first, steps, table, _ = cut(article(BODY))
    assert BODY[first.start : first.end] == BODY.split("\n\n", maxsplit=1)[0]
    assert BODY[steps.start : steps.end].startswith("1. Open the `order`.")
    assert BODY[steps.start : steps.end].endswith("- A nested point.")
    assert BODY[table.start : table.end].endswith("| France | 3 |")


def test_the_title_as_heading_is_not_said_twice() -> None:
    (passage,) = cut(article("# Title\n\ntext"))
    assert passage.heading == ""


def test_long_sections_are_cut_between_paragraphs() -> None:
    body = "\n\n".join(f"Paragraph {at}. " + "word " * 30 for at in range(9))
    passages = cut(article(body))
    assert len(passages) > 2
    assert all(len(one.text) <= TARGET_CHARS for one in passages)
    assert "\n".join(one.text for one in passages).count("Paragraph") == 9


def test_sentences() -> None:
    text = "We block it now. Does it cost $4.90? No!\n• A new card comes in 3 days."
    assert [text[start:end] for start, end in sentences(text)] == [
        "We block it now.",
        "Does it cost $4.90?",
        "No!",
        "• A new card comes in 3 days.",
    ]
    steps = "1. Open the order. Read it out.\n2. Press Start."
    assert [steps[start:end] for start, end in sentences(steps)] == [
        "1. Open the order.",
        "Read it out.",
        "2. Press Start.",
    ]
