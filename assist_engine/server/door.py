"""The engine's one port: websockets on `/attune`, plain HTTP beside it."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from assist_engine.contract.wire import SUBPROTOCOL
from assist_engine.errors import SettingsError
from assist_engine.server.access import Access
from assist_engine.server.desktop_hub import DesktopConnection
from assist_engine.server.engine_state import EngineState
from assist_engine.server.http_status import HttpStatus
from assist_engine.settings import ServerSettings

_CLOSING_S: Final = 3.0


def listen(settings: ServerSettings) -> socket.socket:
    """Take the port; raises `SettingsError` where it is in use or not allowed."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol is named so that asyncio turns Nagle off: else every event waits 40 ms.
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((settings.host, settings.port))
        door.listen()
    except (OSError, OverflowError) as error:
        door.close()
        in_use = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        why = "is in use: stop the other program or choose another --port" if in_use else str(error)
        raise SettingsError(f"port {settings.port} on {settings.host} {why}") from error
    door.setblocking(False)
    return door


@asynccontextmanager
async def open_door(
    door: socket.socket,
    *,
    settings: ServerSettings,
    engine: EngineState,
    access: Access,
    http: HttpStatus,
) -> AsyncIterator[None]:
    """Serve desktops and HTTP on a listening socket."""
    connections: set[ServerConnection] = set()

    async def handle(websocket: ServerConnection) -> None:
        if len(connections) >= settings.max_connections:
            await websocket.close(1013, f"this engine serves {settings.max_connections} desktops")
            return
        connections.add(websocket)
        try:
            await DesktopConnection(
                websocket, engine=engine, access=access, settings=settings
            ).serve()
        finally:
            connections.discard(websocket)

    server = await serve(
        handle,
        sock=door,
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        origins=[None],  # a web page the user has open says where it is from: not a desktop
        process_request=http.process_request,
        max_size=settings.max_message_bytes,
        compression=None,  # on loopback and LAN deflate costs more than it saves
        ping_interval=20,
        ping_timeout=60,  # a pong waits behind audio that was sent faster than real time
        server_header=None,
    )
    try:
        yield
    finally:
        server.close()
        try:
            async with asyncio.timeout(_CLOSING_S):
                await server.wait_closed()
        except TimeoutError:
            for connection in connections:  # does not even take that it is closed
                connection.transport.abort()
