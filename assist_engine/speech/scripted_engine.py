"""A speech engine that hears what a script says, at the times it says: for tests and rehearsals."""

from collections.abc import Sequence
from typing import Final

import msgspec

from assist_engine.audio.pcm import BYTES_PER_SAMPLE
from assist_engine.contract.values import Word
from assist_engine.speech.engine import Heard
from assist_engine.speech.hypotheses import Hypotheses

FINAL_AFTER_MS: Final = 500


class ScriptedUtterance(msgspec.Struct, frozen=True, kw_only=True):
    """Words spoken evenly from `start_ms` to `end_ms` of the call."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float = 1.0

    def words(self) -> tuple[Word, ...]:
        """The words with their times."""
        texts = self.text.split()
        length_ms = self.end_ms - self.start_ms
        edges = [self.start_ms + length_ms * at // len(texts) for at in range(len(texts) + 1)]
        return tuple(
            Word(text, edges[at], edges[at + 1], self.confidence) for at, text in enumerate(texts)
        )


class ScriptedEngine:
    """Gives each listener, in the order they are made, the next script."""

    name = "scripted"
    is_demo = False
    sample_rate_hz = 16_000

    def __init__(self, *scripts: Sequence[ScriptedUtterance]) -> None:
        self._scripts = list(scripts)

    def listen(self, *, source_rate_hz: int, start_ms: int) -> "ScriptedListener":
        """Start the next script; when all are used up, silence."""
        script = self._scripts.pop(0) if self._scripts else ()
        return ScriptedListener(script, source_rate_hz=source_rate_hz, start_ms=start_ms)


class ScriptedListener:
    """Hears only how much audio comes."""

    def __init__(
        self, script: Sequence[ScriptedUtterance], *, source_rate_hz: int, start_ms: int
    ) -> None:
        self._script = [spoken for spoken in script if spoken.end_ms > start_ms]
        self._source_rate_hz = source_rate_hz
        self._start_ms = start_ms
        self._bytes_heard = 0
        self._hypotheses = Hypotheses(start_ms=start_ms)

    def hear(self, pcm: bytes) -> Sequence[Heard]:
        """Say what the script says up to here."""
        self._bytes_heard += len(pcm)
        heard: list[Heard] = []
        while self._script and self._heard_ms >= self._script[0].end_ms + FINAL_AFTER_MS:
            heard += self._finish_first()
        if self._script and self._heard_ms > self._script[0].start_ms:
            heard += self._partial(self._script[0])
        return heard

    def finish(self) -> Sequence[Heard]:
        """Say the words begun so far as a final."""
        began = self._script and self._heard_ms > self._script[0].start_ms
        return self._finish_first() if began else []

    @property
    def _heard_ms(self) -> int:
        return self._start_ms + self._bytes_heard * 1000 // (
            BYTES_PER_SAMPLE * self._source_rate_hz
        )

    def _partial(self, spoken: ScriptedUtterance) -> list[Heard]:
        begun = [word.text for word in spoken.words() if word.end_ms <= self._heard_ms]
        return self._hypotheses.partial(
            " ".join(begun), heard_ms=self._heard_ms, voice_from_ms=spoken.start_ms
        )

    def _finish_first(self) -> list[Heard]:
        spoken = self._script.pop(0)
        begun = [word for word in spoken.words() if word.start_ms < self._heard_ms]
        return self._hypotheses.final(begun, heard_ms=self._heard_ms)
