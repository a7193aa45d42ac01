"""Keeps a second engine out of a data folder: two would take each other's calls for abandoned."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assist_engine.event_log.log import LogUnusable


@contextmanager
def one_engine(folder: Path) -> Iterator[None]:
    """Hold a data folder; raises `LogUnusable` where another engine holds it.

    The system lets it go with the process, however that ends.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "engine.lock").open("a")
    except OSError as error:
        raise LogUnusable(f"{folder} cannot be used: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LogUnusable(
                f"another engine uses {folder}: connect to that one, or choose another --data"
            ) from error
        yield
