"""Whatever is said on a call: an action asks the same thing of the same host, and of no other."""

import asyncio
import json
from posixpath import normpath
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from assist_engine.call.decide import Refusal
from assist_engine.contract.ids import ActionKey
from assist_engine.guidance.action import PreparedRequest
from assist_engine.guidance.action_template import BadValue, as_text
from assist_engine.guidance.playbook_reader import load_playbooks
from assist_engine.session.action_sender import _text, send, told_in, values_in
from assist_engine.session.call_values import CallValues
from assist_engine.session.prepared_action import prepare_undo
from tests.fakes.faulty_server import faulty_server

ORIGIN = "https://shop.example.com"
PLAYBOOK = """
- id: lost-parcel
  title: Replace it
  body: Offer a replacement
  when: {intents: [late-parcel]}
  actions:
    - id: replace
      label: Order the replacement
      url: https://shop.example.com/v1/orders/{order}/for-{customer.name}?note={note}&by=a-{agent.id}
      headers: {Authorization: "Bearer ${ATTUNE_ACTION_SHOP}"}
      json:
        order: "{order}"
        text: "Dear {customer.name}, {note}"
        lines: ["{note}", 1, true, null]
        inner: {agent: "{agent.id}"}
      undo:
        url: "https://shop.example.com/v1/replacements/{answer.reference}?key={key}"
        json: {why: "{answer.why.text}", by: "{agent.id}"}
"""
(ACTION,) = load_playbooks(PLAYBOOK, source="orders.yaml")[0].actions
NASTY = [
    "../../admin",
    "..",
    ".",
    "%2e%2e",
    "a/../../b",
    "..\\..\\b",
    "x?admin=1&note=2",
    "x#frag",
    "x\r\nHost: evil.example",
    "x HTTP/1.1\r\n\r\nGET /evil",
    "@evil.example",
    "//evil.example",
    "https://evil.example",
    '"},"admin":true,{"',
    "'; DROP TABLE orders; --",
    "$(rm -rf /)",
    "`id`",
    "{note}{order}{customer.name}",
    "{key}",
    "${ATTUNE_ACTION_SHOP}",
    "%s%(order)s",
    "ünï¢ödé ☃ \U0001f600 ‮",
    "\x00\x1b[2J",
    "\ud800",
    "x" * 100_000,
    "",
]
ANYTHING = st.one_of(
    st.text(),
    st.sampled_from(NASTY),
    st.text(alphabet="./\\?&=#%{}:@;\r\n \"'$`a0", max_size=30),
    st.characters(categories=["Cs", "Cc", "Zs", "Zl", "Zp"]),
)


def fill(order: str, name: str, note: str, agent: str) -> PreparedRequest:
    return ACTION.request.fill(
        {"order": order, "customer.name": name, "note": note, "agent.id": agent, "key": "k"}
    )


PLAIN = fill("BK1", "Ana", "hello", "kim")


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
@example("..", ".", "..", "..")
def test_no_value_changes_what_is_asked_of_whom(
    order: str, name: str, note: str, agent: str
) -> None:
    try:
        filled = fill(order, name, note, agent)
    except BadValue:
        return  # refused: nothing is sent
    parts, plain = urlsplit(filled.url), urlsplit(PLAIN.url)
    assert (parts.scheme, parts.netloc, parts.fragment) == (plain.scheme, plain.netloc, "")
    assert filled.url.isascii()
    assert filled.url.isprintable()
    assert " " not in filled.url
    segments = parts.path.split("/")
    assert [segments[1], segments[2], segments[4][:4]] == ["v1", "orders", "for-"]
    assert len(segments) == len(plain.path.split("/"))
    # Also for a server that decodes first and splits then, or that tidies dots away.
    assert unquote(parts.path).count("/") == plain.path.count("/")
    assert normpath(unquote(parts.path)).count("/") == plain.path.count("/")
    assert unquote(segments[3]) == order
    query = parse_qsl(parts.query, keep_blank_values=True)
    assert query == [("note", note), ("by", f"a-{agent}")]
    assert (filled.method, filled.origin, filled.headers) == (
        PLAIN.method,
        PLAIN.origin,
        PLAIN.headers,
    )
    assert json.loads(filled.body) == {
        "order": order,
        "text": f"Dear {name}, {note}",
        "lines": [note, 1, True, None],
        "inner": {"agent": agent},
    }


