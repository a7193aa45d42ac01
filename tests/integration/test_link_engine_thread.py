"""The engine thread against a real websocket server: order, resume, refusal, shut-down."""

import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus

import pytest
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from agent_desktop.link.engine_client import EngineGone, EngineUnavailable
from agent_desktop.link.engine_thread import EngineThread
from agent_desktop.link.link_state import LinkPhase, LinkState
from assist_engine.contract import answers, commands, events, knowledge_answers, knowledge_requests
from assist_engine.contract.commands import ChannelFormat, Hello, OpenCall
from assist_engine.contract.events import Recorded
from assist_engine.contract.ids import AgentId, CallId
from assist_engine.contract.values import Role
from tests.fakes.contract_server import ContractServer, ServerThread

pytestmark = pytest.mark.integration

CALL = CallId("call-1")
BLOCK = 800  # 100 ms at 8 kHz
OPENING = OpenCall(
    call_id=CALL,
    caller_number="+1",
    channels=(ChannelFormat(channel=0, role=Role.CUSTOMER, sample_rate_hz=8000),),
)


class Desk:
    """One engine thread and the items it put."""

    def __init__(self, address: Callable[[], str], *, token: str = "") -> None:
        self.items: list[object] = []
        hello = Hello(role="agent", agent_id=AgentId("kim"), token=token)
        self.thread = EngineThread(hello, address=address, put=self.items.append)
        self.thread.start()

    def phases(self) -> list[LinkPhase]:
        return [item.phase for item in self.items if isinstance(item, LinkState)]

    def last_link(self) -> LinkState:
        return [item for item in self.items if isinstance(item, LinkState)][-1]

    def events(self) -> list[object]:
        return [item.event for item in self.items if isinstance(item, Recorded)]

    def eventually(self, holds: Callable[[], bool], *, within_s: float = 8.0) -> None:
        deadline = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < deadline, f"it did not happen in time: {self.items[-5:]}"
            time.sleep(0.01)

    def feed(self, blocks: range) -> None:
        for number in blocks:
            assert self.thread.send_audio(0, number * BLOCK, b"\1\0" * BLOCK)


class Engine:
    def __init__(self) -> None:
        self.server = ContractServer()
        self.thread = ServerThread(self.server)
        self.start()

    def start(self) -> None:
        self.thread.do(self.server.start())

    def kill(self) -> None:
        self.thread.do(self.server.kill())


@pytest.fixture
def engine() -> Iterator[Engine]:
    running = Engine()
    yield running
    running.thread.close()


@pytest.fixture
def desk(engine: Engine) -> Iterator[Desk]:
    desk = Desk(lambda: engine.server.url)
    yield desk
    desk.thread.stop()


def test_it_connects_says_so_and_brings_answers_in_order(desk: Desk) -> None:
    refs = [desk.thread.post(knowledge_requests.SearchKnowledge(query=str(n))) for n in range(50)]
    desk.eventually(lambda: len(desk.items) == 53)
    assert desk.phases() == [LinkPhase.CONNECTING, LinkPhase.CONNECTED]
    found = [item.ref for item in desk.items if isinstance(item, knowledge_answers.KnowledgeFound)]
    assert found == refs


