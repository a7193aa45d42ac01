"""`attune-engine demo-service`: the demo organisation's other systems, which actions talk to."""

import importlib.util
import logging
import threading
from http.server import HTTPServer
from typing import Annotated

import typer

from assist_engine.errors import BadInput
from assist_engine.settings import DEMO_SERVICE, RESOURCES

log = logging.getLogger(__name__)

_PORT = int(DEMO_SERVICE.rpartition(":")[2])


def demo_service(
    *,
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = _PORT,
) -> None:
    """Take orders, tickets, card blocks and messages of the demo, in memory, until Ctrl+C."""
    try:
        server = open_demo_service(port)
    except OSError as error:
        raise BadInput(f"port {port} cannot be used: {error.strerror}") from error
    with server:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def open_demo_service(port: int) -> HTTPServer:
    """The server of `resources/demo/service`, bound and not yet serving; raises `OSError`."""
    place = RESOURCES / "demo" / "service" / "harbor_service.py"
    spec = importlib.util.spec_from_file_location("harbor_service", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server: HTTPServer = module.open_service(port)
    return server


def serve_beside() -> None:
    """Serve it from a thread of this process, unless something listens there already."""
    try:
        server = open_demo_service(_PORT)
    except OSError as error:
        log.info("the demo's service is not started: %s", error.strerror)
        return
    threading.Thread(target=server.serve_forever, name="demo-service", daemon=True).start()
