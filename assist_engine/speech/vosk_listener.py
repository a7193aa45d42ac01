"""One channel of one call, heard by a Vosk recogniser of its own.

`hear()` spends its time inside Vosk, which lets other threads run meanwhile.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

import msgspec
import vosk

from assist_engine.audio.pcm import BYTES_PER_SAMPLE
from assist_engine.audio.resample import resampler
from assist_engine.audio.voice_activity import QUIETEST_VOICE_DBFS, VoiceActivity
from assist_engine.contract.values import Word
from assist_engine.errors import BadInput
from assist_engine.speech.engine import Heard
from assist_engine.speech.hypotheses import Hypotheses

BLOCK_MS: Final = 100
QUIET_BEFORE_SKIPPING_MS: Final = 800  # longer than what the recogniser lags behind
DEAD_AIR_MS: Final = 2_000  # by then every end-pointing rule that can apply has applied
LEAD_IN_BLOCKS: Final = 12  # with 1.2 s no more words are wrong on the demo calls than without


class _SpokenWord(msgspec.Struct):
    word: str
    start: float
    end: float
    conf: float


class _Final(msgspec.Struct):
    result: tuple[_SpokenWord, ...] = ()


class _Partial(msgspec.Struct):
    partial: str = ""


_final_decoder = msgspec.json.Decoder(_Final)
_partial_decoder = msgspec.json.Decoder(_Partial)


class VoskListener:
    """One channel of one call."""

    def __init__(
        self,
        recognizer: vosk.KaldiRecognizer,
        *,
        source_rate_hz: int,
        model_rate_hz: int,
        start_ms: int,
    ) -> None:
        self._recognizer = recognizer
        self._resampler = resampler(from_hz=source_rate_hz, to_hz=model_rate_hz)
        self._voice = VoiceActivity(sample_rate_hz=source_rate_hz, start_ms=start_ms)
        self._hypotheses = Hypotheses(start_ms=start_ms)
        self._source_rate_hz = source_rate_hz
        self._block_bytes = BYTES_PER_SAMPLE * source_rate_hz * BLOCK_MS // 1000
        self._start_ms = start_ms
        self._samples_heard = 0
        self._samples_skipped = 0
        self._samples_of_dead_air = 0
        self._lead_in: deque[bytes] = deque(maxlen=LEAD_IN_BLOCKS)
        self._is_finished = False

    def hear(self, pcm: bytes) -> Sequence[Heard]:
        """Hear the next PCM and say what is new; 100 ms at a time cost least delay."""
        if len(pcm) % BYTES_PER_SAMPLE:
            raise BadInput(f"16-bit PCM has an even number of bytes, got {len(pcm)}")
        heard: list[Heard] = []
        for at in range(0, len(pcm), self._block_bytes):
            heard += self._hear_block(pcm[at : at + self._block_bytes])
        return heard

    def finish(self) -> Sequence[Heard]:
        """Say what is still open."""
        if self._is_finished:
            return []
        self._is_finished = True
        rest = self._resampler.finish()
        if rest:
            self._recognizer.AcceptWaveform(rest)
        return self._final(self._recognizer.FinalResult())

    @property
    def skipped_ms(self) -> int:
        """Audio that the recogniser was spared, because nobody could be heard in it."""
        return self._samples_skipped * 1000 // self._source_rate_hz

    @property
    def _heard_ms(self) -> int:
        return self._start_ms + self._samples_heard * 1000 // self._source_rate_hz

    def _hear_block(self, block: bytes) -> list[Heard]:
        self._samples_heard += len(block) // BYTES_PER_SAMPLE
        self._voice.observe(block)
        if self._is_dead_air(block):
            return []
        audio = self._resampler.resample(self._with_lead_in(block))
        if not audio:
            return []
        if self._recognizer.AcceptWaveform(audio):
            return self._final(self._recognizer.Result())
        if self._hypotheses.is_overdue(heard_ms=self._heard_ms, silent_ms=self._voice.silent_ms):
            return self._final(self._recognizer.FinalResult())
        return self._partial()

    def _is_dead_air(self, block: bytes) -> bool:
        """Whether to spare the recogniser a block in which nobody can be heard.

        After two seconds below the quietest voice nothing is open, and leaving more of it out
        changes nothing but the count of samples. Half the audio of a call is one party listening.
        """
        if self._voice.level_dbfs >= QUIETEST_VOICE_DBFS:
            self._samples_of_dead_air = 0
            return False
        samples = len(block) // BYTES_PER_SAMPLE
        self._samples_of_dead_air += samples
        is_long = self._samples_of_dead_air * 1000 > DEAD_AIR_MS * self._source_rate_hz
        if not is_long or self._hypotheses.is_open:
            return False
        self._samples_skipped += samples
        self._lead_in.append(block)
        return True

    def _with_lead_in(self, block: bytes) -> bytes:
        """A block with what was just skipped before it: words begin softly."""
        lead_in = b"".join(self._lead_in)
        self._lead_in.clear()
        self._samples_skipped -= len(lead_in) // BYTES_PER_SAMPLE
        return lead_in + block

    def _partial(self) -> list[Heard]:
        is_quiet = self._voice.silent_ms >= QUIET_BEFORE_SKIPPING_MS
        if is_quiet and not self._hypotheses.is_open:
            return []
        text = _partial_decoder.decode(self._recognizer.PartialResult()).partial
        return self._hypotheses.partial(
            text,
            heard_ms=self._heard_ms,
            voice_from_ms=self._voice.began_ms,
            silent_ms=self._voice.silent_ms,
        )

    def _final(self, result: str) -> list[Heard]:
        from_ms = self._start_ms + self.skipped_ms
        words = tuple(
            Word(
                spoken.word,
                from_ms + round(spoken.start * 1000),
                from_ms + round(spoken.end * 1000),
                round(min(spoken.conf, 1.0), 3),
            )
            for spoken in _final_decoder.decode(result).result
            if spoken.word[0] not in "[<"  # "[unk]", "<UNK>": a sound that is no known word
        )
        return self._hypotheses.final(words, heard_ms=self._heard_ms)
