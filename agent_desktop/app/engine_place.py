"""Where the engine of a desktop is: given by an address, or a child process of its own."""

import sys
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from platformdirs import user_data_path, user_log_path

from agent_desktop.link.embedded import EmbeddedEngine
from agent_desktop.settings import engine_settings_path


class BadAddress(ValueError):
    """The engine's address cannot be used; the text says what is accepted."""

    code = "engine.address"


class EnginePlace(Protocol):
    """What a desk must know of an engine."""

    is_here: bool  # on this computer

    def start(self) -> None:
        """Make sure that it runs, or will soon."""
        ...

    def address(self) -> str:
        """Its URL now; raises `EngineUnavailable` or `EngineGone`."""
        ...

    def stop(self) -> None:
        """End it if it is ours."""
        ...


class GivenEngine:
    """An engine that somebody else runs, at `ws://` or `wss://`. Raises `BadAddress`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"ws", "wss"} or not parts.hostname:
            raise BadAddress(f"an engine's address is like ws://host:8765/attune, not {url!r}")
        self._url = url if parts.path not in {"", "/"} else url.rstrip("/") + "/attune"
        self.is_here = parts.hostname in {"127.0.0.1", "localhost", "::1"}

    def start(self) -> None:
        """It runs already."""

    def address(self) -> str:
        """The URL given."""
        return self._url

    def stop(self) -> None:
        """It is not ours to end."""


def own_engine(*, data: Path | None = None, is_demo: bool = False) -> EmbeddedEngine:
    """A child process; its log goes beside the desktop's, its settings too where there are any."""
    name = "demo" if is_demo else "engine"
    settings = engine_settings_path()
    options = ("--config", str(settings)) if settings.exists() else ()
    return EmbeddedEngine(
        data=data or user_data_path("attune") / name,
        log_file=user_log_path("attune", ensure_exists=True) / f"{name}.log",
        is_demo=is_demo,
        command=(sys.executable, "-m", "assist_engine", "serve", *options),
    )
