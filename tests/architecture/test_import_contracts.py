"""The import contracts of pyproject.toml are kept; see docs/architecture.md for why."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_import_contracts_are_kept() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run(
        [lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_nothing_is_exempt() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert not [c for c in settings["importlinter"]["contracts"] if "ignore_imports" in c]
    assert settings["mypy"]["strict"] is True
    loosened = [
        set(o) - {"module", "ignore_missing_imports"} for o in settings["mypy"]["overrides"]
    ]
    assert not any(loosened)


def test_the_desktop_loads_no_engine() -> None:
    """What one glance at the contract costs: no speech, no torch, no FAISS, no server."""
    script = (
        "import sys, assist_engine.contract.wire, assist_engine.call.fold;"
        "print([m for m in ('vosk', 'torch', 'faiss', 'websockets', 'numpy') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True)
    assert ran.stdout.strip() == b"[]"
