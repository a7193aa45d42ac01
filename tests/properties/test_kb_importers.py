"""What goes in by an importer is what was written; what is written out comes in the same."""

import csv
import io
import json
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Any

import msgspec
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from knowledge_base.article import Article, render_file, tidied
from knowledge_base.article_id import MAX_ID_CHARACTERS, file_name
from knowledge_base.errors import ArticleError
from knowledge_base.importers import Page, read
from knowledge_base.importers.csv_table import CsvImporter
from knowledge_base.importers.html_text import html_as_markdown
from knowledge_base.importers.importer import Found, Importer
from knowledge_base.importers.json_lines import JsonLinesImporter
from knowledge_base.importers.text import as_markdown

_CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"))
TEXTS = st.text(_CHARACTERS, min_size=1, max_size=30).map(lambda text: " ".join(text.split()))
LINES = TEXTS.filter(bool)
MARKS = st.text("*_`#-+>|<&[]()!~\\1. a\n", min_size=1, max_size=40)
BODIES = st.lists(LINES | st.sampled_from(["- a", "## b", "    code"]), min_size=1).map("\n".join)
IDS = st.text(_CHARACTERS, min_size=1, max_size=MAX_ID_CHARACTERS).map(str.strip).filter(bool)
EXTRA = st.dictionaries(
    st.from_regex(r"x_[a-z]{1,6}", fullmatch=True),
    st.integers(-(2**53), 2**53) | LINES | st.lists(LINES, min_size=1, max_size=2),
    max_size=2,
)
ARTICLES = st.builds(
    Article,
    article_id=IDS,
    title=LINES,
    body=BODIES,
    locale=st.sampled_from(["en-US", "de-DE"]),
    tags=st.lists(LINES, max_size=3).map(tuple),
    variants=st.lists(LINES, max_size=3).map(tuple),
    products=st.lists(LINES, max_size=2).map(tuple),
    owner=TEXTS,
    review_days=st.integers(0, 900),
    valid_from=st.dates().map(lambda day: day.isoformat()) | st.just(""),
    extra=EXTRA,
).map(lambda article: tidied(article))
SETS = st.lists(ARTICLES, min_size=1, max_size=5, unique_by=lambda article: article.article_id)


class _File(msgspec.Struct):
    name: PurePosixPath
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def open(self) -> IO[bytes]:
        return io.BytesIO(self.data)


def found(importer: Importer, data: bytes) -> list[Found]:
    file = _File(PurePosixPath("faq.txt"), data)
    try:
        return list(importer.read(file))
    except ArticleError as error:
        return [error]


def articles(importer: Importer, data: bytes) -> list[Article]:
    pages = found(importer, data)
    assert all(isinstance(page, Page) for page in pages), pages
    return [page.article for page in pages if isinstance(page, Page)]


@given(SETS)
def test_what_is_exported_comes_in_the_same(given_articles: list[Article]) -> None:
    with TemporaryDirectory() as folder:
        for article in given_articles:
            path = Path(folder) / file_name(article.article_id)
            path.write_text(render_file(article), encoding="utf-8", newline="\n")
        imported = read(Path(folder))
    assert not imported.broken
    assert {one.article_id: one for one in imported.articles} == {
        one.article_id: one for one in given_articles
    }


@given(SETS)
def test_json_lines_keep_every_article(given_articles: list[Article]) -> None:
    lines = [json.dumps(row(article)) for article in given_articles]
    assert articles(JsonLinesImporter(), "\n".join(lines).encode()) == given_articles


def row(article: Article) -> dict[str, Any]:
    fields = msgspec.to_builtins(article)
    named = {"id": fields.pop("article_id"), **fields.pop("extra")}
    return named | {name: value for name, value in fields.items() if value not in ("", [], {}, 0)}


@given(
    st.lists(
        st.tuples(LINES, LINES, BODIES, st.lists(LINES, max_size=3)),
        min_size=1,
        max_size=4,
        unique_by=lambda cells: cells[0],
    ),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\r\n", "\n"]),
)
def test_tables_keep_every_row(
    rows: list[tuple[str, str, str, list[str]]], delimiter: str, encoding: str, end: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(["ID", "Title", "body", "variants", "locale"])
    for article_id, title, body, variants in rows:
        writer.writerow([article_id, title, body, json.dumps(variants), "de-DE"])
    read_back = articles(CsvImporter(), text.getvalue().encode(encoding))
    assert read_back == [
        tidied(
            Article(
                article_id=article_id,
                title=title,
                body=body,
                variants=tuple(variants),
                locale="de-DE",
            )
        )
        for article_id, title, body, variants in rows
    ]


@given(st.text(max_size=200) | MARKS, st.sampled_from([CsvImporter(), JsonLinesImporter()]))
def test_any_text_is_read_or_told(text: str, importer: Importer) -> None:
    for start in ("", "id,title,body\n", '{"id": 1, "title": "a"}\n'):
        for one in found(importer, (start + text).encode("utf-8", "surrogatepass")):
            assert isinstance(one, Page | ArticleError)
            assert isinstance(one, ArticleError) or tidied(one.article) == one.article


@given(MARKS | LINES)
def test_plain_text_as_markdown_shows_exactly_it(text: str) -> None:
    lines = [line for part in text.split("\n") if (line := " ".join(part.split()))]
    html = (
        MarkdownIt("commonmark", {"html": False})
        .enable("table")
        .render(as_markdown("\n".join(lines)))
    )
    assert html.count("<p>") == (1 if lines else 0)
    assert shown(html) == " ".join(lines)


@given(st.lists(MARKS | LINES, min_size=1, max_size=4))
def test_html_paragraphs_keep_their_words(texts: list[str]) -> None:
    soup = BeautifulSoup("", "html.parser")
    for text in texts:
        paragraph = soup.new_tag("p")
        paragraph.string = text
        soup.append(paragraph)
    markdown = html_as_markdown(str(soup), source="a")
    assert shown(MarkdownIt("commonmark", {"html": False}).render(markdown)) == " ".join(
        " ".join(texts).split()
    )


def shown(html: str) -> str:
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())
