"""Follows a path: says what changed in it since it was last read, as soon as it settles."""

import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Final

from watchfiles import watch

from knowledge_base.article import Article
from knowledge_base.importers.reading import Imported, OnProgress, Reader

# It warns of Ctrl+C, which is how following ends.
logging.getLogger("watchfiles").setLevel(logging.ERROR)

_SETTLE_MS: Final = 300  # so long nothing more is written: an editor is done with its file
_IDLE_MS: Final = 500


class Follower:
    """Reads a path, then only what changes below it."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self._reader = Reader()
        self._last = self._before = Imported()

    def read(self, *, on_progress: OnProgress = lambda done, total: None) -> Imported:
        """What is new or different since the last time. What went away stays in the base."""
        last = self._before = self._last
        self._last = self._reader.read(self._path, on_progress=on_progress)
        before = {article.article_id: article for article in last.articles}
        said = {str(error) for error in last.broken}
        return Imported(
            articles=tuple(one for one in self._last.articles if _is_new(one, before)),
            broken=tuple(error for error in self._last.broken if str(error) not in said),
            golden=tuple(one for one in self._last.golden if one not in last.golden),
            left_out=tuple(one for one in self._last.left_out if one not in last.left_out),
        )

    def take_back(self) -> None:
        """Nothing came of what was just read: it is told again with the next change."""
        self._last = self._before

    def changes(self, stop: Event) -> Iterator[Imported]:
        """Yield what changes until `stop` is set, or Ctrl+C. A file is followed by its name."""
        is_folder = self._path.is_dir()
        caught_up = False  # with what changed between the first reading and the first watching
        for paths in watch(
            self._path if is_folder else self._path.parent,
            watch_filter=None,
            debounce=_SETTLE_MS,
            rust_timeout=_IDLE_MS,
            yield_on_timeout=True,
            stop_event=stop,
            raise_interrupt=False,
            recursive=is_folder,
        ):
            is_ours = is_folder or any(Path(changed) == self._path for _, changed in paths)
            if (paths and is_ours) or not caught_up:
                found = self.read()
                if found != Imported():
                    yield found
            caught_up = True


def _is_new(article: Article, before: dict[str, Article]) -> bool:
    return before.get(article.article_id) != article
