"""What every importer keeps to, ours and those of plug-ins: they come by the same entry points."""

import io
from importlib.metadata import entry_points
from pathlib import PurePosixPath
from typing import IO

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.article import Article, tidied
from knowledge_base.errors import ArticleError
from knowledge_base.evaluate import GoldenQuestion
from knowledge_base.importers import Found, Importer, LeftOut, Page
from knowledge_base.importers.formats import GROUP, endings, importer_of
from tests.exports import SAMPLES

ENDINGS = sorted(endings())


class MemoryFile(msgspec.Struct):
    """A file that is nowhere; it counts how often it was opened and closed."""

    name: PurePosixPath
    data: bytes
    opened: list[io.BytesIO] = []

    @property
    def size(self) -> int:
        return len(self.data)

    def open(self) -> IO[bytes]:
        self.opened.append(io.BytesIO(self.data))
        return self.opened[-1]


def read(ending: str, data: bytes, *, name: str = "lost-card") -> list[Found]:
    """All that is found; what an importer raises is found as well."""
    file = MemoryFile(PurePosixPath(f"{name}.{ending}"), data)
    found: list[Found] = []
    try:
        for one in importer_of(ending).read(file):
            found.append(one)
    except ArticleError as error:
        found.append(error)
    assert all(stream.closed for stream in file.opened)
    return found


def articles(found: list[Found]) -> list[Article]:
    return [one.article for one in found if isinstance(one, Page)]


def test_the_protocol_is_small() -> None:
    methods = {name for name in vars(Importer) if not name.startswith("_")}
    assert methods | Importer.__annotations__.keys() == {"max_bytes", "read"}


def test_every_importer_has_a_sample() -> None:
    assert set(ENDINGS) == set(SAMPLES) == {entry.name for entry in entry_points(group=GROUP)}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_good_file_gives_articles_that_can_be_saved(ending: str) -> None:
    found = read(ending, SAMPLES[ending]())
    assert articles(found)
    for article in articles(found):
        assert tidied(article) == article
        assert article.title
        assert not any(isinstance(one, ArticleError) for one in found)
    assert {article.title for article in articles(found)} <= {"Lost card", "Card fees"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_file_gives_the_same_ids(ending: str) -> None:
    data = SAMPLES[ending]()
    assert read(ending, data) == read(ending, data)


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_empty_file_is_told(ending: str) -> None:
    (found,) = read(ending, b"")
    assert isinstance(found, ArticleError | LeftOut)
    assert found.source == f"lost-card.{ending}"


@pytest.mark.parametrize("ending", ENDINGS)
def test_any_bytes_give_articles_or_clear_errors(ending: str) -> None:
    good = SAMPLES[ending]()
    places = st.integers(0, len(good) - 1)

    # Unpacking a Word document takes a while.
    @settings(settings.default, max_examples=12 if ending == "docx" else settings().max_examples)
    @given(st.binary(max_size=200), st.lists(st.tuples(places, st.integers(0, 255)), max_size=8))
    def anything(start: bytes, changes: list[tuple[int, int]]) -> None:
        damaged = bytearray(good)
        for place, byte in changes:
            damaged[place] = byte
        cut = changes[0][0] if changes else 0
        for data in (start, bytes(damaged), good[:cut], start + good[cut:]):
            for one in read(ending, data):
                assert isinstance(one, Page | LeftOut | GoldenQuestion | ArticleError)
                assert not isinstance(one, Page) or tidied(one.article) == one.article
                assert not isinstance(one, ArticleError) or (one.line >= 1 and one.reason)

    anything()


@pytest.mark.parametrize("ending", ENDINGS)
def test_importers_say_how_much_they_read(ending: str) -> None:
    assert 100_000 <= importer_of(ending).max_bytes <= 1_000_000_000
