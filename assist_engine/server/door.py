"""The engine's one port: websockets on `/attune`, plain HTTP beside it."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from websockets.asyncio.server import Server, ServerConnection, serve
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
    door = socket.socket(family, socket.SOCK_STREAM)
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
    connections = 0

    async def handle(websocket: ServerConnection) -> None:
        nonlocal connections
        if connections >= settings.max_connections:
            await websocket.close(1013, f"this engine serves {settings.max_connections} desktops")
            return
        connections += 1
        try:
            await DesktopConnection(
                websocket,
                engine=engine,
                access=access,
                settings=settings,
            ).serve()
        finally:
            connections -= 1

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
        await _close(server)


async def _close(server: Server) -> None:
    """Close all connections; those that do not take it are cut."""
    server.close()
    try:
        async with asyncio.timeout(_CLOSING_S):
            await server.wait_closed()
    except TimeoutError:
        for connection in server.connections:
            connection.transport.abort()
