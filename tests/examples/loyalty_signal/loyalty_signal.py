"""Hears that customers say how long they have been with us: worth a thank-you."""

import re
from collections.abc import Sequence
from typing import Final

from assist_engine.call.state import CallState
from assist_engine.contract.events import DriverRead, Event
from assist_engine.contract.values import Role
from assist_engine.understanding.signal import Observation, Signal, SignalTools, quote

_SAID: Final = re.compile(
    r"\b(?:customer|member|client|with you)(?: \w+){0,2} (?:for|since) (?:\w+ ){0,2}"
    r"(?:years|decades|\d{4})\b",
    re.IGNORECASE,
)


class LoyaltySignal:
    """Reads customers; the words that say it are the evidence."""

    name = "loyalty"
    reads = Role.CUSTOMER

    def observe(self, observation: Observation, state: CallState) -> Sequence[Event]:
        """A `DriverRead` where somebody says for how long they have been a customer."""
        said = _SAID.search(observation.final.text)
        if said is None:
            return ()
        return (
            DriverRead(
                utterance_id=observation.final.utterance_id,
                driver="loyalty",
                label="Long with us",
                probability=0.9,
                evidence=(quote(observation.final, *said.span()),),
            ),
        )


def loyalty(tools: SignalTools) -> Signal:
    """The maker that the entry point names; it needs none of the tools."""
    return LoyaltySignal()
