"""Drivers and behaviours in other words than the patterns', with the real sentence vectors."""

import json
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from assist_engine.call.driver_kinds import is_urgent
from assist_engine.call.state import CallState
from assist_engine.contract.events import BehaviourRead, DriverRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role
from assist_engine.settings import RESOURCES
from assist_engine.understanding.behaviours import (
    BehaviourSignal,
    behaviour_exemplars,
    find_behaviours,
)
from assist_engine.understanding.drivers import DriverSignal, driver_exemplars, find_drivers
from assist_engine.understanding.effort import said_evidence
from assist_engine.understanding.exemplars import Meaning, MeaningHead
from assist_engine.understanding.signal import Observation
from knowledge_base.embedding import SentenceEmbedder, load_embedder

HELD_OUT = Path(__file__).resolve().parents[1] / "held_out"
CALLS = RESOURCES / "demo" / "calls"
STATE = CallState(call_id=CallId("c"))

pytestmark = pytest.mark.integration


@cache
def embedder() -> SentenceEmbedder:
    return load_embedder(threads=1)


@cache
def head() -> MeaningHead:
    with np.load(RESOURCES / "models" / "heads" / "drivers.npz") as arrays:
        return MeaningHead.from_arrays(dict(arrays))


def held_out(name: str) -> list[tuple[str, str]]:
    lines = (HELD_OUT / name).read_text(encoding="utf-8").splitlines()
    return [(label, text) for label, text in (line.split("\t") for line in lines)]


def final_of(text: str, role: Role) -> UtteranceFinal:
    return UtteranceFinal(
        utterance_id=UtteranceId("u"),
        participant_id=ParticipantId(role.value),
        text=text,
        start_ms=0,
        end_ms=1,
    )


def observed(texts: list[str], role: Role) -> Iterator[Observation]:
    for text, vector in zip(texts, embedder().encode(texts), strict=True):
        yield Observation(final=final_of(text, role), role=role, vector=vector)


def figures(pairs: list[tuple[str, set[str]]]) -> tuple[float, float]:
    """Precision and recall of labels found."""
    right = sum(label in found for label, found in pairs)
    claimed = sum(len(found) for _, found in pairs)
    return right / claimed, right / sum(bool(label) for label, _ in pairs)


def drivers_by(meaning: Meaning | None) -> tuple[float, float]:
    said = held_out("drivers-report.tsv")
    signal = DriverSignal(meaning)
    pairs = []
    for (label, _), one in zip(
        said, observed([text for _, text in said], Role.CUSTOMER), strict=True
    ):
        reads = [read for read in signal.observe(one, STATE) if isinstance(read, DriverRead)]
        assert all(read.evidence[0].quote in one.final.text for read in reads)
        pairs.append((label, {read.label for read in reads}))
    return figures(pairs)


def test_the_head_finds_what_patterns_miss_and_stays_precise() -> None:
    _, by_patterns = drivers_by(None)
    precision, recall = drivers_by(head())
    assert precision >= 0.88
    assert recall >= by_patterns + 0.1


def test_examples_alone_serve_other_embedding_models() -> None:
    _, by_patterns = drivers_by(None)
    precision, recall = drivers_by(driver_exemplars(lambda texts: embedder().encode(list(texts))))
    assert precision >= 0.88
    assert recall > by_patterns


def test_behaviours_are_found_in_other_words() -> None:
    meaning = behaviour_exemplars(lambda texts: embedder().encode(list(texts)))
    pairs = []
    said = held_out("behaviours-report.tsv")
    for (label, text), one in zip(
        said, observed([text for _, text in said], Role.AGENT), strict=True
    ):
        match = meaning.nearest(one.vector)
        found = {behaviour.name for behaviour, _ in find_behaviours(final_of(text, Role.AGENT))}
        pairs.append((label, found | ({match.label} if match.probability >= 0.7 else set())))
    precision, recall = figures(pairs)
    assert precision >= 0.88
    assert recall >= 0.8


def turns(speaker: str) -> list[str]:
    spoken = [json.loads(path.read_text())["turns"] for path in sorted(CALLS.glob("*.json"))]
    return [turn["text"] for call in spoken for turn in call if turn["speaker"] == speaker]


def test_the_demo_customers_say_nothing_that_they_did_not_mean() -> None:
    signal = DriverSignal(head())
    found = [
        (read.driver, one.final.text)
        for one in observed(turns("customer"), Role.CUSTOMER)
        for read in signal.observe(one, STATE)
        if isinstance(read, DriverRead) and is_urgent(read.driver)
    ]
    assert {driver for driver, _ in found} == {
        "repeat-contact",
        "cancel-threat",
        "money-back",
        "competitor-named",
    }
    assert len(found) == 7


def test_the_demo_agents_show_behaviours_and_never_feelings() -> None:
    signal = BehaviourSignal(behaviour_exemplars(lambda texts: embedder().encode(list(texts))))
    reads = [
        read for one in observed(turns("agent"), Role.AGENT) for read in signal.observe(one, STATE)
    ]
    assert reads
    assert all(isinstance(read, BehaviourRead) for read in reads)


def test_the_patterns_of_one_utterance_take_less_than_a_millisecond() -> None:
    texts = turns("customer") + turns("agent")
    finals = [final_of(text, Role.AGENT) for text in texts]
    began = time.process_time()
    for _ in range(10):
        for final in finals:
            list(find_drivers(final.text))
            list(find_behaviours(final))
            list(said_evidence(final))
    assert (time.process_time() - began) / (10 * len(finals)) < 0.001
