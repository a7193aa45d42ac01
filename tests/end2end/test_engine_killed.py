"""`kill -9` in mid-call: nothing acknowledged is lost, the desktop comes back, the call goes on."""

import asyncio
import os
import random
import signal
import threading
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from agent_desktop.link.embedded import EmbeddedEngine
from agent_desktop.link.engine_thread import EngineThread
from assist_engine.call.fold import fold
from assist_engine.call.state import CallState, Phase
from assist_engine.contract import commands, events
from assist_engine.contract.answers import CallOpened, EngineStatus
from assist_engine.contract.commands import ChannelFormat, Hello
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import AgentId, CallId
from assist_engine.contract.values import Role
from assist_engine.event_log.sqlite_log import SqliteLog
from assist_engine.settings import RESOURCES

WAV = RESOURCES / "demo" / "calls" / "call-b-card-lost-abroad.wav"
CALL = CallId("call-that-survives")
KILLS = 3
SPEED = 4  # times real time

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(400)]


class Desktop:
    """A desktop without widgets: the real link, and a list for an inbox."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        hello = Hello(role="agent", agent_id=AgentId("kim"), agent_name="Kim")
        self.items: list[object] = []
        self._arrived = threading.Condition()
        self.link = EngineThread(hello, address=engine.address, put=self._put)

    def recorded(self) -> list[Recorded]:
        with self._arrived:
            return [item for item in self.items if isinstance(item, Recorded)]

    def wait_for(self, kind: type, *, after: int = 0, timeout_s: float = 90) -> int:
        """Wait for an item of a kind past position `after`; returns the position behind it."""
        deadline = time.monotonic() + timeout_s
        with self._arrived:
            while True:
                for position, item in enumerate(self.items[after:], start=after + 1):
                    event = item.event if isinstance(item, Recorded) else item
                    ready = not isinstance(event, EngineStatus) or event.is_ready
                    if isinstance(event, kind) and ready:
                        return position
                left = deadline - time.monotonic()
                assert left > 0, f"no {kind.__name__} came; the last: {self.items[-3:]}"
                self._arrived.wait(left)

    def _put(self, item: object) -> None:
        with self._arrived:
            self.items.append(item)
            self._arrived.notify_all()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EmbeddedEngine]:
    embedded = EmbeddedEngine(
        data=tmp_path / "data", log_file=tmp_path / "engine.log", is_demo=True
    )
    embedded.start()
    yield embedded
    embedded.stop()


def channels() -> tuple[int, list[np.ndarray]]:
    with wave.open(str(WAV)) as wav:
        samples = np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2")
        return wav.getframerate(), [samples[0::2].copy(), samples[1::2].copy()]


async def logged(path: Path) -> list[Recorded]:
    log = SqliteLog(path)
    kept = await log.read(CALL)
    await log.close()
    return kept


@pytest.mark.logs("the engine ended with code -9")
def test_no_acknowledged_event_is_lost(engine: EmbeddedEngine, tmp_path: Path) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    rate, (left, right) = channels()
    block = rate // 10
    blocks = -(-len(left) // block)
    kill_at = sorted(random.Random(seed).sample(range(blocks // 10, blocks), KILLS))
    desktop = Desktop(engine)
    desktop.link.start()
    desktop.wait_for(EngineStatus)
    desktop.link.post(
        commands.OpenCall(
            call_id=CALL,
            caller_number="+15552073841",
            queue="cards",
            channels=(
                ChannelFormat(channel=0, role=Role.CUSTOMER, sample_rate_hz=rate),
                ChannelFormat(channel=1, role=Role.AGENT, sample_rate_hz=rate),
            ),
        )
    )
    desktop.wait_for(CallOpened)
    for number in range(blocks):
        at = number * block
        for channel, samples in enumerate((left, right)):
            desktop.link.send_audio(channel, at, samples[at : at + block].tobytes())
        if number in kill_at:
            seen = len(desktop.items)
            assert engine.pid is not None
            os.kill(engine.pid, signal.SIGKILL)
            desktop.wait_for(CallOpened, after=seen)
        time.sleep(0.1 / SPEED)
    desktop.link.post(commands.ReleaseCall(call_id=CALL))
    desktop.wait_for(events.WrapUpDrafted)
    desktop.link.stop()

    kept = asyncio.run(logged(tmp_path / "data" / "calls.db"))
    received = desktop.recorded()
    assert [r.seq for r in kept] == list(range(1, len(kept) + 1))
    assert [r for r in received if r not in kept] == []
    state = fold(kept, CallState(call_id=CALL))
    assert fold(received, CallState(call_id=CALL)) == state
    assert state.phase is Phase.RELEASED
    said = " ".join(u.final.text for u in state.utterances)
    for words in ("lost my credit card", "born on march", "get my money back", "thank you so much"):
        assert words in said, f"{words!r} got lost around a kill at blocks {kill_at} (seed {seed})"
