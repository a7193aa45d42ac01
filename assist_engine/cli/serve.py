"""`attune-engine serve`: runs the engine until it is told to stop."""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec.structs import replace

from assist_engine.app import EngineApp, demo_settings
from assist_engine.cli.demo_service import serve_beside
from assist_engine.errors import AssistError, first_of
from assist_engine.settings import RESOURCES, Settings, load_settings

Config = Annotated[Path | None, typer.Option(help="Settings file (TOML).")]
Data = Annotated[Path | None, typer.Option(help="Folder of the log and the knowledge base.")]


def serve(
    *,
    config: Config = None,
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Serve the demo organisation.")] = False,
    announce: Annotated[
        bool, typer.Option("--announce", help="Print the port as one line of JSON when open.")
    ] = False,
    until_stdin_closes: Annotated[
        bool, typer.Option("--until-stdin-closes", help="End when standard input ends.")
    ] = False,
) -> None:
    """Hear calls and help agents until SIGTERM or Ctrl+C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = with_overrides(load_settings(config), data=data, host=host, port=port)
    if demo:
        settings = demo_settings(settings)

    def on_open(open_port: int) -> None:
        line = msgspec.json.encode({"port": open_port, "pid": os.getpid()}).decode()
        if announce:
            print(line, flush=True)
        logging.getLogger(__name__).info("listening: %s", line)

    if demo:
        serve_beside()
    app = EngineApp(settings=settings, demo=RESOURCES / "demo" if demo else None)
    try:
        asyncio.run(_serve(app, on_open, until_stdin_closes))
    except* AssistError as errors:
        if not app.is_loading:
            raise
        print(f"attune-engine: {first_of(errors)}", file=sys.stderr, flush=True)
        os._exit(2)
    if app.is_loading:
        os._exit(0)  # all is closed; only a model that loads for seconds holds the process


def with_overrides(
    settings: Settings, *, data: Path | None, host: str | None = None, port: int | None = None
) -> Settings:
    """Settings with what the command line says instead."""
    server = settings.server
    if host is not None:
        server = replace(server, host=host)
    if port is not None:
        server = replace(server, port=port)
    folder = settings.data if data is None else str(data)
    return replace(settings, server=server, data=folder)


async def _serve(app: EngineApp, on_open: Callable[[int], None], until_stdin_closes: bool) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, app.stop)
    if until_stdin_closes:
        watcher = threading.Thread(target=_wait_for_end, args=(loop, app.stop_now), daemon=True)
        watcher.start()
    await app.serve(on_open)


def _wait_for_end(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    while os.read(sys.stdin.fileno(), 4096):  # a buffered read would hold a lock at the end
        pass
    loop.call_soon_threadsafe(stop)