@pytest.mark.parametrize("value", NASTY, ids=ascii)
@pytest.mark.parametrize("place", ["order", "customer.name", "note", "agent.id"])
def test_known_tricks(value: str, place: str) -> None:
    values = {"order": "BK1", "customer.name": "Ana", "note": "hello", "agent.id": "kim"}
    try:
        filled = ACTION.request.fill({**values, place: value, "key": "k"})
    except BadValue:
        return
    assert filled.url.startswith("https://shop.example.com/v1/orders/")
    assert urlsplit(filled.url).path.count("/") == 4


@pytest.mark.parametrize("value", ["..", ".", "", "a/b", "a\\b", "a\nb", "x" * 1_001, "\ud800"])
def test_what_cannot_stand_in_a_path_is_refused(value: str) -> None:
    with pytest.raises(BadValue, match="order"):
        fill(value, "Ana", "hello", "kim")


@given(st.one_of(st.integers(-(2**53), 2**53), st.booleans(), st.text(max_size=50)))
def test_a_value_alone_keeps_its_type_in_json(value: str | int | bool) -> None:
    values = {"order": "1", "customer.name": "Ana", "note": value, "agent.id": "kim", "key": "k"}
    try:
        body = json.loads(ACTION.request.fill(values).body)
    except BadValue:
        return
    assert body["lines"][0] == value
    assert type(body["lines"][0]) is type(value)


ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANYTHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(ANSWERS, ANSWERS)
@example("../../admin", {"text": '"},"x":1'})
@example("R1", {"Text": True})
@example(float("inf"), {"text": float("nan")})
def test_no_answer_changes_what_an_undo_asks_of_whom(reference: object, why: object) -> None:
    text = json.dumps({"Reference": reference, "why": why, "key": "../x"})
    answer = values_in(text, ACTION.answer_fields)
    try:
        known = {"order": "BK1", "customer.name": "Ana", "note": "", "agent.id": "kim"}
        values = CallValues(known=known, private=())
        undo = prepare_undo(ACTION, values, ActionKey("k.0"), answer).request
    except Refusal:
        return
    assert isinstance(reference, str | int | float)
    assert undo.url.isascii()
    assert undo.url.isprintable()
    parts = urlsplit(undo.url)
    assert (parts.scheme, parts.netloc) == ("https", "shop.example.com")
    assert parts.path.startswith("/v1/replacements/")
    assert normpath(unquote(parts.path)).count("/") == 3
    assert unquote(parts.path.split("/")[3]) == as_text(reference)
    assert parse_qsl(parts.query) == [("key", "k")]
    assert (undo.method, undo.origin) == ("DELETE", "https://shop.example.com")
    assert set(json.loads(undo.body)) == {"why", "by"}


@given(st.binary(max_size=300))
@example(b"[" * 200_000)
@example(b'{"reference": ' + b"9" * 5_000 + b"}")
@example(b'{"reference": {"reference": {"a": 1}}}')
def test_no_answer_is_too_odd(body: bytes) -> None:
    values_in(_text(body), ACTION.answer_fields)
    told_in(_text(body), "reference")


@given(ANYTHING, ANYTHING, ANYTHING)
@example("BK1", "Ana\r\nX-Admin: 1", "hello\r\n\r\nDELETE /v1/orders HTTP/1.1\r\n\r\n")
@example("BK1", "\x85\u2028Ana", "\x00")
def test_what_arrives_is_one_request_as_it_was_filled(order: str, name: str, note: str) -> None:
    try:
        filled = fill(order, name, note, "kim")
    except BadValue:
        return
    with faulty_server() as server:
        here = replace(filled, origin=server.origin, url=filled.url.replace(ORIGIN, server.origin))
        secrets = {"ATTUNE_ACTION_SHOP": "s3cret"}
        sent = asyncio.run(send(here, key="k", timeout_s=5, secrets=secrets))
    (got,) = server.got
    assert sent.code == ""
    assert f"{ORIGIN}{got.path}" == filled.url
    assert (got.method, got.body) == ("POST", filled.body)
    assert set(got.headers) == {
        "Host",
        "Accept-Encoding",
        "Content-Length",
        "User-Agent",
        "Accept",
        "Idempotency-Key",
        "Connection",
        "Content-Type",
        "Authorization",
    }
    assert got.headers["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in repr((filled, here, sent))
