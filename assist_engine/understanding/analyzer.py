"""Runs all signals over an utterance; one that fails is reported and the others go on."""

from collections.abc import Sequence
from typing import Final

from assist_engine.call.state import CallState
from assist_engine.contract.events import (
    EffortRead,
    EmotionRead,
    Event,
    SentimentRead,
    StageFailed,
    UtteranceFinal,
)
from assist_engine.contract.values import Role
from assist_engine.understanding.signal import LiveSignal, Observation, Signal

_FEELINGS: Final = (SentimentRead, EmotionRead, EffortRead)


class Analyzer:
    """Asks each signal about the utterances of those it reads."""

    def __init__(self, signals: Sequence[Signal]) -> None:
        self._signals = tuple(signals)

    def reads(self, role: Role) -> bool:
        """Whether any signal reads what they say; else it need not even be embedded."""
        return any(signal.reads is role for signal in self._signals)

    def analyze(self, observation: Observation, state: CallState) -> list[Event]:
        """What all signals found in the utterance."""
        found: list[Event] = []
        for signal in self._signals:
            if signal.reads is not observation.role:
                continue
            try:
                found += _allowed(signal.observe(observation, state), observation)
            except Exception as error:  # boundary: one signal never stops the others
                found.append(
                    StageFailed(
                        stage=f"signal {signal.name}",
                        code=getattr(error, "code", "signal.failed"),
                        message=f"{type(error).__name__}: {error}",
                    )
                )
        return found

    def preview(self, words: UtteranceFinal, role: Role) -> list[Event]:
        """What the live signals find in words that are still being added to."""
        return [
            event
            for signal in self._signals
            if signal.reads is role and isinstance(signal, LiveSignal)
            for event in signal.observe_live(words, role)
        ]


def _allowed(events: Sequence[Event], observation: Observation) -> Sequence[Event]:
    """The events; `ValueError` where one tells a feeling of anything but a customer's utterance."""
    for event in events:
        if not isinstance(event, _FEELINGS):
            continue
        if observation.role is not Role.CUSTOMER:
            role = observation.role
            raise ValueError(f"feelings were read from the words of {role}: only a customer's are")
        if event.utterance_id != observation.final.utterance_id:
            raise ValueError(f"feelings were read of {event.utterance_id}, which was not shown")
    return events
