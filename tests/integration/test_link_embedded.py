"""The embedded engine: announced, restarted, given up, ended; with small programs as engines."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agent_desktop.app.engine_place import own_engine
from agent_desktop.link.embedded import EmbeddedEngine
from agent_desktop.link.engine_client import EngineGone, EngineUnavailable

pytestmark = pytest.mark.integration

ANNOUNCE = """
import json, os, sys
sys.stdout.write(json.dumps({"port": 4000 + os.getpid() % 1000, "pid": os.getpid()}) + "\\n")
sys.stdout.flush()
"""
GOOD = ANNOUNCE + "sys.stdin.read()\n"
DEAF = ANNOUNCE + "import time\nsys.stdin.close()\ntime.sleep(600)\n"
BROKEN = "import sys\nsys.exit('no speech model in resources')\n"


def embedded(program: str, folder: Path) -> EmbeddedEngine:
    return EmbeddedEngine(
        data=folder / "data",
        log_file=folder / "log" / "engine.log",
        is_demo=True,
        command=(sys.executable, "-c", program),
    )


def eventually(holds: Callable[[], bool], *, within_s: float = 10) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def stand(engine: EmbeddedEngine) -> str:
    try:
        return engine.address()
    except (EngineUnavailable, EngineGone) as reason:
        return str(reason)


def is_up(engine: EmbeddedEngine) -> bool:
    return stand(engine).startswith("ws://127.0.0.1:4")


def test_it_is_started_announced_and_ended_by_closing_its_input(tmp_path: Path) -> None:
    engine = embedded(GOOD, tmp_path)
    assert stand(engine) == "the engine is starting"
    engine.start()
    eventually(lambda: is_up(engine))
    started = time.monotonic()
    engine.stop()
    assert time.monotonic() - started < 3
    assert engine.pid is None


@pytest.mark.logs("ended with code -9")
def test_it_is_started_again_when_it_was_killed(tmp_path: Path) -> None:
    engine = embedded(GOOD, tmp_path)
    engine.start()
    eventually(lambda: is_up(engine))
    first = engine.pid
    assert first
    os.kill(first, signal.SIGKILL)
    eventually(lambda: engine.pid not in {first, None} and is_up(engine))
    engine.stop()


@pytest.mark.logs("ended with code 1")
def test_one_that_cannot_start_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    engine = embedded(BROKEN, tmp_path)
    engine.start()
    eventually(lambda: "does not start: no speech model in resources" in stand(engine))
    engine.stop()
    assert (tmp_path / "log" / "engine.log").read_text().count("no speech model") == 3


def test_a_program_that_is_not_there_is_given_up(tmp_path: Path) -> None:
    engine = EmbeddedEngine(
        data=tmp_path, log_file=tmp_path / "engine.log", command=("/nowhere/engine",)
    )
    engine.start()
    engine.stop()
    with pytest.raises(EngineGone, match="cannot be started"):
        engine.address()


def test_one_that_does_not_heed_its_input_is_made_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_desktop.link.embedded.END_S", 0.5)
    engine = embedded(DEAF, tmp_path)
    engine.start()
    eventually(lambda: is_up(engine))
    engine.stop()
    assert engine.pid is None


@pytest.mark.logs("ended with code 2")
def test_the_own_engine_heeds_its_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    (tmp_path / "attune").mkdir()
    (tmp_path / "attune" / "engine.toml").write_text("[speech]\nmodel = 'typing error'\n")
    engine = own_engine(data=tmp_path / "data")
    engine.start()
    eventually(lambda: "does not start" in stand(engine), within_s=60)
    engine.stop()
    assert "engine.toml: " in stand(engine)
    assert "unknown field `model`" in stand(engine)
