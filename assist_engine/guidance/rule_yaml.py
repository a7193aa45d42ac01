"""Takes values out of the YAML that an organisation writes; what is wrong is told with its line.

A name that is not known comes with the closest one that is.
"""

import difflib
from collections.abc import Iterable
from typing import TypeAlias

import yaml
from yaml.constructor import SafeConstructor

from assist_engine.errors import BadInput
from assist_engine.yaml_text import UNBUILDABLE, NotYaml, compose_yaml

Scalar: TypeAlias = str | int | float | bool


def compose(text: str, *, source: str) -> yaml.Node | None:
    """The YAML as nodes that know their lines; raises `BadInput` with file and line."""
    try:
        return compose_yaml(text)
    except NotYaml as error:
        place = f"{source}:{error.line}" if error.line else source
        raise BadInput(f"{place}: {error}") from error


def hint(name: object, accepted: Iterable[str]) -> str:
    """The closest accepted name as a question, or nothing."""
    close = difflib.get_close_matches(str(name), sorted(accepted), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


class RuleReader:
    """Takes values out of the nodes of one file; every error is a `BadInput` with its line."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._constructor = SafeConstructor()

    def wrong(self, node: yaml.Node, what: str) -> BadInput:
        """The error that says what is wrong at a node."""
        return BadInput(f"{self.source}:{line_of(node)}: {what}")

    def items(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        """The nodes of a list."""
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(node, f"{what} must be a list")
        return list(node.value)

    def fields(
        self,
        node: yaml.Node,
        what: str,
        *,
        accepted: frozenset[str] | None = None,
        needed: Iterable[str] = (),
    ) -> dict[str, yaml.Node]:
        """The nodes of a mapping by field; `accepted` None: any field."""
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, f"{what} must be fields with values")
        fields: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self.scalar(key, f"a field of {what}")
            if accepted is not None and name not in accepted:
                known = ", ".join(sorted(accepted))
                raise self.wrong(
                    key, f"{what} has no field {name!r}; accepted: {known}{hint(name, accepted)}"
                )
            if name in fields:
                raise self.wrong(key, f"the field {name} is there twice")
            fields[str(name)] = value
        for name in needed:
            if name not in fields:
                raise self.wrong(node, f"{what} needs the field {name}")
        return fields

    def scalar(self, node: yaml.Node, what: str) -> Scalar:
        """A text, a number, true or false."""
        value = self._constructed(node) if isinstance(node, yaml.ScalarNode) else None
        if not isinstance(value, str | int | float):
            raise self.wrong(node, f"{what} must be a text, a number, true or false")
        return value

    def text(self, node: yaml.Node, what: str) -> str:
        """A text with something in it."""
        value = self.scalar(node, what)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(node, f"{what} must be a text with at least one character")
        return value.strip()

    def number(self, node: yaml.Node, what: str, *, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.scalar(node, what)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(node, f"{what} must be a whole number, got {value!r}")
        if not least <= value <= most:
            raise self.wrong(node, f"{what} must be from {least} to {most}, got {value}")
        return value

    def share(self, node: yaml.Node, what: str) -> float:
        """A number from 0 to 1."""
        value = self.scalar(node, what)
        if isinstance(value, str | bool) or not 0 <= value <= 1:
            raise self.wrong(node, f"{what} must be a number from 0 to 1, got {value!r}")
        return float(value)

    def texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self.text(item, f"an item of {what}") for item in self.items(node, what))

    def choice(self, node: yaml.Node, what: str, accepted: Iterable[str]) -> str:
        """One of some names."""
        names, value = list(accepted), self.text(node, what)
        if value not in names:
            told = f"{what} is one of {', '.join(names)}, not {value!r}{hint(value, names)}"
            raise self.wrong(node, told)
        return value

    def _constructed(self, node: yaml.ScalarNode) -> object:
        try:
            value: object = self._constructor.construct_object(node)
        except UNBUILDABLE:  # such as a date that no calendar has
            return None
        return value


def line_of(node: yaml.Node) -> int:
    """The line, from 1, on which a node begins."""
    return int(node.start_mark.line) + 1
