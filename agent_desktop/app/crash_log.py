"""Whatever nobody caught ends up in one place, whichever thread or Qt slot it came from."""

import logging
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Final

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger(__name__)

LARGEST_LOG: Final = 4 * 1024 * 1024
# What the offscreen platform says at each change of a layout.
NOISE: Final = frozenset({"This plugin does not support propagateSizeHints()"})


class CrashLog:
    """`crashes`: one line for each exception that nobody caught since `install`."""

    def __init__(self) -> None:
        self.crashes: list[str] = []

    def install(self) -> None:
        """Take over the hooks of the interpreter, of its threads and of Qt."""
        sys.excepthook = self._crashed
        threading.excepthook = self._thread_crashed
        qInstallMessageHandler(_log_qt)

    def _crashed(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        self.crashes.append(f"{kind.__name__}: {error}")
        log.critical("not caught: %s", error, exc_info=(kind, error, trace))

    def _thread_crashed(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._crashed(args.exc_type, args.exc_value, args.exc_traceback)


def _log_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    is_noise = text in NOISE or kind in {QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg}
    log.log(logging.DEBUG if is_noise else logging.WARNING, "Qt: %s", text)


def write_log(path: Path) -> None:
    """Send log records to a file (begun anew when it is large), warnings to the terminal too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_large = path.exists() and path.stat().st_size > LARGEST_LOG
    file = logging.FileHandler(path, mode="w" if is_large else "a", encoding="utf-8")
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        handlers=[file, terminal],
        force=True,
    )
