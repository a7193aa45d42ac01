"""Fetches one file over HTTP; a broken-off download goes on where it ended, now or next time."""

import time
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from assist_engine.errors import AssistError

CHUNK_BYTES: Final = 1 << 18
TIMEOUT_S: Final = 30.0
ATTEMPTS: Final = 5
PAUSE_S: Final = 1.0

OnProgress = Callable[[int, int], None]
"""Told bytes there so far, and all bytes (0: not known)."""


class DownloadFailed(AssistError):
    """A file could not be fetched; what came is kept, and the next try goes on from there."""

    code = "model.download_failed"


def download(url: str, *, to: Path, on_progress: OnProgress, pause_s: float = PAUSE_S) -> None:
    """Fetch `url` into `to`, going on after what `to` already holds.

    Tries again up to five times when the line breaks; raises `DownloadFailed` after that, or at
    once where the server says no.
    """
    if not url.startswith(("http://", "https://")):
        raise DownloadFailed(f"{url} is not an http or https address")
    problem = ""
    for attempt in range(ATTEMPTS):
        try:
            if _fetch_rest(url, to=to, on_progress=on_progress):
                return
            problem = "the connection ended early"
        except HTTPError as error:
            raise DownloadFailed(f"{url}: the server says {error.code} {error.reason}") from error
        except (OSError, HTTPException) as error:
            problem = str(error) or type(error).__name__
        if attempt + 1 < ATTEMPTS:
            time.sleep(pause_s * 2**attempt)
    raise DownloadFailed(
        f"{url} could not be fetched ({problem}); run the command again to go on from "
        f"{_size(to) / 1e6:.1f} MB"
    )


def _fetch_rest(url: str, *, to: Path, on_progress: OnProgress) -> bool:
    """Fetch what is missing; False when the server stopped before the end."""
    present = _size(to)
    headers = {"User-Agent": "attune-engine"}
    if present:
        headers["Range"] = f"bytes={present}-"
    try:
        response: HTTPResponse = urlopen(Request(url, headers=headers), timeout=TIMEOUT_S)
    except HTTPError as error:
        if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not present:
            raise
        return _is_whole(error.headers.get("Content-Range", ""), present=present, file=to)
    with response:
        is_continued = response.status == HTTPStatus.PARTIAL_CONTENT
        return _save(response, to=to, present=present if is_continued else 0, tell=on_progress)


def _is_whole(content_range: str, *, present: int, file: Path) -> bool:
    """After "nothing beyond that": all there, or a leftover of another file, to be fetched anew."""
    if content_range.rpartition("/")[2] == str(present):
        return True
    file.unlink()
    return False


def _save(response: HTTPResponse, *, to: Path, present: int, tell: OnProgress) -> bool:
    announced = response.headers.get("Content-Length")
    total = present + int(announced) if announced else 0
    with to.open("ab" if present else "wb") as file:
        tell(present, total)
        while chunk := response.read(CHUNK_BYTES):
            file.write(chunk)
            present += len(chunk)
            tell(present, total)
    return not total or present >= total


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
