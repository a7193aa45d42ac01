"""Watches files that an organisation writes its rules in; a good change is taken up at once.

Files are looked at off the event loop. A file that cannot be read is told, with its line, and
costs only itself: its last good text goes on, or, at the start, it is left out.
"""

import asyncio
import errno
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Generic, TypeAlias, TypeVar

from assist_engine.errors import FAILURES, BadInput

log = logging.getLogger(__name__)

T = TypeVar("T")
Files: TypeAlias = Sequence[tuple[str, str]]
"""Names and texts, in the order of the names."""

_EVERY_S: Final = 1.0
_OLD: Final = "the rules before it stay in use"
_LEFT_OUT: Final = "it is left out"
_MOST_BYTES: Final = 4_000_000  # of one file
_ENDINGS: Final = (".yaml", ".yml")
_Stamp: TypeAlias = tuple[tuple[str, int, int, int, int], ...]
_Home: TypeAlias = tuple[int, int]  # device and inode


class _Unreadable(BadInput):
    """A file is there and cannot be read now."""


class RuleFiles(Generic[T]):
    """The rules in the YAML files of a folder, or in one file.

    `read` makes rules from all files or raises `BadInput`, which begins with the name of the file
    that is wrong; it runs on a thread, and so does `use`, which gets every good version after the
    first.
    """

    def __init__(
        self, place: Path, *, read: Callable[[Files], T], use: Callable[[T], None]
    ) -> None:
        self._place = place
        self._read, self._use = read, use
        self._seen: _Stamp = ()
        self._is_unsure = False  # something could not be read: it is tried again
        self._good: Mapping[str, str] = {}  # the texts in use, by file
        self._home: _Home | None = None  # where files were read last
        self.problem = ""  # what is wrong with the newest version, a line a file

    def load(self) -> T:
        """The rules as they stand; raises `BadInput`. No files are no rules."""
        self._seen = self._stamp()
        texts = {str(path): _text(path) for path in self._paths()}
        rules = self._read(list(texts.items()))
        self._good, self._home = texts, self._found()
        return rules

    def load_good(self) -> T:
        """The rules of the files that are good; the others are told."""
        try:
            self._seen = self._stamp()
            newest = self._newest()
        except OSError as error:
            self._tell_unreadable(error)
            newest = None
        if newest is None:
            return self._read([])
        rules, self._good = newest
        return rules

    def look(self) -> None:
        """Take up what changed since the last look, as far as it is good.

        Rules whose place is gone stay in use: it may have been renamed, or be mounted again.
        """
        try:
            seen = self._stamp()
            is_changed = seen != self._seen
            if not is_changed and not self._is_unsure:
                return
            self._seen, self._is_unsure = seen, False
            newest = self._newest(is_changed=is_changed)
        except OSError as error:  # a file may be on its way: look again
            self._tell_unreadable(error)
            return
        if newest is not None:
            rules, texts = newest
            self._use(rules)
            self._good = texts
            log.info("%s: %d files read again", self._place, len(seen))

    def refuse(self, why: str) -> None:
        """Tell that the newest version is not used, until it changes."""
        self._tell({f"{self._place}: cannot be used: {why}": _OLD})

    def _newest(self, *, is_changed: bool = True) -> tuple[T, Mapping[str, str]] | None:
        """The rules of the newest texts that hold together, and those texts.

        None: the rules in use go on as they are.

        A bad file counts with its text in use; one that was never good is left out.
        """
        texts: dict[str, str] = {}
        problems: dict[str, str] = {}
        for path in self._paths():
            try:
                texts[str(path)] = _text(path)
            except BadInput as error:
                if isinstance(error, _Unreadable):
                    self._is_unsure = True
                problems[_line(error)] = _OLD if str(path) in self._good else _LEFT_OUT
                if str(path) in self._good:
                    texts[str(path)] = self._good[str(path)]
        is_new = is_changed or texts != self._good
        rules = self._holding(texts, problems) if is_new else None
        self._home = self._found()
        self._tell(problems)
        return None if rules is None else (rules, texts)

    def _holding(self, texts: dict[str, str], problems: dict[str, str]) -> T | None:
        """The rules of these texts; those that are bad are replaced, or taken out, in place."""
        while True:
            try:
                return self._read(list(texts.items()))
            except BadInput as error:
                bad = _named(str(error), texts)
                is_old = bad in self._good if bad else bool(self._good)
                problems[_line(error)] = _OLD if is_old else _LEFT_OUT
            if bad is None or texts[bad] == self._good.get(bad):
                return None
            if bad in self._good:
                texts[bad] = self._good[bad]
            else:
                del texts[bad]

    def _tell(self, problems: Mapping[str, str]) -> None:
        """Keep what is wrong, and log what was not told before with what is done instead."""
        told, self.problem = self.problem.splitlines(), "\n".join(problems)
        for problem, instead in problems.items():
            if problem not in told:
                log.warning("%s; %s", problem, instead)

    def _tell_unreadable(self, error: OSError) -> None:
        self._is_unsure = True
        self._tell({f"{self._place}: cannot be read: {error.strerror or error}": _OLD})

    def _paths(self) -> list[Path]:
        if self._place.is_dir():
            paths = (path for path in self._place.iterdir() if path.name.endswith(_ENDINGS))
            return sorted(path for path in paths if path.is_file())
        return [self._place] if self._place.is_file() else []

    def _found(self) -> _Home | None:
        """Which folder or file is there now."""
        try:
            found = self._place.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _stamp(self) -> _Stamp:
        """Which files there are and how they are; raises `OSError` where good ones are away."""
        paths = self._paths()
        if self._good and not paths and self._found() != self._home:
            raise FileNotFoundError(errno.ENOENT, "it is gone")
        stamps = ((path, path.stat()) for path in paths)
        return tuple((str(p), s.st_mtime_ns, s.st_ctime_ns, s.st_size, s.st_ino) for p, s in stamps)


