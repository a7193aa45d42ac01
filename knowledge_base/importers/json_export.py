"""Reads JSON files: Zendesk help centre articles, or a list of articles named as in JSON lines."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from knowledge_base.article import Article
from knowledge_base.errors import ArticleError
from knowledge_base.importers.html_text import html_as_markdown
from knowledge_base.importers.importer import Found, LeftOut, Page, SourceFile
from knowledge_base.importers.links import page_key
from knowledge_base.importers.record import article_of, checked
from knowledge_base.importers.text import decode, distinct, read_bytes

MAX_JSON_BYTES: Final = 100_000_000
_WANTED: Final = (
    'wanted is {"articles": [{"id": …, "title": …, "body": …}]}, as Zendesk exports it, or a list'
)


class JsonImporter:
    """One article, a list of them, or an object with `articles` or `article`."""

    max_bytes = MAX_JSON_BYTES

    def read(self, file: SourceFile) -> Iterator[Found]:
        """Yield the articles; drafts of a help centre are left out."""
        source = str(file.name)
        text = decode(read_bytes(file), source=source)
        try:
            whole = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            raise ArticleError(source=source, line=1, reason=f"is no JSON: {error}") from error
        for number, entry in enumerate(_entries(whole, source=source), start=1):
            try:
                yield _found(entry, source=source, number=number)
            except ArticleError as error:
                yield error


class _HelpCentreArticle(msgspec.Struct, frozen=True, kw_only=True):
    """What Zendesk's help centre says of an article; the rest is not for agents."""

    id: int | str
    html_url: str
    title: str | None = ""
    body: str | None = ""
    locale: str = "en-us"
    source_locale: str = ""
    label_names: tuple[str, ...] = ()
    draft: bool = False


def _entries(whole: object, *, source: str) -> list[Any]:
    match whole:
        case {"articles": list(entries)}:
            return entries
        case {"article": dict(entry)}:
            return [entry]
        case list():
            return whole
        case dict() if {"title", "body"} & whole.keys():
            return [whole]
        case _:
            raise ArticleError(source=source, line=1, reason=f"holds no articles: {_WANTED}")


def _found(entry: object, *, source: str, number: int) -> Found:
    if not isinstance(entry, dict):
        reason = f"entry {number} is no object: {_WANTED}"
        raise ArticleError(source=source, line=1, reason=reason)
    try:
        if "html_url" in entry:
            return _of_help_centre(entry, source=source)
        return Page(article=article_of(entry, source=source, line=1))
    except ArticleError as error:
        reason = f"entry {number}: {error.reason}"
        raise ArticleError(source=source, line=1, reason=reason) from error


def _of_help_centre(entry: Mapping[str, Any], *, source: str) -> Found:
    try:
        given = msgspec.convert(entry, type=_HelpCentreArticle)
    except msgspec.ValidationError as error:
        raise ArticleError(source=source, line=1, reason=str(error)) from error
    named = f"{given.title or given.id!r}"
    if given.draft:
        return LeftOut(source=source, reason=f"{named} is a draft")
    body = html_as_markdown(given.body or "", source=source)
    article = Article(
        article_id=_id(given),
        title=given.title or "",
        body=body,
        locale=_locale(given.locale),
        tags=given.label_names,
    )
    return Page(
        article=checked(article, source=source),
        addresses=distinct([page_key(given.html_url), given.html_url]),
        keeps_unknown_links=False,
    )


def _id(given: _HelpCentreArticle) -> str:
    """The help centre's own id; a translation, which shares it, adds its locale."""
    is_translation = given.source_locale and given.locale != given.source_locale
    return f"{given.id}-{given.locale}" if is_translation else str(given.id)


def _locale(locale: str) -> str:
    """`en-us` as `en-US`."""
    language, _, region = locale.partition("-")
    return f"{language}-{region.upper() if len(region) == 2 else region}".rstrip("-")
