"""The demo's actions against the demo's service, as the playbooks have them."""

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from http.server import HTTPServer
from urllib.request import urlopen

import pytest
from msgspec.structs import replace

from assist_engine.app import demo_settings
from assist_engine.cli.demo_service import open_demo_service
from assist_engine.guidance.action import Action, RequestTemplate
from assist_engine.guidance.action_template import Value
from assist_engine.guidance.playbook import admitted
from assist_engine.guidance.playbook_reader import read_playbooks
from assist_engine.session.action_runner import policy_of
from assist_engine.session.action_sender import Sent, send, told_in, values_in
from assist_engine.settings import DEMO_SERVICE, RESOURCES, Settings

pytestmark = pytest.mark.integration

FILES = sorted((RESOURCES / "demo" / "playbooks").glob("*.yaml"))
PLAYBOOKS = admitted(
    read_playbooks([(path.name, path.read_text(encoding="utf-8")) for path in FILES]),
    policy_of(demo_settings(Settings()).actions),
)
ACTIONS = [
    pytest.param(action, id=f"{playbook.playbook_id}-{action.action_id}")
    for playbook in PLAYBOOKS
    for action in playbook.actions
]
NASTY = '../?x=1&"\r\n'


@pytest.fixture(scope="module")
def service() -> Iterator[HTTPServer]:
    with open_demo_service(0) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        yield server
        server.shutdown()


async def sent(
    server: HTTPServer, template: RequestTemplate, key: str, answer: Mapping[str, Value]
) -> Sent:
    values = {name: f"{name} 1" for name in template.fields}
    filled = template.fill({**values, "note": NASTY, "key": key, **answer})
    here = f"http://127.0.0.1:{server.server_address[1]}"
    moved = replace(filled, origin=here, url=filled.url.replace(DEMO_SERVICE, here))
    return await send(moved, key=key, timeout_s=5, secrets={})


@pytest.mark.parametrize("action", ACTIONS)
async def test_each_action_of_the_demo_works(service: HTTPServer, action: Action) -> None:
    key = f"key-of-{id(action)}"
    first = await sent(service, action.request, key, {})
    assert first.code == ""
    if action.kind == "open":
        return
    assert told_in(first.text, action.result)
    assert await sent(service, action.request, key, {}) == first  # done once
    if action.undo is not None:
        answer = values_in(first.text, action.answer_fields)
        assert answer.keys() == set(action.answer_fields)
        assert (await sent(service, action.undo, key, answer)).code == ""
        assert (await sent(service, action.undo, "never-done", {})).code == "action.http_404"


async def test_what_is_wrong_is_refused(service: HTTPServer) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.server_address[1])
    for line, head, body in (
        ("POST /elsewhere", "Idempotency-Key: k\r\n", b"{}"),
        ("POST /tickets", "", b"{}"),
        ("POST /tickets", "Idempotency-Key: k\r\n", b"[1]"),
        ("POST /tickets", "Idempotency-Key: k\r\n", b"\xff"),
        ("GET /nowhere", "", b""),
    ):
        request = f"{line} HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {len(body)}\r\n\r\n"
        writer.write(request.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.split()[1] in {b"400", b"404"}, line
        size = int(answer.lower().partition(b"content-length: ")[2].split()[0])
        assert json.loads(await reader.readexactly(size))["message"]
    writer.close()


def test_a_page_shows_values_as_text(service: HTTPServer) -> None:
    here = f"http://127.0.0.1:{service.server_address[1]}"
    with urlopen(f"{here}/orders/%3Cscript%3E?customer=%3Cb%3E") as page:
        text = page.read().decode()
    assert "<script>" not in text
    assert "&lt;b&gt;" in text


def test_the_demo_has_actions_that_can_be_undone() -> None:
    actions = {str(action.action_id): action for p in PLAYBOOKS for action in p.actions}
    assert {"order-replacement", "block-card", "book-technician"} <= actions.keys()
    assert all(action.asks_first for action in actions.values())
    assert actions["block-card"].undo is not None
