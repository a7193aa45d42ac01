"""Turns links between imported pages into links to articles; pure."""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote, unquote, urlsplit

import msgspec

from knowledge_base.importers.importer import Page

# Code is matched first, so that links in it stay as they are.
_LINK: Final = re.compile(
    r"(?P<code>^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)|`[^`\n]+`)"
    r"|(?<!\\)(?<!!)\[(?P<text>(?:[^\[\]\\]|\\.)*)\]"
    r"\(\s*(?P<target><[^<>\n]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\s*\)",
    re.DOTALL | re.MULTILINE,
)
_BARE_TARGET: Final = re.compile(r"[^\s()<>]+")
_NOT_IN_TARGETS: Final = re.compile(r"[%<>\\]")
# How help centres name a page in an address, whatever its title is today.
_KNOWN: Final = (
    (re.compile(r"/articles/(\d+)"), "articles/"),  # Zendesk
    (re.compile(r"/pages/(\d+)"), "pages/"),  # Confluence, cloud
    (re.compile(r"[?&]pageId=(\d+)"), "pages/"),  # Confluence, server
)


class Located(msgspec.Struct, frozen=True):
    """A page and the file it was found in."""

    name: PurePosixPath
    page: Page


def page_key(address: str) -> str:
    """What stays the same in an address when a page gets another title; empty: nothing known."""
    for pattern, prefix in _KNOWN:
        if found := pattern.search(address):
            return prefix + found[1]
    return ""


def link_to(article_id: str) -> str:
    """The target of a link to an article, as Markdown writes it."""
    target = _NOT_IN_TARGETS.sub(lambda found: quote(found[0]), article_id)
    return target if _BARE_TARGET.fullmatch(target) else f"<{target}>"


def with_article_links(located: Iterable[Located]) -> list[Page]:
    """The same pages with links to one another by article id."""
    known = list(located)
    addresses = _addresses(known)
    ids = {one.page.article.article_id for one in known}
    return [_resolved(one, addresses, ids) for one in known]


def _addresses(known: Iterable[Located]) -> Mapping[str, str]:
    addresses: dict[str, str] = {}
    of_file: dict[str, list[str]] = {}
    for one in known:
        article_id = one.page.article.article_id
        of_file.setdefault(str(one.name), []).append(article_id)
        for address in one.page.addresses:
            addresses[address] = article_id
    addresses.update({name: ids[0] for name, ids in of_file.items() if len(ids) == 1})
    return addresses


def _resolved(one: Located, addresses: Mapping[str, str], ids: set[str]) -> Page:
    page = one.page
    if "](" not in page.article.body:
        return page

    def replace(found: re.Match[str]) -> str:
        if found["code"]:
            return found[0]
        target = found["target"].removeprefix("<").removesuffix(">")
        if target in ids or unquote(target) in ids:
            return found[0]
        article_id = _article_at(target, one.name, addresses.get)
        if article_id:
            return f"[{found['text']}]({link_to(article_id)})"
        is_kept = page.keeps_unknown_links or _scheme(target) is not None
        return found[0] if is_kept else found["text"]

    body = _LINK.sub(replace, page.article.body)
    if body == page.article.body:
        return page
    return msgspec.structs.replace(page, article=msgspec.structs.replace(page.article, body=body))


def _scheme(target: str) -> str | None:
    """The scheme of a link that leads out of the base; none for a link within."""
    try:
        return urlsplit(target).scheme or None
    except ValueError:
        return None


def _article_at(target: str, name: PurePosixPath, find: Callable[[str], str | None]) -> str | None:
    """The article that a link leads to, tried from the most exact to the least."""
    bare = target.partition("#")[0]
    if not bare:
        return None
    path = unquote(bare.partition("?")[0])
    beside = posixpath.normpath(posixpath.join(name.parent, path))
    for address in (bare, bare.partition("?")[0], beside, page_key(bare)):
        if address and (article_id := find(address)):
            return article_id
    return None
