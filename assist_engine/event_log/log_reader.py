"""Reads a log beside the engine that writes it: read only, so that it is never disturbed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any

from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import CallId
from assist_engine.contract.wire import WireError, decode_event
from assist_engine.event_log.log import LogUnusable


def read_calls(path: Path) -> Iterator[tuple[CallId, list[Recorded]]]:
    """Every stored call with its events in order; raises `LogUnusable`."""
    if not path.is_file():
        raise LogUnusable(f"{path} is not there: no call was stored yet, or `data` is elsewhere")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as log:
            rows = log.execute(
                "SELECT call_id, seq, recorded_ms, audio_ms, event FROM events"
                " ORDER BY call_id, seq"
            )
            for call_id, of_call in groupby(rows, key=lambda row: str(row[0])):
                yield CallId(call_id), [_recorded(path, row) for row in of_call]
    except sqlite3.Error as error:
        raise LogUnusable(f"{path}: the event log cannot be read: {error}") from error


def _recorded(path: Path, row: tuple[Any, ...]) -> Recorded:
    try:
        event = decode_event(row[4])
    except WireError as error:
        raise LogUnusable(f"{path}: call {row[0]} is damaged: {error}") from error
    return Recorded(
        call_id=CallId(row[0]), seq=row[1], recorded_ms=row[2], audio_ms=row[3], event=event
    )
