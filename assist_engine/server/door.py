"""The engine's one port: websockets on `/attune`, plain HTTP beside it."""

import errno
import socket
from contextlib import AbstractAsyncContextManager

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.typing import Subprotocol

from assist_engine.contract.wire import SUBPROTOCOL
from assist_engine.errors import SettingsError
from assist_engine.server.access import Access
from assist_engine.server.desktop_hub import DesktopConnection
from assist_engine.server.engine_state import EngineState
from assist_engine.server.http_status import HttpStatus
from assist_engine.settings import ServerSettings


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


def open_door(
    door: socket.socket,
    *,
    settings: ServerSettings,
    engine: EngineState,
    access: Access,
    http: HttpStatus,
) -> AbstractAsyncContextManager[Server]:
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
                hello_timeout_s=settings.hello_timeout_s,
                event_queue=settings.event_queue,
            ).serve()
        finally:
            connections -= 1

    return serve(
        handle,
        sock=door,
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        process_request=http.process_request,
        max_size=settings.max_message_bytes,
        compression=None,  # on loopback and LAN deflate costs more than it saves
        ping_interval=20,
        ping_timeout=60,  # a pong waits behind audio that was sent faster than real time
        server_header=None,
    )
