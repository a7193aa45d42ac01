"""Sends an action's request from a thread: bounded in time and size, told as an outcome.

Redirects are not followed and no proxy of the environment is used: what is sent goes to the
host that an administrator listed, or nowhere.
"""

import asyncio
import http.client
import json
import os
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

import msgspec

from assist_engine.guidance.action import PreparedRequest

_MOST_BYTES: Final = 65_536  # of an answer that are read
_RETRY_AFTER_S: Final = 0.5
_TOLD_CHARACTERS: Final = 200
_SAFE_SECRET: Final = re.compile(r"[\x21-\x7e]+")
# The other system may have done its work before it, or what is between us, failed.
_UNKNOWN_STATUS: Final = frozenset({500, 502, 504})


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a request. `code` is empty where the other system did it."""

    code: str = ""
    status: int = 0
    text: str = ""  # what the other system said, as it said it
    is_unknown: bool = False
    is_worth_a_retry: bool = False


class MissingSecret(ValueError):
    """A variable that a header wants is not in the environment, or is no header's value."""


class _Exchange:
    """One request on a connection of its own; `cut` ends it from another thread."""

    def __init__(
        self, request: PreparedRequest, headers: Mapping[str, str], timeout_s: float
    ) -> None:
        self._request, self._headers = request, headers
        parts = urlsplit(request.origin)
        host, port = parts.hostname or "", parts.port
        self._connection: http.client.HTTPConnection = (
            http.client.HTTPSConnection(
                host, port, timeout=timeout_s, context=ssl.create_default_context()
            )
            if parts.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=timeout_s)
        )
        self._socket: socket.socket | None = None
        self._is_out = False  # whether the other system may have the request

    def run(self) -> Sent:
        """Send it and read the answer; a failure of the way there is an outcome too."""
        try:
            return self._run()
        except ssl.SSLCertVerificationError:
            return Sent(code="action.certificate")
        except TimeoutError:
            return self.lost("action.timeout")
        except OSError:
            return self.lost("action.connection", is_worth_a_retry=True)
        except (http.client.HTTPException, ValueError):
            return self.lost("action.garbage")
        finally:
            self._connection.close()

    def cut(self) -> None:
        """End it now: whoever waits for the other system's bytes gets an error."""
        if self._socket is not None:
            with suppress(OSError):  # it is closed already
                # Of the plain socket: that of TLS may not be touched while a thread reads it.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def lost(self, code: str, *, is_worth_a_retry: bool = False) -> Sent:
        """The outcome where no answer came; unknown, once the request may have arrived."""
        is_unknown = self._is_out and not self._is_safe
        return Sent(code=code, is_unknown=is_unknown, is_worth_a_retry=is_worth_a_retry)

    def _run(self) -> Sent:
        self._connection.connect()
        self._socket = self._connection.sock
        self._is_out = True
        target = self._request.url.removeprefix(self._request.origin)
        self._connection.request(
            self._request.method, target, body=self._request.body or None, headers=self._headers
        )
        answer = self._connection.getresponse()
        return _told(answer.status, answer.read(_MOST_BYTES), is_safe=self._is_safe)

    @property
    def _is_safe(self) -> bool:
        return self._request.method == "GET"


async def send(
    request: PreparedRequest, *, key: str, timeout_s: float, environment: Mapping[str, str]
) -> Sent:
    """Send it, a second time where the connection or the other system failed.

    Both tries carry the same idempotency key. Raises `MissingSecret` before anything is sent.
    """
    headers = _headers(request, key, environment)
    first = await _try(request, headers, timeout_s)
    if not first.is_worth_a_retry:
        return first
    await asyncio.sleep(_RETRY_AFTER_S)
    second = await _try(request, headers, timeout_s)
    is_unknown = bool(second.code) and (first.is_unknown or second.is_unknown)
    return msgspec.structs.replace(second, is_unknown=is_unknown)


async def _try(request: PreparedRequest, headers: Mapping[str, str], timeout_s: float) -> Sent:
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[Sent] = loop.create_future()
    exchange = _Exchange(request, headers, timeout_s)

    def settle(sent: Sent) -> None:
        if not answered.done():
            answered.set_result(sent)

    def work() -> None:
        sent = exchange.run()
        with suppress(RuntimeError):  # the engine has ended meanwhile
            loop.call_soon_threadsafe(settle, sent)

    # A daemon: an engine that ends does not wait for somebody else's name server.
    threading.Thread(target=work, name="action", daemon=True).start()
    try:
        async with asyncio.timeout(timeout_s):
            return await answered
    except TimeoutError:
        return exchange.lost("action.timeout")
    finally:
        exchange.cut()


def check_secrets(request: PreparedRequest, environment: Mapping[str, str]) -> None:
    """Raise `MissingSecret` where a header has no value in the environment."""
    _headers(request, "", environment)


def _headers(
    request: PreparedRequest, key: str, environment: Mapping[str, str]
) -> Mapping[str, str]:
    headers = {
        "User-Agent": "attune",
        "Accept": "application/json",
        "Idempotency-Key": key,
        "Connection": "close",
    }
    if request.body:
        headers["Content-Type"] = "application/json"
    for header in request.headers:
        secret = environment.get(header.variable, "")
        if not _SAFE_SECRET.fullmatch(secret):
            raise MissingSecret(f"the engine's environment has no usable {header.variable}")
        headers[header.name] = f"{header.prefix} {secret}".strip()
    return headers


def _told(status: int, body: bytes, *, is_safe: bool) -> Sent:
    text = _text(body)
    if 200 <= status < 300:
        return Sent(status=status, text=text)
    if 300 <= status < 400:
        return Sent(code="action.redirect", status=status)
    failed = status >= 500
    return Sent(
        code=f"action.http_{status}",
        status=status,
        text=text,
        is_unknown=status in _UNKNOWN_STATUS and not is_safe,
        is_worth_a_retry=failed,
    )


def _text(body: bytes) -> str:
    """The body, where it is a JSON object; of anything else nothing is told."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return json.dumps(said) if isinstance(said, dict) else ""


def told_in(text: str, field: str) -> str:
    """One field of a JSON answer as a short line."""
    if not text or not field:
        return ""
    said = json.loads(text).get(field, "")
    line = " ".join(str(said).split()) if isinstance(said, str | int | float) else ""
    return line[:_TOLD_CHARACTERS]


def environment() -> Mapping[str, str]:
    """The variables that actions may use."""
    return {name: v for name, v in os.environ.items() if name.startswith("ATTUNE_ACTION_")}
