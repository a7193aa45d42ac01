"""`train intents` and `evaluate intents` with the real encoder, and files that are not accepted."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from assist_engine.errors import BadInput
from assist_engine.session.intent_folder import (
    check_trainable,
    load_reader,
    read_examples,
    save_reader,
    without_repeats,
)
from assist_engine.session.knowledge_finder import load_encode
from assist_engine.settings import RESOURCES
from assist_engine.understanding.clauses import clauses_of
from assist_engine.understanding.intent import reader_of
from assist_engine.understanding.intent_figures import measure
from assist_engine.understanding.intent_reader import IntentReader, Matrix

pytestmark = pytest.mark.integration

DEMO = RESOURCES / "demo" / "intents.yaml"
MODEL = "attune-minilm-1"
PETS = {
    "walk-dog": (
        "please walk my dog this afternoon",
        "can somebody take the dog out",
        "my puppy needs a walk",
        "i need a dog walker for tomorrow",
        "take my labrador to the park",
        "the dog has not been out today",
    ),
    "feed-cat": (
        "who can feed my cat while i am away",
        "the cat needs food at noon",
        "please give the kitten something to eat",
        "i want somebody to fill the cat's bowl",
        "my cat must be fed twice a day",
        "leave dry food for the cat",
    ),
    "groom-horse": (
        "my horse needs to be brushed",
        "can you groom the pony",
        "the mare's coat is dirty",
        "please comb the horse's mane",
        "i would like my stallion cleaned",
        "brush the horses in the stable",
    ),
    "oos": (
        "what is the capital of france",
        "how do i cook rice",
        "play some jazz",
        "the weather is nice today",
        "good morning how are you",
        "what is seven times eight",
    ),
}
ASKED = (
    ("could you take my terrier for a walk", "walk-dog"),
    ("my two cats need their dinner", "feed-cat"),
    ("the horse wants brushing again", "groom-horse"),
    ("who won the football match", "oos"),
    ("book me a flight to rome", "oos"),
)


def write_csv(path: Path, rows: Sequence[tuple[str, str]], header: str = "label") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", header), *rows])
    return path


def pets() -> list[tuple[str, str]]:
    return [(text, label) for label, texts in PETS.items() for text in texts]


def engine(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assist_engine", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained by the command from two files."""
    folder = tmp_path_factory.mktemp("intents")
    first = write_csv(folder / "first.csv", pets()[:12])
    second = write_csv(folder / "second.csv", pets()[12:], header="category")
    done = engine("train", "intents", first, second, "--out", folder / "out")
    assert done.returncode == 0, done.stderr
    assert "3 intents from 18 examples and 6 out of scope" in done.stdout.replace("\n", " ")
    return folder / "out"


@pytest.fixture(scope="module")
def encode() -> Callable[[Sequence[str]], Matrix]:
    embed = load_encode(MODEL)
    return lambda texts: embed(list(texts))


def test_what_was_trained_is_measured_by_the_command(trained: Path, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "asked.csv", ASKED)
    done = engine("evaluate", "intents", trained, file, "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert {"accuracy", "in_scope_accuracy", "oos_recall", "oos_auroc", "ece"} <= set(figures)
    assert (figures["in_scope_accuracy"], figures["oos_auroc"]) == (1.0, 1.0)
    assert figures["per_intent"]["feed-cat"]["rows"] == 1
    table = engine("evaluate", "intents", trained, file).stdout
    assert "out of scope: refused" in table
    assert "groom-horse" in table


def test_a_folder_reads_as_what_was_saved(
    trained: Path, tmp_path: Path, encode: Callable[[Sequence[str]], Matrix]
) -> None:
    reader = load_reader(trained, model=MODEL)
    save_reader(reader, tmp_path / "again")
    vectors = encode([text for text, _ in ASKED])
    one, other = reader.read(vectors), load_reader(tmp_path / "again").read(vectors)
    assert [reading.best for reading in one] == [reading.best for reading in other]
    assert [reading.best and reading.best.intent.id for reading in one][:3] == [
        "walk-dog",
        "feed-cat",
        "groom-horse",
    ]


def test_a_file_given_twice_changes_nothing(
    tmp_path: Path, encode: Callable[[Sequence[str]], Matrix]
) -> None:
    file = write_csv(tmp_path / "pets.csv", pets())
    once, twice = (without_repeats(read_examples([file] * times)) for times in (1, 2))
    assert len(once) == 24
    assert once == twice
    readers = [reader_of(found, encode([one.text for one in found])) for found in (once, twice)]
    assert readers[0].calibration == readers[1].calibration


@pytest.fixture(scope="module")
def demo(encode: Callable[[Sequence[str]], Matrix]) -> IntentReader:
    examples = read_examples([DEMO])
    return reader_of(examples, encode([one.text for one in examples]))


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("my package never came and i want to cancel my contract", "late-parcel cancel-contract"),
        ("the lamp arrived broken and i would like my money back", "damaged-item refund-wanted"),
        ("my internet is slow and i was charged twice", "slow-internet unknown-charge"),
    ],
)
def test_a_turn_that_asks_two_things_has_both(
    demo: IntentReader,
    encode: Callable[[Sequence[str]], Matrix],
    text: str,
    intents: str,
) -> None:
    parts = [text[start:end] for start, end in clauses_of(text)]
    found = [reading.best for reading in demo.read(encode(parts))]
    assert [best.intent.id for best in found if best] == intents.split()


