"""Who spoke when on a stored call, and what had been heard of words that still moved."""

from collections.abc import Sequence
from typing import Final

import msgspec

from assist_engine.contract import events
from assist_engine.contract.events import DriverRead, Recorded, UtteranceFinal
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.values import Role
from assist_engine.guidance.need import LiveSpeech

_HEARD_MS: Final = 800  # so long after somebody began their first words were heard
_PAUSE_MS: Final = 400  # so long the speaker is taken to go on
_OF_WORDS = (
    events.SentimentRead,
    events.EmotionRead,
    events.IntentRead,
    DriverRead,
    events.ArticlesWeighed,
)


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """An utterance: its words, when they had become final, and when all was read from them."""

    final: UtteranceFinal
    role: Role
    final_ms: int
    read_ms: int
    drivers: tuple[DriverRead, ...] = ()  # that were heard before
    looked_ms: int | None = None  # when something was first found in them, still moving

    @property
    def heard_ms(self) -> int:
        """When its first words were heard."""
        by_rule = self.final.start_ms + _HEARD_MS
        return by_rule if self.looked_ms is None else min(by_rule, self.looked_ms)


class Talk:
    """The talk of one stored call."""

    def __init__(self, recorded: Sequence[Recorded]) -> None:
        roles: dict[ParticipantId, Role] = {}
        said: dict[UtteranceId, _Said] = {}
        # What was found in words while they moved may stand before the words.
        for item in sorted(recorded, key=lambda one: isinstance(one.event, _OF_WORDS)):
            event = item.event
            if isinstance(event, events.ParticipantJoined):
                roles[event.participant.participant_id] = event.participant.role
            elif isinstance(event, UtteranceFinal) and event.participant_id in roles:
                said[event.utterance_id] = _Said(
                    final=event,
                    role=roles[event.participant_id],
                    final_ms=item.audio_ms,
                    read_ms=item.audio_ms,
                )
            elif isinstance(event, _OF_WORDS) and event.utterance_id in said:
                said[event.utterance_id] = _with(said[event.utterance_id], event, item)
        self._of = {
            role: [one for one in said.values() if one.role is role]
            for role in (Role.CUSTOMER, Role.AGENT)
        }

    @property
    def heard_ms(self) -> list[int]:
        """When something was heard in words that still moved."""
        return [read.live_ms for one in self._of[Role.CUSTOMER] for read in one.drivers]

    def live(self, now_ms: int) -> LiveSpeech | None:
        """What the customer is saying, without the words.

        None: they are silent, or nothing had been found in their words by then.
        """
        for one in self._of[Role.CUSTOMER]:
            if one.looked_ms is not None and one.looked_ms <= now_ms < one.final_ms:
                drivers = tuple(read for read in one.drivers if read.live_ms <= now_ms)
                return _speech(one, now_ms, drivers)
        return None

    def speaking(self, now_ms: int) -> LiveSpeech | None:
        """Who speaks, or spoke last, without the words."""
        began = [one for those in self._of.values() for one in those if one.final.start_ms < now_ms]
        last = max(began, key=lambda one: min(now_ms, one.final.end_ms), default=None)
        return _speech(last, now_ms) if last else None

    def agent_since_ms(self, now_ms: int) -> int | None:
        """Since when the agent has been speaking; None: they are silent."""
        spans = ((one.final.start_ms, one.final.end_ms) for one in self._of[Role.AGENT])
        return next((start for start, end in spans if start < now_ms <= end), None)

    def read_ms(self, at_ms: int) -> int:
        """When what the customer says at a time is done and read; the time, if they are silent."""
        spans = ((one.heard_ms, one.read_ms) for one in self._of[Role.CUSTOMER])
        return next((end for start, end in spans if start < at_ms < end), at_ms)


def is_last_of_moment(recorded: Sequence[Recorded], number: int) -> bool:
    """Whether what follows came later, or ended the call."""
    following = recorded[number + 1 : number + 2]
    return (
        not following
        or following[0].audio_ms > recorded[number].audio_ms
        or isinstance(following[0].event, events.CallReleased)
    )


def _with(said: _Said, event: events.Event, item: Recorded) -> _Said:
    """The utterance with something more that was read from it, or heard of it before."""
    if isinstance(event, events.ArticlesWeighed):
        live_ms = [look.at_ms for look in event.looks if look.is_live]
        return _looked(said, live_ms)
    said = msgspec.structs.replace(said, read_ms=item.audio_ms)
    if isinstance(event, DriverRead) and event.live_ms:
        said = msgspec.structs.replace(said, drivers=(*said.drivers, event))
        return _looked(said, [event.live_ms])
    return said


def _looked(said: _Said, at_ms: Sequence[int]) -> _Said:
    known = [*at_ms, *([] if said.looked_ms is None else [said.looked_ms])]
    return msgspec.structs.replace(said, looked_ms=min(known, default=None))


def _speech(said: _Said, now_ms: int, drivers: tuple[DriverRead, ...] = ()) -> LiveSpeech:
    final = said.final
    heard_ms = min(now_ms, final.end_ms)
    return LiveSpeech(
        utterance_id=final.utterance_id,
        participant_id=final.participant_id,
        role=said.role,
        stable="",
        start_ms=final.start_ms,
        heard_ms=heard_ms,
        drivers=drivers,
        has_paused=now_ms >= heard_ms + _PAUSE_MS,
    )
