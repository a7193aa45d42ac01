"""Sends an action's request from a thread: bounded in time and size, told as an outcome.

Redirects are not followed and no proxy of the environment is used: what is sent goes to the
host that an administrator listed, or nowhere.
"""

import asyncio
import http.client
import json
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from math import isfinite
from typing import Final
from urllib.parse import urlsplit

import msgspec

from assist_engine.guidance.action import PreparedRequest
from assist_engine.session.daemon_thread import on_daemon

_MOST_BYTES: Final = 65_536  # of an answer that are read
_RETRY_AFTER_S: Final = 0.5
_TOLD_CHARACTERS: Final = 200
_HIDDEN: Final = "[secret]"
# The other system may have done its work before it, or what is between us, failed.
_UNKNOWN_STATUS: Final = frozenset({500, 502, 504})
_MAY_BE_DONE: Final = frozenset({301, 302, 303})  # many send on to a page that says it is done


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a request. `code` is empty where the other system did it."""

    code: str = ""
    status: int = 0
    text: str = ""  # what the other system said, as it said it
    is_unknown: bool = False
    is_worth_a_retry: bool = False


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
    request: PreparedRequest, *, key: str, timeout_s: float, secrets: Mapping[str, str]
) -> Sent:
    """Send it, a second time where the connection or the other system failed.

    Both tries carry the same idempotency key. `secrets`: by variable, those of its headers.
    """
    headers = _headers(request, key, secrets)
    first = await _try(request, headers, timeout_s)
    if not first.is_worth_a_retry:
        return _without(secrets, first)
    await asyncio.sleep(_RETRY_AFTER_S)
    second = await _try(request, headers, timeout_s)
    is_unknown = bool(second.code) and (first.is_unknown or second.is_unknown)
    return _without(secrets, msgspec.structs.replace(second, is_unknown=is_unknown))


def _without(secrets: Mapping[str, str], sent: Sent) -> Sent:
    """The outcome, from whose text nobody learns a secret that the other system says back."""
    text = sent.text
    for secret in sorted(secrets.values(), key=len, reverse=True):
        text = text.replace(json.dumps(secret)[1:-1], _HIDDEN)
    return msgspec.structs.replace(sent, text=_text(text.encode()))  # nothing, if it is broken now


async def _try(request: PreparedRequest, headers: Mapping[str, str], timeout_s: float) -> Sent:
    exchange = _Exchange(request, headers, timeout_s)
    try:
        async with asyncio.timeout(timeout_s):
            return await on_daemon(exchange.run)
    except TimeoutError:
        return exchange.lost("action.timeout")
    finally:
        exchange.cut()


def _headers(request: PreparedRequest, key: str, secrets: Mapping[str, str]) -> Mapping[str, str]:
    headers = {
        "User-Agent": "attune",
        "Accept": "application/json",
        "Idempotency-Key": key,
        "Connection": "close",
    }
    if request.body:
        headers["Content-Type"] = "application/json"
    for header in request.headers:
        headers[header.name] = f"{header.prefix} {secrets[header.variable]}".strip()
    return headers


def _told(status: int, body: bytes, *, is_safe: bool) -> Sent:
    text = _text(body)
    if 200 <= status < 300:
        return Sent(status=status, text=text)
    if 300 <= status < 400:
        is_unknown = status in _MAY_BE_DONE and not is_safe
        return Sent(code="action.redirect", status=status, is_unknown=is_unknown)
    failed = status >= 500
    return Sent(
        code=f"action.http_{status}",
        status=status,
        text=text,
        is_unknown=status in _UNKNOWN_STATUS and not is_safe,
        is_worth_a_retry=failed,
    )


def _text(body: bytes) -> str:
    """The body, where it is a JSON object; of anything else nothing is told.

    Halves of characters, which JSON can name and no log can keep, are replaced.
    """
    try:
        said = json.loads(body)
        text = json.dumps(said, ensure_ascii=False) if isinstance(said, dict) else ""
    except (ValueError, RecursionError):
        return ""
    return text.encode(errors="replace").decode()


def values_in(text: str, fields: Iterable[str]) -> dict[str, str | int | float | bool]:
    """What fields like `answer.ticket.id` name in a JSON answer: single values, where they are.

    Names of the JSON count in lower case.
    """
    said = json.loads(text) if text else {}
    found = {field: _at(said, field.split(".")[1:]) for field in fields}
    return {
        field: value
        for field, value in found.items()
        if isinstance(value, str | int) or (isinstance(value, float) and isfinite(value))
        if value != ""
    }


def _at(said: object, way: Sequence[str]) -> object:
    for name in way:
        inner = said if isinstance(said, dict) else {}
        said = next((value for key, value in inner.items() if key.lower() == name), None)
    return said


def told_in(text: str, field: str) -> str:
    """One field of a JSON answer as a short line."""
    if not text or not field:
        return ""
    said = json.loads(text).get(field, "")
    line = " ".join(str(said).split()) if isinstance(said, str | int | float) else ""
    return line[:_TOLD_CHARACTERS]
