"""Articles survive their Markdown, passages their article, any words a search."""

import sqlite3
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.article import (
    Article,
    parse_article,
    read_article,
    render_article,
    render_file,
    tidied,
)
from knowledge_base.article_id import file_name, is_article_id
from knowledge_base.errors import ArticleError
from knowledge_base.passages import cut, sentences
from knowledge_base.query import plain_question
from knowledge_base.text_index import TextIndex, WordsRow, add_words, create_text_index

# Any character but those an article refuses, and line ends, which it makes into one kind.
_CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"))
LINES = st.text(_CHARACTERS, min_size=1, max_size=40).map(lambda text: " ".join(text.split()))
LINE = LINES.filter(bool)
BODY = (
    st.lists(
        st.one_of(LINE, st.sampled_from(["", "---", "## Do", "- a", "    code", "> q", "| a |"]))
    )
    .map(lambda lines: "\n".join(lines).strip("\n").rstrip())
    .filter(lambda text: text.strip() != "")
    .filter(lambda text: text.split("\n")[0].strip() != "")
)
SCALARS = st.none() | st.booleans() | st.integers() | LINE
IDS = st.text(_CHARACTERS, max_size=128).filter(is_article_id)
DAYS = st.just("") | st.dates().map(lambda day: day.isoformat())
ARTICLES = st.builds(
    Article,
    article_id=IDS,
    title=LINE,
    body=BODY,
    locale=st.sampled_from(["en-US", "de-DE", "no"]),
    audience=LINES,
    products=st.lists(LINE, max_size=3).map(tuple),
    tags=st.lists(LINE, max_size=3).map(tuple),
    owner=LINES,
    review_days=st.integers(0, 5_000),
    variants=st.lists(LINE, max_size=3).map(tuple),
    valid_from=DAYS,
    valid_until=DAYS,
    applies_to=st.dictionaries(LINE, st.lists(LINE, min_size=1, max_size=3).map(tuple), max_size=3),
    extra=st.dictionaries(
        st.from_regex(r"x_[a-z]{1,8}", fullmatch=True), SCALARS | st.lists(SCALARS), max_size=3
    ),
)


@given(ARTICLES)
def test_an_article_survives_its_markdown(article: Article) -> None:
    assert parse_article(render_article(article), article_id=article.article_id) == article


@given(st.lists(ARTICLES, max_size=4, unique_by=lambda article: article.article_id))
def test_articles_survive_a_folder(articles: list[Article]) -> None:
    with TemporaryDirectory() as folder:
        for article in articles:
            path = Path(folder, file_name(article.article_id))
            assert not path.exists()
            path.write_text(render_file(article), encoding="utf-8", newline="\n")
        read = {path.name: read_article(path) for path in Path(folder).iterdir()}
    assert read == {file_name(article.article_id): article for article in articles}


@given(
    st.builds(
        Article,
        article_id=st.text(max_size=10),
        title=st.text(max_size=20),
        body=st.text(max_size=40),
        tags=st.lists(st.text(max_size=10), max_size=2).map(tuple),
        applies_to=st.dictionaries(st.text(), st.lists(st.text()).map(tuple), max_size=2),
    )
)
def test_what_a_program_makes_is_an_article_or_a_clear_error(article: Article) -> None:
    tidy = tidied_or_none(article)
    if tidy is not None:
        assert parse_article(render_article(tidy), article_id=tidy.article_id) == tidy
        assert tidied(tidy) == tidy


def tidied_or_none(article: Article) -> Article | None:
    try:
        return tidied(article)
    except ArticleError:
        return None


@given(st.text(max_size=200) | st.text(max_size=200).map(lambda text: f"---\n{text}\n---\nbody"))
def test_any_text_is_an_article_or_a_clear_error(text: str) -> None:
    article, line = read(text)
    assert line >= 1
    if article is not None:
        assert parse_article(render_article(article), article_id="a") == article


def read(text: str) -> tuple[Article | None, int]:
    try:
        return parse_article(text, article_id="a"), 1
    except ArticleError as error:
        return None, error.line


@given(ARTICLES)
def test_passages_lie_in_order_within_the_body(article: Article) -> None:
    end = 0
    for passage in cut(article):
        assert end <= passage.start < passage.end <= len(article.body)
        end = passage.end
        assert passage.text.strip()
        spans = sentences(passage.text)
        assert all(start < stop for start, stop in spans)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_any_words_can_be_looked_up() -> None:
    connection = sqlite3.connect(":memory:")
    create_text_index(connection)
    row = WordsRow(
        position=0, locale="en", title="card", questions="", heading="", text="a NEAR fee"
    )
    add_words(connection, [row])
    index = TextIndex(connection, passages=1)

    @given(st.text(max_size=60) | st.text("\"*()^-:{}+ ANDORNEAT'’", max_size=30))
    def look_up(text: str) -> None:
        found = index.find(text, locale="en", limit=5)
        for position, share in (*found.exact.items(), *found.alike.items()):
            assert position == 0
            assert 0 <= share <= 1
        assert 0 <= index.share_of(row, text, locale="en") <= 1

    look_up()
    connection.close()


@given(st.text(max_size=80))
def test_what_is_left_of_a_question_has_a_word_or_nothing(text: str) -> None:
    left = plain_question(text)
    assert len(left) <= len(text)
    assert left == "" or any(character.isalnum() for character in left)
