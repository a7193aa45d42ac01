"""Puts values of a call into the places that a playbook's action leaves for them.

No text is formatted: a place in a path or a query is percent-encoded, a place in JSON is a JSON
value, and a value is never looked at for further places. So whatever a customer says, the
scheme, host, port, number of path segments and names of the query stay as they were written.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias
from urllib.parse import quote

import msgspec

FIELD: Final = re.compile(r"\{([a-z_]+(?:\.[a-z0-9_-]+){0,4})\}")
_BRACE: Final = re.compile(r"[{}]")
_NOT_IN_PATHS: Final = re.compile(r"[/\\\x00-\x1f\x7f]")
_LONGEST_IN_URL: Final = 1_000
_LONGEST_URL: Final = 8_000
_LONGEST_VALUE: Final = 10_000

Value: TypeAlias = str | int | float | bool
Json: TypeAlias = str | int | float | bool | list["Json"] | dict[str, "Json"] | None
Filled: TypeAlias = Mapping[str, Value]


class BadValue(ValueError):
    """A value of the call cannot stand where the action wants it; the text says why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


class Piece(msgspec.Struct, frozen=True):
    """Literal text, or the name of a field."""

    text: str
    is_field: bool = False


class TextTemplate(msgspec.Struct, frozen=True):
    """Literal text with fields between, read once."""

    pieces: tuple[Piece, ...]

    @classmethod
    def read(cls, text: str) -> "TextTemplate":
        """Read `text {field} text`; raises `ValueError` where a brace belongs to no field."""
        pieces: list[Piece] = []
        at = 0
        for match in FIELD.finditer(text):
            pieces += [Piece(text[at : match.start()]), Piece(match[1], True)]
            at = match.end()
        pieces.append(Piece(text[at:]))
        if any(_BRACE.search(piece.text) for piece in pieces if not piece.is_field):
            raise ValueError(f"a field is written {{name}} or {{customer.name}}, not {text!r}")
        return cls(tuple(piece for piece in pieces if piece.text))

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it names."""
        return tuple(piece.text for piece in self.pieces if piece.is_field)

    @property
    def only_field(self) -> str:
        """Its field where it is nothing but one, or nothing."""
        is_one = len(self.pieces) == 1 and self.pieces[0].is_field
        return self.pieces[0].text if is_one else ""


class QueryTemplate(msgspec.Struct, frozen=True):
    """One name of a query, which is literal, and its value."""

    name: str
    value: TextTemplate


class UrlTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A URL whose origin is literal: `https://crm.example.com/orders/{order}?agent={agent.id}`."""

    origin: str  # scheme, host and port, as `[actions] hosts` has it
    path: tuple[TextTemplate, ...]
    query: tuple[QueryTemplate, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it names."""
        values = (pair.value for pair in self.query)
        return tuple(field for part in (*self.path, *values) for field in part.fields)

    def fill(self, values: Filled) -> str:
        """The URL; raises `BadValue` for a value that would change what it names."""
        segments = [_segment(part, values) for part in self.path]
        pairs = [f"{quote(q.name, safe='')}={_in_query(q.value, values)}" for q in self.query]
        url = f"{self.origin}/{'/'.join(segments)}{'?' if pairs else ''}{'&'.join(pairs)}"
        if len(url) > _LONGEST_URL:
            raise BadValue("the address", f"it would have {len(url)} characters")
        return url


class JsonTemplate(msgspec.Struct, frozen=True):
    """JSON as nested lists and objects; its texts are templates, its names are literal."""

    root: object

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it names."""
        return tuple(_fields_in(self.root))

    def fill(self, values: Filled) -> Json:
        """The JSON; a text that is one field becomes that value, with its type."""
        return _filled(self.root, values)


def encode_json(value: Json, *, indent: bool = False) -> str:
    """The JSON as text; raises `BadValue` for text that is not Unicode."""
    try:
        data = msgspec.json.encode(value)
    except UnicodeEncodeError as error:
        raise BadValue("the content", "it is not Unicode text") from error
    return (msgspec.json.format(data, indent=2) if indent else data).decode()


def _segment(part: TextTemplate, values: Filled) -> str:
    text = "".join(
        quote(_path_value(piece.text, values), safe="") if piece.is_field else quote(piece.text)
        for piece in part.pieces
    )
    if part.fields and text.strip(".") == "":
        raise BadValue(part.fields[0], "only dots, or nothing, cannot stand in a path")
    return text


def _path_value(field: str, values: Filled) -> str:
    value = _url_value(field, values)
    if _NOT_IN_PATHS.search(value):
        raise BadValue(field, "slashes and control characters cannot stand in a path")
    return value


def _in_query(part: TextTemplate, values: Filled) -> str:
    return "".join(
        quote(_url_value(piece.text, values) if piece.is_field else piece.text, safe="")
        for piece in part.pieces
    )


def _url_value(field: str, values: Filled) -> str:
    value = as_text(values[field])
    if len(value) > _LONGEST_IN_URL:
        raise BadValue(field, f"at most {_LONGEST_IN_URL} characters can stand in an address")
    if any("\ud800" <= sign <= "\udfff" for sign in value):
        raise BadValue(field, "it is not Unicode text")
    return value


def as_text(value: Value) -> str:
    """A value as it is read in a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _fields_in(node: object) -> Sequence[str]:
    if isinstance(node, TextTemplate):
        return node.fields
    if isinstance(node, dict):
        return [field for value in node.values() for field in _fields_in(value)]
    if isinstance(node, list | tuple):
        return [field for value in node for field in _fields_in(value)]
    return ()


def _filled(node: object, values: Filled) -> Json:
    if isinstance(node, TextTemplate):
        return _json_value(node, values)
    if isinstance(node, dict):
        return {name: _filled(value, values) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [_filled(value, values) for value in node]
    if node is None or isinstance(node, str | int | float | bool):
        return node
    raise TypeError(f"no part of a template: {type(node).__name__}")


def _json_value(template: TextTemplate, values: Filled) -> Json:
    if template.only_field:
        return _short(template.only_field, values)
    return "".join(
        as_text(_short(piece.text, values)) if piece.is_field else piece.text
        for piece in template.pieces
    )


def _short(field: str, values: Filled) -> Value:
    value = values[field]
    if isinstance(value, str) and len(value) > _LONGEST_VALUE:
        raise BadValue(field, f"at most {_LONGEST_VALUE} characters are sent")
    return value
