"""Finds the parts that packages register as entry points; our own come through the same door."""

from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from assist_engine.errors import AssistError

SIGNALS: Final = "attune.signals"


class PluginBroken(AssistError):
    """An installed package registers a part that cannot be loaded."""

    code = "plugin.broken"

    def __init__(self, entry: EntryPoint, cause: Exception) -> None:
        self.entry, self.cause = entry, cause
        super().__init__(str(self))

    def __str__(self) -> str:
        return (
            f"{self.entry.group} {self.entry.name} ({self.entry.value}) cannot be loaded: "
            f"{self.cause}"
        )


def load_parts(group: str) -> dict[str, Any]:
    """What each entry point of a group names, by name in order; raises `PluginBroken`."""
    parts: dict[str, Any] = {}
    for entry in sorted(entry_points(group=group), key=lambda found: found.name):
        try:
            parts[entry.name] = entry.load()
        except (ImportError, AttributeError) as error:
            raise PluginBroken(entry, error) from error
    return parts
