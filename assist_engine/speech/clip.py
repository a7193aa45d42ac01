"""A few seconds of shipped speech with known words: for the self-test and for measuring."""

from pathlib import Path
from typing import Final

import msgspec

from assist_engine.audio.pcm import BYTES_PER_SAMPLE
from assist_engine.audio.resample import resampler
from assist_engine.settings import RESOURCES
from assist_engine.speech.engine import HeardFinal, SpeechEngine
from assist_engine.speech.recording import read_wav

SHIPPED_CLIP: Final = RESOURCES / "models" / "self-test" / "clip.wav"
BLOCK_MS: Final = 100


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """Mono PCM and what is said in it, in `language` ("en-US")."""

    pcm: bytes
    sample_rate_hz: int
    text: str
    language: str

    def at_rate(self, rate_hz: int) -> bytes:
        """The PCM at another rate."""
        stream = resampler(from_hz=self.sample_rate_hz, to_hz=rate_hz)
        return stream.resample(self.pcm) + stream.finish()


class _ClipText(msgspec.Struct, frozen=True):
    text: str
    language: str


def load_clip(path: Path = SHIPPED_CLIP) -> Clip:
    """Read a WAV with one channel and the JSON with its words beside it."""
    recording = read_wav(path)
    script = msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=_ClipText)
    return Clip(
        pcm=recording.channels[0],
        sample_rate_hz=recording.sample_rate_hz,
        text=script.text,
        language=script.language,
    )


def split_blocks(pcm: bytes, *, rate_hz: int) -> list[bytes]:
    """Cut PCM into the blocks of 100 ms that a live call comes in."""
    size = BYTES_PER_SAMPLE * rate_hz * BLOCK_MS // 1000
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]


def hear_all(engine: SpeechEngine, *, pcm: bytes, rate_hz: int) -> str:
    """The text of all finals for some audio."""
    listener = engine.listen(source_rate_hz=rate_hz, start_ms=0)
    heard = [new for block in split_blocks(pcm, rate_hz=rate_hz) for new in listener.hear(block)]
    heard += listener.finish()
    return " ".join(new.text for new in heard if isinstance(new, HeardFinal))
