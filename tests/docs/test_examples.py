"""The example of docs/extending.md runs, and does what the page says."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from assist_engine.call.state import CallState
from assist_engine.contract.events import DriverRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role
from assist_engine.understanding.signal import Observation

DOCS = Path(__file__).resolve().parents[2] / "docs"


def observed(text: str, role: Role) -> Observation:
    final = UtteranceFinal(
        utterance_id=UtteranceId("u-1"),
        participant_id=ParticipantId("p"),
        text=text,
        start_ms=0,
        end_ms=900,
    )
    return Observation(final=final, role=role, vector=np.zeros(384, np.float32))


def test_the_signal_of_the_extending_page() -> None:
    page = (DOCS / "extending.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(example, "docs/extending.md", "exec"), names)
    signal, state = names["RepeatSignal"](), CallState(call_id=CallId("c"))

    (read,) = signal.observe(observed("i called before about it", Role.CUSTOMER), state)
    assert isinstance(read, DriverRead)
    assert read.evidence[0].quote == "called before"
    assert not signal.observe(observed("i called before about it", Role.AGENT), state)
    assert not signal.observe(observed("first time", Role.CUSTOMER), state)


def test_links_lead_somewhere() -> None:
    for page in [*DOCS.glob("**/*.md"), *DOCS.parent.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            assert "://" in target or (page.parent / target).exists(), f"{page}: {target}"
