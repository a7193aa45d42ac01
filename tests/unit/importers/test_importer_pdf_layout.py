"""Lines of a PDF become headings, lists and paragraphs."""

from itertools import chain

from knowledge_base.importers.pdf_layout import Line, as_article_text, without_running_heads


def line(text: str, y: float, *, size: float = 10, page: int = 1) -> Line:
    return Line(page=page, text=text, size=size, y=y)


def test_sizes_are_headings_and_gaps_are_paragraphs() -> None:
    lines = [
        line("Example Bank", 790, size=9),
        line("Lost card", 750, size=24),
        line("What to", 700, size=14),
        line("say now", 683, size=14),
        line("We block the card", 660),
        line("on this call.", 648),
        line("Then we send another.", 620),
        line("• First this", 600),
        line("and more of it", 588),
        line("• then that", 576),
        line("2. Numbered", 564),
    ]
    title, body = as_article_text(lines)
    assert title == "Lost card"
    assert body.split("\n\n") == [
        "Example Bank",
        "## What to say now",
        "We block the card on this call.",
        "Then we send another.",
        "- First this and more of it",
        "- then that",
        "2. Numbered",
    ]


def test_a_sentence_goes_on_over_the_page() -> None:
    lines = [line("We block", 60), line("the card.", 780, page=2), line("Next.", 780, page=3)]
    assert as_article_text(lines) == ("", "We block the card.\n\nNext.")


def test_long_lines_are_no_headings() -> None:
    lines = [line("word " * 40, 700, size=14), line("text " * 60, 650)]
    assert not as_article_text(lines)[1].startswith("#")


def test_what_stands_at_the_edge_of_every_page_is_dropped() -> None:
    pages = [
        [
            line("Example Bank", 800, page=page),
            line(f"Same words, other place {page}", 700 - page, page=page),
            line(text, 600, page=page),
            line(f"page {page} of 3", 40, page=page),
        ]
        for page, text in enumerate(("one", "two", "three"), start=1)
    ]
    kept = [each.text for each in without_running_heads([*chain(*pages)])]
    assert kept == [
        "Same words, other place 1",
        "one",
        "Same words, other place 2",
        "two",
        "Same words, other place 3",
        "three",
    ]


def test_nothing_is_no_trouble() -> None:
    assert without_running_heads([]) == []
    assert as_article_text([]) == ("", "")
