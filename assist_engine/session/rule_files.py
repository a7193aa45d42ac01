"""Watches files that an organisation writes its rules in; a good change is taken up at once.

Files are looked at off the event loop. What cannot be read is told once, with file and line, and
the rules before it go on.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Generic, TypeAlias, TypeVar

from assist_engine.errors import BadInput

log = logging.getLogger(__name__)

T = TypeVar("T")
Files: TypeAlias = Sequence[tuple[str, str]]
"""Names and texts, in the order of the names."""

_EVERY_S: Final = 1.0
_Stamp: TypeAlias = tuple[tuple[str, int, int, int], ...]


class RuleFiles(Generic[T]):
    """The rules in the YAML files of a folder, or in one file.

    `read` makes rules from all files or raises `BadInput`; it runs on a thread, and so does
    `use`, which gets every good version after the first.
    """

    def __init__(
        self, place: Path, *, read: Callable[[Files], T], use: Callable[[T], None]
    ) -> None:
        self._place = place
        self._read, self._use = read, use
        self._seen: _Stamp = ()
        self.problem = ""  # what is wrong with the newest version; empty: it is in use

    def load(self) -> T:
        """The rules as they stand; raises `BadInput`. No files are no rules."""
        self._seen = self._stamp()
        return self._read(self._texts())

    async def follow(
        self, on_problem: Callable[[str], None] | None = None, *, every_s: float = _EVERY_S
    ) -> None:
        """Look for changes until cancelled; `on_problem` is told of each change of `problem`."""
        told = self.problem
        while True:
            await asyncio.sleep(every_s)
            await asyncio.to_thread(self.look)
            if on_problem is not None and self.problem != told:
                told = self.problem
                on_problem(told)

    def look(self) -> None:
        """Take up what changed since the last look, if it is good."""
        try:
            seen = self._stamp()
            if seen == self._seen:
                return
            rules = self._read(self._texts())
            self._use(rules)
        except (BadInput, OSError) as error:
            self._tell(str(error))
            if isinstance(error, OSError):
                return  # a file may be on its way: look again
        else:
            self.problem = ""
            log.info("%s: %d files read again", self._place, len(seen))
        self._seen = seen

    def _tell(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            log.warning("%s; the rules before it stay in use", problem)

    def _paths(self) -> list[Path]:
        if self._place.is_dir():
            return sorted([*self._place.glob("*.yaml"), *self._place.glob("*.yml")])
        return [self._place] if self._place.is_file() else []

    def _stamp(self) -> _Stamp:
        stamps = ((path, path.stat()) for path in self._paths())
        return tuple((str(p), s.st_mtime_ns, s.st_size, s.st_ino) for p, s in stamps)

    def _texts(self) -> Files:
        return [(str(path), _text(path)) for path in self._paths()]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: not UTF-8: byte {error.start}") from error
