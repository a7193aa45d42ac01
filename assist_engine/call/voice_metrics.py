"""How a call is talked: shares, pace, answers, interruptions, silences and holds, by word times.

Timing only, of all participants alike; nothing is read into it. Times are ms from the start of
the call. Definitions:

- A *stretch* is talk of one participant without a silence of 200 ms; shorter ones are within
  words. Everything counts for the moment at which its stretch begins, so a window of the call
  holds the stretches that begin in it.
- *Overlap* is the time in which two or more talk; its share is that of all talk.
- Turns mostly change with a gap of about 200 ms or a short overlap (Sacks, Schegloff and Jefferson
  1974; Levinson and Torreira 2015, doi 10.3389/fpsyg.2015.00731). So an *interruption* is only
  a turn that begins while the other's goes on for another half second and more, and that is
  no *back-channel*: "mhm", "yes", "okay" of up to three words, said while listening.
- An *answer* takes the time from the end of another's turn to the beginning of the next one by
  somebody else, 0 where they overlap; back-channels are neither asked nor answered.
- *Dead air* is a silence of everybody for 3 s and more. It is a *hold* where an agent announced it
  ("one moment please") or where it lasts 20 s.
"""

import math
from bisect import bisect_left, insort
from collections import Counter
from typing import Any, Final

import msgspec

from assist_engine.call.state import CallState, Utterance
from assist_engine.call.talk import Measured, Scan, Stretch, VoiceThresholds, measure, stretches_of
from assist_engine.contract.ids import ParticipantId
from assist_engine.contract.values import Role

_LEAD_MS: Final = 60_000  # before a window, to know what its first talk answers


class ParticipantVoice(msgspec.Struct, frozen=True, kw_only=True):
    """How one participant talked."""

    participant_id: ParticipantId
    role: Role
    talk_ms: int
    talk_share: float  # of all talk, 0 to 1; the shares of all participants make 1
    words: int
    pace_wpm: float  # words per minute while talking; 0 where nothing was said
    answers: int
    answer_median_ms: int | None  # None: nothing answered
    answer_p90_ms: int | None
    interruptions: int  # of others by this one


class VoiceMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """How a call, or the window of it from `since_ms`, was talked."""

    since_ms: int
    participants: tuple[ParticipantVoice, ...] = ()  # in the order in which they first talked
    overlap_ms: int = 0
    overlap_share: float = 0.0  # of the talk of all together, 0 to 1; of two at most 0.5
    dead_air_count: int = 0
    dead_air_ms: int = 0
    longest_dead_air_ms: int = 0
    hold_count: int = 0
    hold_ms: int = 0
    silent_since_ms: int = 0  # end of all talk so far


class VoiceMeter:
    """Measures a call while it grows: each final costs as much as the talk around it."""

    def __init__(self, thresholds: VoiceThresholds | None = None) -> None:
        self._thresholds = thresholds or VoiceThresholds()
        self._stretches: list[Stretch] = []
        self._measured: list[Measured] = []
        self._seen = 0
        self._total = _Sum()

    def follow(self, state: CallState) -> None:
        """Take in the utterances of a call that are new since the last time."""
        for utterance in state.utterances[self._seen :]:
            self.add(utterance)

    def add(self, utterance: Utterance) -> None:
        """Take in one utterance; late ones of another channel find their place."""
        new = stretches_of(utterance, self._seen)
        self._seen += 1
        if not new:
            return
        first = bisect_left(self._stretches, new[0])
        for at in range(first, len(self._stretches)):
            self._total.remove(self._stretches[at], self._measured[at])
        del self._measured[first:]
        for stretch in new:
            insort(self._stretches, stretch)
        scan = self._measured[-1].scan if self._measured else Scan()
        for stretch in self._stretches[first:]:
            measured = measure(stretch, scan, self._thresholds)
            self._total.add(stretch, measured)
            self._measured.append(measured)
            scan = measured.scan

    def metrics(self) -> VoiceMetrics:
        """The whole call."""
        return self._total.metrics(0, self._silent_since_ms)

    def window(self, since_ms: int) -> VoiceMetrics:
        """The call from a time on; the cost is that of the window."""
        first = bisect_left(self._stretches, since_ms, key=lambda stretch: stretch.start_ms)
        total = _Sum()
        for stretch, measured in zip(self._stretches[first:], self._measured[first:], strict=True):
            total.add(stretch, measured)
        return total.metrics(since_ms, self._silent_since_ms)

    @property
    def _silent_since_ms(self) -> int:
        return self._measured[-1].scan.last_end_ms if self._measured else 0


