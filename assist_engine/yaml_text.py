"""Reads YAML that people wrote into nodes that know their lines, and refuses what would do harm.

The parser descends by recursion in C, so that nesting without end would end the process; an anchor
named again and again stands for a text that nobody could hold.
"""

from typing import Final

import yaml

_MOST_CHARACTERS: Final = 1_000_000  # a second of reading; a hundred pages of rules
_DEEPEST: Final = 50
_MOST_VALUES: Final = 200_000
UNBUILDABLE: Final = (ValueError, LookupError, AttributeError, ArithmeticError, yaml.YAMLError)
"""What `yaml` raises for a value that is not of the kind its tag names, such as `!!bool foo`."""
_SHOWN: Final = 40  # characters of a wrong value
_OPENS = (yaml.SequenceStartEvent, yaml.MappingStartEvent)
_CLOSES = (yaml.SequenceEndEvent, yaml.MappingEndEvent)


class NotYaml(ValueError):
    """A text is not YAML that is read; `line` from 1, or None where it is wrong as a whole."""

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(what)
        self.line = line


class _Loader(yaml.CSafeLoader):
    """Tells the line of a value that is not of the kind its tag names."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        try:
            value: object = super().construct_object(node, deep)
        except UNBUILDABLE as error:
            if not isinstance(node, yaml.ScalarNode):
                raise
            what = f"{node.value[:_SHOWN]!r} is no {node.tag.rpartition(':')[2]}"
            why = f": {error}" if isinstance(error, ValueError) else ""
            raise NotYaml(f"not YAML: {what}{why}", node.start_mark.line + 1) from error
        return value


def load_yaml(text: str) -> object:
    """The values that the YAML names. Raises `NotYaml`, or `yaml.YAMLError` with its mark."""
    compose_yaml(text)
    return yaml.load(text, _Loader)


def compose_yaml(text: str) -> yaml.Node | None:
    """The YAML as nodes; None where nothing is written. Raises `NotYaml`."""
    if len(text) > _MOST_CHARACTERS:
        raise NotYaml(
            f"{len(text)} characters; at most {_MOST_CHARACTERS} are read: split the file"
        )
    try:
        _check_events(text)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line, text.count("\n")) + 1 if mark else 1  # it may be one past the end
        raise NotYaml(f"not YAML: {error.problem or error.context}{_hint(error)}", line) from error
    except UnicodeEncodeError as error:
        raise NotYaml("not YAML: it is not Unicode text") from error
    except yaml.YAMLError as error:
        place = text[: getattr(error, "position", 0)]
        raise NotYaml(f"not YAML: {_first_line(error)}", place.count("\n") + 1) from error
    if root is not None:
        _check_size(root, {})
    return root


def _check_events(text: str) -> None:
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        if number > _MOST_VALUES:
            raise NotYaml(f"it has more than {_MOST_VALUES} values: split the file")
        if isinstance(event, _OPENS):
            depth += 1
            if depth > _DEEPEST:
                line = event.start_mark.line + 1 if event.start_mark else None
                raise NotYaml(f"it is nested more than {_DEEPEST} deep", line)
        elif isinstance(event, _CLOSES):
            depth -= 1


def _check_size(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node is with its anchors written out; raises `NotYaml`."""
    if isinstance(node, yaml.ScalarNode):
        return 1
    size = known.get(id(node))
    if size == 0:
        raise NotYaml("it holds itself", node.start_mark.line + 1)
    if size is None:
        known[id(node)] = 0  # it is being counted
        pairs = isinstance(node, yaml.MappingNode)
        inner = [one for pair in node.value for one in pair] if pairs else node.value
        size = 1 + sum(_check_size(one, known) for one in inner)
        if size > _MOST_VALUES:
            raise NotYaml(
                f"it has more than {_MOST_VALUES} values once its anchors are written out",
                node.start_mark.line + 1,
            )
        known[id(node)] = size
    return size


def _hint(error: yaml.MarkedYAMLError) -> str:
    told = error.problem or ""
    if "tab" in told or "cannot start any token" in told:
        return "; indent with spaces, and put quotes around a text that begins with a sign"
    if "mapping values are not allowed" in told:
        return "; put quotes around a text with ': ' in it"
    return ""


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
