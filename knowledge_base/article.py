"""An article and its Markdown: front matter and text in, the same out, errors with their line."""

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from knowledge_base.article_id import ID_IS, id_of_file, is_article_id, needs_front_matter
from knowledge_base.errors import ArticleError
from knowledge_base.front_matter import FieldReader, dump, is_date, line_at, one_line, split

MAX_ARTICLE_BYTES: Final = 1_000_000
_HEADING: Final = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)
# What neither YAML nor SQLite's text keeps as it came.
_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
_BLANK_ENDS: Final = re.compile(r"\A(?:[ \t]*\n)+|\s+\Z")


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of knowledge. `extra` keeps front matter that is not ours, as it came."""

    article_id: str
    title: str
    body: str  # Markdown; no blank lines at its ends
    locale: str = "en-US"
    audience: str = ""
    products: tuple[str, ...] = ()  # none: for all products
    tags: tuple[str, ...] = ()
    owner: str = ""
    review_days: int = 0  # 0: no review is asked for
    variants: tuple[str, ...] = ()  # the question as callers ask it
    valid_from: str = ""  # YYYY-MM-DD; empty: always
    valid_until: str = ""  # YYYY-MM-DD, the last day; empty: for good
    applies_to: Mapping[str, tuple[str, ...]] = {}  # customer fact: accepted values
    extra: Mapping[str, Any] = {}
    version: int = 0  # given by the store, as the next two; 0: not saved yet
    updated_ms: int = 0  # when this version was saved, ms since 1970
    published_version: int = 0  # in the release in use; 0: not in it


_TEXTS: Final = ("title", "locale", "audience", "owner")
_LISTS: Final = ("products", "tags", "variants")
_DATES: Final = ("valid_from", "valid_until")
KNOWN_FIELDS: Final = (*_TEXTS, *_LISTS, "review_days", *_DATES, "applies_to")
_LONG_ID: Final = "article_id"  # in the front matter of a file whose name cannot hold it


def read_article(path: Path, *, source: str | None = None) -> Article:
    """Read a Markdown file; its name without the ending is the id. Raises `ArticleError`."""
    source = source or str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ArticleError(
            source=source, line=1, reason=f"cannot be read: {error.strerror}"
        ) from error
    if len(data) > MAX_ARTICLE_BYTES:
        raise ArticleError(
            source=source, line=1, reason=f"longer than {MAX_ARTICLE_BYTES:,} bytes: split it"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ArticleError(source=source, line=line, reason="is not UTF-8 text") from error
    return parse_file(text, stem=path.stem, source=source)


def parse_file(markdown: str, *, stem: str, source: str = "") -> Article:
    """Read the text of a file by its name without the ending. Raises `ArticleError`."""
    return _with_long_id(parse_article(markdown, article_id=id_of_file(stem), source=source))


def parse_article(markdown: str, *, article_id: str, source: str = "") -> Article:
    """Read Markdown with YAML front matter. `source` names it in errors (`ArticleError`)."""
    source = source or article_id
    _check_id(article_id, source=source)
    text = _unix_lines(markdown)
    _check_characters(text, source=source)
    front, first_line, content = split(text, source=source)
    fields = FieldReader(front, first_line=first_line, source=source)
    body = _BLANK_ENDS.sub("", content)
    if not body:
        raise ArticleError(
            source=source, line=line_at(text.rstrip(), len(text)), reason="has no text"
        )
    return Article(
        article_id=article_id,
        title=fields.text("title") or _title_of(body, source=source, line=first_line),
        body=body,
        locale=fields.text("locale") or "en-US",
        audience=fields.text("audience"),
        products=fields.texts("products"),
        tags=fields.texts("tags"),
        owner=fields.text("owner"),
        review_days=fields.days("review_days"),
        variants=fields.texts("variants"),
        valid_from=fields.date("valid_from"),
        valid_until=fields.date("valid_until"),
        applies_to=fields.choices("applies_to"),
        extra=fields.unknown(KNOWN_FIELDS),
    )


def render_article(article: Article) -> str:
    """Markdown that `parse_article` reads back to the same article."""
    front: dict[str, Any] = {"title": article.title}
    for name in KNOWN_FIELDS[1:]:
        if value := getattr(article, name):
            front[name] = _as_yaml(name, value)
    front.update(article.extra)
    return f"---\n{dump(front)}---\n\n{article.body}\n"


def render_file(article: Article) -> str:
    """Markdown that `read_article` reads back from the file that `file_name` names."""
    if not needs_front_matter(article.article_id):
        return render_article(article)
    extra = {**article.extra, _LONG_ID: article.article_id}
    return render_article(msgspec.structs.replace(article, extra=extra))


def tidied(article: Article, *, source: str = "", line: int = 1) -> Article:
    """An article made by a program, as its Markdown would be read. Raises `ArticleError`."""
    source = source or article.article_id
    _check_id(article.article_id, source=source, line=line)
    body = _BLANK_ENDS.sub("", _unix_lines(article.body))
    if not body:
        raise ArticleError(source=source, line=line, reason="has no text")
    _check_characters(body, source=source)
    texts = {name: one_line(getattr(article, name)) for name in _TEXTS}
    texts["title"] = texts["title"] or _title_of(body, source=source, line=line)
    texts["locale"] = texts["locale"] or "en-US"
    lists = {name: _one_lines(getattr(article, name)) for name in _LISTS}
    for name in _DATES:
        if (day := getattr(article, name)) and not is_date(day):
            reason = f"`{name}` must be a date like 2026-01-31, not {day!r}"
            raise ArticleError(source=source, line=line, reason=reason)
    applies_to = {one_line(fact): _one_lines(texts) for fact, texts in article.applies_to.items()}
    tidy = msgspec.structs.replace(
        article,
        body=body,
        applies_to={fact: values for fact, values in applies_to.items() if fact and values},
        extra={name: value for name, value in article.extra.items() if name not in KNOWN_FIELDS},
        **texts,
        **lists,
    )
    _check_characters("\n".join(_all_texts(tidy)), source=source, line=line)
    return tidy


def bare(article: Article) -> Article:
    """The article without what the store knows by itself."""
    return msgspec.structs.replace(article, version=0, updated_ms=0, published_version=0)


def is_same_text(one: Article, other: Article) -> bool:
    """Whether two versions say the same, whoever saved them and when."""
    return msgspec.json.encode(bare(one)) == msgspec.json.encode(bare(other))


def _as_yaml(name: str, value: object) -> object:
    match value:
        case str() if name in _DATES:
            return dt.date.fromisoformat(value)
        case tuple():
            return list(value)
        case dict():
            return {fact: list(accepted) for fact, accepted in value.items()}
        case _:
            return value


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _one_lines(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for text in texts if (line := one_line(text)))


def _all_texts(article: Article) -> list[str]:
    texts = [getattr(article, name) for name in _TEXTS]
    for name in _LISTS:
        texts += getattr(article, name)
    for fact, accepted in article.applies_to.items():
        texts += [fact, *accepted]
    return texts


def _check_id(article_id: str, *, source: str, line: int = 1) -> None:
    if not is_article_id(article_id):
        raise ArticleError(
            source=source, line=line, reason=f"{article_id!r} is no article id: {ID_IS}"
        )


def _check_characters(text: str, *, source: str, line: int | None = None) -> None:
    if control := _CONTROL.search(text):
        raise ArticleError(
            source=source,
            line=line or line_at(text, control.start()),
            reason=f"holds the character U+{ord(control[0]):04X}, which is not text",
        )


def _with_long_id(article: Article) -> Article:
    """The article under the id its front matter tells, where its file's name cannot hold that."""
    told = article.extra.get(_LONG_ID)
    if not isinstance(told, str) or not is_article_id(told) or not needs_front_matter(told):
        return article
    extra = {name: value for name, value in article.extra.items() if name != _LONG_ID}
    return msgspec.structs.replace(article, article_id=told, extra=extra)


def _title_of(body: str, *, source: str, line: int) -> str:
    heading = _HEADING.search(body)
    if heading is None:
        raise ArticleError(
            source=source,
            line=line,
            reason="has no title: write `title: …` in the front matter or a `# heading`",
        )
    return one_line(heading[1])
