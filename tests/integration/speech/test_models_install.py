"""Installing models from a real HTTP server that breaks off, lies and resumes."""

import hashlib
import re
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zipfile import ZipFile

import pytest

from assist_engine.errors import BadInput
from assist_engine.settings import RESOURCES
from assist_engine.speech import catalogue
from assist_engine.speech.catalogue import CATALOGUE, entry
from assist_engine.speech.download import DownloadFailed, download
from assist_engine.speech.model_folder import read_record
from assist_engine.speech.models import (
    install_from_folder,
    install_from_site,
    installed,
    resolve_model,
)

pytestmark = pytest.mark.integration
DEMO_MODEL = RESOURCES / "models" / "speech" / "demo-en-us"
NAME = "vosk-model-small-ko-0.22"  # in the catalogue without a digest


class Site(ThreadingHTTPServer):
    """Serves `files` with ranges; `break_after` ends each answer after so many bytes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.files: dict[str, bytes] = {}
        self.break_after: int | None = None
        self.knows_ranges = True
        self.asked: list[str | None] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        data = self.server.files.get(self.path.lstrip("/"))
        asked = self.headers.get("Range")
        self.server.asked.append(asked)
        if data is None:
            self.send_error(404)
            return
        start = int(re.findall(r"\d+", asked)[0]) if asked and self.server.knows_ranges else 0
        if start and start >= len(data):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(data)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        until = None if self.server.break_after is None else start + self.server.break_after
        self.wfile.write(data[start:until])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def zipped(
    model: Path, to: Path, *, top: str = NAME, extra: dict[str, bytes] | None = None
) -> bytes:
    with ZipFile(to, "w") as archive:
        for file in sorted(model.rglob("*")):
            if file.is_file() and file.name != "attune-model.json":
                archive.write(file, f"{top}/{file.relative_to(model).as_posix()}")
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return to.read_bytes()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A whole model in a .zip, as the official site has them."""
    return zipped(DEMO_MODEL, tmp_path_factory.mktemp("archive") / "model.zip")


def quiet(_done: int, _total: int) -> None:
    """Show no progress."""


def test_a_broken_off_download_goes_on_where_it_ended(site: Site, tmp_path: Path) -> None:
    site.files["a.bin"] = data = bytes(range(256)) * 4000
    site.break_after = 400_000
    progress: list[tuple[int, int]] = []
    download(
        f"{site.address}/a.bin",
        to=tmp_path / "a",
        on_progress=lambda done, total: progress.append((done, total)),
        pause_s=0.0,
    )
    assert (tmp_path / "a").read_bytes() == data
    assert site.asked == [None, "bytes=400000-", "bytes=800000-"]
    assert progress[-1] == (len(data), len(data))
    assert [done for done, _ in progress] == sorted(done for done, _ in progress)


def test_it_goes_on_after_the_program_was_ended(site: Site, tmp_path: Path) -> None:
    site.files["a.bin"] = data = b"0123456789"
    (tmp_path / "a").write_bytes(data[:4])
    download(f"{site.address}/a.bin", to=tmp_path / "a", on_progress=quiet)
    assert (tmp_path / "a").read_bytes() == data
    assert site.asked == ["bytes=4-"]


def test_a_whole_file_is_not_fetched_again_and_a_wrong_one_is(site: Site, tmp_path: Path) -> None:
    site.files["a.bin"] = b"0123456789"
    (tmp_path / "a").write_bytes(b"0123456789")
    download(f"{site.address}/a.bin", to=tmp_path / "a", on_progress=quiet)
    (tmp_path / "a").write_bytes(b"a leftover of another file")
    download(f"{site.address}/a.bin", to=tmp_path / "a", on_progress=quiet, pause_s=0.0)
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_a_server_without_ranges_is_asked_from_the_start(site: Site, tmp_path: Path) -> None:
    site.files["a.bin"] = b"0123456789"
    site.knows_ranges = False
    (tmp_path / "a").write_bytes(b"0123")
    download(f"{site.address}/a.bin", to=tmp_path / "a", on_progress=quiet)
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_a_line_that_breaks_every_time_is_given_up_and_what_came_is_kept(
    site: Site, tmp_path: Path
) -> None:
    site.files["a.bin"] = bytes(1_000_000)
    site.break_after = 100_000
    with pytest.raises(DownloadFailed, match=r"run the command again to go on from 0\.5 MB"):
        download(f"{site.address}/a.bin", to=tmp_path / "a", on_progress=quiet, pause_s=0.0)
    assert (tmp_path / "a").stat().st_size == 500_000


def test_a_refusal_of_the_server_is_told(site: Site, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="the server says 404"):
        download(f"{site.address}/none.zip", to=tmp_path / "a", on_progress=quiet)
    with pytest.raises(DownloadFailed, match="is not an http or https address"):
        download("file:///etc/hostname", to=tmp_path / "a", on_progress=quiet)


