"""Cuts a call into stretches of talk and measures each against all that began before it.

Pure, and what every stretch adds depends on earlier ones only: so a call can be measured while it
grows. `voice_metrics` sums it up and says what the words mean.
"""

import re
from typing import Final

import msgspec

from assist_engine.call.state import Utterance
from assist_engine.contract.ids import ParticipantId
from assist_engine.contract.values import Role

PAUSE_MS: Final = 200
_BACK_CHANNEL_WORDS: Final = 3
_BACK_CHANNEL: Final = re.compile(
    r"(?:(?:mhm|mm|hmm|uh huh|uh|huh|yes|yeah|yep|yup|okay|ok|right|sure|oh|i see|ah|alright|"
    r"all right|got it|really|no|of course|exactly|great|thank you|thanks)(?: |$))+"
)
_ANNOUNCED: Final = re.compile(
    r"\b(?:hold on|hold the line|one moment|one second|a moment|a minute|a second|just a sec|"
    r"bear with me|on hold|let me (?:just |quickly )?(?:check|look|see|run|pull|find|ask|verify)|"
    r"i(?:'ll| will| am going to|'m going to) (?:just |quickly )?(?:check|look into|look that up)|"
    r"while i (?:check|look|run|pull|find|ask))\b"
)


class VoiceThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """From when on a silence and an overlap mean something; ms."""

    dead_air_ms: int = 3_000
    hold_ms: int = 20_000  # a longer silence is a hold, announced or not
    interruption_ms: int = 500  # of the other's turn must be left


class Stretch(msgspec.Struct, frozen=True, order=True):
    """Talk without a pause. The order is that of time; `number` is that of hearing."""

    start_ms: int
    end_ms: int
    number: int
    words: int
    speaker: tuple[ParticipantId, Role]
    turn_end_ms: int
    begins_turn: bool
    is_back_channel: bool
    announces_hold: bool


class Scan(msgspec.Struct, frozen=True):
    """What must be known of all that began earlier."""

    ends: tuple[tuple[ParticipantId, int], ...] = ()  # of each one's talk
    turn_ends: tuple[tuple[ParticipantId, int], ...] = ()  # of each one's turns
    last_end_ms: int = 0  # of anybody's talk
    double_end_ms: int = 0  # until then two talk
    floor: ParticipantId | None = None  # who made the last turn
    floor_end_ms: int = 0
    is_announced: bool = False  # an agent asked for patience


class Measured(msgspec.Struct, frozen=True):
    """What one stretch adds to the metrics, and the scan after it."""

    scan: Scan
    talk_ms: int
    overlap_ms: int
    silence_ms: int
    is_hold: bool
    answer_ms: int | None
    is_interruption: bool


def is_back_channel(text: str) -> bool:
    """Whether words only say that somebody listens."""
    return (
        len(text.split()) <= _BACK_CHANNEL_WORDS
        and _BACK_CHANNEL.fullmatch(text.lower().strip()) is not None
    )


def stretches_of(utterance: Utterance, number: int) -> list[Stretch]:
    """The talk of an utterance; without word times it is one stretch."""
    final = utterance.final
    words = [(word.start_ms, word.end_ms) for word in final.words]
    counts = [1] * len(words)
    if not words:
        words, counts = [(final.start_ms, final.end_ms)], [len(final.text.split())]
    joined: list[list[int]] = []
    for (start_ms, end_ms), count in zip(words, counts, strict=True):
        if joined and start_ms - joined[-1][1] < PAUSE_MS:
            joined[-1][1] = max(joined[-1][1], end_ms)
            joined[-1][2] += count
        else:
            joined.append([start_ms, max(start_ms, end_ms), count])
    turn_end_ms = max(end_ms for _, end_ms, _ in joined)
    announces = utterance.role is Role.AGENT and _ANNOUNCED.search(final.text.lower()) is not None
    return sorted(
        Stretch(
            start_ms=start_ms,
            end_ms=end_ms,
            number=number,
            words=count,
            speaker=(final.participant_id, utterance.role),
            turn_end_ms=turn_end_ms,
            begins_turn=at == 0,
            is_back_channel=is_back_channel(final.text),
            announces_hold=announces,
        )
        for at, (start_ms, end_ms, count) in enumerate(joined)
    )


def measure(stretch: Stretch, scan: Scan, thresholds: VoiceThresholds) -> Measured:
    """What a stretch adds after all that began before it; stretches come in their order."""
    speaker = stretch.speaker[0]
    own_end_ms = dict(scan.ends).get(speaker, 0)
    start_ms = max(stretch.start_ms, own_end_ms)  # nobody talks twice at a time
    end_ms = max(start_ms, stretch.end_ms)
    silence_ms = max(0, start_ms - scan.last_end_ms) if scan.ends else 0
    both_ms = max(0, min(end_ms, scan.last_end_ms) - max(start_ms, scan.double_end_ms))
    is_turn = stretch.begins_turn and not stretch.is_back_channel
    is_answer = is_turn and scan.floor not in {None, speaker}
    others_ms = max((end for who, end in scan.turn_ends if who != speaker), default=0)
    return Measured(
        scan=_after(scan, stretch, is_turn=is_turn, start_ms=start_ms, end_ms=end_ms),
        talk_ms=end_ms - start_ms,
        overlap_ms=both_ms,
        silence_ms=silence_ms if silence_ms >= thresholds.dead_air_ms else 0,
        is_hold=scan.is_announced or silence_ms >= thresholds.hold_ms,
        answer_ms=max(0, stretch.start_ms - scan.floor_end_ms) if is_answer else None,
        is_interruption=is_turn and others_ms - stretch.start_ms >= thresholds.interruption_ms,
    )


def _after(scan: Scan, stretch: Stretch, *, is_turn: bool, start_ms: int, end_ms: int) -> Scan:
    speaker, role = stretch.speaker
    own_end_ms = dict(scan.ends).get(speaker, 0)
    turn_end_ms = max(dict(scan.turn_ends).get(speaker, 0), stretch.turn_end_ms)
    others_turns = (
        scan.turn_ends if stretch.is_back_channel else _with(scan.turn_ends, speaker, turn_end_ms)
    )
    both_end_ms = min(end_ms, scan.last_end_ms)
    announced = scan.is_announced
    if stretch.begins_turn and (role is Role.AGENT or is_turn):
        announced = stretch.announces_hold
    return Scan(
        ends=_with(scan.ends, speaker, max(own_end_ms, end_ms)),
        turn_ends=others_turns,
        last_end_ms=max(scan.last_end_ms, end_ms),
        double_end_ms=max(scan.double_end_ms, both_end_ms if both_end_ms > start_ms else 0),
        floor=speaker if is_turn else scan.floor,
        floor_end_ms=stretch.turn_end_ms if is_turn else scan.floor_end_ms,
        is_announced=announced,
    )


def _with(
    ends: tuple[tuple[ParticipantId, int], ...], speaker: ParticipantId, end_ms: int
) -> tuple[tuple[ParticipantId, int], ...]:
    return (*((who, end) for who, end in ends if who != speaker), (speaker, end_ms))
