"""The peer we measure against: Vosk alone on the same audio, two channels, two threads.

Run as `python -m assist_engine.cli.bare_vosk FILE.wav MODEL_DIR [--realtime]`; prints one JSON
object: CPU seconds of decoding, and for each changed partial how long after the end of its
block it came (ms).
"""

import json
import sys
import threading
import time
from pathlib import Path

import vosk

from assist_engine.speech.recording import read_wav

BLOCK_MS = 100


class _Channel:
    """Decodes one channel and notes when its partials came."""

    def __init__(self, model: vosk.Model, pcm: bytes, rate_hz: int) -> None:
        self._recognizer = vosk.KaldiRecognizer(model, rate_hz)
        self._recognizer.SetWords(True)
        self._pcm = pcm
        self._block_bytes = rate_hz * BLOCK_MS // 1000 * 2
        self.late_ms: list[float] = []

    def decode(self, started: float | None) -> None:
        """Feed all blocks; with a start time, each when it would be heard."""
        last = ""
        for number, at in enumerate(range(0, len(self._pcm), self._block_bytes), start=1):
            due = None if started is None else started + number * BLOCK_MS / 1000
            if due is not None:
                time.sleep(max(0.0, due - time.monotonic()))
            if self._recognizer.AcceptWaveform(self._pcm[at : at + self._block_bytes]):
                self._recognizer.Result()
                continue
            partial = self._recognizer.PartialResult()
            if due is not None and partial != last:
                self.late_ms.append((time.monotonic() - due) * 1000)
            last = partial
        self._recognizer.FinalResult()


def main(wav: Path, model_dir: str, *, started: float | None) -> None:
    """Decode and print the figures."""
    vosk.SetLogLevel(-1)
    audio = read_wav(wav)
    model = vosk.Model(model_dir)
    channels = [_Channel(model, pcm, audio.sample_rate_hz) for pcm in audio.channels]
    before = time.process_time()
    threads = [threading.Thread(target=channel.decode, args=(started,)) for channel in channels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    figures = {
        "cpu_seconds": time.process_time() - before,
        "partial_ms": [late for channel in channels for late in channel.late_ms],
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    is_realtime = "--realtime" in sys.argv[3:]
    main(Path(sys.argv[1]), sys.argv[2], started=time.monotonic() + 1 if is_realtime else None)
