"""A small engine for link tests: a real websocket server that speaks the contract, no speech.

What it holds (events, audio heard) outlives `stop`/`start`, as the event log of a killed
engine does; `resume_from_ms` says up to where it understood the audio.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from msgspec.structs import replace
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from assist_engine.contract import answers, commands, events, knowledge_answers, knowledge_requests
from assist_engine.contract.answers import Answer
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import AgentId, CallId
from assist_engine.contract.wire import (
    SUBPROTOCOL,
    AudioFrame,
    Said,
    decode_audio,
    decode_said,
    encode_answer,
    encode_recorded,
)


class ContractServer:
    def __init__(self, *, token: str = "", ready_after_s: float = 0.0) -> None:
        self.token = token
        self.ready_after_s = ready_after_s
        self.port = 0
        self.said: list[commands.Saying] = []
        self.frames: list[AudioFrame] = []
        self.log: dict[CallId, list[Recorded]] = defaultdict(list)
        self.resume_from_ms: dict[int, int] = {}
        self.connections = 0
        self.refusal: answers.Refused | None = None  # of every call to be opened
        self._open: set[ServerConnection] = set()
        self._server: Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/attune"

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._server = await serve(
            self._talk,
            "127.0.0.1",
            self.port,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def kill(self) -> None:
        """No closing handshake: what a killed process leaves."""
        for connection in list(self._open):
            connection.transport.abort()
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def record(self, call_id: CallId, event: Event) -> Recorded:
        log = self.log[call_id]
        recorded = Recorded(
            call_id=call_id, seq=len(log) + 1, recorded_ms=1, audio_ms=0, event=event
        )
        log.append(recorded)
        for connection in list(self._open):
            await connection.send(encode_recorded(recorded).decode())
        return recorded

    def post(self, call_id: CallId, event: Event) -> None:
        """Record from another thread than the server's."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self.record(call_id, event), self._loop).result(10)

    async def tell(self, answer: Answer) -> None:
        for connection in list(self._open):
            await connection.send(encode_answer(answer).decode())

    async def _talk(self, connection: ServerConnection) -> None:
        self.connections += 1
        with suppress(ConnectionClosed):
            if await self._greet(connection):
                self._open.add(connection)
                async for data in connection:
                    if isinstance(data, bytes):
                        self.frames += decode_audio(data)
                    else:
                        await self._hear(connection, decode_said(data))
        self._open.discard(connection)

    async def _greet(self, connection: ServerConnection) -> bool:
        hello = decode_said(await connection.recv())
        assert isinstance(hello.saying, commands.Hello)
        if hello.saying.token != self.token:
            refusal = answers.Refused(ref=hello.ref, code="access.token", message="wrong token")
            await connection.send(encode_answer(refusal).decode())
            await connection.close(1008, "wrong token")
            return False
        if self.ready_after_s:
            await self._status(connection, is_ready=False)
            await asyncio.sleep(self.ready_after_s)
        await self._status(connection, is_ready=True)
        return True

    async def _status(self, connection: ServerConnection, *, is_ready: bool) -> None:
        status = answers.EngineStatus(is_ready=is_ready, stage="ready" if is_ready else "loading")
        await connection.send(encode_answer(status).decode())

    async def _hear(self, connection: ServerConnection, said: Said) -> None:  # noqa: C901 -- one flat case a kind
        self.said.append(said.saying)
        match said.saying:
            case commands.OpenCall() if self.refusal is not None:
                await self._answer(connection, replace(self.refusal, ref=said.ref))
            case commands.OpenCall(call_id=call_id, caller_number=number):
                if not self.log[call_id]:
                    offered = events.CallOffered(caller_number=number, agent_id=AgentId("kim"))
                    self.log[call_id].append(
                        Recorded(call_id=call_id, seq=1, recorded_ms=1, audio_ms=0, event=offered)
                    )
                await self._answer(
                    connection,
                    answers.CallOpened(
                        ref=said.ref, call_id=call_id, seq=1, resume_from_ms=self.resume_from_ms
                    ),
                )
                await self._replay(connection, call_id, after=0)
            case commands.Watch(call_id=call_id, after_seq=after):
                await self._answer(connection, answers.Accepted(ref=said.ref))
                await self._replay(connection, call_id, after=after)
            case commands.WatchAll(after=held):
                await self._answer(connection, answers.Accepted(ref=said.ref))
                for call_id in list(self.log):
                    await self._replay(connection, call_id, after=held.get(call_id, 0))
            case commands.ReleaseCall(call_id=call_id):
                await self._answer(connection, answers.Accepted(ref=said.ref))
                await self.record(call_id, events.CallReleased())
            case commands.TakeNote(call_id=call_id, text=text):
                await self.record(call_id, events.NoteTaken(text=text))
                await self._answer(connection, answers.Accepted(ref=said.ref))
            case knowledge_requests.SearchKnowledge():
                await self._answer(
                    connection, knowledge_answers.KnowledgeFound(ref=said.ref, passages=())
                )
            case _:
                await self._answer(connection, answers.Accepted(ref=said.ref))

    async def _answer(self, connection: ServerConnection, answer: Answer) -> None:
        await connection.send(encode_answer(answer).decode())

    async def _replay(self, connection: ServerConnection, call_id: CallId, *, after: int) -> None:
        for recorded in self.log[call_id][after:]:
            await connection.send(encode_recorded(recorded).decode())


class ServerThread:
    """Runs a `ContractServer` in a loop of its own, for tests that are not coroutines."""

    def __init__(self, server: ContractServer) -> None:
        self.server = server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="contract-server")
        self._thread.start()

    def do(self, work: Coroutine[Any, Any, object]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def close(self) -> None:
        self.do(self.server.kill())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
