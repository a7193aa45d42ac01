"""Keeps trained intents as a folder of plain arrays with a manifest, reads examples from files.

`intents.json` says what the arrays are for; it is written last, so a folder with one is whole.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec
import numpy as np

from assist_engine.customers.yaml_lines import line_of, read_struct
from assist_engine.errors import BadInput
from assist_engine.understanding.intent import OUT_OF_SCOPE, IntentExample
from assist_engine.understanding.intent_reader import Calibration, Intent, IntentReader

MANIFEST: Final = "intents.json"
OUT_OF_SCOPE_LABEL: Final = "oos"
_LABEL_COLUMNS: Final = ("label", "category")
_ACCEPTED: Final = (
    "a CSV file with the header text,label (or text,category), or a YAML file of intents"
)


class _Intent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    label: str
    examples: list[str]
    queue: str = ""


class _IntentFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    intents: list[_Intent]
    out_of_scope: list[str] = []


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the arrays `examples.npy`, `owners.npy` and `weights.npy` beside it are."""

    format: Literal["attune-intents-1"] = "attune-intents-1"
    model: str  # the embedding model of the examples
    dimension: int
    intents: tuple[Intent, ...]
    calibration: Calibration


def save_reader(reader: IntentReader, folder: Path) -> None:
    """Write a reader; what an earlier training left there is replaced."""
    manifest = Manifest(
        model=reader.model,
        dimension=reader.examples.shape[1],
        intents=reader.intents,
        calibration=reader.calibration,
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MANIFEST).unlink(missing_ok=True)
        np.save(folder / "examples.npy", reader.examples.astype(np.float16))
        np.save(folder / "owners.npy", reader.owners)
        np.save(folder / "weights.npy", reader.weights)
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
        (folder / MANIFEST).write_bytes(text + b"\n")
    except OSError as error:
        raise BadInput(f"{folder} cannot be written: {error}") from error


def load_reader(folder: Path, *, model: str = "") -> IntentReader:
    """Read trained intents, or raise `BadInput`; `model`: of the vectors they will be shown."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
        arrays = [
            np.load(folder / f"{name}.npy", allow_pickle=False)
            for name in ("examples", "owners", "weights")
        ]
        examples, owners, weights = arrays
        if examples.ndim != 2 or examples.shape[1] != manifest.dimension:
            raise BadInput(f"examples.npy is no list of vectors of {manifest.dimension} numbers")
        reader = IntentReader(
            intents=manifest.intents,
            examples=examples.astype(np.float32),
            owners=owners.astype(np.int32),
            weights=weights.astype(np.float32),
            calibration=manifest.calibration,
            model=manifest.model,
        )
    except (OSError, ValueError, EOFError, BadInput) as error:
        raise BadInput(
            f"{folder} is not a folder that `attune-engine train intents` wrote: {error}"
        ) from error
    if model and manifest.model != model:
        raise BadInput(
            f"the intents in {folder} were trained for the embedding model {manifest.model}, and "
            f"{model} is in use: train them again with --model {model}"
        )
    return reader


def read_examples(paths: Sequence[Path]) -> tuple[IntentExample, ...]:
    """The examples of several files, one after the other; `BadInput` names the place."""
    found: list[IntentExample] = []
    for path in paths:
        found += examples_in(_text_of(path), source=str(path))
    return tuple(found)


def examples_in(text: str, *, source: str) -> Sequence[IntentExample]:
    """The examples of one file, whose name says what it is; `BadInput` names the line."""
    is_yaml = source.lower().endswith((".yaml", ".yml"))
    return load_intents(text, source=source) if is_yaml else _rows(text, source)


def load_intents(text: str, *, source: str) -> tuple[IntentExample, ...]:
    """Read intents from YAML; raises `BadInput` with file and line."""
    file = read_struct(text, source=source, kind=_IntentFile)
    seen: set[str] = set()
    for number, intent in enumerate(file.intents):
        wrongs = {
            f"the intent {intent.id} is there twice": intent.id in seen,
            f"the intent {intent.id} has no examples": not intent.examples,
            "an intent has an id of at least one character": not intent.id.strip(),
        }
        if any(wrongs.values()):
            wrong = next(wrong for wrong, is_so in wrongs.items() if is_so)
            raise BadInput(f"{source}, line {line_of(text, path=('intents', number))}: {wrong}")
        seen.add(intent.id)
    wanted = tuple(
        IntentExample(text=said, intent=intent.id, label=intent.label, queue=intent.queue)
        for intent in file.intents
        for said in intent.examples
    )
    nothing = tuple(IntentExample(text=said, intent=OUT_OF_SCOPE) for said in file.out_of_scope)
    return wanted + nothing


def without_repeats(examples: Sequence[IntentExample]) -> tuple[IntentExample, ...]:
    """Each text of an intent once: said twice, it would seem surer when it is left out."""
    return tuple({(example.text, example.intent): example for example in examples}.values())


def check_trainable(examples: Sequence[IntentExample]) -> None:
    """Raise `BadInput` where there are fewer than two intents to tell apart."""
    names = {example.intent for example in examples if example.intent}
    if len(names) < 2:
        only = f"only {min(names)}" if names else "none"
        raise BadInput(f"training needs examples of at least two intents, there is {only}")


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 text: expected {_ACCEPTED}") from error
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror or error}): expected {_ACCEPTED}"
        ) from error


def _rows(text: str, path: str) -> list[IntentExample]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(rows, [])]
        label_at = next((header.index(name) for name in _LABEL_COLUMNS if name in header), None)
        if label_at is None or "text" not in header:
            raise BadInput(f"{path}: the header is {','.join(header) or 'missing'}: {_ACCEPTED}")
        text_at = header.index("text")
        examples = []
        for row in rows:
            if row:
                where = f"{path}, line {rows.line_num}"
                examples.append(_example(row, len(header), text_at, label_at, where=where))
    except csv.Error as error:
        raise BadInput(f"{path}, line {rows.line_num}: {error}; expected {_ACCEPTED}") from error
    if not examples:
        raise BadInput(f"{path} has no examples: expected {_ACCEPTED}")
    return examples


def _example(
    row: Sequence[str], columns: int, text_at: int, label_at: int, *, where: str
) -> IntentExample:
    if len(row) != columns:
        raise BadInput(f"{where}: {len(row)} fields where the header has {columns}")
    text, label = row[text_at].strip(), row[label_at].strip()
    if not text or not label:
        raise BadInput(f"{where}: the {'label' if text else 'text'} is empty")
    return IntentExample(text=text, intent=OUT_OF_SCOPE if label == OUT_OF_SCOPE_LABEL else label)
