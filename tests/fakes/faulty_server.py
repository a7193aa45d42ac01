"""A real HTTP server on this machine that does to a webhook's caller whatever servers do."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec


class Got(msgspec.Struct, frozen=True):
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class FaultyServer(ThreadingHTTPServer):
    """The first part of the path says what happens: /hang, /garbage, /dribble, /status-503, ..."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[Got] = []
        self.is_over = threading.Event()
        self.answer: bytes = b'{"message": "done"}'

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """The caller went away: that is what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultyServer
    connection: socket.socket

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        got = Got(self.command, self.path, dict(self.headers.items()), body)
        self.server.got.append(got)
        what = self.path.strip("/").split("/")[0].split("?")[0]
        times = sum(one.path == self.path for one in self.server.got)
        if what.endswith("-once") and times > 1:
            what = "done"
        if not self._misbehave(what):
            told = what.removeprefix("status-")
            self._say(int(told) if told.isdigit() else 200, self.server.answer)

    def do_GET(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        self.do_POST()

    def _misbehave(self, what: str) -> bool:
        """Do what is asked for, if it is something odd."""
        match what:
            case "hang":
                self.server.is_over.wait(60)
            case "dribble":
                self._dribble()
            case "garbage":
                self.connection.sendall(b"\x00\xff what is HTTP?\r\n\r\n")
            case "reset" | "reset-once":
                self.close_connection = True
            case "failing-once":
                self._say(503, b"")
            case "endless":
                self._say(200, b'{"message": "' + b"x" * 3_000_000)
            case "redirect":
                self._say(307, b"", location="http://127.0.0.1:1/elsewhere")
            case _:
                return False
        return True

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""

    def _dribble(self) -> None:
        self.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{")
        while not self.server.is_over.is_set():
            self.connection.sendall(b" ")
            time.sleep(0.05)

    def _say(self, status: int, body: bytes, *, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def faulty_server() -> Iterator[FaultyServer]:
    """A server that serves until the block ends."""
    with FaultyServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        try:
            yield server
        finally:
            server.is_over.set()
            server.shutdown()


def said(value: object) -> bytes:
    return json.dumps(value).encode()
