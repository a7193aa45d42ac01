"""Runs the desktop of one person: application, engine, desk, and their end in order."""

import os
import signal
from collections.abc import Sequence
from typing import Final

from platformdirs import user_log_path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from agent_desktop.app.crash_log import CrashLog, write_log
from agent_desktop.app.desk import Desk
from agent_desktop.app.engine_place import EnginePlace
from agent_desktop.theme import Theme, dress
from agent_desktop.translation import choose_language

SIGNAL_CHECK_MS: Final = 200


def has_display() -> bool:
    """Whether this person's session shows windows somewhere."""
    return bool(os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"))


def make_application(theme: Theme, *, language: str, is_headless: bool = False) -> QApplication:
    """The Qt application in its colours and language; without windows where there is no screen."""
    if is_headless or not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    else:  # a display that is named but not there ends offscreen, not in an abort
        os.environ.setdefault("QT_QPA_PLATFORM", "wayland;xcb;offscreen")
    application = QApplication.instance() or QApplication(["attune"])
    assert isinstance(application, QApplication)
    application.setApplicationName("Attune")
    choose_language(language)
    dress(application, theme)
    return application


def watch_crashes() -> CrashLog:
    """Log to a file of this person's, whatever nobody caught included."""
    write_log(user_log_path("attune", ensure_exists=True) / "desktop.log")
    crashes = CrashLog()
    crashes.install()
    return crashes


def run(application: QApplication, *, engine: EnginePlace, desks: Sequence[Desk]) -> int:
    """Start engine and desks, run until the last window closes or Ctrl+C, end in order."""
    ticker = QTimer(interval=SIGNAL_CHECK_MS)  # lets Python look at signals while Qt waits
    ticker.timeout.connect(_nothing)
    ticker.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.exit())
    engine.start()
    try:
        for desk in desks:
            desk.start()
        return application.exec()
    finally:
        for desk in desks:
            desk.close()
        engine.stop()


def _nothing() -> None:
    """Qt calls it, so that Python runs."""
