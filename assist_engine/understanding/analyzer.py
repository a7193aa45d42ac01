"""Runs all signals over an utterance; one that fails is reported and the others go on."""

from collections.abc import Sequence

from assist_engine.call.state import CallState
from assist_engine.contract.events import Event, StageFailed, UtteranceFinal
from assist_engine.contract.values import Role
from assist_engine.understanding.signal import LiveSignal, Observation, Signal


class Analyzer:
    """Asks each signal in turn."""

    def __init__(self, signals: Sequence[Signal]) -> None:
        self._signals = tuple(signals)
        self._live = tuple(signal for signal in signals if isinstance(signal, LiveSignal))

    def analyze(self, observation: Observation, state: CallState) -> list[Event]:
        """What all signals found in the utterance."""
        found: list[Event] = []
        for signal in self._signals:
            try:
                found.extend(signal.observe(observation, state))
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
        return [event for signal in self._live for event in signal.observe_live(words, role)]
