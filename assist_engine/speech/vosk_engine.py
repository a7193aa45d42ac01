"""Speech recognition with Vosk: one model for all calls, one recogniser for each channel."""

from pathlib import Path
from typing import Final

import msgspec
import vosk

from assist_engine.audio.pcm import check_rate
from assist_engine.errors import BadInput
from assist_engine.speech.clip import Clip, hear_all, load_clip
from assist_engine.speech.engine import SpeechEngine
from assist_engine.speech.model_folder import (
    check_model,
    language_of,
    probe,
    read_record,
    sample_rate_hz,
)
from assist_engine.speech.vosk_listener import VoskListener
from assist_engine.speech.word_errors import count_word_errors

SELF_TEST_RATES_HZ: Final = (8_000, 16_000)
MOST_WRONG: Final = 0.5  # of the words; a working model is far below, a broken one near 1


class VoskEngine:
    """A loaded model. `is_demo`: the shipped one, which hears people badly."""

    def __init__(self, model: vosk.Model, *, name: str, sample_rate_hz: int, is_demo: bool) -> None:
        self._model = model
        self.name = name
        self.sample_rate_hz = sample_rate_hz
        self.is_demo = is_demo
        self.language = language_of(name)

    @classmethod
    def load(cls, folder: Path) -> "VoskEngine":
        """Load a model folder (0.2 s for the demo model, a minute for the largest).

        Raises `BadInput` with one sentence where a file is missing or broken. A folder that
        `models install` did not put there is tried in another process first.
        """
        check_model(folder)
        if read_record(folder) is None:
            probe(folder)
        vosk.SetLogLevel(-1)
        return cls(
            _load(folder),
            name=folder.name,
            sample_rate_hz=sample_rate_hz(folder),
            is_demo=folder.name.startswith("demo-"),
        )

    def listen(self, *, source_rate_hz: int, start_ms: int) -> "VoskListener":
        """Start to hear a channel; `BadInput` for a rate outside of 8 to 48 kHz."""
        check_rate(source_rate_hz, source="the channel")
        return VoskListener(
            self.recognizer(),
            source_rate_hz=source_rate_hz,
            model_rate_hz=self.sample_rate_hz,
            start_ms=start_ms,
        )

    def recognizer(self) -> vosk.KaldiRecognizer:
        """A recogniser of its own, for one channel; it wants audio at the model's rate."""
        recognizer = vosk.KaldiRecognizer(self._model, self.sample_rate_hz)
        recognizer.SetWords(True)
        return recognizer


def _load(folder: Path) -> vosk.Model:
    try:
        return vosk.Model(str(folder))
    except Exception as error:  # boundary: Vosk raises nothing more special than Exception
        raise BadInput(f"the speech model in {folder} does not load: {error}") from error


class SelfTest(msgspec.Struct, frozen=True, kw_only=True):
    """What was said in the clip, and what was heard of it at each rate."""

    said: str
    heard: dict[int, str]


def self_test(engine: SpeechEngine, clip: Clip | None = None) -> SelfTest:
    """Hear a short clip at 8 and at 16 kHz; `BadInput` where the model does not hear it.

    Words are compared only where the model is of the clip's language or does not say: one of
    another language has only to get through the audio.
    """
    clip = clip or load_clip()
    heard = {
        rate_hz: hear_all(engine, pcm=clip.at_rate(rate_hz), rate_hz=rate_hz)
        for rate_hz in SELF_TEST_RATES_HZ
    }
    if language_of(engine.name)[:2] in ("", clip.language[:2]):
        for rate_hz, text in heard.items():
            if count_word_errors(text, said=clip.text).rate > MOST_WRONG:
                raise BadInput(
                    f'at {rate_hz} Hz the speech model {engine.name} heard "{text}" '
                    f'instead of "{clip.text}": it does not work'
                )
    return SelfTest(said=clip.text, heard=heard)
