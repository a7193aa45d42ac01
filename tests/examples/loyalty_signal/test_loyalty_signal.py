"""What this package hears, without an engine: words in, events out."""

import numpy as np
import pytest
from loyalty_signal import LoyaltySignal

from assist_engine.call.state import CallState
from assist_engine.contract.events import DriverRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role
from assist_engine.understanding.signal import Observation


def quotes(text: str) -> list[str]:
    final = UtteranceFinal(
        utterance_id=UtteranceId("customer-1"),
        participant_id=ParticipantId("customer"),
        text=text,
        start_ms=0,
        end_ms=900,
    )
    observation = Observation(final=final, role=Role.CUSTOMER, vector=np.zeros(384, np.float32))
    read = LoyaltySignal().observe(observation, CallState(call_id=CallId("call")))
    return [one.quote for event in read if isinstance(event, DriverRead) for one in event.evidence]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("i have been a customer for twenty years", "customer for twenty years"),
        ("We are with you since 1998, you know", "with you since 1998"),
    ],
)
def test_it_quotes_what_says_so(text: str, quoted: str) -> None:
    assert quotes(text) == [quoted]


@pytest.mark.parametrize("text", ["", "i want a customer number", "it took years"])
def test_it_says_nothing_of_other_words(text: str) -> None:
    assert quotes(text) == []