def voice_metrics(
    state: CallState, *, since_ms: int = 0, thresholds: VoiceThresholds | None = None
) -> VoiceMetrics:
    """The metrics of a call from scratch; who asks after each event keeps a `VoiceMeter`."""
    meter = VoiceMeter(thresholds)
    meter.follow(state)
    return meter.window(since_ms)


def recent_metrics(state: CallState, *, since_ms: int) -> VoiceMetrics:
    """The metrics of the end of a call, at the cost of that end however long the call is.

    What was said up to a minute before `since_ms` is looked at too, so that an interruption, an
    answer or a silence at the beginning of the window is known. Utterances are taken in the order
    of hearing; one that arrives a minute late is not found.
    """
    first = len(state.utterances)
    while first and state.utterances[first - 1].final.end_ms >= since_ms - _LEAD_MS:
        first -= 1
    meter = VoiceMeter()
    for utterance in state.utterances[max(0, first - 1) :]:
        meter.add(utterance)
    return meter.window(since_ms)


class _Sum:
    """Sums of what stretches add; what was added can be taken away again."""

    def __init__(self) -> None:
        self._first: dict[tuple[ParticipantId, Role], list[tuple[int, int]]] = {}
        self._talk_ms: Counter[ParticipantId] = Counter()
        self._words: Counter[ParticipantId] = Counter()
        self._interruptions: Counter[ParticipantId] = Counter()
        self._answers: dict[ParticipantId, list[int]] = {}
        self._silences: list[int] = []
        self._holds: list[int] = []
        self._overlap_ms = 0

    def add(self, stretch: Stretch, measured: Measured) -> None:
        speaker = stretch.speaker[0]
        self._count(stretch, measured, sign=1)
        insort(self._first.setdefault(stretch.speaker, []), (stretch.start_ms, stretch.number))
        if measured.answer_ms is not None:
            insort(self._answers.setdefault(speaker, []), measured.answer_ms)
        if measured.silence_ms:
            insort(self._holds if measured.is_hold else self._silences, measured.silence_ms)

    def remove(self, stretch: Stretch, measured: Measured) -> None:
        speaker = stretch.speaker[0]
        self._count(stretch, measured, sign=-1)
        _take(self._first[stretch.speaker], (stretch.start_ms, stretch.number))
        if measured.answer_ms is not None:
            _take(self._answers[speaker], measured.answer_ms)
        if measured.silence_ms:
            _take(self._holds if measured.is_hold else self._silences, measured.silence_ms)

    def _count(self, stretch: Stretch, measured: Measured, *, sign: int) -> None:
        speaker = stretch.speaker[0]
        self._talk_ms[speaker] += sign * measured.talk_ms
        self._words[speaker] += sign * stretch.words
        self._interruptions[speaker] += sign * measured.is_interruption
        self._overlap_ms += sign * measured.overlap_ms

    def metrics(self, since_ms: int, silent_since_ms: int) -> VoiceMetrics:
        talk_ms = self._talk_ms.total()
        spoke = sorted((begun[0], speaker) for speaker, begun in self._first.items() if begun)
        return VoiceMetrics(
            since_ms=since_ms,
            participants=tuple(self._participant(*speaker) for _, speaker in spoke),
            overlap_ms=self._overlap_ms,
            overlap_share=self._overlap_ms / talk_ms if talk_ms else 0.0,
            dead_air_count=len(self._silences),
            dead_air_ms=sum(self._silences),
            longest_dead_air_ms=self._silences[-1] if self._silences else 0,
            hold_count=len(self._holds),
            hold_ms=sum(self._holds),
            silent_since_ms=silent_since_ms,
        )

    def _participant(self, speaker: ParticipantId, role: Role) -> ParticipantVoice:
        talk_ms, words = self._talk_ms[speaker], self._words[speaker]
        all_ms = self._talk_ms.total()
        answers = self._answers.get(speaker, [])
        return ParticipantVoice(
            participant_id=speaker,
            role=role,
            talk_ms=talk_ms,
            talk_share=talk_ms / all_ms if all_ms else 0.0,
            words=words,
            pace_wpm=words * 60_000 / talk_ms if talk_ms else 0.0,
            answers=len(answers),
            answer_median_ms=_at(answers, 0.5),
            answer_p90_ms=_at(answers, 0.9),
            interruptions=self._interruptions[speaker],
        )


def _take(ordered: list[Any], value: object) -> None:
    """Remove a value that is there from a list in order."""
    del ordered[bisect_left(ordered, value)]


def _at(ordered: list[int], share: float) -> int | None:
    """The smallest value that a share of all do not exceed (nearest rank); None of no values."""
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else None
