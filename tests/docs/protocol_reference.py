"""The tables of docs/protocol.md, made from the contract itself.

`python -m tests.docs.protocol_reference` writes them; test_protocol_page.py checks them.
"""

import inspect
import types
from enum import Enum
from pathlib import Path
from typing import Any, Final, NewType, Union, get_args, get_origin

import msgspec

from assist_engine.contract.answers import Answer
from assist_engine.contract.commands import Saying
from assist_engine.contract.events import Event

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"
START: Final = "<!-- made from the contract: python -m tests.docs.protocol_reference -->\n"
_PLAIN: Final = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    type(None): "null",
}


def reference() -> str:
    """All kinds with their fields, as Markdown."""
    parts: list[str] = []
    values: dict[str, type[Any]] = {}
    for title, union in (
        ("Events", Event),
        ("What a desktop says", Saying),
        ("What the engine answers", Answer),
    ):
        parts.append(f"## {title}\n")
        for struct in get_args(union):
            parts.append(f"### `{struct.__struct_config__.tag}`\n\n{described(struct, values)}")
    parts.append("## Values\n")
    done: set[str] = set()
    while todo := sorted(set(values) - done):
        for name in todo:
            done.add(name)
            parts.append(f"### {name}\n\n{described(values[name], values)}")
    return "\n".join(parts)


def described(kind: type[Any], values: dict[str, type[Any]]) -> str:
    text = (inspect.getdoc(kind) or "").strip()
    if issubclass(kind, Enum):
        return f"{text}\n\nOne of {', '.join(f'`{member.value}`' for member in kind)}.\n"
    if kind.__struct_config__.array_like:
        text += " Written as an array, in this order."
    fields = msgspec.structs.fields(kind)
    if not fields:
        return f"{text}\n\nNo fields.\n"
    rows = [
        f"| `{f.encode_name}` | {type_name(f.type, values)} | {default_of(f)} |" for f in fields
    ]
    return "\n".join([text, "", "| field | type | without it |", "| --- | --- | --- |", *rows, ""])


def default_of(field: Any) -> str:
    if field.required:
        return "must be there"
    if field.default_factory is not msgspec.NODEFAULT:
        return "empty"
    if field.default in ("", ()):
        return "empty"
    return f"`{msgspec.json.encode(field.default).decode()}`"


def type_name(kind: Any, values: dict[str, type[Any]]) -> str:
    if isinstance(kind, NewType):
        return f"text ({kind.__name__})"
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct | Enum):
        values[kind.__name__] = kind
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    inner = [type_name(arg, values) for arg in get_args(kind) if arg is not Ellipsis]
    if get_origin(kind) is tuple:
        return f"list of {inner[0]}"
    if get_origin(kind) is dict:
        return f"object: {inner[0]} → {inner[1]}"
    assert get_origin(kind) in {Union, types.UnionType}, kind
    return " or ".join(inner)


def page_with_reference(page: str) -> str:
    """The page with its tables as they should be."""
    before, marker, _ = page.partition(START)
    assert marker, f"docs/protocol.md lost its line {START!r}"
    return f"{before}{marker}\n{reference()}"


if __name__ == "__main__":
    PAGE.write_text(page_with_reference(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
