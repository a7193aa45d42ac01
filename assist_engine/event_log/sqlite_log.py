"""The log in one SQLite file: WAL, one writer thread, group commit.

`append` returns after the commit that holds its events was synced, so what was acknowledged
survives `kill -9` and a power cut. Whatever waits while one commit syncs shares the next.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlite_utils import Database

from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import CallId
from assist_engine.contract.wire import WireError, decode_event, encode_event, kind_of
from assist_engine.event_log.log import LogFailed, LogUnusable, SeqTaken

_WAITING_LIMIT: Final = 10_000
_BATCH_LIMIT: Final = 256


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    rows: list[tuple[str, int, int, int, str, str]]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]


class SqliteLog:
    """An `EventLog` in a file. Made and closed in a running event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: queue.Queue[_Entry | None] = queue.Queue(_WAITING_LIMIT)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _make_schema(path)
        except (OSError, sqlite3.Error) as error:
            raise LogUnusable(f"{path}: the event log cannot be opened: {error}") from error
        self._writer = threading.Thread(target=self._write, name="event-log")
        self._writer.start()

    async def append(self, recorded: Sequence[Recorded]) -> None:
        """Return once all are durable; raise `SeqTaken` and keep none on a conflict."""
        loop = asyncio.get_running_loop()
        entry = _Entry(rows=[_row(item) for item in recorded], loop=loop, done=loop.create_future())
        try:
            self._waiting.put_nowait(entry)
        except queue.Full as error:
            raise LogUnusable(f"{self._path}: {_WAITING_LIMIT} writes wait for the disk") from error
        await entry.done

    async def read(self, call_id: CallId, *, after_seq: int = 0) -> list[Recorded]:
        """The events of a call after a seq, in order."""
        return await asyncio.to_thread(self._read, call_id, after_seq)

    async def unreleased(self) -> list[CallId]:
        """Calls that were offered and never released, oldest first."""
        return await asyncio.to_thread(self._unreleased)

    async def ended(self, since_ms: int) -> dict[CallId, int]:
        """The last seq of each call that was released since then."""
        return await asyncio.to_thread(self._ended, since_ms)

    async def wrap_ups(self, limit: int) -> list[Recorded]:
        """Drafts and completions of the calls completed last, in the order of their seqs."""
        return await asyncio.to_thread(self._wrap_ups, limit)

    async def close(self) -> None:
        """Write what waits, then end the writer."""
        self._waiting.put(None)
        await asyncio.to_thread(self._writer.join)

    def _read(self, call_id: CallId, after_seq: int) -> list[Recorded]:
        rows = self._select(
            "SELECT call_id, seq, recorded_ms, audio_ms, event FROM events"
            " WHERE call_id = ? AND seq > ? ORDER BY seq",
            (call_id, after_seq),
        )
        try:
            return [_recorded(row) for row in rows]
        except WireError as error:
            raise LogUnusable(f"{self._path}: call {call_id} is damaged: {error}") from error

    def _unreleased(self) -> list[CallId]:
        rows = self._select(
            "SELECT call_id FROM events GROUP BY call_id"
            " HAVING sum(kind = 'call.released') = 0 ORDER BY min(recorded_ms)"
        )
        return [CallId(row[0]) for row in rows]

    def _ended(self, since_ms: int) -> dict[CallId, int]:
        rows = self._select(
            "SELECT call_id, (SELECT max(seq) FROM events AS all_of_it"
            " WHERE all_of_it.call_id = events.call_id)"
            " FROM events WHERE kind = 'call.released' AND recorded_ms >= ? ORDER BY recorded_ms",
            (since_ms,),
        )
        return {CallId(row[0]): row[1] for row in rows}

    def _wrap_ups(self, limit: int) -> list[Recorded]:
        rows = self._select(
            "WITH done AS (SELECT * FROM events WHERE kind = 'wrap_up.completed'"
            " ORDER BY recorded_ms DESC, call_id DESC LIMIT ?)"
            " SELECT call_id, seq, recorded_ms, audio_ms, event, ended_ms FROM"
            " (SELECT *, recorded_ms AS ended_ms FROM done UNION ALL"
            " SELECT events.*, done.recorded_ms FROM done JOIN events"
            " ON events.call_id = done.call_id AND events.kind = 'wrap_up.drafted')"
            " ORDER BY ended_ms, call_id, seq",
            (max(0, limit),),
        )
        try:
            return [_recorded(row) for row in rows]
        except WireError as error:
            raise LogUnusable(f"{self._path}: a wrap-up is damaged: {error}") from error

    def _select(self, query: str, values: tuple[str | int, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            with closing(_connect(self._path)) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise LogUnusable(f"{self._path}: the event log cannot be read: {error}") from error

    def _write(self) -> None:
        connection = _connect(self._path)
        while True:
            entries, is_last = self._take()
            if entries:
                _commit(connection, entries)
            if is_last:
                break
        connection.close()

    def _take(self) -> tuple[list[_Entry], bool]:
        entries: list[_Entry] = []
        item = self._waiting.get()
        while item is not None:
            entries.append(item)
            if len(entries) == _BATCH_LIMIT:
                return entries, False
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                return entries, False
        return entries, True


def _make_schema(path: Path) -> None:
    connection = _connect(path)
    database = Database(connection)
    database.enable_wal()
    if "events" not in database.table_names():
        database.table("events").create(
            {
                "call_id": str,
                "seq": int,
                "recorded_ms": int,
                "audio_ms": int,
                "kind": str,
                "event": str,
            },
            pk=("call_id", "seq"),
            not_null={"recorded_ms", "audio_ms", "kind", "event"},
        )
    database.execute(
        "CREATE INDEX IF NOT EXISTS released ON events (recorded_ms) WHERE kind = 'call.released'"
    )
    database.execute(
        "CREATE INDEX IF NOT EXISTS completed ON events (recorded_ms)"
        " WHERE kind = 'wrap_up.completed'"
    )
    database.execute(
        "CREATE INDEX IF NOT EXISTS drafted ON events (call_id) WHERE kind = 'wrap_up.drafted'"
    )
    connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _recorded(row: tuple[Any, ...]) -> Recorded:
    return Recorded(
        call_id=CallId(row[0]),
        seq=row[1],
        recorded_ms=row[2],
        audio_ms=row[3],
        event=decode_event(row[4]),
    )


def _row(recorded: Recorded) -> tuple[str, int, int, int, str, str]:
    event = recorded.event
    return (
        recorded.call_id,
        recorded.seq,
        recorded.recorded_ms,
        recorded.audio_ms,
        kind_of(event),
        encode_event(event).decode(),
    )


def _commit(connection: sqlite3.Connection, entries: list[_Entry]) -> None:
    """Commit all entries at once; on a conflict one by one, so that only the wrong one fails."""
    error = _try_commit(connection, [row for entry in entries for row in entry.rows])
    if error is None or len(entries) == 1:
        for entry in entries:
            _settle(entry, error)
        return
    for entry in entries:
        _settle(entry, _try_commit(connection, entry.rows))


def _try_commit(
    connection: sqlite3.Connection, rows: list[tuple[str, int, int, int, str, str]]
) -> LogFailed | None:
    try:
        with connection:
            connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)
    except sqlite3.IntegrityError:
        return SeqTaken(f"an event of call {rows[0][0]} is recorded already")
    except (
        sqlite3.Error,
        OverflowError,
        ValueError,
    ) as error:  # the last two: a value, not the disk
        return LogUnusable(f"the event log cannot be written: {error}")
    return None


def _settle(entry: _Entry, error: LogFailed | None) -> None:
    def settle() -> None:
        if entry.done.done():
            return
        if error is None:
            entry.done.set_result(None)
        else:
            entry.done.set_exception(error)

    entry.loop.call_soon_threadsafe(settle)
