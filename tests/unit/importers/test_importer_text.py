"""Bytes become text, text becomes Markdown that shows exactly it, names become ids."""

import codecs

import pytest

from knowledge_base.errors import ArticleError
from knowledge_base.importers.record import slug
from knowledge_base.importers.text import as_markdown, decode, distinct, without_controls


@pytest.mark.parametrize(
    "data",
    [
        "Café\nNoël".encode(),
        codecs.BOM_UTF8 + "Café\r\nNoël".encode(),
        codecs.BOM_UTF16_LE + "Café\rNoël".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "Café\nNoël".encode("utf-16-be"),
    ],
)
def test_encodings_that_announce_themselves(data: bytes) -> None:
    assert decode(data, source="a") == "Café\nNoël"


def test_other_encodings_are_told_with_their_line() -> None:
    with pytest.raises(ArticleError, match="a, line 2: is not UTF-8 text: save it as UTF-8"):
        decode("one\nCafé".encode("latin-1"), source="a")


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("5 * 3 = 15", "5 \\* 3 = 15"),
        ("desk_2 and _this_", "desk_2 and \\_this\\_"),
        ("# 1", "\\# 1"),
        ("#1", "#1"),
        ("- no list", "\\- no list"),
        ("well-kept", "well-kept"),
        ("12. no list", "12\\. no list"),
        ("12.5", "12.5"),
        ("a < b & c", "a < b & c"),
        ("<b> &amp;", "\\<b> \\&amp;"),
    ],
)
def test_only_what_would_be_a_mark_is_escaped(text: str, markdown: str) -> None:
    assert as_markdown(text) == markdown


def test_names_of_files_become_ids() -> None:
    assert slug("FAQ – Cards & Fees (2026)") == "faq-cards-fees-2026"
    assert slug("Größe_XL") == "größe-xl"
    assert slug("信用卡 丢失") == "信用卡-丢失"
    assert slug("???") == "article"
    assert len(slug("word " * 100)) <= 100


def test_small_things() -> None:
    assert distinct([" a  b", "", "a b", "c"]) == ("a b", "c")
    assert without_controls("a\x00b\x7f\x92c\ud800\n\té") == "abc\n\té"
