"""An article and its Markdown: front matter and text in, the same out, errors with their line."""

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml
from frontmatter.default_handlers import YAMLHandler

from knowledge_base.errors import ArticleError

MAX_ARTICLE_BYTES: Final = 1_000_000
_ARTICLE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_HEADING: Final = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)
# What neither YAML nor SQLite's text keeps as it came.
_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
_BLANK_ENDS: Final = re.compile(r"\A(?:[ \t]*\n)+|\s+\Z")
_FRONT_MATTER: Final = YAMLHandler()


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
    extra: Mapping[str, Any] = {}
    version: int = 0  # given by the store, as the next two; 0: not saved yet
    updated_ms: int = 0  # when this version was saved, ms since 1970
    published_version: int = 0  # in the release in use; 0: not in it


_TEXTS: Final = ("title", "locale", "audience", "owner")
_LISTS: Final = ("products", "tags", "variants")
_KNOWN: Final = (*_TEXTS, *_LISTS, "review_days")


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
    return parse_article(text, article_id=path.stem, source=source)


def parse_article(markdown: str, *, article_id: str, source: str = "") -> Article:
    """Read Markdown with YAML front matter. `source` names it in errors (`ArticleError`)."""
    source = source or article_id
    if not _ARTICLE_ID.fullmatch(article_id):
        raise ArticleError(
            source=source,
            line=1,
            reason=f"{article_id!r} is no article id: letters, digits, '.', '_' and '-', up to 128",
        )
    text = markdown.replace("\r\n", "\n").replace("\r", "\n")
    if control := _CONTROL.search(text):
        raise ArticleError(
            source=source,
            line=_line_at(text, control.start()),
            reason=f"holds the character U+{ord(control[0]):04X}, which is not text",
        )
    front, first_line, content = _split(text, source=source)
    fields = _FieldReader(front, first_line=first_line, source=source)
    body = _BLANK_ENDS.sub("", content)
    if not body:
        raise ArticleError(
            source=source, line=_line_at(text.rstrip(), len(text)), reason="has no text"
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
        extra=fields.unknown(),
    )


def render_article(article: Article) -> str:
    """Markdown that `parse_article` reads back to the same article."""
    front: dict[str, Any] = {"title": article.title}
    for name in _KNOWN[1:]:
        value = getattr(article, name)
        if value:
            front[name] = list(value) if isinstance(value, tuple) else value
    front.update(article.extra)
    return f"---\n{_dump(front)}---\n\n{article.body}\n"


def is_same_text(one: Article, other: Article) -> bool:
    """Whether two versions say the same, whoever saved them and when."""
    return render_article(one) == render_article(other)


def _dump(front: Mapping[str, Any]) -> str:
    # One line a value: a folded line could read as the end of the front matter.
    text: str = yaml.safe_dump(dict(front), sort_keys=False, allow_unicode=True, width=1_000_000)
    return text


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _split(text: str, *, source: str) -> tuple[str, int, str]:
    """Front matter, the line of the file it starts at, and the rest."""
    if not _FRONT_MATTER.detect(text):
        return "", 1, text
    try:
        front, content = _FRONT_MATTER.split(text)
    except ValueError as error:
        raise ArticleError(
            source=source, line=1, reason="the front matter is opened by --- but never closed"
        ) from error
    return front, _line_at(text, text.index(front, 3)), content


def _title_of(body: str, *, source: str, line: int) -> str:
    heading = _HEADING.search(body)
    if heading is None:
        raise ArticleError(
            source=source,
            line=line,
            reason="has no title: write `title: …` in the front matter or a `# heading`",
        )
    return _one_line(heading[1])


def _one_line(text: str) -> str:
    return " ".join(text.split())


class _FieldReader:
    """Takes typed values out of front matter; what is wrong is told with its line."""

    def __init__(self, front: str, *, first_line: int, source: str) -> None:
        self._source = source
        self._first_line = first_line
        try:
            root = yaml.compose(front, Loader=yaml.SafeLoader)
            values = yaml.safe_load(front)
        except (yaml.YAMLError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or str(error)
            raise self._error(
                f"the front matter is not YAML: {problem}", mark.line if mark else 0
            ) from error
        self._values = {} if values is None else values
        if not isinstance(self._values, dict) or not all(isinstance(k, str) for k in self._values):
            raise self._error("the front matter must hold `name: value` lines", 0)
        pairs = root.value if isinstance(root, yaml.MappingNode) else []
        self._lines = {key.value: key.start_mark.line for key, _ in pairs}

    def _error(self, reason: str, line: int) -> ArticleError:
        return ArticleError(source=self._source, line=self._first_line + line, reason=reason)

    def _wrong(self, name: str, wanted: str) -> ArticleError:
        got = self._values[name]
        return self._error(f"`{name}` must be {wanted}, not {got!r}", self._lines.get(name, 0))

    def text(self, name: str) -> str:
        """A text on one line; empty where it is missing."""
        value = self._values.get(name)
        if value is None:
            return ""
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise self._wrong(name, "text")
        return _one_line(str(value))

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; one text counts as a list of one."""
        value = self._values.get(name)
        if value is None:
            return ()
        entries = [value] if isinstance(value, str) else value
        if not isinstance(entries, list) or not all(isinstance(e, str | int) for e in entries):
            raise self._wrong(name, "a list of texts")
        return tuple(text for entry in entries if (text := _one_line(str(entry))))

    def days(self, name: str) -> int:
        """A number of days; 0 where it is missing."""
        value = self._values.get(name, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._wrong(name, "a whole number of days")
        return value

    def unknown(self) -> dict[str, Any]:
        """What is not ours, plain enough to be stored as JSON."""
        return {name: _plain(value) for name, value in self._values.items() if name not in _KNOWN}


def _plain(value: object) -> object:
    """Dates as ISO text, keys as text; the rest of YAML is plain already."""
    match value:
        case dict():
            return {str(key): _plain(entry) for key, entry in value.items()}
        case list() | tuple() | set():
            return [_plain(entry) for entry in value]
        case dt.date():
            return value.isoformat()
        case bytes():
            return value.hex()
        case _:
            return value
