"""An engine as a child process, for commands that need one for a while."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.request import urlopen

import msgspec
from websockets.exceptions import WebSocketException

from assist_engine.errors import AssistError

_LAST_WORDS_S: Final = 3.0


class EngineDied(AssistError):
    """The child ended before it was told to; the text holds its last words."""

    code = "engine.died"


class EngineChild(msgspec.Struct, frozen=True):
    """Where the child listens."""

    port: int
    pid: int

    async def metrics(self) -> dict[str, float]:
        """Its Prometheus figures without labels, by name."""
        text = await asyncio.to_thread(self._fetch, "/metrics")
        plain = (line.split() for line in text.splitlines() if line and line[0] != "#")
        return {parts[0]: float(parts[1]) for parts in plain if "{" not in parts[0]}

    def _fetch(self, path: str) -> str:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
            text: str = response.read().decode()
        return text


@asynccontextmanager
async def engine_child(arguments: Sequence[str]) -> AsyncIterator[EngineChild]:
    """Start `attune-engine serve` with these arguments on a free port; end it on leaving."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "assist_engine",
        "serve",
        "--port",
        "0",
        "--announce",
        "--until-stdin-closes",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    try:
        line = await process.stdout.readline()
        if not line:
            raise EngineDied(_last_words(process.returncode, await errors))
        yield msgspec.json.decode(line, type=EngineChild)
    except* (AssistError, OSError, WebSocketException):
        # What failed here failed because of it; a dying engine is given time to say why.
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_S):
                await process.wait()
        if process.returncode:
            raise EngineDied(_last_words(process.returncode, await errors)) from None
        raise
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
        await errors


def _last_words(code: int | None, errors: bytes) -> str:
    lines = errors.decode(errors="replace").splitlines()
    own = [line.partition(": ")[2] for line in lines if line.startswith("attune-engine: ")]
    return f"the engine ended: {own[-1] if own else f'code {code}'}"
