"""Desks with real windows and a real websocket: a demo call goes out whole, refusals are shown."""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from agent_desktop.app.agent_desk import AgentDesk
from agent_desktop.app.engine_place import BadAddress, GivenEngine
from agent_desktop.app.roles import (
    DeskRole,
    Person,
    open_agent_desk,
    open_desk,
    open_wall_desk,
)
from agent_desktop.sound.demo_call import read_demo_call
from agent_desktop.sound.source import SoundEnded
from agent_desktop.theme import DARK
from agent_desktop.view_models.call_actions import CallActions
from agent_desktop.view_models.call_model import LinkPhase
from agent_desktop.view_models.start import StartDemoCall, StartMicrophoneCall, StartRequest
from assist_engine.call.state import Phase
from assist_engine.contract import commands, events, knowledge_requests
from assist_engine.contract.answers import Refused
from assist_engine.contract.ids import AgentId, CallId
from assist_engine.contract.values import WrapUp
from tests.fakes.contract_server import ContractServer, ServerThread

pytestmark = pytest.mark.gui

KIM = Person(agent_id=AgentId("kim"), name="Kim")


@pytest.fixture
def server() -> Iterator[ContractServer]:
    engine = ContractServer()
    running = ServerThread(engine)
    running.do(engine.start())
    yield engine
    running.close()


@pytest.fixture
def desk(qtbot: QtBot, server: ContractServer) -> Iterator[AgentDesk]:
    desk = open_agent_desk(KIM, engine=GivenEngine(server.url), theme=DARK, speed=math.inf)
    qtbot.addWidget(desk.window)
    desk.start()
    qtbot.waitUntil(lambda: desk.model.link is LinkPhase.CONNECTED)
    yield desk
    desk.close()


def heard(server: ContractServer, channel: int) -> NDArray[np.int16]:
    frames = [f for f in server.frames if f.channel == channel]
    assert all(a.start_sample < b.start_sample for a, b in pairwise(frames))
    return np.frombuffer(b"".join(f.pcm for f in frames), dtype="<i2")


def test_a_demo_call_goes_out_whole_and_is_released(
    qtbot: QtBot, desk: AgentDesk, server: ContractServer
) -> None:
    desk.start_call(StartDemoCall(number=2))
    qtbot.waitUntil(
        lambda: desk.model.state is not None and desk.model.state.phase is Phase.RELEASED,
        timeout=20_000,
    )
    call, recording = read_demo_call(2)
    assert np.array_equal(heard(server, 0), recording.samples[:, 0])
    assert np.array_equal(heard(server, 1), recording.samples[:, 1])
    assert [type(said) for said in server.said] == [commands.OpenCall, commands.ReleaseCall]
    opening = server.said[0]
    assert isinstance(opening, commands.OpenCall)
    assert (opening.caller_number, opening.queue) == (call.caller_number, call.queue)
    assert desk.source is None
    assert desk.model.state is not None
    CallActions(desk.model).complete(WrapUp(lines=(), disposition="solved"))
    qtbot.waitUntil(lambda: isinstance(server.said[-1], commands.CompleteWrapUp))


def test_hanging_up_ends_the_sound_at_once(qtbot: QtBot, server: ContractServer) -> None:
    slow = open_agent_desk(KIM, engine=GivenEngine(server.url), theme=DARK, is_aloud=False)
    qtbot.addWidget(slow.window)
    slow.start()
    slow.start_call(StartDemoCall(number=1))
    slow.start_call(StartDemoCall(number=3))  # one call at a time: nothing happens
    qtbot.waitUntil(lambda: slow.model.audio_ms > 300, timeout=10_000)
    CallActions(slow.model).release()
    assert slow.source is None
    qtbot.waitUntil(lambda: not slow.model.state.is_live if slow.model.state else False)
    count = len(server.frames)
    qtbot.wait(300)
    assert len(server.frames) == count
    slow.close()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (StartMicrophoneCall(), "There is no sound system"),
        (StartDemoCall(number=9), "there is no demo call 9"),
    ],
)
def test_what_cannot_be_heard_is_said_and_opens_no_call(
    desk: AgentDesk,
    server: ContractServer,
    monkeypatch: pytest.MonkeyPatch,
    asked: StartRequest,
    told: str,
) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere/pulse")
    desk.start_call(asked)
    assert desk.model.capture_problem.startswith(told)
    assert desk.source is None
    assert server.said == []


def test_a_device_that_went_away_is_told_and_ends_the_call(
    qtbot: QtBot, desk: AgentDesk, server: ContractServer
) -> None:
    desk.start_call(StartDemoCall(number=1))
    qtbot.waitUntil(lambda: desk.model.state is not None)
    desk.inbox.put(SoundEnded(problem="A sound device went away"))
    qtbot.waitUntil(lambda: desk.model.capture_problem == "A sound device went away")
    qtbot.waitUntil(lambda: any(isinstance(s, commands.ReleaseCall) for s in server.said))


def test_a_refused_call_leaves_the_desk_ready_for_the_next(
    qtbot: QtBot, desk: AgentDesk, server: ContractServer
) -> None:
    server.refusal = Refused(ref=0, code="engine.busy", message="this computer hears 4 calls")
    desk.start_call(StartDemoCall(number=1))
    qtbot.waitUntil(lambda: desk.model.refusal is not None)
    assert desk.source is None
    assert server.frames == []


def test_a_wall_watches_all_calls_and_follows_its_end(
    qtbot: QtBot, desk: AgentDesk, server: ContractServer
) -> None:
    wall, model = open_wall_desk(
        Person(agent_id=AgentId("maria"), name="Maria"), engine=GivenEngine(server.url), theme=DARK
    )
    qtbot.addWidget(wall.window)
    wall.start()
    qtbot.waitUntil(lambda: commands.WatchAll() in server.said)
    offered = events.CallOffered(caller_number="+1", agent_id=AgentId("kim"), agent_name="Kim")
    other = CallId("call-x")
    server.log[other].clear()
    server.post(other, offered)
    qtbot.waitUntil(lambda: [row.call_id for row in model.rows] == [other])
    wall.watch_again(other, 1)
    qtbot.waitUntil(lambda: commands.Watch(call_id=other, after_seq=1) in server.said)
    wall.close()


def test_the_knowledge_desk_lists_articles_as_soon_as_the_engine_is_ready(
    qtbot: QtBot, server: ContractServer
) -> None:
    desk = open_desk(DeskRole.KNOWLEDGE, KIM, engine=GivenEngine(server.url), theme=DARK)
    qtbot.addWidget(desk.window)
    desk.start()
    qtbot.waitUntil(lambda: knowledge_requests.ListArticles() in server.said)
    desk.close()


def test_addresses_of_engines() -> None:
    assert GivenEngine("ws://127.0.0.1:8765").address() == "ws://127.0.0.1:8765/attune"
    assert GivenEngine("ws://127.0.0.1:8765/attune").is_here
    assert not GivenEngine("wss://hub.example:443/attune").is_here
    for bad in ("http://127.0.0.1", "127.0.0.1:80", "ws://", ""):
        with pytest.raises(BadAddress, match="is like ws://host"):
            GivenEngine(bad)