def test_the_demo_knows_its_intents_and_what_is_none(
    encode: Callable[[Sequence[str]], Matrix],
) -> None:
    """Every fourth example of an intent is asked instead of learnt, and so of what is none."""
    examples = sorted(read_examples([DEMO]), key=lambda one: one.intent)
    learnt = [one for place, one in enumerate(examples) if place % 4]
    asked = [one for place, one in enumerate(examples) if not place % 4]
    reader = reader_of(learnt, encode([one.text for one in learnt]))
    figures = measure(reader, encode([o.text for o in asked]), [one.intent for one in asked])
    assert (figures.in_scope_accuracy or 0) >= 0.6  # 27 intents, many of them close to others
    assert (figures.oos_recall or 0) >= 0.6
    assert (figures.oos_auroc or 0) >= 0.9


BAD_FILES = {
    "no header": (b"where is it,late\n", "the header is where is it,late: a CSV file with"),
    "empty": (b"", "the header is missing"),
    "header only": (b"text,label\n", "has no examples"),
    "empty label": (b"text,label\nwhere is it,\n", "line 2: the label is empty"),
    "empty text": (b"text,label\nhi,a\n  ,late\n", "line 3: the text is empty"),
    "a field too many": (b"text,label\na,b,c\n", "line 2: 3 fields where the header has 2"),
    "open quote": (b'text,label\n"a,b\n', "line 2: unexpected end of data"),
    "not UTF-8": (b"text,label\ncaf\xe9,late\n", "is not UTF-8 text"),
    "one intent": (b"text,label\na,late\nb,oos\n", "there is only late"),
    "only oos": (b"text,label\na,oos\n", "there is none"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_not_accepted_is_one_sentence(name: str, tmp_path: Path) -> None:
    content, told = BAD_FILES[name]
    (tmp_path / "bad.csv").write_bytes(content)
    with pytest.raises(BadInput) as refused:
        check_trainable(read_examples([tmp_path / "bad.csv"]))
    assert told in str(refused.value)


def test_the_command_tells_a_bad_file_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(b"text,label\ncaf\xe9,late\n")
    done = engine("train", "intents", tmp_path / "bad.csv", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr.startswith(f"attune-engine: {tmp_path / 'bad.csv'} is not UTF-8 text")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"gone\.csv cannot be read \(No such file"):
        read_examples([tmp_path / "gone.csv"])
    with pytest.raises(BadInput, match="cannot be read"):
        read_examples([tmp_path])
    with pytest.raises(BadInput, match="is not a folder that `attune-engine train intents` wrote"):
        load_reader(tmp_path)


def test_a_model_that_is_not_here_is_told() -> None:
    with pytest.raises(BadInput, match="'nope' cannot be loaded"):
        load_encode("nope")


def test_a_folder_of_another_model_is_refused(trained: Path) -> None:
    with pytest.raises(BadInput, match="trained for the embedding model attune-minilm-1"):
        load_reader(trained, model="another")


def test_a_folder_that_was_tampered_with_is_refused(trained: Path, tmp_path: Path) -> None:
    save_reader(load_reader(trained), tmp_path)
    np.save(tmp_path / "owners.npy", np.zeros(3, np.int32))
    with pytest.raises(BadInput, match="need weights of the shape"):
        load_reader(tmp_path)
    manifest = msgspec.json.decode((tmp_path / "intents.json").read_bytes())
    (tmp_path / "intents.json").write_bytes(msgspec.json.encode(manifest | {"format": "2"}))
    with pytest.raises(BadInput, match="Invalid enum value '2'"):
        load_reader(tmp_path)
