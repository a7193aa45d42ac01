"""Keeps one desktop connected to its engine: connects, talks, reconnects with back-off."""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from typing import Final, Literal
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from agent_desktop.link.conversation import Conversation
from agent_desktop.link.link_state import LinkPhase, LinkState
from assist_engine.call.fold import SequenceGap
from assist_engine.contract.answers import EngineStatus
from assist_engine.contract.wire import SUBPROTOCOL, WireError

FIRST_DELAY_S: Final = 0.25
LONGEST_DELAY_S: Final = 5.0
STEADY_S: Final = 10.0
CONNECT_TIMEOUT_S: Final = 5.0
KEEPALIVE_S: Final = 10.0
# An engine that is behind leaves audio, and a ping behind it, unread for a while.
SILENCE_S: Final = 30.0
LARGEST_MESSAGE: Final = 16 * 1024 * 1024
REFUSING_CLOSE_CODES: Final = frozenset({1008, 4401, 4403})
REFUSING_STATUSES: Final = frozenset({401, 403})

log = logging.getLogger(__name__)


class EngineUnavailable(ConnectionError):
    """There is no engine at the moment; the text says why. Worth another try."""


class EngineGone(ConnectionError):
    """There is no engine and none will come; the text says why."""


class EngineRefused(ConnectionError):
    """The engine does not want this desktop (token, role); trying again would not help."""


class EngineClient:
    """`address` gives the engine's URL at each attempt, or raises `EngineUnavailable`/`EngineGone`.

    Every item for the views goes to `put`: events, answers, and a `LinkState` at each change.
    """

    def __init__(
        self,
        conversation: Conversation,
        *,
        address: Callable[[], str],
        put: Callable[[object], None],
    ) -> None:
        self._conversation = conversation
        self._address = address
        self._put = put
        self._something_to_send = asyncio.Event()

    def wake(self) -> None:
        """Look whether something can be sent; the loop's thread only."""
        self._something_to_send.set()

    async def run(self) -> None:
        """Stay connected until cancelled, or until the engine refuses or is gone for good."""
        self._tell(LinkPhase.CONNECTING)
        attempt = 0
        loop = asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            try:
                await self._talk_once()
            except (EngineRefused, EngineGone) as error:
                self._tell(LinkPhase.CLOSED, reason=str(error))
                return
            except (OSError, WebSocketException, WireError, SequenceGap) as error:
                reason = _said_plainly(error)
            else:
                reason = "the engine closed the connection"
            attempt = 1 if loop.time() - began_s > STEADY_S else attempt + 1
            log.info("no link to the engine (attempt %d): %s", attempt, reason)
            self._tell(LinkPhase.RECONNECTING, attempt=attempt, reason=reason)
            await asyncio.sleep(_delay_s(attempt))

    async def _talk_once(self) -> None:
        url = self._address()
        proxy: Literal[True] | None = None if _is_loopback(url) else True
        self._conversation.connection_made()
        try:
            async with (
                connect(
                    url,
                    subprotocols=[Subprotocol(SUBPROTOCOL)],
                    compression=None,
                    proxy=proxy,
                    max_size=LARGEST_MESSAGE,
                    open_timeout=CONNECT_TIMEOUT_S,
                    close_timeout=1,
                    ping_interval=KEEPALIVE_S,
                    ping_timeout=SILENCE_S,
                ) as connection,
            ):
                if connection.subprotocol != SUBPROTOCOL:
                    raise EngineRefused(
                        f"{url} is no Attune engine: it does not speak {SUBPROTOCOL}"
                    )
                await self._talk(connection)
        except InvalidStatus as error:
            if error.response.status_code in REFUSING_STATUSES:
                raise EngineRefused(f"the engine at {url} refused this token or role") from error
            raise

    async def _talk(self, connection: ClientConnection) -> None:
        sending = asyncio.create_task(self._send(connection), name="to-engine")
        is_told = False
        try:
            async for data in connection:
                items = self._conversation.receive(data)
                self._check_refusal()
                if not is_told and any(isinstance(item, EngineStatus) for item in items):
                    is_told = True
                    self._tell(LinkPhase.CONNECTED)
                for item in items:
                    self._put(item)
                self.wake()
        except ConnectionClosed as closed:
            if closed.rcvd and closed.rcvd.code in REFUSING_CLOSE_CODES:
                raise EngineRefused(closed.rcvd.reason or "the engine refused us") from closed
            raise
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError, ConnectionClosed):
                await sending
        if connection.close_code in REFUSING_CLOSE_CODES:
            raise EngineRefused(connection.close_reason or "the engine refused us")

    def _check_refusal(self) -> None:
        if self._conversation.refusal:
            raise EngineRefused(self._conversation.refusal)

    async def _send(self, connection: ClientConnection) -> None:
        while True:
            self._something_to_send.clear()
            while messages := self._conversation.to_send():
                for message in messages:
                    await connection.send(message)
            await self._something_to_send.wait()

    def _tell(self, phase: LinkPhase, *, attempt: int = 0, reason: str = "") -> None:
        self._put(LinkState(phase=phase, attempt=attempt, reason=reason))


def _delay_s(attempt: int) -> float:
    # Half of it is chance, so that many desktops do not return to a restarted engine at once.
    longest = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** (attempt - 1))
    return longest * random.uniform(0.5, 1.0)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _said_plainly(error: Exception) -> str:
    match error:
        case ConnectionRefusedError():
            return "the engine is not running"
        case TimeoutError():
            return "the engine does not answer"
        case ConnectionClosed():
            return "the connection to the engine broke"
        case _:
            return str(error) or type(error).__name__
