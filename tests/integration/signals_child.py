"""Makes all installed signals and prints what they find in an utterance. A program: TEXT."""

import sys
from pathlib import Path

import msgspec
import numpy as np

from assist_engine.call.state import CallState
from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role
from assist_engine.session.knowledge_finder import load_encode
from assist_engine.session.signal_makers import make_signals
from assist_engine.understanding.analyzer import Analyzer
from assist_engine.understanding.signal import Observation, SignalTools

MODEL = "attune-minilm-1"


def main() -> None:
    encode = load_encode(MODEL)
    tools = SignalTools(
        embed=lambda texts: encode(list(texts)), embedding_model=MODEL, intents=Path("none")
    )
    signals = make_signals(tools)
    final = UtteranceFinal(
        utterance_id=UtteranceId("customer-1"),
        participant_id=ParticipantId("customer"),
        text=sys.argv[1],
        start_ms=0,
        end_ms=900,
    )
    observation = Observation(
        final=final, role=Role.CUSTOMER, vector=np.asarray(encode([final.text])[0])
    )
    found = Analyzer(signals).analyze(observation, CallState(call_id=CallId("call")))
    told = {"signals": [signal.name for signal in signals], "found": found}
    sys.stdout.buffer.write(msgspec.json.encode(told))


if __name__ == "__main__":
    main()
