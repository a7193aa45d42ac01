"""Opens a knowledge base's database for one operation; what fails is a `KnowledgeError`."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from knowledge_base.errors import BaseBusy, BaseUnreadable, KnowledgeError

DATABASE: Final = "knowledge.db"
_WAIT_S: Final = 10.0  # for another writer


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection whose rows go by name; closed at the end."""
    path = folder / DATABASE
    try:
        connection = sqlite3.connect(path, timeout=_WAIT_S)
        connection.row_factory = sqlite3.Row
        try:
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise _told(error, folder) from error


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[sqlite3.Connection]:
    """A connection that has the write lock from its start: all of it is kept, or nothing."""
    with reading(folder) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.commit()
        finally:
            connection.rollback()  # does nothing after the commit


def _told(error: sqlite3.Error, folder: Path) -> KnowledgeError:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:  # without what makes it an extended code
        case sqlite3.SQLITE_BUSY:
            return BaseBusy(folder, doing="another program that writes")
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN:
            hint = ", is there room on the disk and the right to write?"
        case _:
            hint = ""
    return BaseUnreadable(f"{folder / DATABASE}: {error}{hint}")
