"""Measures recognition: word errors and CPU time of our listener beside bare Vosk in one run."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from assist_engine.audio.pcm import duration_ms
from assist_engine.errors import BadInput
from assist_engine.speech.clip import hear_all, split_blocks
from assist_engine.speech.recording import read_script, read_wav
from assist_engine.speech.vosk_engine import VoskEngine
from assist_engine.speech.word_errors import WordErrors, count_word_errors


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    """What one way of recognising made of a channel."""

    text: str
    cpu_seconds: float


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
    repeats: int = 1,
    on_channel: Callable[[ChannelResult], None] = lambda _: None,
) -> Evaluation:
    """Recognise every WAV of a folder that has its script (NAME.json) beside it.

    With more `repeats` the least CPU time of each way counts, which takes out what other
    programs on the machine did. Raises `BadInput` where there is nothing to measure.
    """
    if not directory.is_dir():
        raise BadInput(f"{directory} is not a folder")
    recordings = [file for file in sorted(directory.glob("*.wav")) if _script_of(file).exists()]
    if not recordings:
        raise BadInput(f"{directory} holds no NAME.wav with its script NAME.json beside it")
    results: list[ChannelResult] = []
    for file in recordings:
        for result in _evaluate_call(file, engine=engine, repeats=repeats):
            on_channel(result)
            results.append(result)
    return Evaluation(model=engine.name, is_demo=engine.is_demo, channels=tuple(results))


def _script_of(recording: Path) -> Path:
    return recording.with_suffix(".json")


def _evaluate_call(file: Path, *, engine: VoskEngine, repeats: int) -> Iterator[ChannelResult]:
    recording, script = read_wav(file), read_script(_script_of(file))
    rate_hz = recording.sample_rate_hz
    if len(recording.channels) != len(script.speakers()):
        raise BadInput(
            f"{file.name} has {len(recording.channels)} channels and its script "
            f"{len(script.speakers())} speakers"
        )
    for pcm, speaker in zip(recording.channels, script.speakers(), strict=True):
        ours, bare = _hear_both(engine, pcm=pcm, rate_hz=rate_hz, repeats=repeats)
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


def _hear_both(
    engine: VoskEngine, *, pcm: bytes, rate_hz: int, repeats: int
) -> tuple[Transcript, Transcript]:
    ours: list[Transcript] = []
    bare: list[Transcript] = []
    for at in range(repeats):
        # Whoever goes second finds the caches warm: take turns.
        if at % 2:
            ours.append(_hear_ours(engine, pcm=pcm, rate_hz=rate_hz))
        bare.append(_hear_bare(engine, pcm=pcm, rate_hz=rate_hz))
        if not at % 2:
            ours.append(_hear_ours(engine, pcm=pcm, rate_hz=rate_hz))
    return min(ours, key=_cpu_seconds), min(bare, key=_cpu_seconds)


def _cpu_seconds(heard: Transcript) -> float:
    return heard.cpu_seconds


def _hear_ours(engine: VoskEngine, *, pcm: bytes, rate_hz: int) -> Transcript:
    began = time.thread_time()
    text = hear_all(engine, pcm=pcm, rate_hz=rate_hz)
    return Transcript(text=text, cpu_seconds=time.thread_time() - began)


def _hear_bare(engine: VoskEngine, *, pcm: bytes, rate_hz: int) -> Transcript:
    began = time.thread_time()
    blocks = split_blocks(pcm, rate_hz=rate_hz)
    texts = list(engine.hear_bare(blocks, source_rate_hz=rate_hz))
    cpu_seconds = time.thread_time() - began
    return Transcript(text=" ".join(filter(None, texts)), cpu_seconds=cpu_seconds)
