"""The files below a path: on disk, and in zip archives, of which nothing is ever unpacked."""

import stat
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import IO, Final
from zlib import error as DeflateError  # noqa: N812

import msgspec

from knowledge_base.errors import ArticleError

MAX_ARCHIVE_FILES: Final = 100_000
MAX_ARCHIVE_BYTES: Final = 1_000_000_000  # unpacked, of the files that are read
_ENCRYPTED: Final = 0x1


class DiskFile(msgspec.Struct, frozen=True):
    """A file on disk."""

    name: PurePosixPath
    path: Path
    size: int
    changed_ns: int

    @property
    def stamp(self) -> tuple[str, int, int]:
        """Changes whenever the file does."""
        return str(self.path), self.size, self.changed_ns

    def open(self) -> IO[bytes]:
        """Open it; raises `ArticleError` where that is not possible."""
        try:
            return self.path.open("rb")
        except OSError as error:
            raise _unreadable(self.name, error) from error


class ArchiveMember(msgspec.Struct, frozen=True):
    """A file in a zip archive, read without being unpacked to disk."""

    name: PurePosixPath
    archive: zipfile.ZipFile
    info: zipfile.ZipInfo
    stamp: tuple[str, int, int]

    @property
    def size(self) -> int:
        """Bytes when unpacked, as the archive says; `zipfile` never gives more."""
        return self.info.file_size

    def open(self) -> IO[bytes]:
        """Open it; raises `ArticleError` where that is not possible."""
        try:
            return self.archive.open(self.info)
        except (*ARCHIVE_ERRORS, RuntimeError) as error:
            raise ArticleError(
                source=str(self.name), line=1, reason=f"cannot be unpacked: {error}"
            ) from error


ARCHIVE_ERRORS: Final = (zipfile.BadZipFile, DeflateError, NotImplementedError, EOFError, OSError)


def disk_file(path: Path, *, below: Path | None = None) -> DiskFile:
    """A file on disk, named by its path below a folder; raises `ArticleError`."""
    name = PurePosixPath(path.relative_to(below).as_posix() if below else path.name)
    try:
        status = path.stat()
    except OSError as error:
        raise _unreadable(name, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise ArticleError(source=str(name), line=1, reason="is neither a file nor a folder")
    return DiskFile(name, path, status.st_size, status.st_mtime_ns)


def paths_below(folder: Path) -> list[Path]:
    """Files below a folder in order; hidden ones and attachments of exported pages left out."""
    found = []
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        is_hidden = any(part.startswith(".") for part in parts)
        if not is_hidden and not is_attachment(parts) and path.is_file():
            found.append(path)
    return found


def is_attachment(parts: tuple[str, ...]) -> bool:
    """Whether a file is something attached to a Confluence page: attachments/<page id>/…"""
    return any(one == "attachments" and other.isdecimal() for one, other in pairwise(parts))


def members(
    archive: zipfile.ZipFile, file: DiskFile, endings: frozenset[str]
) -> Iterator[ArchiveMember | ArticleError]:
    """Files with one of these endings; what is dangerous or encrypted is an `ArticleError`."""
    infos = archive.infolist()
    source = str(file.name)
    if len(infos) > MAX_ARCHIVE_FILES:
        reason = f"holds more than {MAX_ARCHIVE_FILES:,} files: import it in parts"
        yield ArticleError(source=source, line=1, reason=reason)
        return
    wanted = [info for info in infos if _is_wanted(info, endings)]
    if any(info.flag_bits & _ENCRYPTED for info in wanted):
        reason = "is encrypted: make the archive without a password"
        yield ArticleError(source=source, line=1, reason=reason)
        return
    if sum(info.file_size for info in wanted) > MAX_ARCHIVE_BYTES:
        reason = f"unpacks to more than {MAX_ARCHIVE_BYTES:,} bytes: import it in parts"
        yield ArticleError(source=source, line=1, reason=reason)
        return
    for info in sorted(wanted, key=lambda info: info.filename):
        inner = PurePosixPath(info.filename)
        if inner.is_absolute() or ".." in inner.parts or "\\" in info.filename:
            reason = f"{info.filename!r} leads out of the archive and is not read"
            yield ArticleError(source=source, line=1, reason=reason)
        else:
            stamp = (f"{file.path}/{info.filename}", info.file_size, info.CRC)
            yield ArchiveMember(file.name / inner, archive, info, stamp)


def _is_wanted(info: zipfile.ZipInfo, endings: frozenset[str]) -> bool:
    inner = PurePosixPath(info.filename)
    is_hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in inner.parts)
    return (
        not info.is_dir()
        and not is_hidden
        and not is_attachment(inner.parts)
        and inner.suffix.lower().lstrip(".") in endings
    )


def _unreadable(name: PurePosixPath, error: OSError) -> ArticleError:
    return ArticleError(source=str(name), line=1, reason=f"cannot be read: {error.strerror}")
