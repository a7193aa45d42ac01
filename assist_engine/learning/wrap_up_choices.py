"""Reads from the log what agents made of drafted wrap-ups, and keeps how they filed calls.

Pure. The newest calls are kept, each once: a call that is read again counts no second time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from assist_engine.contract import events
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import CallId
from assist_engine.contract.values import WrapUp

MOST_CALLS: Final = 5_000


class FiledCall(msgspec.Struct, frozen=True, kw_only=True):
    """A draft and what the agent made of it."""

    call_id: CallId
    draft: WrapUp
    completed: WrapUp
    changed_share: float

    @property
    def is_unchanged(self) -> bool:
        """Whether it was accepted as it was drafted."""
        return self.changed_share == 0.0

    @property
    def is_hit(self) -> bool:
        """Whether the call was filed under the disposition that was thought likeliest."""
        return _same(self.draft.disposition, self.completed.disposition)

    @property
    def is_listed(self) -> bool:
        """Whether the disposition it was filed under was among those offered."""
        offered = (self.draft.disposition, *(one.label for one in self.draft.dispositions))
        return any(_same(label, self.completed.disposition) for label in offered)


def filed_calls(recorded: Iterable[Recorded]) -> list[FiledCall]:
    """The calls whose wrap-up was completed, each with its newest draft before that."""
    drafts: dict[CallId, WrapUp] = {}
    filed: list[FiledCall] = []
    for item in recorded:
        match item.event:
            case events.WrapUpDrafted(wrap_up=drafted):
                drafts[item.call_id] = drafted
            case events.WrapUpCompleted(wrap_up=completed, changed_share=share):
                if (draft := drafts.get(item.call_id)) is not None:
                    filed.append(
                        FiledCall(
                            call_id=item.call_id,
                            draft=draft,
                            completed=completed,
                            changed_share=share,
                        )
                    )
            case _:
                pass
    return filed


class WrapUpChoices:
    """Under which code agents filed the calls that were heard as some code.

    `labels`: the organisation's codes by what people call them.
    """

    def __init__(self, labels: Mapping[str, str]) -> None:
        self.use(labels)
        self._of_call: dict[CallId, tuple[str, str]] = {}  # oldest first
        self._counts: Counter[tuple[str, str]] = Counter()

    def use(self, labels: Mapping[str, str]) -> None:
        """Know other codes from now on; of those that are new, calls before this are not kept."""
        codes = {label.casefold(): code for label, code in labels.items()}
        self._codes = codes | {code.casefold(): code for code in labels.values()}

    def take(self, recorded: Sequence[Recorded]) -> None:
        """Keep what the events say of calls that were filed under a known code."""
        for filed in filed_calls(recorded):
            chosen = self._codes.get(filed.completed.disposition.strip().casefold())
            if chosen and filed.draft.heard_code:
                self._keep(filed.call_id, (filed.draft.heard_code, chosen))

    def counts(self) -> Mapping[tuple[str, str], int]:
        """How often: (heard code, code filed under)."""
        return self._counts

    def _keep(self, call_id: CallId, choice: tuple[str, str]) -> None:
        if before := self._of_call.pop(call_id, None):
            self._counts[before] -= 1
        self._of_call[call_id] = choice
        self._counts[choice] += 1
        if len(self._of_call) > MOST_CALLS:
            oldest = next(iter(self._of_call))
            self._counts[self._of_call.pop(oldest)] -= 1


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
