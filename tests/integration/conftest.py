"""A real engine with the demo organisation, one a test worker, ended with the session."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from assist_engine.contract.answers import Answer
from assist_engine.contract.commands import Hello, Saying
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import AgentId
from assist_engine.contract.wire import SUBPROTOCOL, Said, decode_from_engine, encode_said


class RunningEngine:
    """Where the engine listens, and a way in for a test's desktop."""

    def __init__(self, port: int) -> None:
        self.port = port

    def fetch(self, path: str) -> tuple[int, str]:
        """Status and text of a plain HTTP request."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[ClientConnection]:
        """A bare websocket, before any hello."""
        url = f"ws://127.0.0.1:{self.port}/attune"
        async with connect(
            url, subprotocols=[Subprotocol(SUBPROTOCOL)], compression=None, max_size=None
        ) as websocket:
            yield websocket

    @asynccontextmanager
    async def desktop(self, role: str, *, name: str = "kim") -> AsyncIterator["TestDesktop"]:
        """A desktop that said hello and was answered."""
        async with self.connected() as websocket:
            desktop = TestDesktop(websocket)
            await desktop.say(Hello(role=role, agent_id=AgentId(name), agent_name=name.title()))
            yield desktop


class TestDesktop:
    """Says and hears one message at a time."""

    __test__ = False

    def __init__(self, websocket: ClientConnection) -> None:
        self.websocket = websocket
        self._ref = 0

    async def say(self, saying: Saying) -> int:
        self._ref += 1
        await self.websocket.send(encode_said(Said(ref=self._ref, saying=saying)), text=True)
        return self._ref

    async def hear(self) -> Recorded | Answer | None:
        return decode_from_engine(await self.websocket.recv())

    async def until(
        self, is_it: Callable[[Recorded | Answer | None], bool], *, timeout_s: float = 30
    ) -> Recorded | Answer | None:
        """The first message that is it; the others before it are passed over."""
        async with asyncio.timeout(timeout_s):
            while not is_it(item := await self.hear()):
                pass
        return item

    async def answer(self, saying: Saying) -> Recorded | Answer | None:
        """Say something and return its answer."""
        ref = await self.say(saying)
        return await self.until(lambda item: getattr(item, "ref", None) == ref)


@pytest.fixture(scope="session")
def demo_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    folder: Path = tmp_path_factory.mktemp("engine")
    command = [sys.executable, "-m", "assist_engine", "serve", "--port", "0", "--announce"]
    command += ["--until-stdin-closes", "--demo", "--data", str(folder)]
    with (folder / "engine.log").open("w") as errors:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )
        assert child.stdin is not None
        assert child.stdout is not None
        line = child.stdout.readline()
        assert line, (folder / "engine.log").read_text()
        engine = RunningEngine(json.loads(line)["port"])
        asyncio.run(_until_ready(engine))
        yield engine
        child.stdin.close()
        child.stdout.close()
        assert child.wait(20) == 0, (folder / "engine.log").read_text()


async def _until_ready(engine: RunningEngine) -> None:
    async with engine.desktop("agent") as desktop:
        await desktop.until(lambda item: bool(getattr(item, "is_ready", False)), timeout_s=120)