class RuleWatch:
    """Looks after all files of rules at once."""

    def __init__(
        self,
        files: Sequence[RuleFiles[Any]],
        *,
        doubts: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """`doubts` are told of the rules in use, which they do not keep from being used."""
        self._files = files
        self._doubts = doubts

    @property
    def problem(self) -> str:
        """What is wrong or doubtful with the newest versions, a line each; empty: nothing."""
        wrong = [files.problem for files in self._files if files.problem]
        return "\n".join([*wrong, *self._doubts()])

    def check(self) -> None:
        """Raise `BadInput` where a file is wrong: for those who judge rules."""
        if wrong := [files.problem for files in self._files if files.problem]:
            raise BadInput("\n".join(wrong))

    async def follow(self, on_problem: Callable[[str], None], *, every_s: float = _EVERY_S) -> None:
        """Look for changes until cancelled; `on_problem` is told of each change of `problem`."""
        told = self.problem
        doubted: set[str] = set()
        while True:
            doubts = set(self._doubts())
            for doubt in sorted(doubts - doubted):
                log.warning("%s; it is in use as it is", doubt)
            doubted = doubts
            await asyncio.sleep(every_s)
            await asyncio.to_thread(self.look)
            if self.problem != told:
                told = self.problem
                on_problem(told)

    def look(self) -> None:
        """Take up what changed, in all of them."""
        for files in self._files:
            try:
                files.look()
            except FAILURES as error:  # one kind of rules never ends the engine
                log.exception("rules could not be read again")
                files.refuse(type(error).__name__)


def _line(error: BadInput) -> str:
    return " ".join(str(error).split())


def _named(problem: str, texts: Mapping[str, str]) -> str | None:
    """The file that an error names."""
    named = (name for name in texts if problem.startswith((f"{name}:", f"{name},", f"{name} ")))
    return max(named, key=len, default=None)


def _text(path: Path) -> str:
    """The text of a file; raises `BadInput`."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise BadInput(f"{path}: at most {_MOST_BYTES} bytes are read: split the file")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(f"{path}:{line}: not UTF-8; save the file as UTF-8") from error
    except OSError as error:
        raise _Unreadable(f"{path}: cannot be read: {error.strerror or error}") from error
