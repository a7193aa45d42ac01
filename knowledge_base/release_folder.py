"""The folder of releases: one maker at a time, each release renamed into place when complete."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from knowledge_base.article import Article
from knowledge_base.calibration import MIN_QUESTIONS
from knowledge_base.embedding import Embedder
from knowledge_base.errors import BaseBusy, KnowledgeError
from knowledge_base.evaluate import GoldenQuestion, calibrate
from knowledge_base.publishing import Built, OnProgress, build_files, seal
from knowledge_base.release import Manifest, folder_name, write_manifest
from knowledge_base.search import Searcher

_LOCK: Final = "lock"
_BUILDING: Final = "building"


class ReleaseFolder:
    """Makes release folders; which of them is in use is not its business."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, release: int) -> Path:
        """Folder of a release."""
        return self._folder / folder_name(release)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other publishers out, in this process and others; raises `BaseBusy`.

        The lock is the operating system's: it goes with the process, however that ends.
        """
        with (self._folder / _LOCK).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BaseBusy(self._folder.parent) from error
            yield

    def make(
        self,
        articles: Sequence[Article],
        *,
        known: Collection[int],
        previous: int,
        golden: Sequence[GoldenQuestion],
        embedder: Embedder,
        author: str,
        reason: str,
        now_ms: int,
        on_progress: OnProgress,
    ) -> tuple[Manifest, Built]:
        """Make the release after the `known` ones; only while `locked`."""
        release = max(known, default=0) + 1
        building = self._folder / _BUILDING
        try:
            # What a killed publisher left: neither complete nor known to anyone.
            shutil.rmtree(building, ignore_errors=True)
            shutil.rmtree(self.path(release), ignore_errors=True)
            building.mkdir()
            built = build_files(
                building,
                articles,
                embedder=embedder,
                previous=self.path(previous) if previous else None,
                on_progress=on_progress,
            )
            manifest = seal(
                building,
                release=release,
                author=author,
                reason=reason,
                now_ms=now_ms,
                model=embedder.name,
            )
            manifest = calibrate_release(building, manifest, golden=golden, embedder=embedder)
            for path in (*building.iterdir(), building):
                _sync(path)
            building.rename(self.path(release))
            _sync(self._folder)
        except (OSError, sqlite3.Error) as error:
            raise KnowledgeError(
                f"release {release} could not be written, is there room on the disk? ({error})"
            ) from error
        finally:
            shutil.rmtree(building, ignore_errors=True)
        return manifest, built


def calibrate_release(
    folder: Path, manifest: Manifest, *, golden: Sequence[GoldenQuestion], embedder: Embedder
) -> Manifest:
    """Write the curve learned from golden questions into the manifest.

    A release that was added to another keeps its curve while the questions are the same.
    """
    taught_by = hashlib.sha256(msgspec.json.encode(sorted(golden, key=_wording))).hexdigest()
    if len(golden) < MIN_QUESTIONS or taught_by == manifest.golden:
        return manifest
    with contextlib.closing(Searcher.open(folder)) as searcher:
        curve = calibrate(searcher, golden, embedder=embedder)
    manifest = msgspec.structs.replace(manifest, calibration=curve, golden=taught_by)
    write_manifest(folder, manifest)
    return manifest


def _wording(question: GoldenQuestion) -> str:
    return question.question


def _sync(path: Path) -> None:
    """Have a file or folder on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
