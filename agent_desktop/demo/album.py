"""Takes the pictures of the demo, each moment once."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from agent_desktop.capture import save_picture

SETTLE_MS = 350  # longer than any motion of a card


class Album(QObject):
    """`windows`: by the name that their pictures get. Without a folder nothing is taken."""

    def __init__(self, folder: Path | None, *, windows: Mapping[str, QWidget]) -> None:
        super().__init__()
        self.pictures: list[Path] = []
        self._folder = folder
        self._windows = windows
        self._taken: set[str] = set()

    def take(self, moment: str, *, of: str | tuple[str, ...], delay_ms: int = SETTLE_MS) -> None:
        """Picture the windows whose name begins with `of`, once they stand still."""
        if moment in self._taken:
            return
        self._taken.add(moment)
        QTimer.singleShot(delay_ms, self, lambda: self._save(moment, of))

    def has(self, moment: str) -> bool:
        """Whether that moment was pictured, or will be in a moment."""
        return moment in self._taken

    def _save(self, moment: str, of: str | tuple[str, ...]) -> None:
        if self._folder is None:
            return
        for name, window in self._windows.items():
            if name.startswith(of):
                path = self._folder / f"{moment}-{name}.png"
                save_picture(window, path)
                self.pictures.append(path)
