"""What an importer is: it reads one file of one format and yields what it found in it."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, Protocol, TypeAlias

import msgspec

from knowledge_base.article import Article
from knowledge_base.errors import ArticleError
from knowledge_base.evaluate import GoldenQuestion


class SourceFile(Protocol):
    """A file that is read, on disk or in an archive."""

    @property
    def name(self) -> PurePosixPath:
        """Its path, relative to what is imported; errors name it by this."""

    @property
    def size(self) -> int:
        """Bytes, as they are said to be; never more of them are read."""

    def open(self) -> IO[bytes]:
        """Open it for reading from its start; the reader closes it. Raises `ArticleError`."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """An article as it was found. Links in its body still lead to files and web pages."""

    article: Article
    line: int = 1  # where it begins in the file
    addresses: tuple[str, ...] = ()  # what others link to it by, beside the file's name
    keeps_unknown_links: bool = True  # no: a link that leads nowhere we know becomes its text


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is no article and is not meant to be one, such as an index page."""

    source: str
    line: int = 1
    reason: str


Found: TypeAlias = Page | GoldenQuestion | LeftOut | ArticleError


class Importer(Protocol):
    """Reads one format. The name of its entry point is the ending of the files it reads."""

    max_bytes: int  # larger files are refused before they are opened

    def read(self, file: SourceFile) -> Iterator[Found]:
        """Yield what a file holds. What is wrong is yielded or raised as `ArticleError`."""
