"""A folder with a Vosk model: is it whole, at which rate does it work, what language is it.

Vosk ends the whole process on some broken models, so everything that can be told beforehand is
told here, in one sentence that names the file; `probe` tries the rest in a process of its own.
"""

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec

from assist_engine.errors import BadInput

RECORD_NAME: Final = "attune-model.json"
DEFAULT_RATE_HZ: Final = 16_000  # Kaldi's own default, when mfcc.conf is silent about it
PROBE_TIMEOUT_S: Final = 300.0

_NEW_LAYOUT: Final = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf")
_OLD_LAYOUT: Final = ("final.mdl", "mfcc.conf")
_LOOKAHEAD: Final = ("HCLr.fst", "Gr.fst", "disambig_tid.int")
_IVECTOR: Final = (
    "final.dubm",
    "final.mat",
    "global_cmvn.stats",
    "online_cmvn.conf",
    "splice.conf",
)
_PROBE: Final = """
import sys, vosk
vosk.SetLogLevel(-1)
recognizer = vosk.KaldiRecognizer(vosk.Model(sys.argv[1]), float(sys.argv[2]))
recognizer.SetWords(True)
recognizer.AcceptWaveform(bytes(2 * int(sys.argv[2])))
recognizer.FinalResult()
"""


class FileRecord(msgspec.Struct, frozen=True):
    """One file of a model as it was when installed."""

    size: int
    sha256: str


class ModelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Where a model came from and what it consisted of; kept beside it as `attune-model.json`."""

    name: str
    source: str
    digest_from: str  # "catalogue", "given", "first install"; "folder", "shipped": no archive
    archive_sha256: str = ""
    files: dict[str, FileRecord] = {}


def check_model(folder: Path) -> None:
    """Raise `BadInput` with one sentence naming the file that is missing, empty or cut off."""
    if not folder.is_dir():
        raise BadInput(f"there is no speech model at {folder}: it is not a folder")
    for name in _required(folder):
        file = folder / name
        if not file.is_file():
            raise BadInput(f"the speech model in {folder} lacks the file {name}")
        if not file.stat().st_size:
            raise BadInput(f"the speech model in {folder} has an empty file {name}")
    _check_sizes(folder)


def _required(folder: Path) -> list[str]:
    is_old = (folder / "final.mdl").exists() and not (folder / "am").exists()
    graph = "" if is_old else "graph/"
    required = list(_OLD_LAYOUT if is_old else _NEW_LAYOUT)
    if not (folder / f"{graph}HCLG.fst").exists():
        required += [f"{graph}{name}" for name in _LOOKAHEAD]
    if (folder / "ivector").exists():
        required += ["ivector/final.ie"] + [f"ivector/{name}" for name in _IVECTOR]
    return required


def _check_sizes(folder: Path) -> None:
    record = read_record(folder)
    for name, expected in record.files.items() if record else ():
        file = folder / name
        size = file.stat().st_size if file.is_file() else None
        if size is None:
            raise BadInput(f"the speech model in {folder} lacks the file {name}")
        if size != expected.size:
            raise BadInput(
                f"the file {name} of the speech model in {folder} has {size} bytes "
                f"instead of {expected.size}: install the model again"
            )


def sample_rate_hz(folder: Path) -> int:
    """The rate a model works at, from its mfcc.conf (Vosk refuses small models any other)."""
    for name in ("conf/mfcc.conf", "mfcc.conf"):
        file = folder / name
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            found = re.search(r"^\s*--sample-frequency=(\d+)", text, re.MULTILINE)
            return int(found[1]) if found else DEFAULT_RATE_HZ
    return DEFAULT_RATE_HZ


def language_of(name: str) -> str:
    """The language in an official name ("vosk-model-small-de-0.15": "de"), or ""."""
    found = re.match(r"(?:vosk-model-(?:small-|spk-)?|demo-)([a-z]{2}(?:-[a-z]{2})?)(?:-|$)", name)
    return found[1] if found else ""


def probe(folder: Path) -> None:
    """Load the model and decode a second of silence in another process, or raise `BadInput`."""
    rate = str(sample_rate_hz(folder))
    command = [sys.executable, "-c", _PROBE, str(folder), rate]
    try:
        tried = subprocess.run(command, capture_output=True, timeout=PROBE_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise BadInput(
            f"the speech model in {folder} did not load within {PROBE_TIMEOUT_S:.0f} s"
        ) from error
    if tried.returncode:
        said = tried.stderr.decode(errors="replace").strip().splitlines()
        raise BadInput(
            f"the speech model in {folder} does not load, a file in it is damaged"
            + (f": {said[-1]}" if said else "")
        )


def read_record(folder: Path) -> ModelRecord | None:
    """What was noted at installation; None for a model that was put there by hand."""
    file = folder / RECORD_NAME
    if not file.is_file():
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=ModelRecord)
    except msgspec.MsgspecError as error:
        raise BadInput(f"{file} is damaged ({error}): install the model again") from error


def write_record(folder: Path, *, record: ModelRecord) -> None:
    """Note where the model came from, and size and SHA-256 of each of its files."""
    files = {
        file.relative_to(folder).as_posix(): FileRecord(file.stat().st_size, sha256_of(file))
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name not in (RECORD_NAME, "README")
    }
    noted = msgspec.structs.replace(record, files=files)
    text = msgspec.json.format(msgspec.json.encode(noted), indent=1)
    (folder / RECORD_NAME).write_bytes(text + b"\n")


def differences(folder: Path) -> list[str]:
    """What is no longer as it was installed, one sentence each; raises as `check_model` does."""
    check_model(folder)
    record = read_record(folder)
    if record is None:
        return []
    return [
        f"{name} was changed since the model was installed"
        for name, expected in record.files.items()
        if sha256_of(folder / name) != expected.sha256
    ]


def sha256_of(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
