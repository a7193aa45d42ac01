"""Keeps how much guidance a person wants in their settings, for the next time."""

import logging
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, Slot

from agent_desktop.settings import BadSettings, load_settings, save_settings
from assist_engine.contract.values import GuidanceMode

log = logging.getLogger(__name__)


class KeptChoice(QObject):
    """Writes only what was chosen; whatever else the settings file says stays."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path

    @Slot(object)
    def keep(self, mode: GuidanceMode) -> None:
        """Keep a mode; where the file cannot be used the choice holds until the desk closes."""
        try:
            settings = load_settings(self._path)
            save_settings(replace(settings, guidance_mode=mode), path=self._path)
        except (BadSettings, OSError) as error:
            log.warning("the guidance mode is not kept: %s", error)
