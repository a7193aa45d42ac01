"""Reads the `actions` of a playbook; every mistake is told with its file and line.

What a customer says can fill places only, so places are allowed only where a value cannot
change what is asked of whom: in path segments, values of a query and values of the JSON.
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import yaml

from assist_engine.contract.ids import ActionId
from assist_engine.contract.values import ActionKind
from assist_engine.guidance.action import (
    ANSWER,
    FIELDS,
    NOTE,
    Action,
    RequestTemplate,
    SecretHeader,
    is_known_field,
)
from assist_engine.guidance.action_template import (
    JsonTemplate,
    QueryTemplate,
    TextTemplate,
    UrlTemplate,
)
from assist_engine.guidance.rule_yaml import RuleReader, hint, line_of

MOST_ACTIONS: Final = 10  # of one playbook: they are buttons of a card
_REQUEST_FIELDS: Final = frozenset({"method", "url", "headers", "json"})
_FIELDS: Final = _REQUEST_FIELDS | {"id", "label", "kind", "undo", "asks_first", "result"}
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_SECRET: Final = re.compile(r"(?:([A-Za-z]+) )?\$\{(ATTUNE_ACTION_[A-Z0-9_]+)\}")
_OWN_HEADERS: Final = frozenset(
    {
        "host",
        "connection",
        "content-length",
        "content-type",
        "transfer-encoding",
        "idempotency-key",
        "expect",
        "upgrade",
        "te",
        "trailer",
    }
)
_DEEPEST: Final = 8


def read_actions(reader: RuleReader, node: yaml.Node) -> tuple[Action, ...]:
    """Read the list of a playbook's actions; raises `BadInput` with file and line."""
    actions: dict[str, Action] = {}
    for item in reader.items(node, "actions"):
        action = _action(reader, item)
        if action.action_id in actions:
            raise reader.wrong(item, f"the action {action.action_id} is there twice")
        actions[action.action_id] = action
    if len(actions) > MOST_ACTIONS:
        raise reader.wrong(node, f"{len(actions)} actions; a card has at most {MOST_ACTIONS}")
    return tuple(actions.values())