def test_a_killed_engine_loses_no_word_and_no_command(desk: Desk, engine: Engine) -> None:
    server = engine.server
    desk.thread.post(OPENING)
    desk.feed(range(20))
    desk.eventually(lambda: len(server.frames) == 20)
    engine.kill()
    heard_ms = 1_250
    server.resume_from_ms = {0: heard_ms}
    desk.feed(range(20, 30))  # people go on talking
    desk.thread.post(commands.TakeNote(call_id=CALL, text="kept"))
    desk.thread.post(commands.ReleaseCall(call_id=CALL))
    desk.eventually(lambda: LinkPhase.RECONNECTING in desk.phases())
    server.frames.clear()
    engine.start()
    desk.eventually(lambda: events.CallReleased() in desk.events())
    assert [f.start_sample // BLOCK for f in server.frames] == list(range(12, 30))
    assert desk.events() == [server.log[CALL][0].event, *(r.event for r in server.log[CALL][1:])]
    assert events.NoteTaken(text="kept") in desk.events()
    assert desk.last_link().phase is LinkPhase.CONNECTED


def test_an_engine_that_loads_is_waited_for(engine: Engine) -> None:
    engine.server.ready_after_s = 0.3
    desk = Desk(lambda: engine.server.url)
    desk.thread.post(OPENING)
    desk.eventually(lambda: any(isinstance(i, answers.CallOpened) for i in desk.items))
    ready = [i.is_ready for i in desk.items if isinstance(i, answers.EngineStatus)]
    assert ready == [False, True]
    desk.thread.stop()


def test_a_wrong_token_is_told_once_and_not_tried_again(engine: Engine) -> None:
    engine.server.token = "right"
    desk = Desk(lambda: engine.server.url, token="wrong")
    desk.eventually(lambda: LinkPhase.CLOSED in desk.phases())
    time.sleep(0.6)
    assert engine.server.connections == 1
    assert desk.last_link() == LinkState(phase=LinkPhase.CLOSED, reason="wrong token")
    desk.thread.stop()


def test_a_refusal_in_the_handshake_is_not_tried_again() -> None:
    tried: list[str] = []

    def refuse(connection: ServerConnection, request: Request) -> Response:
        tried.append(request.path)
        return connection.respond(HTTPStatus.FORBIDDEN, "no")

    with serve(lambda _: None, "127.0.0.1", 0, process_request=refuse) as server:
        accepting = threading.Thread(target=server.serve_forever)
        accepting.start()
        port = server.socket.getsockname()[1]
        desk = Desk(lambda: f"ws://127.0.0.1:{port}/attune")
        desk.eventually(lambda: LinkPhase.CLOSED in desk.phases())
        desk.thread.stop()
        server.shutdown()
        accepting.join()
    assert tried == ["/attune"]
    assert "refused" in desk.last_link().reason


def test_no_engine_is_tried_again_and_told_in_plain_words() -> None:
    addresses = iter(["starting", "http", "gone"])

    def address() -> str:
        match next(addresses):
            case "starting":
                raise EngineUnavailable("the engine is starting")
            case "http":
                return "ws://127.0.0.1:9/attune"
            case _:
                raise EngineGone("the engine does not start")

    desk = Desk(address)
    desk.eventually(lambda: LinkPhase.CLOSED in desk.phases())
    links = [(i.attempt, i.reason) for i in desk.items if isinstance(i, LinkState)]
    assert links == [
        (0, ""),
        (1, "the engine is starting"),
        (2, "the engine is not running"),
        (0, "the engine does not start"),
    ]
    desk.thread.stop()


def test_stopping_is_quick_final_and_may_be_asked_twice(desk: Desk, engine: Engine) -> None:
    desk.eventually(lambda: LinkPhase.CONNECTED in desk.phases())
    started = time.monotonic()
    desk.thread.stop()
    desk.thread.stop()
    assert time.monotonic() - started < 2
    assert desk.thread.post(knowledge_requests.ListArticles()) == 0
    assert not desk.thread.send_audio(0, 0, b"")
    assert engine.server.connections == 1


def test_an_event_missing_on_the_way_is_asked_for_again(desk: Desk, engine: Engine) -> None:
    server = engine.server
    desk.thread.post(OPENING)
    desk.eventually(lambda: len(desk.events()) == 1)
    server.log[CALL].append(
        Recorded(
            call_id=CALL, seq=2, recorded_ms=1, audio_ms=0, event=events.NoteTaken(text="lost")
        )
    )
    engine.thread.do(server.record(CALL, events.NoteTaken(text="came")))
    desk.eventually(lambda: len(desk.events()) == 3)
    assert desk.events()[1:] == [events.NoteTaken(text="lost"), events.NoteTaken(text="came")]
    assert server.connections == 2
