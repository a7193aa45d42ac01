"""Finds the importers of all formats: ours and those of installed plug-ins come by one door."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final, cast

from knowledge_base.errors import ImporterBroken
from knowledge_base.importers.importer import Importer

GROUP: Final = "attune.article_importers"
_OURS: Final = "knowledge_base."


@cache
def _entries() -> dict[str, EntryPoint]:
    """Entry points by ending. A plug-in's goes before ours: that is how a format is replaced."""
    found = sorted(entry_points(group=GROUP), key=lambda entry: entry.value)
    ours_first = sorted(found, key=lambda entry: not entry.value.startswith(_OURS))
    return {entry.name.lower(): entry for entry in ours_first}


def endings() -> frozenset[str]:
    """Endings of the files that can be read, in small letters and without the dot."""
    return frozenset(_entries())


@cache
def importer_of(ending: str) -> Importer:
    """The importer of an ending, loaded when first asked for; raises `ImporterBroken`."""
    entry = _entries()[ending]
    try:
        return cast("Importer", entry.load()())
    except (ImportError, AttributeError, TypeError) as error:
        raise ImporterBroken(ending, entry.value, reason=str(error)) from error
