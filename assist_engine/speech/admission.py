"""How many channels this machine decodes in real time, measured, and who may still come in."""

import math
import os
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import Final

from assist_engine.errors import EngineBusy
from assist_engine.speech.clip import BLOCK_MS, Clip, load_clip, split_blocks
from assist_engine.speech.engine import SpeechEngine

MEASURE_S: Final = 0.8
MOST_BACKLOG_MS: Final = 2_000


def measure_capacity(engine: SpeechEngine, *, measure_s: float = MEASURE_S) -> int:
    """Channels in real time: decode a clip on all processors at once for a moment and count.

    Takes about `measure_s`. What counts is processor time, not the clock: what else the machine
    does while it starts must not lower the figure for ever; `Admission.observe_backlog` sees what
    it does later. At least 1, so that a slow machine can still hear one channel late.
    """
    clip = load_clip()
    processors = usable_processors()
    workers = math.ceil(processors)
    with ThreadPoolExecutor(workers, thread_name_prefix="measure") as pool:
        deadline = time.perf_counter() + measure_s
        futures = [
            pool.submit(_decode_until, engine, clip=clip, deadline=deadline) for _ in range(workers)
        ]
        measured = [future.result() for future in futures]
    audio_s = sum(audio for audio, _ in measured)
    cpu_s = sum(cpu for _, cpu in measured)
    return max(1, int(processors * audio_s / cpu_s))


def usable_processors() -> float:
    """Processors that this process may use, a container's quota included."""
    allowed = float(len(os.sched_getaffinity(0)))
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return allowed
    return allowed if quota == "max" else min(allowed, int(quota) / int(period))


def _decode_until(engine: SpeechEngine, *, clip: Clip, deadline: float) -> tuple[float, float]:
    """Decode the clip over and over; give the seconds of audio and of processor time."""
    blocks = split_blocks(clip.pcm, rate_hz=clip.sample_rate_hz)
    began = time.thread_time()
    listener = engine.listen(source_rate_hz=clip.sample_rate_hz, start_ms=0)
    decoded = 0
    for block in cycle(blocks):
        listener.hear(block)
        decoded += 1
        if time.perf_counter() >= deadline:
            break
    listener.finish()
    return decoded * BLOCK_MS / 1000, time.thread_time() - began


class Admission:
    """The door of the engine: lets channels in while they can be decoded in real time.

    Used by one thread. Every `admit` is followed by one `leave` with the same count.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.running = 0
        self._backlog_ms = 0

    def admit(self, channels: int) -> None:
        """Let a call's channels in, or raise `EngineBusy` and count nothing."""
        if self.running + channels > self.capacity:
            raise EngineBusy(running=self.running, capacity=self.capacity)
        if self.running and self._backlog_ms > MOST_BACKLOG_MS:
            # What was measured at start no longer holds: the calls that run are late already.
            raise EngineBusy(running=self.running, capacity=self.running)
        self.running += channels

    def leave(self, channels: int) -> None:
        """A call ended."""
        self.running = max(0, self.running - channels)
        if not self.running:
            self._backlog_ms = 0

    def observe_backlog(self, backlog_ms: int) -> None:
        """Take note how much audio of the slowest running call waits to be decoded."""
        self._backlog_ms = backlog_ms
