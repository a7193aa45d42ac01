"""The speech models on this computer: install from the official site or a folder, find, verify.

A model is unpacked and tried beside its place and then moved there, so that a half installed
one is never seen.
"""

import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo

import msgspec

from assist_engine.errors import BadInput
from assist_engine.speech.catalogue import OFFICIAL_SITE, entry
from assist_engine.speech.download import OnProgress, download
from assist_engine.speech.model_folder import (
    RECORD_NAME,
    ModelRecord,
    check_model,
    probe,
    sha256_of,
    write_record,
)

MAX_UNPACKED_BYTES: Final = 16 << 30
_KNOWN_DIGESTS: Final = "known-digests.json"


def resolve_model(name_or_path: str, models_dir: Path, shipped_dir: Path) -> Path:
    """The folder of a model: a path as it is, else an installed or a shipped one of that name.

    Raises `BadInput` saying how to install it.
    """
    as_path = Path(name_or_path).expanduser()
    if as_path.is_absolute() or len(as_path.parts) > 1:
        return as_path
    for folder in (models_dir / name_or_path, shipped_dir / name_or_path):
        if folder.is_dir():
            return folder
    raise BadInput(
        f"the speech model {name_or_path} is not installed; install it with "
        f"`attune-engine models install {name_or_path}`"
    )


def installed(models_dir: Path) -> list[Path]:
    """The folders of all installed models, by name."""
    if not models_dir.is_dir():
        return []
    return sorted(
        folder for folder in models_dir.iterdir() if folder.is_dir() and folder.name[0] != "."
    )


def install_from_site(
    name: str,
    *,
    models_dir: Path,
    on_progress: OnProgress,
    sha256: str = "",
    site: str = OFFICIAL_SITE,
) -> Path:
    """Fetch, check, unpack, try and keep an official model; give its folder.

    `sha256`: the archive's digest, where you know it better than the catalogue. Raises
    `DownloadFailed` (run again to go on), or `BadInput` where what came is not the model.
    """
    known = entry(name)
    _refuse_second(models_dir / name)
    archive = models_dir / ".downloads" / f"{name}.zip"
    archive.parent.mkdir(parents=True, exist_ok=True)
    download(known.url(site), to=archive, on_progress=on_progress)
    expected, digest_from = _expected_digest(name, models_dir=models_dir, given=sha256)
    size = 0 if sha256 else known.size
    digest = _check_archive(archive, size=size, expected=expected)
    record = ModelRecord(
        name=name, source=known.url(site), digest_from=digest_from, archive_sha256=digest
    )
    with _staging(models_dir) as staging:
        folder = _keep(_unpack(archive, into=staging), models_dir / name, record=record)
    _remember_digest(name, digest=digest, models_dir=models_dir)
    archive.unlink()
    return folder


def install_from_folder(source: Path, *, models_dir: Path, name: str = "") -> Path:
    """Copy a model from a folder or an official .zip that was brought here; give its folder."""
    name = name or source.name.removesuffix(".zip")
    if not name or name[0] == "." or Path(name).name != name:
        raise BadInput(f'"{name}" cannot be the name of a model')
    _refuse_second(models_dir / name)
    digest = sha256_of(source) if source.is_file() else ""
    record = ModelRecord(name=name, source=str(source), digest_from="folder", archive_sha256=digest)
    with _staging(models_dir) as staging:
        if digest:
            unpacked = _unpack(source, into=staging)
        else:
            check_model(source)
            unpacked = staging / "model"
            shutil.copytree(source, unpacked, ignore=shutil.ignore_patterns("__pycache__"))
        return _keep(unpacked, models_dir / name, record=record)


def _refuse_second(folder: Path) -> None:
    if folder.exists():
        raise BadInput(f"{folder.name} is installed already, in {folder}")


def _expected_digest(name: str, *, models_dir: Path, given: str) -> tuple[str, str]:
    if given:
        return given.lower(), "given"
    if entry(name).sha256:
        return entry(name).sha256, "catalogue"
    return _read_digests(models_dir).get(name, ""), "first install"


def _check_archive(archive: Path, *, size: int, expected: str) -> str:
    """Give the SHA-256 of an archive; one that is not what was expected is deleted."""
    actual_size, digest = archive.stat().st_size, sha256_of(archive)
    if size and actual_size != size:
        wrong = f"it has {actual_size} bytes and not {size}"
    elif expected and digest != expected:
        wrong = f"its SHA-256 is {digest} and not {expected}"
    else:
        return digest
    archive.unlink()
    raise BadInput(f"{archive.name} is not the official model: {wrong}; nothing was installed")


def _read_digests(models_dir: Path) -> dict[str, str]:
    file = models_dir / _KNOWN_DIGESTS
    if not file.is_file():
        return {}
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except msgspec.MsgspecError as error:
        raise BadInput(f"{file} is damaged: {error}") from error


def _remember_digest(name: str, *, digest: str, models_dir: Path) -> None:
    digests = _read_digests(models_dir) | {name: digest}
    (models_dir / _KNOWN_DIGESTS).write_bytes(msgspec.json.encode(digests))


@contextmanager
def _staging(models_dir: Path) -> Iterator[Path]:
    staging = models_dir / ".unpacking"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _keep(unpacked: Path, folder: Path, *, record: ModelRecord) -> Path:
    (unpacked / RECORD_NAME).unlink(missing_ok=True)
    check_model(unpacked)
    probe(unpacked)
    write_record(unpacked, record=record)
    return unpacked.rename(folder)


def _unpack(archive: Path, *, into: Path) -> Path:
    """Unpack a model's .zip; give the one folder in it. Raises `BadInput` for anything else."""
    try:
        with ZipFile(archive) as zipped:
            members = zipped.infolist()
            _check_members(members, archive=archive)
            zipped.extractall(into)
    except BadZipFile as error:
        raise BadInput(f"{archive.name} is not a .zip file, or is damaged: {error}") from error
    return into / members[0].filename.split("/")[0]


def _check_members(members: list[ZipInfo], *, archive: Path) -> None:
    tops = {member.filename.split("/")[0] for member in members}
    if len(tops) != 1:
        raise BadInput(f"{archive.name} does not hold one folder with a model")
    for member in members:
        parts = member.filename.split("/")
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        if is_link or ".." in parts or parts[0] == "" or "\\" in member.filename:
            raise BadInput(
                f"{archive.name} wants to write outside of its folder ({member.filename}); "
                "nothing was unpacked"
            )
    if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise BadInput(f"{archive.name} unpacks to more than {MAX_UNPACKED_BYTES >> 30} GB")
