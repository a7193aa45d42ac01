"""`attune-engine understand` as other tools run it: a process, JSON lines in, JSON lines out."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assist_engine.contract.values import Emotion, EntityType, Sentiment
from assist_engine.inference.emotion_heads import EmotionHeads
from assist_engine.inference.emotion_model import SHIPPED_HEADS
from tests.integration.test_train_intents import PETS

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

COMMAND = (sys.executable, "-m", "assist_engine", "understand")
FIELDS = [
    "id",
    "sentiment",
    "emotions",
    "goemotions",
    "goemotions_labels",
    "intensity",
    "effort",
    "intents",
    "entities",
    "redacted",
]
SAID = (
    "my parcel number {n} has not arrived and i have been waiting for two weeks",
    "thank you so much that is really kind of you",
    "this is ridiculous i want your manager this is the third time i call about bill {n}",
    "the router in room {n} is blinking red and i already restarted it",
)
CARD = "4929 8301 5518 7724"


@dataclass(frozen=True)
class Ran:
    code: int
    out: list[dict[str, Any]]
    err: str
    wall_s: float


def understand(lines: Sequence[object], *arguments: str) -> Ran:
    """Run the command on lines: as they are where they are texts, else as JSON."""
    said = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    began = time.monotonic()
    ran = subprocess.run(
        [*COMMAND, *arguments],
        input="".join(f"{line}\n" for line in said),
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    out = [json.loads(line) for line in ran.stdout.splitlines()]
    return Ran(ran.returncode, out, ran.stderr, time.monotonic() - began)


def one(text: str, **more: object) -> dict[str, object]:
    return {"id": "x", "text": text, "participant": "customer", **more}


@pytest.fixture(scope="module")
def thousand() -> Ran:
    """1,000 lines of 40 calls, interleaved, every third of an agent."""
    lines = [
        {
            "id": n,
            "text": SAID[n % len(SAID)].format(n=n),
            "participant": "agent" if n % 3 == 0 else "customer",
            "call": f"call-{n % 40}",
        }
        for n in range(1_000)
    ]
    return understand(lines)


def test_a_thousand_lines_take_seconds(thousand: Ran) -> None:
    print(f"1,000 lines: {thousand.wall_s:.1f} s with loading the models")
    assert thousand.code == 0, thousand.err
    assert [told["id"] for told in thousand.out] == list(range(1_000))
    assert thousand.wall_s < 60


def test_each_line_has_the_fields_of_the_contract(thousand: Ran) -> None:
    labels = set(EmotionHeads.load(SHIPPED_HEADS).labels)
    assert len(labels) == 28
    for told in thousand.out:
        assert list(told) == FIELDS
        assert told["redacted"] == SAID[told["id"] % len(SAID)].format(n=told["id"])
        if told["id"] % 3:
            assert set(told["sentiment"]) == {"value", "label"}
            assert -1 <= told["sentiment"]["value"] <= 1
            assert told["sentiment"]["label"] in set(Sentiment)
            assert set(told["emotions"]) == {*Emotion, "neutral"}
            assert set(told["goemotions"]) == labels
            assert set(told["goemotions_labels"]) <= labels
            probabilities = [*told["emotions"].values(), *told["goemotions"].values()]
            assert all(0 <= probability <= 1 for probability in probabilities)
            assert 0 <= told["intensity"] <= 1
            assert 0 <= told["effort"] < 1


def test_of_an_agent_nothing_is_felt(thousand: Ran) -> None:
    for told in thousand.out[::3]:
        felt = {name: told[name] for name in FIELDS[1:7]}
        assert not any(felt.values()), felt
        assert (told["sentiment"], told["intensity"], told["effort"]) == (None, None, None)


def test_the_signals_tell_lines_apart(thousand: Ran) -> None:
    angry, grateful = thousand.out[2], thousand.out[5]
    assert (angry["sentiment"]["label"], grateful["sentiment"]["label"]) == (
        "negative",
        "positive",
    )
    assert grateful["emotions"]["gratitude"] > 0.9 > angry["emotions"]["gratitude"]
    assert "gratitude" in grateful["goemotions_labels"]
    assert angry["effort"] > 0


@pytest.fixture(scope="module")
def talks() -> Ran:
    """Two calls whose lines come in turn, and lines that are of none."""
    asks = "can i have the last four digits of your card please"
    lines = [
        {"id": "a1", "text": asks, "participant": "agent", "call": "a"},
        {"id": "b1", "text": "how can i help you", "participant": "agent", "call": "b"},
        {"id": "b2", "text": "i have room 931", "participant": "customer", "call": "b"},
        {"id": "a2", "text": "nine three one seven", "participant": "customer", "call": "a"},
        {"id": "a3", "text": "this is the third time i call", "call": "a"},
        {"id": "b3", "text": "just one question", "call": "b"},
        {"id": "a4", "text": "and i was transferred twice", "call": "a"},
        {"id": 7, "text": "nine three one seven"},
        {"id": 8, "text": asks, "participant": "agent", "call": 5},
        {"id": 9, "text": "nine three one seven", "call": "5"},
        {"id": 10, "text": f"  card\t{CARD} ,  is\u00a0mine …", "call": None, "more": "ignored"},
        {"id": 11, "text": "mail me at jon.smith@gmail.com or on 617-555-0134"},
        {"id": 12, "text": ""},
        {"id": 13, "text": "我要投诉 😀 ñandú"},
        {"id": 14, "text": "word " * 2_000},
    ]
    return understand([*lines, "", "   "])


def by_id(ran: Ran) -> dict[object, dict[str, Any]]:
    assert ran.code == 0, ran.err
    return {told["id"]: told for told in ran.out}


def test_lines_of_one_call_are_one_conversation(talks: Ran) -> None:
    told = by_id(talks)
    assert list(told) == ["a1", "b1", "b2", "a2", "a3", "b3", "a4", *range(7, 15)]
    assert told["a2"]["redacted"] == "[CARD]", "the agent of its call asked for it"
    assert told[9]["redacted"] == "[CARD]", "5 and '5' are one call"
    assert told["b2"]["redacted"] == "i have room 931"
    assert told["b3"]["effort"] == 0 < told["a3"]["effort"] < told["a4"]["effort"]
    assert "[CARD]" not in told[7]["redacted"]


def test_what_is_redacted_keeps_the_spaces_and_order_of_the_rest(talks: Ran) -> None:
    told = by_id(talks)
    assert told[10]["redacted"] == "  card\t[CARD] ,  is\u00a0mine …"
    assert told[11]["redacted"] == "mail me at [EMAIL] or on [PHONE]"
    assert told[14]["redacted"] == "word " * 2_000
    assert (told[12]["redacted"], told[12]["entities"]) == ("", [])


def test_entities_are_told_by_their_place_in_the_line(talks: Ran) -> None:
    told = by_id(talks)
    for number, text in ((10, f"  card\t{CARD} ,  is\u00a0mine …"), (11, None)):
        for entity in told[number]["entities"]:
            assert list(entity) == ["type", "text", "start", "end", "value"]
            assert entity["type"] in set(EntityType)
            if text:
                assert text[entity["start"] : entity["end"]] == entity["text"]
    assert [(e["type"], e["value"]) for e in told[10]["entities"]] == [
        ("card", CARD.replace(" ", ""))
    ]
    email = told[11]["entities"][0]
    assert (email["type"], email["value"]) == ("email", "jon.smith@gmail.com")


BAD = {
    "no JSON": ("{oops", "line 2: JSON is malformed"),
    "a bot": (json.dumps(one("hi", participant="bot")), "line 2: participant is customer or agent"),
    "no text": (json.dumps({"id": 1}), "line 2: Object missing required field `text`"),
}


@pytest.fixture(scope="module")
def refused() -> dict[str, Ran]:
    """Each bad line behind a good one."""
    return {name: understand([one("hello there"), line]) for name, (line, _) in BAD.items()}


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_line_is_named_in_one_sentence(refused: dict[str, Ran], name: str) -> None:
    ran = refused[name]
    assert ran.code == 2
    assert ran.err.startswith(f"attune-engine: {BAD[name][1]}"), ran.err
    assert 'a line is {"id": …' in ran.err
    assert ran.err.count("\n") == 1
    assert [told["redacted"] for told in ran.out] == ["hello there"]


def test_no_line_gives_none() -> None:
    ran = understand([])
    assert (ran.code, ran.out, ran.err) == (0, [], "")


def test_intents_that_are_not_there_are_refused() -> None:
    ran = understand([one("hi")], "--intents", "no-such-folder")
    assert (ran.code, ran.out) == (2, [])
    assert "no-such-folder is not there: a folder or a file of intents is accepted" in ran.err


def test_your_own_intents_are_read(tmp_path: Path) -> None:
    examples = tmp_path / "pets.csv"
    rows = [f'"{text}",{label}' for label, texts in PETS.items() for text in texts]
    examples.write_text("text,label\n" + "\n".join(rows) + "\n", encoding="utf-8")
    train = [sys.executable, "-m", "assist_engine", "train", "intents", str(examples)]
    trained = subprocess.run(
        [*train, "--out", str(tmp_path / "pets")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert trained.returncode == 0, trained.stderr
    lines = [
        {"id": 1, "text": "could you take my terrier for a walk", "participant": "customer"},
        {"id": 2, "text": "could you take my terrier for a walk", "participant": "agent"},
        {"id": 3, "text": "what is the capital of norway", "participant": "customer"},
    ]
    for intents in (tmp_path / "pets", examples):
        ran = understand(lines, "--intents", str(intents))
        walk, agents, none = (told["intents"] for told in by_id(ran).values())
        assert [intent["name"] for intent in walk] == ["walk-dog"], intents
        assert 0 < walk[0]["probability"] <= 1
        assert list(walk[0]) == ["name", "probability"]
        assert (agents, none) == ([], [])
