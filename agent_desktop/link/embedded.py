"""Runs the engine as a child process of the desktop, for people without an engine of their own."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from agent_desktop.link.engine_client import EngineGone, EngineUnavailable

QUICK_DEATH_S: Final = 20.0
MOST_QUICK_DEATHS: Final = 3
END_S: Final = 5.0

log = logging.getLogger(__name__)


class _Announced(msgspec.Struct, frozen=True):
    port: int
    pid: int


class EmbeddedEngine:
    """Starts `assist_engine serve` and starts it again when it dies, until `stop`.

    It is given up when it dies three times in a row within 20 s of its start. It ends with
    this process in any case, for it watches its standard input.
    """

    is_here: bool = True

    def __init__(
        self,
        *,
        data: Path,
        log_file: Path,
        is_demo: bool = False,
        command: Sequence[str] = (sys.executable, "-m", "assist_engine", "serve"),
    ) -> None:
        options = ["--port", "0", "--announce", "--until-stdin-closes", "--data", str(data)]
        self._command = [*command, *options, *(["--demo"] if is_demo else [])]
        self._data = data
        self._log_file = log_file
        self._lock = threading.Lock()
        self._port = 0
        self._given_up = ""
        self._is_stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, name="embedded-engine")

    @property
    def pid(self) -> int | None:
        """The engine's process id while it runs."""
        child = self._child
        return child.pid if child and child.poll() is None else None

    def address(self) -> str:
        """Its URL now. Raises `EngineUnavailable` while it starts, `EngineGone` for good."""
        with self._lock:
            if self._given_up:
                raise EngineGone(self._given_up)
            if not self._port:
                raise EngineUnavailable("the engine is starting")
            return f"ws://127.0.0.1:{self._port}/attune"

    def start(self) -> None:
        """Start it; returns at once."""
        self._data.mkdir(parents=True, exist_ok=True)
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        self._thread.start()

    def stop(self) -> None:
        """Let it end in order (its standard input closes), then make it."""
        self._is_stopping.set()
        with self._lock:
            child = self._child
        if child:
            _end(child)
        if self._thread.is_alive():
            self._thread.join(END_S)

    def _keep_running(self) -> None:
        quick_deaths = 0
        while not self._is_stopping.is_set() and not self._given_up:
            started = time.monotonic()
            code = self._run_once()
            if self._is_stopping.is_set() or code is None:
                return
            lived_s = time.monotonic() - started
            quick_deaths = quick_deaths + 1 if lived_s < QUICK_DEATH_S else 0
            log.warning("the engine ended with code %s after %.0f s", code, lived_s)
            if quick_deaths >= MOST_QUICK_DEATHS:
                self._give_up(f"the engine does not start: {self._last_words()}")

    def _run_once(self) -> int | None:
        with self._log_file.open("ab") as errors:
            try:
                child = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
                )
            except OSError as error:
                self._give_up(f"the engine cannot be started: {error}")
                return None
        with self._lock:
            self._child = child
        if self._is_stopping.is_set():  # stop() came while it was being started
            _end(child)
        with child:
            self._listen(child)
        return child.returncode

    def _listen(self, child: subprocess.Popen[bytes]) -> None:
        """Take the port from its first line; then wait for its output to end, as it does."""
        if child.stdout is None:
            return
        try:
            port = msgspec.json.decode(child.stdout.readline(), type=_Announced).port
        except msgspec.DecodeError:
            port = 0
        with self._lock:
            self._port = port
        for _ in child.stdout:
            pass
        with self._lock:
            self._port = 0

    def _give_up(self, reason: str) -> None:
        with self._lock:
            self._given_up = reason

    def _last_words(self) -> str:
        text = self._log_file.read_text(encoding="utf-8", errors="replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return f"{lines[-1] if lines else 'it said nothing'} (log: {self._log_file})"


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.stdin and not child.stdin.closed:
        child.stdin.close()
    for ask in (child.terminate, child.kill):
        try:
            child.wait(END_S)
            return
        except subprocess.TimeoutExpired:
            ask()
    child.wait()
