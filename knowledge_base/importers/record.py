"""Makes an article of named values, as tables and JSON give them, and checks what is made."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from knowledge_base.article import KNOWN_FIELDS, MAX_ARTICLE_BYTES, Article, tidied
from knowledge_base.errors import ArticleError

_NAMES: Final = {"id": "article_id"}
_TYPES: Final = {field.name: field.type for field in msgspec.structs.fields(Article)}
_READ: Final = frozenset({"article_id", "body", *KNOWN_FIELDS})
LISTS: Final = frozenset(name for name in KNOWN_FIELDS if _TYPES[name] == tuple[str, ...])
_KINDS: Final = {
    "`str`": "text",
    "`array`": "a list",
    "`int`": "a whole number",
    "`float`": "a number",
    "`bool`": "true or false",
    "`object`": "named values",
    "`null`": "nothing",
}
_LONGEST_SLUG: Final = 100


def article_of(values: Mapping[str, Any], *, source: str, line: int) -> Article:
    """An article of values by field name; other names are kept as `extra`.

    Raises `ArticleError`.
    """
    named = {_NAMES.get(name, name): value for name, value in values.items()}
    known = {name: _plain(name, named[name]) for name in _READ & named.keys()}
    known = {name: value for name, value in known.items() if value is not None}
    if known.get("article_id", "") == "":
        raise ArticleError(source=source, line=line, reason="has no `id`")
    try:
        article = msgspec.convert({"title": "", "body": "", **known}, type=Article)
    except msgspec.ValidationError as error:
        raise ArticleError(source=source, line=line, reason=_said(error)) from error
    extra = {
        name: value
        for name, value in named.items()
        if name not in _TYPES and value is not None and value != ""
    }
    return checked(msgspec.structs.replace(article, extra=extra), source=source, line=line)


def checked(article: Article, *, source: str, line: int = 1) -> Article:
    """The article as its own Markdown would give it back; a title alone is its own text."""
    body = article.body if article.body.strip() else article.title
    if len(body.encode(errors="replace")) > MAX_ARTICLE_BYTES:
        reason = f"its text is longer than {MAX_ARTICLE_BYTES:,} bytes: split it"
        raise ArticleError(source=source, line=line, reason=reason)
    try:
        return tidied(msgspec.structs.replace(article, body=body), source=source, line=line)
    except ArticleError as error:  # a line of the text is no line of the file
        raise ArticleError(source=source, line=line, reason=error.reason) from error


def slug(name: str) -> str:
    """An id made of a file's name: small letters and figures of any script, joined by "-"."""
    plain = unicodedata.normalize("NFKC", name).lower()
    words = re.sub(r"[\W_]+", "-", plain)[:_LONGEST_SLUG]
    return words.strip("-") or "article"


def _plain(name: str, value: object) -> object:
    """Numbers where a text is wanted become it; one text counts as a list of one."""
    if name in LISTS:
        entries = [value] if isinstance(value, str | int | float) else value
        return [_text(one) for one in entries] if isinstance(entries, list) else entries
    return _text(value) if _TYPES[name] is str else value


def _text(value: object) -> object:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


def _said(error: msgspec.ValidationError) -> str:
    """What is wrong in words for people: which name, what was expected."""
    wanted, _, path = str(error).partition(" - at `$.")
    name = path.rstrip("`").replace("article_id", "id")
    for kind, words in _KINDS.items():
        wanted = wanted.replace(kind, words)
    return f"`{name}` is wrong: {wanted[:1].lower()}{wanted[1:]}"
