"""A log that forgets at the end of the process: for tests and for trying rules."""

from collections.abc import Sequence

from assist_engine.contract.events import CallReleased, Recorded, WrapUpCompleted, WrapUpDrafted
from assist_engine.contract.ids import CallId
from assist_engine.event_log.log import SeqTaken


class MemoryLog:
    """Keeps events in lists, one a call."""

    def __init__(self) -> None:
        self._calls: dict[CallId, dict[int, Recorded]] = {}

    async def append(self, recorded: Sequence[Recorded]) -> None:
        """Keep all, or none and raise `SeqTaken`."""
        keys = [(item.call_id, item.seq) for item in recorded]
        taken = [key for key in keys if key[1] in self._calls.get(key[0], {})]
        if taken or len(set(keys)) < len(keys):
            raise SeqTaken(f"call and seq are recorded already: {taken or keys}")
        for item in recorded:
            self._calls.setdefault(item.call_id, {})[item.seq] = item

    async def read(self, call_id: CallId, *, after_seq: int = 0) -> list[Recorded]:
        """The events of a call after a seq, in order."""
        rows = self._calls.get(call_id, {})
        return [rows[seq] for seq in sorted(rows) if seq > after_seq]

    async def unreleased(self) -> list[CallId]:
        """Calls without a release, oldest first."""
        return [
            call_id
            for call_id, rows in self._calls.items()
            if not any(isinstance(row.event, CallReleased) for row in rows.values())
        ]

    async def ended(self, since_ms: int) -> dict[CallId, int]:
        """The last seq of each call that was released since then."""
        return {
            call_id: max(rows)
            for call_id, rows in self._calls.items()
            if any(
                isinstance(row.event, CallReleased) and row.recorded_ms >= since_ms
                for row in rows.values()
            )
        }

    async def wrap_ups(self, limit: int) -> list[Recorded]:
        """Drafts and completions of the calls completed last."""
        completed = [
            (row.recorded_ms, call_id)
            for call_id, rows in self._calls.items()
            for row in rows.values()
            if isinstance(row.event, WrapUpCompleted)
        ]
        newest = sorted(completed)[-limit:] if limit > 0 else []
        return [
            row
            for _, call_id in newest
            for row in await self.read(call_id)
            if isinstance(row.event, WrapUpDrafted | WrapUpCompleted)
        ]

    async def close(self) -> None:
        """Nothing waits."""
