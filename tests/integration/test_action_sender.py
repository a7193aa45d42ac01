"""Requests to a real server that hangs, fails, resets, sends elsewhere or talks nonsense."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from msgspec.structs import replace

from assist_engine.guidance.action import PreparedRequest, SecretHeader
from assist_engine.session.action_sender import Sent, send, told_in, values_in
from tests.fakes.faulty_server import FaultyServer, faulty_server, said

pytestmark = pytest.mark.integration


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with faulty_server() as running:
        yield running


def request(server: FaultyServer, path: str, *, method: str = "POST") -> PreparedRequest:
    return PreparedRequest(
        method=method,
        origin=server.origin,
        url=f"{server.origin}{path}",
        headers=(),
        body=b'{"order": "BK1"}' if method == "POST" else b"",
        shown="",
    )


async def sent(asked: PreparedRequest, *, timeout_s: float = 5.0) -> Sent:
    return await send(asked, key="key-1", timeout_s=timeout_s, secrets={})


async def test_what_is_done_is_told(server: FaultyServer) -> None:
    done = await sent(request(server, "/done?a=1"))
    assert (done.code, done.status, told_in(done.text, "message")) == ("", 200, "done")
    (got,) = server.got
    assert (got.method, got.path, got.body) == ("POST", "/done?a=1", b'{"order": "BK1"}')
    assert got.headers["Idempotency-Key"] == "key-1"
    assert got.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/hang", "/dribble"])
async def test_a_server_that_does_not_end_is_left_in_time(server: FaultyServer, path: str) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    lost = await sent(request(server, path), timeout_s=0.5)
    assert loop.time() - began < 1.5
    assert (lost.code, lost.is_unknown) == ("action.timeout", True)
    assert len(server.got) == 1  # nobody knows whether it was done: not sent again
    for _ in range(100):
        if not [thread for thread in threading.enumerate() if thread.name == "action"]:
            return
        await asyncio.sleep(0.02)
    pytest.fail("a thread is left")


@pytest.mark.parametrize("path", ["/failing-once", "/reset-once"])
async def test_a_failure_that_passes_is_tried_again_with_the_same_key(
    server: FaultyServer, path: str
) -> None:
    assert (await sent(request(server, path))).code == ""
    assert [got.headers["Idempotency-Key"] for got in server.got] == ["key-1", "key-1"]


@pytest.mark.parametrize(
    ("path", "code", "is_unknown", "times"),
    [
        ("/garbage", "action.garbage", True, 1),
        ("/reset", "action.connection", True, 2),
        ("/redirect", "action.redirect", False, 1),
        ("/status-400", "action.http_400", False, 1),
        ("/status-401", "action.http_401", False, 1),
        ("/status-409", "action.http_409", False, 1),
        ("/status-500", "action.http_500", True, 2),
        ("/status-503", "action.http_503", False, 2),
        ("/status-504", "action.http_504", True, 2),
    ],
)
async def test_each_failure_has_its_code(
    server: FaultyServer, path: str, code: str, is_unknown: bool, times: int
) -> None:
    lost = await sent(request(server, path))
    assert (lost.code, lost.is_unknown, len(server.got)) == (code, is_unknown, times)


async def test_asking_again_does_no_harm_where_nothing_is_changed(server: FaultyServer) -> None:
    assert not (await sent(request(server, "/status-500", method="GET"))).is_unknown


async def test_a_certificate_that_nobody_vouches_for_gets_nothing(
    server: FaultyServer, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path / "cert.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    origin = server.origin.replace("http://", "https://")
    asked = replace(request(server, "/done"), origin=origin, url=f"{origin}/done")
    lost = await sent(asked)
    assert (lost.code, lost.is_unknown, server.got) == ("action.certificate", False, [])


def self_signed(place: Path) -> Path:
    """A certificate for this machine that no authority signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    place.write_bytes(private + certificate.public_bytes(pem))
    return place


async def test_nobody_listens(server: FaultyServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    gone = replace(request(server, "/done"), origin=origin, url=f"{origin}/done")
    lost = await sent(gone)
    assert (lost.code, lost.is_unknown) == ("action.connection", False)


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"\xff\xfe", b"[1, 2]", b'"done"', b"[" * 60_000, b"{" * 60_000]
)
async def test_an_answer_that_is_no_object_tells_nothing(
    server: FaultyServer, answer: bytes
) -> None:
    server.answer = answer
    done = await sent(request(server, "/done"))
    assert (done.code, told_in(done.text, "message")) == ("", "")


async def test_half_a_character_that_an_answer_names_is_replaced(server: FaultyServer) -> None:
    server.answer = b'{"message": "\\ud800x \\ud83d\\ude00", "\\udc00": "\\udfff"}'
    text = (await sent(request(server, "/done"))).text
    assert told_in(text, "message") == "?x \U0001f600"
    assert values_in(text, ["answer.?"]) == {"answer.?": "?"}


async def test_a_long_answer_is_not_read_to_its_end(server: FaultyServer) -> None:
    done = await sent(request(server, "/endless"))
    assert (done.code, done.text) == ("", "")


async def test_what_is_told_is_a_short_line(server: FaultyServer) -> None:
    server.answer = said({"message": "a\r\nb\t" + "x" * 5_000, "list": [1], "number": 7})
    text = (await sent(request(server, "/done"))).text
    assert told_in(text, "message") == ("a b " + "x" * 5_000)[:200]
    assert [told_in(text, field) for field in ("list", "nothing", "number", "")] == [
        "",
        "",
        "7",
        "",
    ]


async def test_a_secret_is_a_header_s_value(server: FaultyServer) -> None:
    header = SecretHeader(name="Authorization", prefix="Bearer", variable="ATTUNE_ACTION_SHOP")
    asked = replace(request(server, "/done"), headers=(header,))
    await send(asked, key="k", timeout_s=5, secrets={"ATTUNE_ACTION_SHOP": "s3cret"})
    assert server.got[0].headers["Authorization"] == "Bearer s3cret"


@pytest.mark.parametrize("path", ["/done", "/status-401"])
async def test_nobody_learns_a_secret_that_comes_back(server: FaultyServer, path: str) -> None:
    header = SecretHeader(name="X-Key", prefix="", variable="ATTUNE_ACTION_SHOP")
    asked = replace(request(server, path), headers=(header,))
    secret = 's3"cr\\et'
    server.answer = said({"message": f"the key {secret} is too old", secret: 1})
    back = await send(asked, key="k", timeout_s=5, secrets={"ATTUNE_ACTION_SHOP": secret})
    assert server.got[0].headers["X-Key"] == secret
    assert told_in(back.text, "message") == "the key [secret] is too old"
    assert "s3" not in back.text
    odd = await send(asked, key="k", timeout_s=5, secrets={"ATTUNE_ACTION_SHOP": "{"})
    assert told_in(odd.text, "message") == ""
