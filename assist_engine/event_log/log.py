"""What a log of events must do; `tests/conformance/test_event_log.py` holds every one to it."""

from collections.abc import Sequence
from typing import Protocol

from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import CallId
from assist_engine.errors import AssistError


class LogFailed(AssistError):
    """The log did not keep what it was given: its call cannot go on."""

    code = "event_log.failed"


class LogUnusable(LogFailed):
    """The log cannot be opened, read or written; the text says why."""

    code = "event_log.unusable"


class SeqTaken(LogFailed):
    """Another writer already recorded this seq of the call; nothing of the batch was kept."""

    code = "event.seq_taken"


class EventLog(Protocol):
    """Keeps events for ever, in order, one row a `(call_id, seq)`."""

    async def append(self, recorded: Sequence[Recorded]) -> None:
        """Return once all are durable; raise `SeqTaken` and keep none on a conflict."""
        ...

    async def read(self, call_id: CallId, *, after_seq: int = 0) -> list[Recorded]:
        """The events of a call after a seq, in order."""
        ...

    async def unreleased(self) -> list[CallId]:
        """Calls that were offered and never released, oldest first."""
        ...

    async def ended(self, since_ms: int) -> dict[CallId, int]:
        """The last seq of each call that was released since then (wall clock)."""
        ...

    async def wrap_ups(self, limit: int) -> list[Recorded]:
        """Drafts and completions of the calls completed last, in the order of their seqs."""
        ...

    async def close(self) -> None:
        """Finish what waits, then close."""
        ...
