"""A release: one immutable folder with all that a search needs, and the hashes to trust it.

manifest.json    what is in it, which model made it, SHA-256 of the other files
manifest.sha256  SHA-256 of the manifest, as `sha256sum -c` reads it
passages.db      articles, passages, their words (FTS5 and `word_lists.py`)
NNNNNN.*.npy     segments of vectors, see `segments.py`; shared with the releases before
index.faiss      codes of the searched vectors, where there are many, see `coded_index.py`
"""

import hashlib
import sqlite3
from pathlib import Path
from typing import Final

import msgspec

from knowledge_base.calibration import Calibration
from knowledge_base.errors import ReleaseBroken
from knowledge_base.segments import Segment

FORMAT: Final = 2
MANIFEST: Final = "manifest.json"
MANIFEST_HASH: Final = "manifest.sha256"
PASSAGES: Final = "passages.db"
INDEX: Final = "index.faiss"
_MOST_HASHES: Final = 4096


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a release says of itself."""

    format: int
    release: int
    made_ms: int  # ms since 1970
    author: str
    reason: str
    model: str
    dimension: int
    cutting: int  # how its words were cut
    articles: int
    passages: int
    next_article: int  # numbers given so far, those of articles that are gone included
    next_passage: int
    segments: tuple[Segment, ...]
    is_exact: bool  # every vector is compared; else by `index.faiss`
    reach: int = 0  # how many of the best codes of `index.faiss` are compared exactly
    recall: float = 1.0  # of the ten nearest vectors, measured when the codes were learned
    calibration: Calibration
    golden: str  # hash of the questions that taught the calibration
    files: dict[str, str]  # name: SHA-256, hex

    @property
    def rows(self) -> int:
        """Vectors in all segments, those of articles that are gone included."""
        return sum(segment.rows for segment in self.segments)


class _Format(msgspec.Struct, frozen=True):
    format: int


def folder_name(release: int) -> str:
    """Name of a release's folder."""
    return f"{release:06d}"


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and its hash."""
    data = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
    (folder / MANIFEST).write_bytes(data)
    (folder / MANIFEST_HASH).write_text(f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n")


def hash_files(folder: Path) -> dict[str, str]:
    """SHA-256 of the files a manifest vouches for: all that lie beside it."""
    names = sorted(path.name for path in folder.iterdir())
    return {name: _hash(folder / name) for name in names if name not in {MANIFEST, MANIFEST_HASH}}


def verify(folder: Path) -> Manifest:
    """Read the manifest and check every file against it, or raise `ReleaseBroken`."""
    manifest = _read_manifest(folder)
    for name, vouched in manifest.files.items():
        try:
            found = _hash(folder / name)
        except OSError as error:
            raise ReleaseBroken(folder, reason=f"{name}: {error.strerror}") from error
        if found != vouched:
            raise ReleaseBroken(folder, reason=f"{name} is not the file that was published")
    return manifest


def open_passages(folder: Path) -> sqlite3.Connection:
    """Open the passages for reading; whoever uses it from several threads locks it."""
    address = (folder / PASSAGES).resolve().as_uri() + "?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


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
        its_format = msgspec.json.decode(data, type=_Format).format
        if its_format != FORMAT:
            raise ReleaseBroken(
                folder, reason=f"its format is {its_format}, this program reads {FORMAT}"
            )
        return msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise ReleaseBroken(folder, reason=f"{MANIFEST}: {error}") from error


_hashes: dict[tuple[int, int, int, int], str] = {}


def _hash(path: Path) -> str:
    """SHA-256 of a file; what was hashed before and not written since is not read again.

    A file that releases share is known by its inode, whatever its path.
    """
    about = path.stat()
    key = (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns)
    if key not in _hashes:
        if len(_hashes) >= _MOST_HASHES:
            _hashes.clear()
        with path.open("rb") as file:
            _hashes[key] = hashlib.file_digest(file, "sha256").hexdigest()
    return _hashes[key]
