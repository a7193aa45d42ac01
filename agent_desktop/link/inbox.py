"""The only object that the engine thread and the GUI thread both touch."""

import logging
import threading
import time
from itertools import count
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from assist_engine.contract.answers import PartialHeard

FRAME_MS: Final = 16
LATE_S: Final = 0.2

log = logging.getLogger(__name__)


class Inbox(QObject):
    """Carries items from the engine thread to the GUI thread: in order, in batches, once a frame.

    A newer partial of an utterance takes the place at the end and the older one is dropped:
    what waits is bounded by the events, however long the GUI thread is busy.
    """

    arrived = Signal(list)  # GUI thread only
    _woken = Signal()  # the only thing the engine thread emits

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: dict[object, object] = {}
        self._numbers = count()
        self._is_awake = False
        self._woken_at = 0.0
        self._timer = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._timer.timeout.connect(self.drain)
        self._woken.connect(self._wait_for_frame, Qt.ConnectionType.QueuedConnection)

    def put(self, item: object) -> None:
        """Add an item; any thread."""
        with self._lock:
            key = self._key_of(item)
            self._waiting.pop(key, None)
            self._waiting[key] = item
            wake, self._is_awake = not self._is_awake, True
            if wake:
                self._woken_at = time.monotonic()
        if wake:
            self._woken.emit()

    def _key_of(self, item: object) -> object:
        if isinstance(item, PartialHeard):
            return item.call_id, item.utterance_id
        return next(self._numbers)

    @Slot()
    def _wait_for_frame(self) -> None:
        self._timer.start()

    @Slot()
    def drain(self) -> None:
        """Hand over what waits now; GUI thread."""
        with self._lock:
            batch, self._waiting = list(self._waiting.values()), {}
            waited_s, self._is_awake = time.monotonic() - self._woken_at, False
        if not batch:
            return
        if waited_s > LATE_S:
            log.info("the GUI thread was busy: %d items waited %.0f ms", len(batch), waited_s * 1e3)
        self.arrived.emit(batch)
