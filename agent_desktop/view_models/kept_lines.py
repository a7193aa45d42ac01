"""Remembers what was made of a thing, so that only what changed is made again."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class KeptLines(Generic[Made]):
    """One made thing a key, together with what it was made of."""

    def __init__(self) -> None:
        self._made: dict[Hashable, tuple[tuple[object, ...], Made]] = {}

    def of(self, key: Hashable, sources: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """The thing made of these sources; `make` is called where one of them is new."""
        known = self._made.get(key)
        if known is not None and known[0] == sources:  # same objects are compared at once
            return known[1]
        made = make()
        self._made[key] = (sources, made)
        return made

    def forget(self) -> None:
        """Keep nothing."""
        self._made.clear()
