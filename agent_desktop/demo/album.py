"""Takes the pictures of the demo, each moment once; they show the words as they are stored."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from agent_desktop.capture import save_picture
from agent_desktop.view_models.call_model import CallModel

SETTLE_MS = 350  # longer than any motion of a card
POSE_MS = 150  # the words that are not stored are gone from the windows by then


class Album(QObject):
    """`windows`: by the name that their pictures get. Without a folder nothing is taken.

    `call`: what the agent's windows show; of what is said they show only what is stored, since
    pictures last longer than the call.
    """

    def __init__(
        self, folder: Path | None, *, windows: Mapping[str, QWidget], call: CallModel
    ) -> None:
        super().__init__()
        self.pictures: list[Path] = []
        self._folder = folder
        self._windows = windows
        self._call = call
        self._taken: set[str] = set()

    def take(self, moment: str, *, of: str | tuple[str, ...], delay_ms: int = SETTLE_MS) -> None:
        """Picture the windows whose name begins with `of`, once they stand still."""
        if moment in self._taken:
            return
        self._taken.add(moment)
        if self._folder is not None:
            QTimer.singleShot(delay_ms, self, lambda: self._pose(moment, of))

    def has(self, moment: str) -> bool:
        """Whether that moment was pictured, or will be in a moment."""
        return moment in self._taken

    def _pose(self, moment: str, of: str | tuple[str, ...]) -> None:
        self._call.hide_words()
        QTimer.singleShot(POSE_MS, self, lambda: self._picture(moment, of))

    def _picture(self, moment: str, of: str | tuple[str, ...]) -> None:
        try:
            self._save(moment, of)
        finally:
            self._call.show_words()

    def _save(self, moment: str, of: str | tuple[str, ...]) -> None:
        if self._folder is None:
            return
        for name, window in self._windows.items():
            if name.startswith(of):
                path = self._folder / f"{moment}-{name}.png"
                save_picture(window, path)
                self.pictures.append(path)
