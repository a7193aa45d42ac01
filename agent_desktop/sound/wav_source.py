"""Plays a recorded call as if it went on now: both channels, 100 ms by 100 ms, on the clock."""

import math
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from agent_desktop.sound.source import AGENT_CHANNEL, BLOCK_MS, CUSTOMER_CHANNEL, Send, SoundEnded
from agent_desktop.sound.wav import StereoRecording

FAST_BACKLOG_MS: Final = 2_000


class Loudspeaker(Protocol):
    """Plays what a person may hear of a recording."""

    def play(self, samples: NDArray[np.int16]) -> None:
        """Take (n, 2) samples; must not wait."""
        ...


class WavSource:
    """A block is sent when it has sounded, by a deadline counted from the start: no drift.

    `put` gets one `SoundEnded` at the end, from the source's thread. `speed` 1 is real time; a
    faster source waits while `backlog_ms` (audio not yet sent) is large; `math.inf`: no clock.
    """

    def __init__(
        self,
        recording: StereoRecording,
        *,
        send: Send,
        put: Callable[[SoundEnded], None],
        speed: float = 1.0,
        backlog_ms: Callable[[], int] = lambda: 0,
        loudspeaker: Loudspeaker | None = None,
    ) -> None:
        self.sample_rate_hz = recording.sample_rate_hz
        self._recording = recording
        self._send = send
        self._put = put
        self._speed = speed
        self._backlog_ms = backlog_ms
        self._loudspeaker = loudspeaker
        self._sent_samples = 0
        self._sent_at_s = 0.0
        self._stopping = threading.Event()
        self._going = threading.Event()
        self._going.set()
        self._thread = threading.Thread(target=self._play, name="wav-source")

    @property
    def duration_ms(self) -> int:
        """Length of the recording."""
        return self._recording.duration_ms

    @property
    def position_ms(self) -> int:
        """How much has sounded: what was sent, and what sounds since then."""
        sent_ms = self._sent_samples * 1000 // self.sample_rate_hz
        if math.isinf(self._speed) or not self._sent_at_s or not self._going.is_set():
            return sent_ms
        sounding_ms = int((time.monotonic() - self._sent_at_s) * 1000 * self._speed)
        return min(sent_ms + min(sounding_ms, BLOCK_MS), self.duration_ms)

    def start(self) -> None:
        """Begin to play."""
        self._thread.start()

    def pause(self) -> None:
        """Hold the recording where it is."""
        self._going.clear()

    def go_on(self) -> None:
        """Play on from where it was held."""
        self._going.set()

    def stop(self) -> None:
        """End before the recording does; no `SoundEnded` comes then."""
        self._stopping.set()
        self._going.set()

    def wait(self) -> None:
        """Wait until its thread ended."""
        if self._thread.is_alive():
            self._thread.join()

    def _play(self) -> None:
        began_s = time.monotonic()
        step = self.sample_rate_hz * BLOCK_MS // 1000
        for start in range(0, len(self._recording.samples), step):
            held_s = self._wait_while_held()
            began_s += held_s
            block = self._recording.samples[start : start + step]
            if self._loudspeaker:
                self._loudspeaker.play(block)
            sounded_s = (start + len(block)) / self.sample_rate_hz
            if not self._wait_for_turn(began_s + sounded_s / self._speed):
                return
            self._send_block(start, block)
        self._put(SoundEnded())

    def _send_block(self, start: int, block: NDArray[np.int16]) -> None:
        for channel in (CUSTOMER_CHANNEL, AGENT_CHANNEL):
            self._send(channel, start, block[:, channel].astype("<i2").tobytes())
        self._sent_samples, self._sent_at_s = start + len(block), time.monotonic()

    def _wait_while_held(self) -> float:
        held_from_s = time.monotonic()
        self._going.wait()
        return time.monotonic() - held_from_s

    def _wait_for_turn(self, deadline_s: float) -> bool:
        """Wait until the block has sounded; False: stop."""
        while self._speed > 1 and self._backlog_ms() > FAST_BACKLOG_MS:
            if self._stopping.wait(0.005):
                return False
        return not self._stopping.wait(max(0.0, deadline_s - time.monotonic()))
