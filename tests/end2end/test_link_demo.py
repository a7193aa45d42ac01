"""`attune demo` without a screen: a recorded call through the real path, told, pictured, ended."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(240)]


def attune(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "agent_desktop", *arguments],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "OMP_NUM_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
            "COLUMNS": "160",
        },
        capture_output=True,
        text=True,
        timeout=220,
        check=False,
    )


def test_a_call_is_heard_understood_assisted_and_wrapped_up(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    arguments = ("demo", "--call", "2", "--fast", "--headless", "--screenshots", str(pictures))
    ended = attune(*arguments, home=tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for told in (
        "Susan Parker",
        "customer hi i am traveling in spain and i think i lost my credit card",
        "article: Lost or stolen card",
        "about: Card lost or stolen",
        "wrap-up accepted",
        "Latency, ms of audio",
    ):
        assert told in ended.stdout
    moments = {path.name.split("-agent")[0] for path in pictures.glob("*-agent-dark.png")}
    assert {"1-screen-pop", "2-first-card", "4-middle", "6-wrap-up"} <= moments
    assert {path.name for path in pictures.glob("*-light.png")}
    assert (pictures / "4-middle-wall-dark.png").exists()
    for path in pictures.glob("*.png"):
        image = QImage(str(path))
        assert (image.width(), image.height()) == (1440, 900)


def test_a_call_that_is_not_there_is_refused_in_one_sentence(tmp_path: Path) -> None:
    ended = attune("demo", "--call", "9", "--headless", home=tmp_path)
    assert ended.returncode == 2
    assert ended.stdout == "attune demo: there is no demo call 9; there are 1, 2, 3\n"


def test_an_address_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    ended = attune("--engine", "http://example", home=tmp_path)
    assert ended.returncode == 2
    assert "an engine's address is like ws://host:8765/attune" in ended.stderr
