"""Reads all that lies at a path, in any format, and says what was wrong with the rest."""

import contextlib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias

import msgspec

from knowledge_base.article import Article
from knowledge_base.errors import ArticleError
from knowledge_base.evaluate import GoldenQuestion
from knowledge_base.importers.formats import endings, importer_of
from knowledge_base.importers.importer import Found, LeftOut, Page
from knowledge_base.importers.links import Located, with_article_links
from knowledge_base.importers.source_files import (
    ARCHIVE_ERRORS,
    ArchiveMember,
    DiskFile,
    disk_file,
    members,
    paths_below,
)

ARCHIVE: Final = "zip"
MAX_TEXT_CHARACTERS: Final = 400_000_000  # of all articles of one import, which are held in memory
OnProgress: TypeAlias = Callable[[int, int], None]
_Stamp: TypeAlias = tuple[str, int, int]
_File: TypeAlias = DiskFile | ArchiveMember


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What was read; every article has an id of its own."""

    articles: tuple[Article, ...] = ()
    broken: tuple[ArticleError, ...] = ()
    golden: tuple[GoldenQuestion, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class Reader:
    """Reads a path as often as asked; what has not changed since is not read again."""

    def __init__(self) -> None:
        self._known: dict[_Stamp, tuple[Found, ...]] = {}

    def read(self, path: Path, *, on_progress: OnProgress = lambda done, total: None) -> Imported:
        """Read a file, an archive, or all below a folder. Raises `ArticleError` if it is too much.

        `on_progress` is told how many files of how many are read.
        """
        known, self._known = self._known, {}
        collected = _Collected()
        with contextlib.ExitStack() as archives:
            files = list(_files(path, collected, archives))
            for done, file in enumerate(files):
                on_progress(done, len(files))
                found = known.get(file.stamp)
                found = _read_file(file) if found is None else found
                self._known[file.stamp] = found
                collected.add_all(file.name, found)
            on_progress(len(files), len(files))
        return collected.imported()


def read(path: Path, *, on_progress: OnProgress = lambda done, total: None) -> Imported:
    """Read a file, an archive, or all below a folder, once."""
    return Reader().read(path, on_progress=on_progress)


class _Collected:
    """What was found so far. Of two articles with one id the first is kept."""

    def __init__(self) -> None:
        self._pages: dict[str, Located] = {}
        self._golden: list[GoldenQuestion] = []
        self._left_out: list[LeftOut] = []
        self.broken: list[ArticleError] = []
        self._characters = 0

    def add_all(self, name: PurePosixPath, found: tuple[Found, ...]) -> None:
        for one in found:
            match one:
                case Page():
                    self._add_page(name, one)
                case GoldenQuestion():
                    self._golden.append(one)
                case LeftOut():
                    self._left_out.append(one)
                case ArticleError():
                    self.broken.append(one)

    def _add_page(self, name: PurePosixPath, page: Page) -> None:
        article_id = page.article.article_id
        if other := self._pages.get(article_id):
            place = str(other.name) if other.name != name else f"line {other.page.line}"
            reason = f"has the same id as {place}, {article_id!r}: rename one of them"
            self.broken.append(ArticleError(source=str(name), line=page.line, reason=reason))
            return
        self._pages[article_id] = Located(name, page)
        self._characters += len(page.article.body)
        if self._characters > MAX_TEXT_CHARACTERS:
            reason = f"is more than {MAX_TEXT_CHARACTERS:,} characters in all: import it in parts"
            raise ArticleError(source=str(name), line=page.line, reason=reason)

    def imported(self) -> Imported:
        pages = with_article_links(self._pages.values())
        return Imported(
            articles=tuple(page.article for page in pages),
            broken=tuple(self.broken),
            golden=tuple(self._golden),
            left_out=tuple(self._left_out),
        )


def _files(path: Path, collected: _Collected, archives: contextlib.ExitStack) -> Iterator[_File]:
    """The files to be read; what cannot be is put with what is broken."""
    readable = endings()
    if path.is_dir():
        paths = [one for one in paths_below(path) if _ending(one) in {*readable, ARCHIVE}]
    else:
        paths = [path]
    count = 0
    for one in paths:
        try:
            file = disk_file(one, below=path if path.is_dir() else None)
            for found in _opened(file, archives, readable):
                if isinstance(found, ArticleError):
                    collected.broken.append(found)
                else:
                    yield found
                count += 1
        except ArticleError as error:
            collected.broken.append(error)
            count += 1
    if not count:
        reason = f"holds no file that can be read; these can: {_known_endings()}"
        collected.broken.append(ArticleError(source=str(path), line=1, reason=reason))


def _opened(
    file: DiskFile, archives: contextlib.ExitStack, readable: frozenset[str]
) -> Iterator[_File | ArticleError]:
    """The file itself, or what is in it if it is an archive. Raises `ArticleError`."""
    ending = _ending(file.path)
    if ending in readable:
        yield file
    elif ending == ARCHIVE:
        try:
            archive = archives.enter_context(zipfile.ZipFile(file.path))
        except (*ARCHIVE_ERRORS, ValueError) as error:
            raise ArticleError(
                source=str(file.name), line=1, reason=f"is no zip archive: {error}"
            ) from error
        yield from members(archive, file, readable)
    else:
        reason = f"is of no kind that can be read; these can: {_known_endings()}"
        raise ArticleError(source=str(file.name), line=1, reason=reason)


def _read_file(file: _File) -> tuple[Found, ...]:
    """What is in a file, up to where it cannot be read on."""
    source = str(file.name)
    found: list[Found] = []
    try:
        importer = importer_of(_ending(file.name))
        if file.size > importer.max_bytes:
            reason = f"longer than {importer.max_bytes:,} bytes: split it"
            raise ArticleError(source=source, line=1, reason=reason)
        for one in importer.read(file):
            found.append(one)
    except ArticleError as error:
        found.append(error)
    except ARCHIVE_ERRORS as error:
        found.append(ArticleError(source=source, line=1, reason=f"cannot be read: {error}"))
    return tuple(found)


def _ending(path: Path | PurePosixPath) -> str:
    return path.suffix.lower().lstrip(".")


def _known_endings() -> str:
    return ", ".join(sorted({*endings(), ARCHIVE}))
