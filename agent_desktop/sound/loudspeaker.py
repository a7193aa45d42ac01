"""Plays a recording aloud beside its way to the engine; never in its way."""

import queue
import threading
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agent_desktop.sound.sound_system import SOUND_ERRORS, SoundSystem

WAITING_BLOCKS: Final = 20


class QueuedLoudspeaker:
    """A thread plays what `play` queues; where it is too slow the newest blocks are left out.

    The constructor raises `NoSound` where nothing can be played.
    """

    def __init__(self, system: SoundSystem, *, sample_rate_hz: int) -> None:
        self._player = system.loudspeaker(sample_rate_hz=sample_rate_hz)
        self._blocks: queue.Queue[NDArray[np.int16] | None] = queue.Queue(WAITING_BLOCKS)
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="loudspeaker")
        self._thread.start()

    def play(self, samples: NDArray[np.int16]) -> None:
        """Queue (n, 2) samples."""
        if not self._blocks.full():
            self._blocks.put(samples)

    def stop(self) -> None:
        """End with the block that is being played; does not wait."""
        self._is_stopping = True
        if not self._blocks.full():
            self._blocks.put(None)

    def _run(self) -> None:
        try:
            with self._player as player:
                while (samples := self._blocks.get()) is not None and not self._is_stopping:
                    player.play(samples.astype(np.float32) / np.float32(32768))
        except SOUND_ERRORS:
            # The device went away: the queue fills, `play` leaves blocks out, the call goes on.
            return
