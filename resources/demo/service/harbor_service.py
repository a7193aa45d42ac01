"""The other systems of the demo organisation as one small HTTP server, standard library only.

    python resources/demo/service/harbor_service.py --port 8790
    attune-engine demo-service

It orders replacements, opens tickets, blocks cards and sends messages, in memory. Each is done
once for one `Idempotency-Key`, and taken back with DELETE and that key or the reference.
`GET /` lists all that was done; `GET /orders/BK749205` is a page for people.
"""

import argparse
import html
import json
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

HOST = "127.0.0.1"
PORT = 8790
MOST_BYTES = 65_536


class Harbor:
    """What was done, by kind and idempotency key."""

    def __init__(self) -> None:
        self.done: dict[tuple[str, str], dict[str, Any]] = {}
        self._lock = threading.Lock()

    def do(self, kind: str, key: str, asked: dict[str, Any], told: Callable[[str], str]) -> dict[str, Any]:
        """Do it once a key; the same key again gets the same answer."""
        with self._lock:
            if (kind, key) not in self.done:
                reference = f"{kind[0].upper()}{1001 + len(self.done)}"
                entry = {"kind": kind, "reference": reference, "message": told(reference)}
                self.done[kind, key] = {**entry, "asked": asked, "is_undone": False}
            return self.done[kind, key]

    def undo(self, kind: str, name: str) -> dict[str, Any] | None:
        """Take it back by key or reference; None where there is no such thing."""
        with self._lock:
            of_kind = {key: entry for (one, key), entry in self.done.items() if one == kind}
            by_reference = {entry["reference"]: entry for entry in of_kind.values()}
            entry = of_kind.get(name) or by_reference.get(name)
            if entry is not None:
                entry["is_undone"] = True
            return entry


TOLD: dict[str, Callable[[str], str]] = {
    "replacements": lambda reference: f"Ordered, reference {reference}, 2 business days",
    "tickets": lambda reference: f"Ticket {reference} is open",
    "blocks": lambda reference: f"The card is blocked, reference {reference}",
    "messages": lambda reference: f"On its way, reference {reference}",
}


class Handler(BaseHTTPRequestHandler):
    """POST /<kind> does, DELETE /<kind>/<key or reference> takes back."""

    protocol_version = "HTTP/1.1"
    harbor: Harbor

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path = [unquote(part) for part in parts.path.strip("/").split("/")]
        if path == [""]:
            self._answer(HTTPStatus.OK, {"done": list(self.harbor.done.values())})
        elif len(path) == 2 and path[0] in {"orders", "customers"}:
            self._page(path[0], path[1], parse_qs(parts.query))
        else:
            self._answer(HTTPStatus.NOT_FOUND, {"message": "GET / or /orders/<number>"})

    def do_POST(self) -> None:
        kind, key = self.path.strip("/"), self.headers.get("Idempotency-Key", "")
        asked = self._asked()
        if kind not in TOLD:
            known = ", ".join(f"/{name}" for name in TOLD)
            return self._answer(HTTPStatus.NOT_FOUND, {"message": f"POST to {known}"})
        if asked is None or not key:
            return self._answer(
                HTTPStatus.BAD_REQUEST, {"message": "a JSON object with an Idempotency-Key"}
            )
        return self._answer(HTTPStatus.CREATED, self.harbor.do(kind, key, asked, TOLD[kind]))

    def do_DELETE(self) -> None:
        kind, _, key = self.path.strip("/").partition("/")
        entry = self.harbor.undo(kind, unquote(key))
        if entry is None:
            told = {"message": "nothing was done under this key or reference"}
            return self._answer(HTTPStatus.NOT_FOUND, told)
        return self._answer(HTTPStatus.OK, {"message": f"Reference {entry['reference']}: taken back"})

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: addresses may hold what customers said."""

    def _asked(self) -> dict[str, Any] | None:
        size = int(self.headers.get("Content-Length") or 0)
        if size > MOST_BYTES:
            self.close_connection = True
            return None
        try:
            asked = json.loads(self.rfile.read(size) or b"{}")
        except ValueError:
            return None
        return asked if isinstance(asked, dict) else None

    def _page(self, kind: str, number: str, query: dict[str, list[str]]) -> None:
        rows = "".join(
            f"<dt>{html.escape(name)}</dt><dd>{html.escape(values[0])}</dd>"
            for name, values in query.items()
        )
        title = html.escape(f"{kind.removesuffix('s').title()} {number}")
        page = f"<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1><dl>{rows}</dl>"
        self._send(HTTPStatus.OK, page.encode(), "text/html; charset=utf-8")

    def _answer(self, status: HTTPStatus, said: dict[str, Any]) -> None:
        self._send(status, json.dumps(said).encode(), "application/json")

    def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)


class HarborServer(ThreadingHTTPServer):
    """Threads that end with the server; a caller who does not wait for the answer is no error."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of all but a connection that is gone."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def open_service(port: int = PORT) -> ThreadingHTTPServer:
    """The server, bound to this machine only; port 0 takes a free one."""
    handler = type("HarborHandler", (Handler,), {"harbor": Harbor()})
    return HarborServer((HOST, port), handler)


def main() -> None:
    """Serve until Ctrl+C."""
    parser = argparse.ArgumentParser(description="The demo organisation's other systems.")
    parser.add_argument("--port", type=int, default=PORT)
    with open_service(parser.parse_args().port) as server:
        print(f"http://{HOST}:{server.server_address[1]}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
