"""Actions of playbooks: what is read, and what is refused with its line."""

import pytest

from assist_engine.contract.values import ActionKind
from assist_engine.errors import BadInput
from assist_engine.guidance.action import Action, ActionPolicy
from assist_engine.guidance.action_reader import origin_of
from assist_engine.guidance.playbook import admitted
from assist_engine.guidance.playbook_reader import load_playbooks

HEAD = """- id: lost-parcel
  title: Replace it
  body: Offer a replacement
  when: {intents: [late-parcel]}
  actions:
"""
GOOD = {
    "id": "replace",
    "label": "Order the replacement",
    "url": "https://shop.example.com/orders/{order}",
}


def written(**fields: str) -> str:
    lines = [f"{name}: {value}" for name, value in {**GOOD, **fields}.items() if value]
    return HEAD + "    - " + "\n      ".join(lines) + "\n"


def read(**fields: str) -> Action:
    (playbook,) = load_playbooks(written(**fields), source="orders.yaml")
    (action,) = playbook.actions
    return action


def test_what_is_not_said_is_the_careful_choice() -> None:
    action = read()
    assert (action.kind, action.request.method) == (ActionKind.REQUEST, "POST")
    assert action.asks_first
    assert action.undo is None
    assert not action.offer.can_undo
    assert action.place == "orders.yaml:6"


def test_an_action_is_read_whole() -> None:
    action = read(
        method="PUT",
        headers='{X-Key: "${ATTUNE_ACTION_SHOP}"}',
        json='{order: "{order}", note: "{note}"}',
        undo="{url: 'https://shop.example.com/replacements/{key}'}",
        asks_first="false",
        result="message",
    )
    assert action.request.method == "PUT"
    assert action.request.fields == ("order", "note")
    assert action.takes_note
    assert action.undo is not None
    assert (action.undo.method, action.undo.fields) == ("DELETE", ("key",))
    assert (action.asks_first, action.result) == (False, "message")
    assert [header.variable for header in action.request.headers] == ["ATTUNE_ACTION_SHOP"]


@pytest.mark.parametrize(
    ("fields", "line", "told"),
    [
        ({"label": ""}, 6, "needs the field label"),
        ({"methode": "PUT"}, 9, "no field 'methode'.*did you mean 'method'"),
        ({"method": "STEAL"}, 9, "method is one of GET"),
        ({"kind": "shell"}, 9, "kind is one of open, request"),
        ({"kind": "open", "json": "{a: 1}"}, 6, "opens a page has no json"),
        ({"id": "a b"}, 6, "an id has letters"),
        ({"asks_first": "never"}, 9, "asks_first must be true or false"),
        ({"url": "https://{order}.example.com/"}, 8, "a host has letters"),
        ({"url": "'{order}://shop.example.com/'"}, 8, "begins https://host"),
        ({"url": "file:///etc/passwd"}, 8, "begins https://host"),
        ({"url": "https://shop.example.com:{order}/"}, 8, "Port could not"),
        ({"url": "https://kim:pass@shop.example.com/"}, 8, "no user or password"),
        ({"url": "http://shop.example.com/"}, 8, "http is for this machine only"),
        ({"url": "https://shop.example.com/a/../b"}, 8, "no . or .."),
        ({"url": "https://shop.example.com/a%2F..%2Fb"}, 8, "no . or .."),
        ({"url": "https://shop.example.com/?{order}=1"}, 8, "names of a query are fixed"),
        ({"url": "'https://shop.example.com/#{order}'"}, 8, "no # and no spaces"),
        ({"url": "https://shop.example.com/{ordre}"}, 8, "no field {ordre}.*did you mean 'order'"),
        ({"url": "https://shop.example.com/{secret}"}, 8, "no field {secret}"),
        ({"url": "https://shop.example.com/{note}"}, 8, "a note cannot stand in a path"),
        ({"url": "https://shop.example.com/{order"}, 8, "a field is written"),
        ({"url": "https://shop.example.com/{order.__class__}"}, 8, "a field is written|no field"),
        ({"headers": "{Host: '${ATTUNE_ACTION_X}'}"}, 9, "header Host cannot be set"),
        ({"headers": "{X-Key: s3cret}"}, 9, "a secret is not written here"),
        ({"headers": "{X-Key: '${PATH}'}"}, 9, "a secret is not written here"),
        ({"headers": "{X-Key: '{order}'}"}, 9, "a secret is not written here"),
        ({"json": "{'{order}': 1}"}, 9, "names in json are fixed"),
        ({"json": "[[[[[[[[[[1]]]]]]]]]]"}, 9, "at most 8 deep"),
        ({"method": "GET", "json": "{a: 1}"}, 10, "sends no json"),
        ({"undo": "{url: 'https://shop.example.com/', label: x}"}, 9, "undo has no field 'label'"),
    ],
)
def test_a_mistake_is_told_with_its_line(fields: dict[str, str], line: int, told: str) -> None:
    with pytest.raises(BadInput, match=rf"^orders.yaml:{line}: .*({told})"):
        read(**fields)


def test_an_action_is_there_once_and_there_are_few() -> None:
    action = written().removeprefix(HEAD)
    with pytest.raises(BadInput, match=r"orders.yaml:9: the action replace is there twice"):
        load_playbooks(HEAD + action * 2, source="orders.yaml")
    many = "".join(action.replace("id: replace", f"id: replace-{n}") for n in range(11))
    with pytest.raises(BadInput, match="at most 10"):
        load_playbooks(HEAD + many, source="orders.yaml")


def test_hosts_that_are_not_listed_are_refused_with_the_line() -> None:
    playbooks = load_playbooks(written(), source="orders.yaml")
    allowed = ActionPolicy(hosts=frozenset({"https://shop.example.com"}))
    assert admitted(playbooks, allowed) == playbooks
    for hosts in (set[str](), {"https://example.com"}, {"https://shop.example.com:8443"}):
        with pytest.raises(BadInput, match=r"orders.yaml:6: .* https://shop.example.com.*hosts"):
            admitted(playbooks, ActionPolicy(hosts=frozenset(hosts)))
    assert admitted(playbooks, None)[0].actions == ()


def test_what_undoes_is_held_to_the_same_hosts() -> None:
    playbooks = load_playbooks(
        written(undo="{url: 'https://elsewhere.example.com/{key}'}"), source="orders.yaml"
    )
    with pytest.raises(BadInput, match="elsewhere"):
        admitted(playbooks, ActionPolicy(hosts=frozenset({"https://shop.example.com"})))


def test_nothing_runs_unasked_unless_both_say_so() -> None:
    hosts = frozenset({"https://shop.example.com"})
    for said, allowed, asks in (
        ("false", {"replace"}, False),
        ("false", {"other"}, True),
        ("true", {"replace"}, True),
    ):
        playbooks = load_playbooks(written(asks_first=said), source="orders.yaml")
        policy = ActionPolicy(hosts=hosts, unattended=frozenset(allowed))
        assert admitted(playbooks, policy)[0].actions[0].offer.asks_first is asks


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Shop.Example.com/a", "https://shop.example.com"),
        ("https://shop.example.com:443/", "https://shop.example.com"),
        ("https://shop.example.com:8443/", "https://shop.example.com:8443"),
        ("http://127.0.0.1:8790/x", "http://127.0.0.1:8790"),
        ("http://[::1]:80/", "http://[::1]"),
        ("http://localhost/", "http://localhost"),
    ],
)
def test_origins_are_written_in_one_way(url: str, origin: str) -> None:
    assert origin_of(url) == origin
