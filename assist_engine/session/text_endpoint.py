"""Asks an OpenAI-compatible endpoint on the user's own machine for text; blocking, within a time.

One request, no redirect, no proxy; the address that was judged is the one that is connected to.
"""

import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from assist_engine.errors import AssistError, SettingsError

_LONGEST_ANSWER: Final = 262_144  # bytes
_BLOCK: Final = 16_384
_OK: Final = 200


class NoText(AssistError):
    """The endpoint gave no usable text in time; the error says why, without words of the call."""

    code = "summary.no_text"


class _Message(msgspec.Struct, frozen=True):
    content: str


class _Choice(msgspec.Struct, frozen=True):
    message: _Message


class _Completion(msgspec.Struct, frozen=True):
    choices: tuple[_Choice, ...]


class TextEndpoint:
    """A chat endpoint. `allow_remote`: also addresses that are neither loopback nor private."""

    def __init__(
        self, url: str, *, model: str, api_key: str = "", allow_remote: bool = False
    ) -> None:
        self._url = _split(url)
        self._model = model
        self._api_key = api_key
        self._allow_remote = allow_remote

    def ask(self, messages: list[dict[str, str]], *, timeout_s: float) -> str:
        """The text that answers the messages. Raises `NoText`, at the latest after `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        body = {"model": self._model, "messages": messages, "temperature": 0, "stream": False}
        try:
            with closing(self._connect(timeout_s)) as connection:
                raw = self._exchange(connection, json.dumps(body).encode(), deadline)
        except (OSError, HTTPException, ValueError) as error:
            raise NoText(f"the endpoint failed: {type(error).__name__}") from error
        try:
            completion = msgspec.json.decode(raw, type=_Completion)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise NoText("the endpoint's answer is not a chat completion") from error
        if not completion.choices:
            raise NoText("the endpoint's answer has no choices")
        return completion.choices[0].message.content

    def _connect(self, timeout_s: float) -> HTTPConnection:
        """A connection to an address that may be used."""
        host, is_tls = self._url.hostname or "", self._url.scheme == "https"
        port = self._url.port or (443 if is_tls else 80)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(info[4][0]) for info in found]
        allowed = [one for one in addresses if self._allow_remote or _is_near(one)]
        if not allowed:
            raise NoText(
                f"{host} is neither this machine nor in its private network, and only an "
                "administrator can allow others (summary.allow_remote)"
            )
        opened = socket.create_connection((allowed[0], port), timeout=timeout_s)
        if is_tls:
            opened = ssl.create_default_context().wrap_socket(opened, server_hostname=host)
        connection = HTTPConnection(host, port)
        connection.sock = opened
        return connection

    def _exchange(self, connection: HTTPConnection, body: bytes, deadline: float) -> bytes:
        opened = connection.sock
        headers = {"Content-Type": "application/json", "Connection": "close"}
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        with _cut_off(opened, deadline):
            connection.request("POST", self._path, body=body, headers=headers)
            response = connection.getresponse()
            if response.status != _OK:
                raise NoText(f"the endpoint answered {response.status}")
            blocks: list[bytes] = []
            while block := response.read1(_BLOCK):
                blocks.append(block)
                if sum(map(len, blocks)) > _LONGEST_ANSWER:
                    raise NoText(f"the endpoint's answer is longer than {_LONGEST_ANSWER} bytes")
                if time.monotonic() > deadline:
                    raise NoText("the endpoint took too long")
            return b"".join(blocks)

    @property
    def _path(self) -> str:
        return f"{self._url.path.rstrip('/')}/chat/completions"


@contextmanager
def _cut_off(opened: socket.socket, deadline: float) -> Iterator[None]:
    """End whatever waits on a socket at the deadline, also where bytes come one by one."""

    def cut() -> None:
        with suppress(OSError):
            opened.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or parts.username or parts.query or parts.fragment:
        raise SettingsError(
            f"summary.url is {url!r}; accepted is http://HOST:PORT/v1 or https://HOST/v1, "
            "with no name, password or query in it"
        )
    return parts


def _is_near(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    return ip.is_loopback or (ip.is_private and not ip.is_unspecified)
