"""The command `attune` as a process: it links, it ends in order, it leaves nothing running."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assist_engine.contract import commands, knowledge_requests
from tests.fakes.contract_server import ContractServer, ServerThread

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.integration


@pytest.fixture
def server() -> Iterator[ContractServer]:
    engine = ContractServer()
    running = ServerThread(engine)
    running.do(engine.start())
    yield engine
    running.close()


def start(*arguments: str, home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("role", "first"),
    [
        ("agent", None),
        ("supervisor", commands.WatchAll()),
        ("knowledge", knowledge_requests.ListArticles()),
    ],
)
def test_each_role_links_and_ends_in_order_when_told(
    tmp_path: Path, server: ContractServer, role: str, first: commands.Saying | None
) -> None:
    options = ("--engine", server.url, "--role", role, "--language", "zh_CN", "--theme", "light")
    desk = start("-m", "agent_desktop", *options, home=tmp_path)
    eventually(lambda: server.connections == 1 and (first is None or first in server.said))
    desk.send_signal(signal.SIGTERM)
    _, errors = desk.communicate(timeout=10)
    assert (desk.returncode, errors) == (0, "")


def test_an_embedded_engine_does_not_outlive_a_killed_desktop(tmp_path: Path) -> None:
    program = f"""
import sys, time
from pathlib import Path
from agent_desktop.link.embedded import EmbeddedEngine
engine = EmbeddedEngine(
    data=Path({str(tmp_path)!r}), log_file=Path({str(tmp_path / "log")!r}),
    command=(sys.executable, "-c", "import sys; sys.stdin.read()"),
)
engine.start()
while not engine.pid:
    time.sleep(0.01)
print(engine.pid, flush=True)
time.sleep(60)
"""
    desk = start("-c", program, home=tmp_path)
    assert desk.stdout is not None
    engine_pid = int(desk.stdout.readline())
    assert _is_running(engine_pid)
    desk.kill()
    desk.communicate(timeout=10)
    eventually(lambda: not _is_running(engine_pid))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"
