"""A signal of another package is found when it is installed; one that fails stops no other."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "tests" / "examples" / "loyalty_signal"
CHILD = "tests.integration.signals_child"
SAID = "i have been a customer for twenty years and i will cancel my contract today"
FAILING = '''
from assist_engine.contract.values import Role

class Failing:
    name = "failing"
    reads = Role.CUSTOMER

    def observe(self, observation, state):
        raise LookupError("no dictionary for this language")

def maker(tools):
    return Failing()

def not_here(tools):
    """A signal that its package does not want in use here."""
    return None
'''


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as pip installs it, without a network."""
    folder = tmp_path_factory.mktemp("loyalty")
    source, target = folder / "source", folder / "target"
    shutil.copytree(EXAMPLE, source, ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    pip += ["--no-build-isolation", "--disable-pip-version-check", "--target", str(target)]
    ran = subprocess.run([*pip, str(source)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return target


def lay_out(target: Path, name: str, source: str, entries: Sequence[str]) -> Path:
    """Lay out a package as pip installs it."""
    target.mkdir(parents=True, exist_ok=True)
    if source:
        (target / f"{name}.py").write_text(source, encoding="utf-8")
    information = target / f"{name}-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = "\n".join(entries)
    (information / "entry_points.txt").write_text(f"[attune.signals]\n{lines}\n")
    return target


def ran_with(*targets: Path, module: str, arguments: Sequence[str] = ()) -> subprocess.Popen[str]:
    """A child that has packages of these folders beside ours."""
    path = os.pathsep.join(str(folder) for folder in (*targets, ROOT))
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told(child: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = child.communicate(timeout=100)
    assert child.returncode == 0, err
    result: dict[str, Any] = json.loads(out)
    return result


def test_an_installed_signal_runs_and_one_that_fails_stops_no_other(
    installed: Path, tmp_path: Path
) -> None:
    entries = ["failing = failing_signal:maker", "absent = failing_signal:not_here"]
    failing = lay_out(tmp_path / "failing", "failing_signal", FAILING, entries)
    child = ran_with(installed, failing, module=CHILD, arguments=[SAID])
    here = told(child)
    assert {"loyalty", "failing", "drivers", "sentiment", "emotion"} <= set(here["signals"])
    assert "absent" not in here["signals"]
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for event in here["found"]:
        by_kind.setdefault(event["kind"], []).append(event)
    (failed,) = by_kind["stage.failed"]
    assert failed["stage"] == "signal failing"
    assert failed["code"] == "signal.failed"
    assert failed["message"] == "LookupError: no dictionary for this language"
    drivers = {event["driver"]: event for event in by_kind["signal.driver"]}
    assert drivers["loyalty"]["evidence"][0]["quote"] == "customer for twenty years"
    assert len(drivers) > 1, "those after it in order were asked too"


def test_without_the_package_there_is_no_such_signal() -> None:
    here = told(ran_with(module=CHILD, arguments=[SAID]))
    assert "loyalty" not in here["signals"]
    assert {event["kind"] for event in here["found"]} >= {"signal.driver"}


@pytest.mark.parametrize(
    ("name", "source", "entry", "why"),
    [
        ("gone", "", "gone = no_such_module:maker", "No module named 'no_such_module'"),
        ("empty", "x = 1\n", "empty = empty:maker", "module 'empty' has no attribute 'maker'"),
    ],
)
def test_an_entry_point_that_cannot_be_loaded_is_named(
    tmp_path: Path, name: str, source: str, entry: str, why: str
) -> None:
    target = lay_out(tmp_path / name, name, source, [entry])
    child = ran_with(target, module="assist_engine", arguments=["understand"])
    out, err = child.communicate(timeout=100)
    value = entry.partition(" = ")[2]
    assert (child.returncode, out) == (2, "")
    assert err == f"attune-engine: attune.signals {name} ({value}) cannot be loaded: {why}\n"