def origin_of(url: str) -> str:
    """`https://host` or `https://host:port` of a URL; raises `ValueError` saying what is wrong.

    Plain http is for this machine only: what is sent names customers.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError(f"an address begins https://host, got {url!r}")
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address has no user or password in it; use headers")
    if not re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:]+", host):
        raise ValueError(f"a host has letters, digits, dots and hyphens, got {host!r}")
    if parts.scheme == "http" and not _is_here(host):
        raise ValueError(f"http is for this machine only; write https://{host}")
    is_default = parts.port in {None, {"http": 80, "https": 443}[parts.scheme]}
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" if is_default else f"{parts.scheme}://{shown}:{parts.port}"


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _action(reader: RuleReader, node: yaml.Node) -> Action:
    fields = reader.fields(node, "an action", accepted=_FIELDS, needed=("id", "label", "url"))
    kinds = [kind.value for kind in ActionKind]
    kind_node, undo, result = fields.get("kind"), fields.get("undo"), fields.get("result")
    kind = ActionKind(reader.choice(kind_node, "kind", kinds) if kind_node else "request")
    name = reader.text(fields["id"], "id")
    if not _ID.fullmatch(name):
        raise reader.wrong(fields["id"], "an id has letters, digits, dots, hyphens; at most 64")
    if kind is ActionKind.OPEN and (extra := fields.keys() & {"method", "headers", "json", "undo"}):
        raise reader.wrong(node, f"an action that opens a page has no {', '.join(sorted(extra))}")
    request = _request(reader, fields, method="GET" if kind is ActionKind.OPEN else "POST")
    if early := [name for name in request.fields if name.startswith(ANSWER)]:
        raise reader.wrong(node, f"{{{early[0]}}} is not known before the answer: only undo has it")
    return Action(
        action_id=ActionId(name),
        label=reader.text(fields["label"], "label"),
        kind=kind,
        request=request,
        undo=_undo(reader, undo) if undo else None,
        asks_first=_asks_first(reader, fields.get("asks_first")),
        result=reader.text(result, "result") if result else "",
        place=f"{reader.source}:{line_of(node)}",
    )


def _undo(reader: RuleReader, node: yaml.Node) -> RequestTemplate:
    fields = reader.fields(node, "undo", accepted=_REQUEST_FIELDS, needed=("url",))
    return _request(reader, fields, method="DELETE")


def _asks_first(reader: RuleReader, node: yaml.Node | None) -> bool:
    if node is None:
        return True
    asks = reader.scalar(node, "asks_first")
    if not isinstance(asks, bool):
        raise reader.wrong(node, f"asks_first must be true or false, got {asks!r}")
    return asks


def _request(reader: RuleReader, fields: dict[str, yaml.Node], *, method: str) -> RequestTemplate:
    method_node, headers, content = (fields.get(name) for name in ("method", "headers", "json"))
    if method_node:
        method = reader.choice(method_node, "method", _METHODS)
    if content and method == "GET":
        raise reader.wrong(content, "a request that GETs sends no json; use POST")
    return RequestTemplate(
        method=method,
        url=_url(reader, fields["url"]),
        headers=_headers(reader, headers) if headers else (),
        content=JsonTemplate(_json(reader, content, depth=0)) if content else None,
    )


def _url(reader: RuleReader, node: yaml.Node) -> UrlTemplate:
    text = reader.text(node, "url")
    try:
        origin, parts = origin_of(text), urlsplit(text)
    except ValueError as error:
        raise reader.wrong(node, str(error)) from error
    if parts.fragment or any(sign.isspace() for sign in text):
        raise reader.wrong(node, "an address has no # and no spaces")
    path = tuple(
        _template(reader, node, unquote(segment), allowed="a path")
        for segment in parts.path.removeprefix("/").split("/")
    )
    if any(_is_relative(segment) for segment in path):
        raise reader.wrong(node, "a path has no . or .. and no slash within a part")
    return UrlTemplate(origin=origin, path=path, query=_query(reader, node, parts))


def _is_relative(segment: TextTemplate) -> bool:
    literal = "".join(piece.text for piece in segment.pieces if not piece.is_field)
    return literal in {".", ".."} or bool(re.search(r"[/\\\x00-\x1f]", literal))


def _query(reader: RuleReader, node: yaml.Node, parts: SplitResult) -> tuple[QueryTemplate, ...]:
    pairs = []
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if "{" in name or "}" in name:
            raise reader.wrong(node, f"the names of a query are fixed, got {name!r}")
        pairs.append(QueryTemplate(name, _template(reader, node, value, allowed="a query")))
    return tuple(pairs)


def _template(reader: RuleReader, node: yaml.Node, text: str, *, allowed: str) -> TextTemplate:
    try:
        template = TextTemplate.read(text)
    except ValueError as error:
        raise reader.wrong(node, str(error)) from error
    _check_fields(reader, node, template.fields)
    if allowed == "a path" and NOTE in template.fields:
        raise reader.wrong(node, "a note cannot stand in a path; put it into the query or the json")
    return template


def _check_fields(reader: RuleReader, node: yaml.Node, names: Iterable[str]) -> None:
    for name in names:
        if not is_known_field(name):
            known = ", ".join([*sorted(FIELDS), "customer.<field or fact>"])
            known += "; in undo also answer.<field>"
            raise reader.wrong(
                node, f"there is no field {{{name}}}; accepted: {known}{hint(name, FIELDS)}"
            )


def _headers(reader: RuleReader, node: yaml.Node) -> tuple[SecretHeader, ...]:
    return tuple(
        _header(reader, name, value) for name, value in reader.fields(node, "headers").items()
    )


def _header(reader: RuleReader, name: str, node: yaml.Node) -> SecretHeader:
    if not _HEADER.fullmatch(name) or name.lower() in _OWN_HEADERS:
        raise reader.wrong(node, f"the header {name} cannot be set")
    match = _SECRET.fullmatch(reader.text(node, f"the header {name}"))
    if match is None:
        raise reader.wrong(
            node,
            f"the header {name} is ${{ATTUNE_ACTION_...}}, a name in the engine's environment or "
            "keyring, with at most one word before it; a secret is not written here",
        )
    return SecretHeader(name=name, prefix=match[1] or "", variable=match[2])


def _json(reader: RuleReader, node: yaml.Node, *, depth: int) -> object:
    if depth > _DEEPEST:
        raise reader.wrong(node, f"json is at most {_DEEPEST} deep")
    if isinstance(node, yaml.MappingNode):
        fields = reader.fields(node, "json")
        for name, inner in fields.items():
            if "{" in name or "}" in name:
                raise reader.wrong(inner, f"the names in json are fixed, got {name!r}")
        return {name: _json(reader, inner, depth=depth + 1) for name, inner in fields.items()}
    if isinstance(node, yaml.SequenceNode):
        return [_json(reader, item, depth=depth + 1) for item in node.value]
    if node.tag == "tag:yaml.org,2002:null":
        return None
    value = reader.scalar(node, "a value of json")
    return _template(reader, node, value, allowed="json") if isinstance(value, str) else value
