"""The examples of docs/extending.md run, and do what the page says."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from assist_engine.call.state import CallState
from assist_engine.contract.events import DriverRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role
from assist_engine.understanding.analyzer import Analyzer
from assist_engine.understanding.signal import Observation, SignalTools
from knowledge_base.importers.source_files import disk_file

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


def test_the_signal_of_the_extending_page(tmp_path: Path) -> None:
    state = CallState(call_id=CallId("c"))
    tools = SignalTools(
        embed=lambda texts: np.zeros((len(texts), 384), np.float32),
        embedding_model="none",
        intents=tmp_path / "none",
    )
    analyzer = Analyzer([examples()["repeat"](tools)])

    (read,) = analyzer.analyze(observed("i called before about it", Role.CUSTOMER), state)
    assert isinstance(read, DriverRead)
    assert read.evidence[0].quote == "called before"
    assert not analyzer.analyze(observed("i called before about it", Role.AGENT), state)
    assert not analyzer.analyze(observed("first time", Role.CUSTOMER), state)


def test_the_importer_of_the_extending_page(tmp_path: Path) -> None:
    path = tmp_path / "cards.faq"
    path.write_text("fee: What is the fee? Nothing.\nno question\npin: Where is it? In the app.\n")
    file = disk_file(path)
    fee, broken, pin = examples()["QuestionsImporter"]().read(file)
    assert (fee.article.article_id, fee.article.title) == ("fee", "What is the fee?")
    assert (pin.article.body, pin.line) == ("In the app.", 3)
    assert str(broken) == "cards.faq, line 2: has no question and answer"


def examples() -> dict[str, Any]:
    """The names that the examples of the extending page define."""
    page = (DOCS / "extending.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    for example in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(compile(example, "docs/extending.md", "exec"), names)
    return names


def test_links_lead_somewhere() -> None:
    for page in [*DOCS.glob("**/*.md"), *DOCS.parent.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            assert "://" in target or (page.parent / target).exists(), f"{page}: {target}"
