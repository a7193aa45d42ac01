"""Logs written once and never again: what an old log says today is what it said then.

To add one: a folder with events.jsonl and expected.toml, and its line in SHA256SUMS
(`cd tests/golden/calls && sha256sum */events.jsonl > SHA256SUMS`).
"""

import hashlib
import json
import tomllib
from pathlib import Path

import pytest

from assist_engine.call.fold import fold
from assist_engine.call.selectors import (
    current_intent,
    customer_utterances,
    mood_course,
    open_alerts,
)
from assist_engine.call.state import CallState
from assist_engine.contract import wire
from assist_engine.contract.events import Recorded, Unrecognised

CALLS = Path(__file__).parent / "calls"
FOLDERS = sorted(path.parent for path in CALLS.glob("*/events.jsonl"))


def read(folder: Path) -> list[Recorded]:
    return [wire.decode_recorded(line) for line in lines(folder)]


def lines(folder: Path) -> list[str]:
    return (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()


def summary(log: list[Recorded]) -> dict[str, object]:
    state = fold(log, CallState(call_id=log[0].call_id))
    intent = current_intent(state)
    return {
        "call_id": state.call_id,
        "phase": state.phase,
        "seq": state.seq,
        "audio_ms": state.audio_ms,
        "agent": state.agent_id,
        "customer": state.customer.name if state.customer else "",
        "reason": state.reason.intent if state.reason else "",
        "said": [u.final.utterance_id for u in state.utterances],
        "by_customer": [u.final.utterance_id for u in customer_utterances(state)],
        "redacted": [str(r.type) for u in state.utterances for r in u.final.redactions],
        "felt": [str(f.emotion) for u in state.utterances if u.emotion for f in u.emotion.emotions],
        "effort": state.effort.effort if state.effort else 0.0,
        "entities": [f"{e.entity_id} {e.value} {e.is_valid}" for e in state.entities],
        "behaviours": [b.behaviour for u in state.utterances for b in u.behaviours],
        "ticks": [f"{t.item}: {t.is_done}" for t in state.ticks],
        "compliance": [f"{v.rule} {v.outcome}" for v in state.verdicts],
        "met": [event.rule for event in state.met],
        "breached": [event.rule for event in state.breaches],
        "mode": str(state.guidance_mode),
        "actions": [f"{run.started.key} {run.status}" for run in state.actions],
        "drivers": [driver.driver for u in state.utterances for driver in u.drivers],
        "intent": intent.intent if intent else "",
        "cards": [f"{c.suggestion.suggestion_id} {c.status}" for c in state.cards],
        "open_alerts": [a.raised.alert_id for a in open_alerts(state)],
        "whispers": [w.text for w in state.whispers],
        "notes": list(state.notes),
        "satisfaction": state.satisfaction.score if state.satisfaction else 0,
        "failures": [f"{f.stage} {f.code}" for f in state.failures],
        "disposition": state.wrap_up.disposition if state.wrap_up else "",
        "unrecognised": [r.event.kind for r in log if isinstance(r.event, Unrecognised)],
        "mood": pytest.approx([mood for _, mood in mood_course(state)]),
    }


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_old_log_still_says_what_it_said(folder: Path) -> None:
    expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    assert summary(read(folder)) == expected


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_writing_it_again_loses_nothing_that_we_know(folder: Path) -> None:
    for line, recorded in zip(lines(folder), read(folder), strict=True):
        written = json.loads(wire.encode_recorded(recorded))
        assert wire.decode_recorded(wire.encode_recorded(recorded)) == recorded
        assert is_part_of(written, json.loads(line))


def is_part_of(written: object, read_before: object) -> bool:
    """Whether nothing was made up; fields that we do not know may be gone."""
    if isinstance(written, dict) and isinstance(read_before, dict):
        return all(is_part_of(value, read_before[name]) for name, value in written.items())
    if isinstance(written, list) and isinstance(read_before, list):
        return all(is_part_of(*pair) for pair in zip(written, read_before, strict=True))
    return written == read_before


def test_the_logs_hold_every_kind() -> None:
    kinds = {json.loads(line)["event"]["kind"] for folder in FOLDERS for line in lines(folder)}
    assert kinds >= wire.EVENT_KINDS


def test_no_log_was_rewritten() -> None:
    listed = (CALLS / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in listed)}
    found = {
        f"{folder.name}/events.jsonl": hashlib.sha256(
            (folder / "events.jsonl").read_bytes()
        ).hexdigest()
        for folder in FOLDERS
    }
    assert found == sums
