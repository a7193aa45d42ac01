"""One connection of a desktop: its messages in, events and answers out."""

import asyncio
import logging
from typing import Final

from msgspec.structs import replace
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from assist_engine.call.decide import Caller, Refusal
from assist_engine.contract import answers, commands
from assist_engine.contract.actions import PreviewAction, RunAction, UndoAction
from assist_engine.contract.answers import Answer, Refused
from assist_engine.contract.commands import Saying
from assist_engine.contract.ids import CallId
from assist_engine.contract.knowledge_requests import KnowledgeRequest, ReadArticle
from assist_engine.contract.wire import WireError, decode_audio, decode_said, encode_answer
from assist_engine.errors import AssistError
from assist_engine.server.access import SURVEY, Access, check_role
from assist_engine.server.engine_state import EngineState
from assist_engine.server.limits import Pace, check_size
from assist_engine.session.call_session import CallBroken, CallSession
from assist_engine.session.fan_out import Subscriber
from assist_engine.settings import ServerSettings

log = logging.getLogger(__name__)

CLOSE_BAD_MESSAGE: Final = 1007
CLOSE_BROKEN: Final = 1011
CLOSE_REFUSED: Final = 4403
CLOSE_TOO_SLOW: Final = 4408


class DesktopConnection:
    """Serves one websocket until it closes."""

    def __init__(
        self,
        websocket: ServerConnection,
        *,
        engine: EngineState,
        access: Access,
        settings: ServerSettings,
    ) -> None:
        self._websocket = websocket
        self._engine = engine
        self._access = access
        self._settings = settings
        self._subscriber = Subscriber(limit=settings.event_queue)
        self._pace = Pace(settings.messages_per_s)
        self._call: CallSession | None = None
        self._hold = 0

    async def serve(self) -> None:
        """Greet, then carry messages both ways until either side closes."""
        try:
            caller = await self._greet()
            if caller is None:
                return
            self._tell_status(caller)
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(self._send(), name="send")
                await self._receive(caller)
                sending.cancel()
        except* ConnectionClosed:
            log.debug("a desktop went away")
        finally:
            self._leave()

    def _tell_status(self, caller: Caller) -> None:
        """How the engine is, now and later; to who may read nothing only whether it is ready."""
        status = self._engine.status
        if caller.role == SURVEY:
            self._subscriber.put_answer(replace(status, problem=""))
            return
        self._engine.status_listeners.add(self._subscriber)
        self._subscriber.put_answer(status)

    async def _greet(self) -> Caller | None:
        try:
            async with asyncio.timeout(self._settings.hello_timeout_s):
                said = decode_said(await self._websocket.recv())
            if not isinstance(said.saying, commands.Hello):
                raise WireError("the first message is hello")
            return self._access.admit(said.saying)
        except TimeoutError:
            await self._close(CLOSE_BAD_MESSAGE, "wire.malformed", "no hello came in time")
        except WireError as error:
            await self._close(CLOSE_BAD_MESSAGE, error.code, str(error))
        except Refusal as error:
            await self._close(CLOSE_REFUSED, error.code, str(error))
        return None

    async def _receive(self, caller: Caller) -> None:
        async for message in self._websocket:
            try:
                if isinstance(message, bytes):
                    await self._hear(message)
                else:
                    await self._pace.keep()
                    await self._subscriber.room()
                    await self._answer(message, caller)
            except WireError as error:
                await self._close(CLOSE_BAD_MESSAGE, error.code, str(error))
                return
            except CallBroken as error:
                await self._close(CLOSE_BROKEN, error.code, str(error))
                return

    async def _hear(self, message: bytes) -> None:
        if len(message) > self._settings.max_frame_bytes:
            raise WireError(
                f"an audio frame has {len(message)} bytes; "
                f"at most {self._settings.max_frame_bytes} are accepted"
            )
        frames = decode_audio(message)
        if self._call is None:
            raise WireError("audio comes after call.open")
        if not self._holds(self._call):
            return  # the desktop came back on another connection; that one is heard
        try:
            for frame in frames:
                await self._call.hear(frame)
        except Refusal as error:
            raise WireError(str(error)) from error

    async def _answer(self, message: str, caller: Caller) -> None:
        said = decode_said(message)
        try:
            check_size(said.saying, len(message), self._settings)
            check_role(said.saying, caller)
            answer = await self._do(said.ref, said.saying, caller)
        except (Refusal, AssistError) as error:
            answer = Refused(ref=said.ref, code=error.code, message=str(error))
        self._subscriber.put_answer(answer)

    async def _do(self, ref: int, saying: Saying, caller: Caller) -> Answer:
        if isinstance(saying, KnowledgeRequest):
            call = self._call.state if self._call and self._call.state.is_live else None
            answer = await self._engine.library.answer(ref, saying, caller, call=call)
            if isinstance(saying, ReadArticle) and self._call is not None:
                await self._call.opened(saying.article_id)
            return answer
        match saying:
            case commands.Hello():
                raise Refusal("access.hello", "hello comes once, first")
            case commands.OpenCall():
                return await self._open(ref, saying, caller)
            case commands.Watch(call_id=call_id, after_seq=after_seq):
                return await self._watch(ref, call_id, after_seq, caller)
            case commands.WatchAll(after=after):
                await self._engine.calls.watch_all(self._subscriber, after)
                return answers.Accepted(ref=ref)
            case PreviewAction() | RunAction() | UndoAction():
                session = await self._engine.calls.session(saying.call_id)
                return await session.actions.answer(ref, saying, caller)
            case _:
                session = await self._engine.calls.session(saying.call_id)
                seq = await session.command(saying, caller)
                return answers.Accepted(ref=ref, seq=seq)

    async def _open(self, ref: int, opening: commands.OpenCall, caller: Caller) -> Answer:
        if self._call is not None and self._call.state.is_live:
            held = self._call.state.call_id
            if held != opening.call_id:
                raise Refusal("call.open", f"this connection holds call {held}: release it first")
        session, resume_from_ms = await self._engine.calls.open(opening, caller)
        self._call, self._hold = session, session.holders
        self._subscriber.put_answer(
            answers.CallOpened(
                ref=ref,
                call_id=opening.call_id,
                seq=session.state.seq,
                resume_from_ms=resume_from_ms,
            )
        )
        await session.catch_up(self._subscriber, 0, is_own=True)
        return answers.Accepted(ref=ref, seq=session.state.seq)

    async def _watch(self, ref: int, call_id: CallId, after_seq: int, caller: Caller) -> Answer:
        session = await self._engine.calls.session(call_id)
        is_own = session.state.agent_id == caller.agent_id
        if not is_own and caller.role not in {"supervisor", "admin"}:
            raise Refusal("access.not_your_call", "agents watch their own calls only")
        await session.catch_up(self._subscriber, after_seq, is_own=is_own)
        return answers.Accepted(ref=ref, seq=session.state.seq)

    async def _send(self) -> None:
        try:
            while True:
                for data in await self._subscriber.take():
                    if self._subscriber.has_overflowed:
                        return await self._let_go()
                    async with asyncio.timeout(self._settings.slow_reader_s):
                        await self._websocket.send(data, text=True)
        except TimeoutError:
            await self._let_go()

    async def _let_go(self) -> None:
        """Tell a desktop that is too slow to resume; one that does not even take that is cut."""
        log.info("a desktop is too slow")
        reason = "too far behind: connect again and resume by seq"
        try:
            async with asyncio.timeout(self._settings.slow_reader_s):
                await self._websocket.close(CLOSE_TOO_SLOW, reason)
        except TimeoutError:
            self._websocket.transport.abort()

    async def _close(self, close_code: int, code: str, message: str) -> None:
        refused = Refused(ref=0, code=code, message=message)
        await self._websocket.send(encode_answer(refused), text=True)
        await self._websocket.close(close_code, message.encode()[:120].decode(errors="ignore"))

    def _holds(self, call: CallSession) -> bool:
        return call.holders == self._hold

    def _leave(self) -> None:
        self._engine.leave(self._subscriber)
        if self._call is not None and self._holds(self._call):
            self._engine.detach(self._call.state.call_id)