def test_installing_from_the_site_notes_digest_and_files(
    site: Site, archive: bytes, tmp_path: Path
) -> None:
    site.files[f"{NAME}.zip"] = archive
    folder = install_from_site(NAME, models_dir=tmp_path, on_progress=quiet, site=site.address)
    record = read_record(folder)
    assert record is not None
    assert record.digest_from == "first install"
    assert record.archive_sha256 == hashlib.sha256(archive).hexdigest()
    assert record.files["graph/Gr.fst"].size == (DEMO_MODEL / "graph" / "Gr.fst").stat().st_size
    assert installed(tmp_path) == [folder]
    assert resolve_model(NAME, tmp_path, tmp_path) == folder
    assert not list((tmp_path / ".downloads").iterdir())


def test_a_later_download_is_held_to_the_first(site: Site, archive: bytes, tmp_path: Path) -> None:
    site.files[f"{NAME}.zip"] = archive
    shutil.rmtree(
        install_from_site(NAME, models_dir=tmp_path, on_progress=quiet, site=site.address)
    )
    site.files[f"{NAME}.zip"] = archive + b"something was added"
    with pytest.raises(BadInput, match="is not the official model: its SHA-256 is"):
        install_from_site(NAME, models_dir=tmp_path, on_progress=quiet, site=site.address)
    assert installed(tmp_path) == []
    assert not list((tmp_path / ".downloads").iterdir())


def test_a_digest_that_is_given_is_checked(site: Site, archive: bytes, tmp_path: Path) -> None:
    site.files[f"{NAME}.zip"] = archive
    with pytest.raises(BadInput, match=f"and not {'0' * 64}; nothing was installed"):
        install_from_site(
            NAME, models_dir=tmp_path, on_progress=quiet, site=site.address, sha256="0" * 64
        )
    digest = hashlib.sha256(archive).hexdigest().upper()
    install_from_site(
        NAME, models_dir=tmp_path, on_progress=quiet, site=site.address, sha256=digest
    )


def test_another_size_than_the_catalogues_is_refused(site: Site, tmp_path: Path) -> None:
    site.files["vosk-model-small-en-us-0.15.zip"] = b"a captive portal's welcome page"
    with pytest.raises(BadInput, match="it has 31 bytes and not 41205931"):
        install_from_site(
            "vosk-model-small-en-us-0.15",
            models_dir=tmp_path,
            on_progress=quiet,
            site=site.address,
        )


def test_an_archive_that_writes_elsewhere_is_refused(tmp_path: Path) -> None:
    models_dir = tmp_path / "models"
    for number, path in enumerate((f"{NAME}/../../evil", "/etc/evil", f"{NAME}/..\\evil")):
        bad = tmp_path / f"bad-{number}.zip"
        with ZipFile(bad, "w") as zip_file:
            zip_file.writestr(path, b"evil")
        with pytest.raises(BadInput, match="wants to write outside of its folder"):
            install_from_folder(bad, models_dir=models_dir)
    assert not list(tmp_path.rglob("evil"))


def test_what_is_not_an_archive_of_a_model_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.zip"
    text.write_bytes(b"no archive")
    with pytest.raises(BadInput, match=r"text\.zip is not a \.zip file"):
        install_from_folder(text, models_dir=tmp_path / "models")
    two = tmp_path / "two.zip"
    with ZipFile(two, "w") as zip_file:
        zip_file.writestr("a/x", b"")
        zip_file.writestr("b/x", b"")
    with pytest.raises(BadInput, match=r"two\.zip does not hold one folder with a model"):
        install_from_folder(two, models_dir=tmp_path / "models")
    assert installed(tmp_path / "models") == []


def test_a_zip_brought_here_installs_without_a_network(archive: bytes, tmp_path: Path) -> None:
    brought = tmp_path / f"{NAME}.zip"
    brought.write_bytes(archive)
    folder = install_from_folder(brought, models_dir=tmp_path / "models")
    assert folder.name == NAME
    with pytest.raises(BadInput, match="is installed already"):
        install_from_folder(brought, models_dir=tmp_path / "models")


def test_a_folder_with_a_missing_file_is_not_installed(model_copy: Path, tmp_path: Path) -> None:
    (model_copy / "am" / "final.mdl").unlink()
    with pytest.raises(BadInput, match=r"lacks the file am/final\.mdl"):
        install_from_folder(model_copy, models_dir=tmp_path / "models")
    assert installed(tmp_path / "models") == []


def test_a_model_that_is_not_there_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=f"attune-engine models install {NAME}"):
        resolve_model(NAME, tmp_path, tmp_path)
    assert resolve_model(str(tmp_path / "my-model"), tmp_path, tmp_path) == tmp_path / "my-model"
    assert resolve_model("demo-en-us", tmp_path, DEMO_MODEL.parent) == DEMO_MODEL


def test_the_catalogue_is_well_formed() -> None:
    assert len({known.name for known in CATALOGUE}) == len(CATALOGUE)
    for known in CATALOGUE:
        assert re.fullmatch(r"([0-9a-f]{64})?", known.sha256)
        assert known.url() == f"{catalogue.OFFICIAL_SITE}/{known.name}.zip"
    with pytest.raises(BadInput, match="there is no model vosk-model-xx in the catalogue"):
        entry("vosk-model-xx")
