"""Remembers what was asked of the engine, so that a refusal is shown where it happened."""

from collections.abc import Callable

from assist_engine.contract.commands import Saying


class OpenRequests:
    """Sayings that wait for their answer, oldest first.

    The engine answers sayings of one kind in the order they were said; a refusal is taken to
    be for the oldest saying whose kind begins with the refusal's own noun, else for the oldest.
    """

    def __init__(self) -> None:
        self._waiting: list[Saying] = []

    def ask(self, saying: Saying) -> None:
        """A saying was handed to the link."""
        self._waiting.append(saying)

    def is_waiting(self, kind: type[Saying]) -> bool:
        """Whether a saying of that kind has no answer yet."""
        return self.has(lambda saying: isinstance(saying, kind))

    def has(self, holds: Callable[[Saying], bool]) -> bool:
        """Whether a saying of which that holds has no answer yet."""
        return any(holds(saying) for saying in self._waiting)

    def answered(self, kind: type[Saying]) -> Saying | None:
        """Take out the oldest saying of that kind; None where nobody here asked."""
        return self._take([saying for saying in self._waiting if isinstance(saying, kind)])

    def done(self, holds: Callable[[Saying], bool]) -> None:
        """What was asked happened, by this desktop or another."""
        self._take([saying for saying in self._waiting if holds(saying)])

    def refused(self, code: str) -> Saying | None:
        """Take out the saying that was refused with this code; None where nobody here asked."""
        noun = code.partition(".")[0]
        fitting = [saying for saying in self._waiting if _noun(saying) == noun]
        return self._take(fitting or self._waiting)

    def _take(self, candidates: list[Saying]) -> Saying | None:
        if not candidates:
            return None
        found = candidates[0]
        self._waiting = [saying for saying in self._waiting if saying is not found]
        return found


def _noun(saying: Saying) -> str:
    return str(saying.__struct_config__.tag).partition(".")[0]
