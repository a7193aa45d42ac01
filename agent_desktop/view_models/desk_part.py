"""What the parts of a desk have in common: they ask the engine, hear it, and say when they changed.

`Correspondence` knows which part asked what, so that a refusal is shown where it happened.
"""

import msgspec
from PySide6.QtCore import QObject, Signal

from assist_engine.contract.answers import Answer, Refused
from assist_engine.contract.commands import Saying


class Asked(msgspec.Struct, kw_only=True):
    """A saying that waits for its answer. `ref` 0: the link has not numbered it."""

    saying: Saying
    asker: "DeskPart"
    ref: int = 0


class Correspondence(QObject):
    """Sayings go out by `command_given`.

    An answer belongs to the saying that the link gave its `ref` to; without one to the oldest of
    its kind: the engine answers those in order.
    """

    command_given = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Asked] = []

    def ask(self, saying: Saying, *, asker: "DeskPart") -> None:
        """Say something for a part."""
        self._waiting.append(Asked(saying=saying, asker=asker))
        self.command_given.emit(saying)

    def number(self, saying: Saying, ref: int) -> None:
        """The link will bring the answer to a saying with this `ref`."""
        for asked in self._waiting:
            if asked.saying is saying:
                asked.ref = ref

    def is_waiting(self, *kinds: type[Saying]) -> bool:
        """Whether a saying of one of these kinds has no answer yet."""
        return any(isinstance(asked.saying, kinds) for asked in self._waiting)

    def answered(self, ref: int, *kinds: type[Saying]) -> Saying | None:
        """The saying of one of these kinds that is answered now; None where nobody here asked."""
        found = self._numbered(ref) or self._oldest(kinds)
        if found is None or not isinstance(found.saying, kinds):
            return None
        self._waiting.remove(found)
        return found.saying

    def refuse(self, refused: Refused) -> None:
        """Tell the part whose saying it was.

        Without a known `ref` it is the oldest whose kind begins with the refusal's own noun.
        """
        noun = refused.code.partition(".")[0]
        fitting = (asked for asked in self._waiting if _noun(asked.saying) == noun)
        found = (
            self._numbered(refused.ref) or next(fitting, None) or next(iter(self._waiting), None)
        )
        if found is not None:
            self._waiting.remove(found)
            found.asker.hear_refusal(found.saying, refused)

    def _numbered(self, ref: int) -> Asked | None:
        return next((asked for asked in self._waiting if ref and asked.ref == ref), None)

    def _oldest(self, kinds: tuple[type[Saying], ...]) -> Asked | None:
        return next((asked for asked in self._waiting if isinstance(asked.saying, kinds)), None)


class DeskPart(QObject):
    """One part of a desk. `problem`: what went wrong in it, or an empty text."""

    changed = Signal()

    def __init__(self, post: Correspondence) -> None:
        super().__init__(post)
        self._post = post
        self.problem = ""

    def hear(self, answer: Answer) -> None:
        """Take in an answer, whoever asked."""

    def hear_refusal(self, saying: Saying, refused: Refused) -> None:
        """Something that this part asked was not done."""
        self.problem = refused.message
        self.changed.emit()

    def _ask(self, saying: Saying) -> None:
        self.problem = ""
        self._post.ask(saying, asker=self)
        self.changed.emit()


def _noun(saying: Saying) -> str:
    return str(saying.__struct_config__.tag).partition(".")[0]
