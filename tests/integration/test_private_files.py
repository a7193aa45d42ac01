"""A real engine hears a demo call, is killed, goes on and ends: no file holds who the caller is."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from assist_engine.contract import commands, events
from assist_engine.contract.answers import (
    Answer,
    CallOpened,
    CustomerHeard,
    EngineStatus,
    FinalHeard,
    PartialHeard,
)
from assist_engine.contract.commands import ChannelFormat, OpenCall
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import CallId
from assist_engine.contract.knowledge_requests import SearchKnowledge
from assist_engine.contract.values import Role, WrapUp
from assist_engine.contract.wire import AudioFrame, decode_from_engine, encode_audio
from assist_engine.settings import RESOURCES
from assist_engine.speech.recording import read_wav
from tests.integration.conftest import RunningEngine, TestDesktop
from tests.integration.planted import leaks, written

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

CALL = CallId("broadband")
RECORDING = read_wav(RESOURCES / "demo" / "calls" / "call-c-broadband-cancel.wav")
RATE = RECORDING.sample_rate_hz
# What is said on this call, and what the demo's record of the caller has.
DIGITS = {"account": ("4418027",), "call back": ("2125550168",), "caller": ("2125550143",)}
WORDS = {"email": ("jamescarterexample",)}
TYPED = "account 4418027, call 212-555-0168, james.carter@example.com, from (212) 555-0143"
FIRST_MS = (0, 12_500)  # the account number
SECOND_MS = (73_800, 92_600)  # the number to call back; a longer hole is not listened through


@contextmanager
def engine_in(data: Path, log: Path) -> Iterator[tuple[RunningEngine, "subprocess.Popen[bytes]"]]:
    command = [sys.executable, "-m", "assist_engine", "serve", "--port", "0", "--announce"]
    with log.open("ab") as errors:
        child = subprocess.Popen(
            [*command, "--demo", "--data", str(data)], stdout=subprocess.PIPE, stderr=errors
        )
    assert child.stdout is not None
    try:
        line = child.stdout.readline()
        assert line, log.read_text()
        yield RunningEngine(json.loads(line)["port"]), child
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


class Listener:
    """A desktop that keeps every byte it is sent."""

    def __init__(self, desktop: TestDesktop) -> None:
        self.desktop = desktop
        self.sent: list[bytes] = []
        self.items: list[Recorded | Answer | None] = []

    @property
    def text(self) -> str:
        return b"\n".join(self.sent).decode()

    async def listen(self) -> None:
        try:
            async for message in self.desktop.websocket:
                data = message.encode() if isinstance(message, str) else message
                self.sent.append(data)
                self.items.append(decode_from_engine(data))
        except ConnectionClosed:
            return

    async def until(self, is_it: Callable[[Recorded | Answer | None], bool]) -> None:
        async with asyncio.timeout(60):
            while True:
                if any(is_it(item) for item in self.items):
                    return
                await asyncio.sleep(0.05)


@asynccontextmanager
async def listening(engine: RunningEngine, role: str, name: str) -> AsyncIterator[Listener]:
    async with engine.desktop(role, name=name) as desktop:
        listener = Listener(desktop)
        task = asyncio.create_task(listener.listen())
        await listener.until(lambda item: isinstance(item, EngineStatus) and item.is_ready)
        yield listener
        task.cancel()


async def open_call(agent: Listener) -> None:
    legs = tuple(
        ChannelFormat(channel=channel, role=role, sample_rate_hz=RATE)
        for channel, role in enumerate((Role.CUSTOMER, Role.AGENT))
    )
    opening = OpenCall(call_id=CALL, caller_number="+12125550143", channels=legs, queue="broadband")
    await agent.desktop.say(opening)
    await agent.until(lambda item: isinstance(item, CallOpened))


async def speak(agent: Listener, span_ms: tuple[int, int]) -> None:
    for at in range(span_ms[0] * RATE // 1000, span_ms[1] * RATE // 1000, RATE // 10):
        frames = [
            AudioFrame(
                channel=channel, sequence=0, start_sample=at, pcm=pcm[at * 2 : at * 2 + RATE // 5]
            )
            for channel, pcm in enumerate(RECORDING.channels)
        ]
        await agent.desktop.websocket.send(encode_audio(*frames))


def heard(words: str) -> Callable[[Recorded | Answer | None], bool]:
    return lambda item: isinstance(item, FinalHeard) and words in item.text


def is_kind(kind: type) -> Callable[[Recorded | Answer | None], bool]:
    return lambda item: isinstance(item, Recorded) and isinstance(item.event, kind)


async def hear_the_first(engine: RunningEngine, child: "subprocess.Popen[bytes]") -> Listener:
    """Until the account number was said and stored; then the engine is killed."""
    async with listening(engine, "supervisor", "maria") as wall:
        await wall.desktop.say(commands.WatchAll())
        async with listening(engine, "agent", "rachel") as agent:
            await open_call(agent)
            await speak(agent, FIRST_MS)
            await agent.until(heard("four four one eight zero two seven"))
            await agent.until(lambda item: isinstance(item, CustomerHeard))
            await wall.until(is_kind(events.EntityRead))
            assert leaks([agent.text], digits=DIGITS, words=WORDS) >= {"account", "caller", "email"}
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
    return wall


async def hear_the_rest(engine: RunningEngine, child: "subprocess.Popen[bytes]") -> Listener:
    """The engine started again: the rest of the call, what is typed, the wrap-up, SIGTERM."""
    async with listening(engine, "supervisor", "maria") as wall:
        await wall.desktop.say(commands.WatchAll())
        async with listening(engine, "agent", "rachel") as agent:
            await open_call(agent)
            await agent.until(lambda item: isinstance(item, CustomerHeard))
            await speak(agent, SECOND_MS)
            await agent.until(heard("two one two five five five zero one six eight"))
            await agent.desktop.say(commands.TakeNote(call_id=CALL, text=TYPED))
            await agent.desktop.say(SearchKnowledge(query=f"what about {TYPED}"))
            await wall.desktop.say(commands.SendWhisper(call_id=CALL, text=TYPED))
            await agent.desktop.say(commands.ReleaseCall(call_id=CALL))
            await agent.until(is_kind(events.WrapUpDrafted))
            done = WrapUp(lines=(), disposition="Connection drops", outcome="Solved", note=TYPED)
            await agent.desktop.say(commands.CompleteWrapUp(call_id=CALL, wrap_up=done))
            await wall.until(is_kind(events.WrapUpCompleted))
            child.send_signal(signal.SIGTERM)
            assert child.wait(20) == 0
    return wall


def assert_nothing_is_told(wall: Listener, *folders: Path) -> None:
    said = [item for item in wall.items if isinstance(item, PartialHeard)]
    assert said, "the supervisor hears what is being said"
    assert not leaks([wall.text], digits=DIGITS, words=WORDS)
    files = [one for folder in folders for one in written(folder)]
    assert {path.name for path, _ in files} >= {"calls.db", "knowledge.db", "engine.log"}
    assert any("my account number is [ACCOUNT]" in text for _, text in files)
    for path, text in files:
        assert not leaks([text], digits=DIGITS, words=WORDS), path


def test_no_file_of_an_engine_holds_who_called(tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "logs" / "engine.log"
    log.parent.mkdir()
    with engine_in(data, log) as (engine, child):
        wall = asyncio.run(hear_the_first(engine, child))
    assert_nothing_is_told(wall, data, log.parent)
    with engine_in(data, log) as (engine, child):
        wall = asyncio.run(hear_the_rest(engine, child))
    assert_nothing_is_told(wall, data, log.parent)
