"""Intents in a file of the organisation: read with lines, learned again when it changes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assist_engine.call.state import CallState
from assist_engine.contract.events import IntentRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role
from assist_engine.errors import BadInput
from assist_engine.guidance.rule import Vector
from assist_engine.session.filed_intents import FiledIntents
from assist_engine.session.intent_folder import examples_in, load_intents, save_reader
from assist_engine.understanding.intent import reader_of
from assist_engine.understanding.signal import Observation

pytestmark = pytest.mark.integration

WORDS = ("parcel", "late", "card", "lost", "refund", "money", "hello", "thanks")
FILE = """
intents:
  - {id: late, label: Late parcel, examples: [parcel late, late parcel]}
  - {id: lost, label: Lost card, examples: [card lost, lost card]}
out_of_scope: [hello, thanks]
"""
MONEY = "  - {id: refund, label: Refund, examples: [refund money, money refund]}\n"


def embed(texts: Sequence[str]) -> Vector:
    """Sentence vectors by the words in them."""
    rows = np.array([[word in text for word in WORDS] for text in texts], np.float32)
    vectors: Vector = (rows + 1e-3) / np.linalg.norm(rows + 1e-3, axis=1, keepdims=True)
    return vectors


def told(signal: FiledIntents, text: str) -> list[str]:
    final = UtteranceFinal(
        utterance_id=UtteranceId("u"),
        participant_id=ParticipantId("customer"),
        text=text,
        start_ms=0,
        end_ms=900,
    )
    observation = Observation(final=final, role=Role.CUSTOMER, vector=embed([text])[0])
    events = signal.observe(observation, CallState(call_id=CallId("c")))
    return [event.intent for event in events if isinstance(event, IntentRead)]


@pytest.mark.logs("the rules before it stay in use")
def test_a_changed_file_is_learned_and_a_bad_one_leaves_the_old(tmp_path: Path) -> None:
    path = tmp_path / "intents.yaml"
    signal = FiledIntents(path, embed=embed, model="m")
    assert told(signal, "my card is lost") == []  # there is no file yet
    path.write_text(FILE)
    signal.files.look()
    assert told(signal, "my card is lost") == ["lost"]
    assert told(signal, "my money refund") == []
    path.write_text(FILE.replace("out_of", f"{MONEY}out_of"))
    signal.files.look()
    assert told(signal, "my money refund") == ["refund"]
    path.write_text("intents: []")
    signal.files.look()
    assert signal.files.problem == f"{path}: it has no examples of any intent"
    assert told(signal, "my money refund") == ["refund"]


@pytest.mark.logs("intents.yaml, line 1: .*it is left out")
def test_a_bad_file_at_the_start_is_no_intents_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "intents.yaml"
    path.write_text("intent: []")
    assert told(FiledIntents(path, embed=embed, model="m"), "my card is lost") == []


@pytest.mark.logs("it is gone; the rules before it stay in use")
def test_trained_intents_are_taken_up_when_they_are_whole(tmp_path: Path) -> None:
    def train(text: str) -> None:
        examples = load_intents(text, source="f.yaml")
        vectors = embed([example.text for example in examples])
        save_reader(reader_of(examples, vectors, model="m"), tmp_path)

    with pytest.raises(BadInput, match="is not a folder"):
        FiledIntents(tmp_path, embed=embed, model="m")
    train(FILE)
    signal = FiledIntents(tmp_path, embed=embed, model="m")
    assert told(signal, "my money refund") == []
    (tmp_path / "intents.json").unlink()
    signal.files.look()
    assert told(signal, "my card is lost") == ["lost"]
    train(FILE.replace("out_of", f"{MONEY}out_of"))
    signal.files.look()
    assert told(signal, "my money refund") == ["refund"]


def test_a_table_is_read_as_well() -> None:
    examples = examples_in("text,label\nwhere is it,late\nhello,oos\n", source="f.csv")
    assert [(e.text, e.intent) for e in examples] == [("where is it", "late"), ("hello", "")]


def test_intents_are_read_from_yaml() -> None:
    text = """
intents:
  - {id: late, label: Late, queue: orders, examples: [it is late, still waiting]}
out_of_scope: [hello]
"""
    examples = load_intents(text, source="intents.yaml")
    assert [(e.intent, e.text) for e in examples] == [
        ("late", "it is late"),
        ("late", "still waiting"),
        ("", "hello"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("intents: 3", r"f\.yaml, line 1: Expected `array`"),
        ("intents: [{id: a, label: A}]", "missing required field `examples`"),
        ("intents: [{id: a, label: A, examples: [x], colour: red}]", "unknown field `colour`"),
        ("intents: [{id: a, label: A, examples: []}]", "the intent a has no examples"),
        ("intents: [{id: a, label: A, examples: [yes]}]", "Expected `str`"),
        (
            "intents: [{id: a, label: A, examples: [x]}, {id: a, label: B, examples: [y]}]",
            "the intent a is there twice",
        ),
        ("intents: [", r"f\.yaml, line 1: not YAML"),
        ("", "line 1: Expected `object`"),
        ("intents: [{id: ' ', label: A, examples: [x]}]", "line 1: an intent has an id"),
    ],
)
def test_a_wrong_intent_file_is_told(text: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        load_intents(text, source="f.yaml")
