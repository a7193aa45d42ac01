"""A real engine, killed while an action runs: the next one says so and sends nothing again."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assist_engine.contract import events
from assist_engine.contract.actions import (
    ActionDone,
    ActionFailed,
    ActionPreviewed,
    PreviewAction,
    RunAction,
)
from assist_engine.contract.answers import Accepted, Answer, EngineStatus
from assist_engine.contract.commands import ChannelFormat, OpenCall, Saying
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import ActionId, ActionKey, AgentId, CallId, ParticipantId
from assist_engine.contract.values import Participant, Role
from assist_engine.event_log.sqlite_log import SqliteLog
from assist_engine.speech.scripted_engine import ScriptedEngine
from tests.fakes.faulty_server import FaultyServer, faulty_server
from tests.integration.conftest import RunningEngine, TestDesktop
from tests.integration.test_actions import CARD, PLAYBOOK, ActionHouse, known

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

CALL = CallId("killed")
LEG = ChannelFormat(channel=0, role=Role.CUSTOMER, sample_rate_hz=8000)
OPENING = OpenCall(call_id=CALL, caller_number="+15550100", channels=(LEG,), queue="orders")
RUN = ActionId("replace")


@contextmanager
def engine_in(folder: Path) -> Iterator[tuple[RunningEngine, "subprocess.Popen[bytes]"]]:
    command = [sys.executable, "-m", "assist_engine", "serve", "--port", "0", "--announce"]
    command += ["--config", str(folder / "attune.toml"), "--data", str(folder)]
    with (folder / "engine.log").open("ab") as errors:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
    assert child.stdout is not None
    try:
        line = child.stdout.readline()
        assert line, (folder / "engine.log").read_text()
        yield RunningEngine(json.loads(line)["port"]), child
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


async def prepare(folder: Path, server: FaultyServer) -> None:
    """An organisation whose webhook hangs, and a call on which its card is shown."""
    (folder / "playbooks").mkdir()
    text = PLAYBOOK.format(origin=server.origin, what="hang")
    (folder / "playbooks" / "orders.yaml").write_text(text, encoding="utf-8")
    settings = f'[actions]\nhosts = ["{server.origin}"]\ntimeout_s = 60.0\n'
    (folder / "attune.toml").write_text(settings, encoding="utf-8")
    house = ActionHouse(folder, ScriptedEngine([], []), origin=server.origin, what="hang")
    offered = events.CallOffered(caller_number="+15550100", agent_id=AgentId("kim"), queue="orders")
    customer = Participant(participant_id=ParticipantId("customer"), role=Role.CUSTOMER, channel=0)
    joined = events.ParticipantJoined(participant=customer)
    log = SqliteLog(folder / "calls.db")
    made = [offered, joined, *known(), house.card]
    await log.append(
        [
            Recorded(call_id=CALL, seq=seq, recorded_ms=0, audio_ms=0, event=event)
            for seq, event in enumerate(made, start=1)
        ]
    )
    await log.close()


async def answered(desktop: TestDesktop, saying: Saying) -> Answer:
    ref = await desktop.say(saying)
    item = await desktop.until(lambda item: getattr(item, "ref", None) == ref, timeout_s=60)
    assert item is not None
    assert not isinstance(item, Recorded)
    return item


async def ready(desktop: TestDesktop) -> None:
    await desktop.until(lambda item: isinstance(item, EngineStatus) and item.is_ready, timeout_s=90)


def confirm(key: ActionKey) -> RunAction:
    return RunAction(call_id=CALL, suggestion_id=CARD, action_id=RUN, key=key)


async def test_killed_between_start_and_end(tmp_path: Path) -> None:
    with faulty_server() as server:
        await prepare(tmp_path, server)
        with engine_in(tmp_path) as (engine, child):
            async with engine.desktop("agent") as desktop:
                await ready(desktop)
                await answered(desktop, OPENING)
                asked = PreviewAction(call_id=CALL, suggestion_id=CARD, action_id=RUN)
                previewed = await answered(desktop, asked)
                assert isinstance(previewed, ActionPreviewed), previewed
                assert isinstance(await answered(desktop, confirm(previewed.key)), Accepted)
                async with asyncio.timeout(10):
                    while not server.got:  # noqa: ASYNC110 -- it comes in another thread
                        await asyncio.sleep(0.01)
                os.kill(child.pid, signal.SIGKILL)
                await asyncio.to_thread(child.wait)
        with engine_in(tmp_path) as (engine, _):
            async with engine.desktop("agent") as desktop:
                await ready(desktop)
                await desktop.say(OPENING)
                told = await desktop.until(
                    lambda item: (
                        isinstance(item, Recorded)
                        and isinstance(item.event, ActionFailed | ActionDone)
                    )
                )
                assert isinstance(told, Recorded)
                assert isinstance(told.event, ActionFailed)
                assert (told.event.key, told.event.code) == (previewed.key, "action.interrupted")
                assert told.event.is_unknown
                # The agent's key of before is accepted, since it was started, and sends nothing.
                assert isinstance(await answered(desktop, confirm(previewed.key)), Accepted)
                await asyncio.sleep(0.5)
        assert len(server.got) == 1
