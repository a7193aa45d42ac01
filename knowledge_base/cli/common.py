"""What the commands of `attune-kb` share: options, the model, ways to print."""

import getpass
import sys
import time
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from platformdirs import user_data_path
from rich.console import Console
from rich.table import Table

from knowledge_base.embedding import Embedder, load_embedder
from knowledge_base.errors import ReleaseMissing
from knowledge_base.search import Searcher
from knowledge_base.store import KnowledgeBase

# What articles say is printed as it is: "[b]" is no markup and ":x:" no picture.
OUT: Final = Console(markup=False, emoji=False, highlight=False)
ERR: Final = Console(stderr=True, markup=False, emoji=False, highlight=False)
DEFAULT_DB: Final = user_data_path("attune", "attune") / "knowledge"

DatabaseFolder = Annotated[
    Path, typer.Option("--db", metavar="DIR", help="Folder of the knowledge base.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Author = Annotated[str, typer.Option("--author", help="Who does this, for the history.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the history.")]


def open_searcher(base: KnowledgeBase) -> Searcher:
    """Search the release in use; raises `ReleaseMissing`."""
    release = base.current_release()
    if not release:
        raise ReleaseMissing(0)
    return Searcher.open(base.release_path(release))


def open_embedder(name: str | None = None) -> Embedder:
    """Load an embedding model, the default one where none is named."""
    with ERR.status("loading the embedding model"):
        return load_embedder(name) if name else load_embedder()


def show(value: object, text: str | Table, *, as_json: bool) -> None:
    """Print a text or table for people, or a value as JSON."""
    if as_json:
        print_json(value)
    else:
        OUT.print(text, markup=False, highlight=False)


def print_json(value: object) -> None:
    """Print a value as one line of JSON."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")


def say(text: str) -> None:
    """Print one line for people."""
    OUT.print(text, markup=False, highlight=False, soft_wrap=True)


def who(author: str) -> str:
    """The author named, or the user of this computer."""
    return author or getpass.getuser()


def now_ms() -> int:
    """Wall clock, ms since 1970."""
    return time.time_ns() // 1_000_000


def time_text(at_ms: int) -> str:
    """A moment as people here write it, to the minute."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at_ms / 1000))
