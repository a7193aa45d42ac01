"""Reads YAML into a struct and says on which line of the file it is wrong."""

import re
from typing import Final, TypeVar

import msgspec
import yaml

from assist_engine.errors import BadInput
from assist_engine.yaml_text import NotYaml, load_yaml

StructT = TypeVar("StructT", bound=msgspec.Struct)
PathStep = str | int
_STEP: Final = re.compile(r"\.(\w+)|\[(\d+)\]")


def read_struct(text: str, *, source: str, kind: type[StructT]) -> StructT:
    """Read YAML as `kind`. Raises `BadInput` with `source`, the line and what was wrong."""
    try:
        return msgspec.convert(load_yaml(text), type=kind)
    except NotYaml as error:
        raise BadInput(f"{source}, line {error.line or 1}: {error}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise BadInput(f"{source}, line {line}: not YAML: {error.problem}") from error
    except ValueError as error:
        message, _, path = str(error).partition(" - at ")
        line = line_of(text, path=_steps(path.strip("`"))) if path else 1
        raise BadInput(f"{source}, line {line}: {message}") from error


def line_of(text: str, *, path: tuple[PathStep, ...]) -> int:
    """The line (from 1) of the value at `path`, or of the deepest part of it that is there."""
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    line = node.start_mark.line + 1 if node else 1
    for step in path:
        node = _child(node, step)
        if node is None:
            break
        line = node.start_mark.line + 1
    return line


def _steps(path: str) -> tuple[PathStep, ...]:
    """Read msgspec's `$.timeline[0].mood` as ("timeline", 0, "mood")."""
    return tuple(name or int(index) for name, index in _STEP.findall(path))


def _child(node: yaml.Node | None, step: PathStep) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: yaml.Node = node.value[step]
        return found
    return None
