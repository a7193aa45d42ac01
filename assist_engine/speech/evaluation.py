"""Measures recognition: word errors and CPU time of our listener beside bare Vosk in one run."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from assist_engine.audio.pcm import duration_ms
from assist_engine.audio.resample import resampler
from assist_engine.errors import BadInput
from assist_engine.speech.clip import split_blocks
from assist_engine.speech.engine import Heard, HeardFinal
from assist_engine.speech.recording import read_script, read_wav
from assist_engine.speech.vosk_engine import VoskEngine
from assist_engine.speech.word_errors import WordErrors, count_word_errors


class ChannelResult(msgspec.Struct, frozen=True, kw_only=True):
    """One channel of one call, recognised in both ways."""

    call: str
    speaker: str
    audio_seconds: float
    ours: WordErrors
    bare: WordErrors
    our_cpu_seconds: float
    bare_cpu_seconds: float


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """All channels of all calls."""

    model: str
    is_demo: bool
    channels: tuple[ChannelResult, ...]

    def calls(self) -> list[str]:
        """The calls, in order."""
        return list(dict.fromkeys(result.call for result in self.channels))

    def of_call(self, call: str) -> tuple[ChannelResult, ...]:
        """The channels of one call."""
        return tuple(result for result in self.channels if result.call == call)


def cpu_ratio(results: tuple[ChannelResult, ...]) -> float:
    """CPU time of our listener by that of bare Vosk on the same audio."""
    bare = sum(result.bare_cpu_seconds for result in results)
    return sum(result.our_cpu_seconds for result in results) / bare


def our_errors(results: tuple[ChannelResult, ...]) -> WordErrors:
    """Word errors of our listener, all channels together."""
    return sum((result.ours for result in results), start=WordErrors(wrong=0, said=0))


def bare_errors(results: tuple[ChannelResult, ...]) -> WordErrors:
    """Word errors of bare Vosk, all channels together."""
    return sum((result.bare for result in results), start=WordErrors(wrong=0, said=0))


def evaluate(
    directory: Path,
    *,
    engine: VoskEngine,
    on_channel: Callable[[ChannelResult], None] = lambda _: None,
) -> Evaluation:
    """Recognise every WAV of a folder that has its script (NAME.json) beside it.

    Raises `BadInput` where there is nothing to measure.
    """
    if not directory.is_dir():
        raise BadInput(f"{directory} is not a folder")
    recordings = [file for file in sorted(directory.glob("*.wav")) if _script_of(file).exists()]
    if not recordings:
        raise BadInput(f"{directory} holds no NAME.wav with its script NAME.json beside it")
    results: list[ChannelResult] = []
    for file in recordings:
        for result in _evaluate_call(file, engine=engine):
            on_channel(result)
            results.append(result)
    return Evaluation(model=engine.name, is_demo=engine.is_demo, channels=tuple(results))


def _script_of(recording: Path) -> Path:
    return recording.with_suffix(".json")


def _evaluate_call(file: Path, *, engine: VoskEngine) -> Iterator[ChannelResult]:
    recording, script = read_wav(file), read_script(_script_of(file))
    rate_hz = recording.sample_rate_hz
    if len(recording.channels) != len(script.speakers()):
        raise BadInput(
            f"{file.name} has {len(recording.channels)} channels and its script "
            f"{len(script.speakers())} speakers"
        )
    for pcm, speaker in zip(recording.channels, script.speakers(), strict=True):
        ours, bare = _hear_side_by_side(engine, pcm=pcm, rate_hz=rate_hz)
        said = script.said_by(speaker)
        yield ChannelResult(
            call=file.stem,
            speaker=speaker,
            audio_seconds=duration_ms(pcm, sample_rate_hz=rate_hz) / 1000,
            ours=count_word_errors(ours.text, said=said),
            bare=count_word_errors(bare.text, said=said),
            our_cpu_seconds=ours.cpu_seconds,
            bare_cpu_seconds=bare.cpu_seconds,
        )


class _Ours:
    """Our listener, as a call uses it."""

    def __init__(self, engine: VoskEngine, *, rate_hz: int) -> None:
        self._listener = engine.listen(source_rate_hz=rate_hz, start_ms=0)
        self._texts: list[str] = []
        self.cpu_seconds = 0.0

    @property
    def text(self) -> str:
        return " ".join(self._texts)

    def hear(self, block: bytes) -> None:
        began = time.thread_time()
        heard = self._listener.hear(block)
        self.cpu_seconds += time.thread_time() - began
        self._keep(heard)

    def finish(self) -> None:
        self._keep(self._listener.finish())

    def _keep(self, heard: Sequence[Heard]) -> None:
        self._texts += [new.text for new in heard if isinstance(new, HeardFinal)]


class _Bare:
    """Vosk with nothing of ours around it, partials fetched as any live transcript must.

    A model that refuses the recording's rate gets the same resampler in front.
    """

    def __init__(self, engine: VoskEngine, *, rate_hz: int) -> None:
        self._recognizer = engine.recognizer()
        self._stream = resampler(from_hz=rate_hz, to_hz=engine.sample_rate_hz)
        self._texts: list[str] = []
        self.cpu_seconds = 0.0

    @property
    def text(self) -> str:
        return " ".join(filter(None, self._texts))

    def hear(self, block: bytes) -> None:
        began = time.thread_time()
        if self._recognizer.AcceptWaveform(self._stream.resample(block)):
            self._texts.append(json.loads(self._recognizer.Result())["text"])
        else:
            json.loads(self._recognizer.PartialResult())
        self.cpu_seconds += time.thread_time() - began

    def finish(self) -> None:
        self._recognizer.AcceptWaveform(self._stream.finish())
        self._texts.append(json.loads(self._recognizer.FinalResult())["text"])


def _hear_side_by_side(engine: VoskEngine, *, pcm: bytes, rate_hz: int) -> tuple[_Ours, _Bare]:
    """Both hear each block in turn, so that what else the machine does meets both alike."""
    ours, bare = _Ours(engine, rate_hz=rate_hz), _Bare(engine, rate_hz=rate_hz)
    for number, block in enumerate(split_blocks(pcm, rate_hz=rate_hz)):
        # Whoever goes second finds caches warm: they take turns in that, too.
        for ear in (ours, bare) if number % 2 else (bare, ours):
            ear.hear(block)
    ours.finish()
    bare.finish()
    return ours, bare
