"""Hears a call on this computer: the microphone is the agent, what it plays is the customer."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol

import numpy as np

from agent_desktop.sound.sound_system import SOUND_ERRORS, Recorder
from agent_desktop.sound.source import AGENT_CHANNEL, BLOCK_MS, CUSTOMER_CHANNEL, Send, SoundEnded

RATE_HZ: Final = 16_000
BLOCK: Final = RATE_HZ * BLOCK_MS // 1000
MOST_BEHIND: Final = 3 * BLOCK


class Ears(Protocol):
    """What can be recorded; `SoundSystem` is one."""

    def microphone(self, *, sample_rate_hz: int, block: int) -> AbstractContextManager[Recorder]:
        """What the agent says."""
        ...

    def own_sound(self, *, sample_rate_hz: int, block: int) -> AbstractContextManager[Recorder]:
        """What the customer says."""
        ...


class LiveSource:
    """Records both at 16 kHz, a thread each. The constructor raises `NoSound`.

    `put` gets a `SoundEnded` with the problem when a device goes away during the call.
    """

    sample_rate_hz: int = RATE_HZ

    def __init__(self, ears: Ears, *, send: Send, put: Callable[[SoundEnded], None]) -> None:
        self._send = send
        self._put = put
        self._stopping = threading.Event()
        self._began_s = 0.0
        self._sent_ms = 0
        self._sent_at_s = 0.0
        devices = {
            CUSTOMER_CHANNEL: ears.own_sound(sample_rate_hz=RATE_HZ, block=BLOCK),
            AGENT_CHANNEL: ears.microphone(sample_rate_hz=RATE_HZ, block=BLOCK),
        }
        self._threads = [
            threading.Thread(target=self._record, args=(channel, device), name=f"sound-{channel}")
            for channel, device in devices.items()
        ]

    @property
    def position_ms(self) -> int:
        """How much has sounded: what was recorded, and what sounds since then."""
        if not self._sent_at_s:
            return 0
        return self._sent_ms + min(BLOCK_MS, int((time.monotonic() - self._sent_at_s) * 1000))

    def start(self) -> None:
        """Begin to record."""
        self._began_s = time.monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End with the block that is being recorded."""
        self._stopping.set()

    def wait(self) -> None:
        """Wait until its threads ended."""
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _record(self, channel: int, device: AbstractContextManager[Recorder]) -> None:
        start = 0
        try:
            with device as recorder:
                while not self._stopping.is_set():
                    heard = recorder.record(BLOCK)
                    start = self._aligned(start)
                    pcm = (np.clip(heard[:, 0], -1, 1) * 32767).astype("<i2").tobytes()
                    self._send(channel, start, pcm)
                    start += len(heard)
                    self._note(start)
        except SOUND_ERRORS as error:
            self._stopping.set()
            self._put(SoundEnded(problem=f"A sound device went away during the call: {error}"))

    def _aligned(self, start: int) -> int:
        """Where a block begins that just ended: a device that began late, or left out, is behind.

        The gap is silence for the engine; without it the two channels would drift apart.
        """
        now = int((time.monotonic() - self._began_s) * RATE_HZ) - BLOCK
        return now if now - start > MOST_BEHIND else start

    def _note(self, samples: int) -> None:
        sent_ms = samples * 1000 // RATE_HZ
        if sent_ms > self._sent_ms:
            self._sent_ms, self._sent_at_s = sent_ms, time.monotonic()
