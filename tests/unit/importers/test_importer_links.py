"""Links between imported pages lead to articles; all others stay, or become their text."""

from pathlib import PurePosixPath

import pytest

from knowledge_base.article import Article
from knowledge_base.importers.importer import Page
from knowledge_base.importers.links import Located, page_key, with_article_links


def located(name: str, body: str, **fields: object) -> Located:
    article_id = str(fields.pop("article_id", PurePosixPath(name).stem))
    article = Article(article_id=article_id, title="T", body=body)
    return Located(PurePosixPath(name), Page(article=article, **fields))  # type: ignore[arg-type]


def linked(body: str, *others: Located, **fields: object) -> str:
    """The text of a page after its links are resolved."""
    (page, *_) = with_article_links([located("cards/lost.html", body, **fields), *others])
    return page.article.body


FEES = located("cards/fees.html", "x", addresses=("articles/36000", "https://h.example/fees"))
ODD = located("100%.html", "x", article_id="100% <free>")
SPACED = located("Visa fees.html", "x", article_id="visa (fees)")


@pytest.mark.parametrize(
    ("link", "became"),
    [
        ("[f](fees.html)", "[f](fees)"),
        ("[f](./fees.html#abroad)", "[f](fees)"),
        ("[f](../cards/fees.html?x=1)", "[f](fees)"),
        ('[f](fees.html "Title")', "[f](fees)"),
        ("[*a* \\] b](<fees.html>)", "[*a* \\] b](fees)"),
        ("[f](../Visa%20fees.html)", "[f](<visa (fees)>)"),
        ("[f](../100%25.html)", "[f](<100%25 %3Cfree%3E>)"),
        ("[f](<100%25 %3Cfree%3E>)", "[f](<100%25 %3Cfree%3E>)"),
        ("[f](https://h.example/fees)", "[f](fees)"),
        ("[f](https://h.example/hc/en-us/articles/36000-Any-title)", "[f](fees)"),
        ("[f](/hc/articles/36000)", "[f](fees)"),
        ("[a](fees.html) and [b](fees.html)", "[a](fees) and [b](fees)"),
        ("see (fees.html)", "see (fees.html)"),
        ("`[f](fees.html)`", "`[f](fees.html)`"),
        ("```\n[f](fees.html)\n```\n[f](fees.html)", "```\n[f](fees.html)\n```\n[f](fees)"),
        ("\\[f](fees.html)", "\\[f](fees.html)"),
        ("![f](fees.html)", "![f](fees.html)"),
        ("[f](fees)", "[f](fees)"),
        ("[f](https://elsewhere.example/)", "[f](https://elsewhere.example/)"),
        ("[f](mailto:a@b.example)", "[f](mailto:a@b.example)"),
        ("[f](gone.html)", "[f](gone.html)"),
    ],
)
def test_links(link: str, became: str) -> None:
    assert linked(link, FEES, SPACED, ODD) == became


def test_a_link_that_leads_nowhere_becomes_its_text_where_the_page_wants_it() -> None:
    body = "[a *b*](gone.html), [c](#top), [d](https://elsewhere.example/)"
    told = "a *b*, c, [d](https://elsewhere.example/)"
    assert linked(body, FEES, keeps_unknown_links=False) == told


def test_a_file_of_many_articles_is_no_target() -> None:
    rows = [located("faq.csv", "x", article_id=name) for name in ("one", "two")]
    assert linked("[f](../faq.csv)", *rows) == "[f](../faq.csv)"


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://x.example/wiki/spaces/BANK/pages/98377/Lost+card", "pages/98377"),
        ("/pages/viewpage.action?spaceKey=B&pageId=98377", "pages/98377"),
        ("https://x.example/hc/en-us/articles/360001-Lost-card", "articles/360001"),
        ("https://x.example/about", ""),
        ("http://[broken", ""),
    ],
)
def test_what_stays_the_same_in_an_address(address: str, key: str) -> None:
    assert page_key(address) == key


def test_a_link_that_is_no_address_is_no_trouble() -> None:
    assert linked("[f](http://[broken)", FEES, keeps_unknown_links=False) == "f"
