"""A release: one immutable folder with all that a search needs, and the hashes to trust it.

manifest.json    what is in it, which model made it, SHA-256 of the other files
manifest.sha256  SHA-256 of the manifest, as `sha256sum -c` reads it
passages.db      articles, passages, their words (FTS5), which text each vector is of
vectors.npy      all vectors, float32: passages and questions first, then sentences
index.faiss      the passages' and questions' vectors, to be searched
"""

import hashlib
import sqlite3
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from knowledge_base.calibration import Calibration
from knowledge_base.embedding import Vectors
from knowledge_base.errors import ReleaseBroken

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
MANIFEST_HASH: Final = "manifest.sha256"
PASSAGES: Final = "passages.db"
VECTORS: Final = "vectors.npy"
INDEX: Final = "index.faiss"
HASHED: Final = (PASSAGES, VECTORS, INDEX)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a release says of itself."""

    format: int
    release: int
    made_ms: int  # ms since 1970
    author: str
    reason: str
    model: str
    dimension: int
    articles: int
    passages: int
    searched_vectors: int  # the first of `vectors.npy`; those in the index
    is_exact: bool  # every vector is compared; else HNSW
    calibration: Calibration
    files: dict[str, str]  # name: SHA-256, hex


def folder_name(release: int) -> str:
    """Name of a release's folder."""
    return f"{release:06d}"


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and its hash."""
    data = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
    (folder / MANIFEST).write_bytes(data)
    (folder / MANIFEST_HASH).write_text(f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n")


def hash_files(folder: Path) -> dict[str, str]:
    """SHA-256 of the files a manifest vouches for."""
    return {name: _sha256(folder / name) for name in HASHED}


def verify(folder: Path) -> Manifest:
    """Read the manifest and check every file against it, or raise `ReleaseBroken`."""
    manifest = _read_manifest(folder)
    if manifest.format != FORMAT:
        raise ReleaseBroken(
            folder, reason=f"its format is {manifest.format}, this program reads {FORMAT}"
        )
    for name in HASHED:
        try:
            found = _sha256(folder / name)
        except OSError as error:
            raise ReleaseBroken(folder, reason=f"{name}: {error.strerror}") from error
        if found != manifest.files.get(name):
            raise ReleaseBroken(folder, reason=f"{name} is not the file that was published")
    return manifest


def open_passages(folder: Path) -> sqlite3.Connection:
    """Open the passages for reading; whoever uses it from several threads locks it."""
    address = (folder / PASSAGES).resolve().as_uri() + "?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


def read_vectors(folder: Path) -> Vectors:
    """All vectors, shape (n, dimension), read from disk as they are used."""
    vectors: Vectors = np.load(folder / VECTORS, mmap_mode="r")
    return vectors


def _read_manifest(folder: Path) -> Manifest:
    try:
        data = (folder / MANIFEST).read_bytes()
        vouched = (folder / MANIFEST_HASH).read_bytes().split()
    except OSError as error:
        name = Path(error.filename).name
        raise ReleaseBroken(folder, reason=f"{name}: {error.strerror}") from error
    if vouched[:1] != [hashlib.sha256(data).hexdigest().encode()]:
        raise ReleaseBroken(folder, reason=f"{MANIFEST} is not the file that was published")
    try:
        return msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise ReleaseBroken(folder, reason=f"{MANIFEST}: {error}") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
