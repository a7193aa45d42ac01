"""Reads what changes of `[guidance]`; what is wrong is told with file and line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
import yaml

from assist_engine.customers.yaml_lines import read_struct
from assist_engine.errors import BadInput
from assist_engine.guidance.rule_yaml import RuleReader, compose
from assist_engine.settings import GuidanceSettings


def changed(guidance: GuidanceSettings, rules: Path | None) -> GuidanceSettings:
    """The settings with what the file says instead; raises `BadInput`."""
    if rules is None:
        return guidance
    try:
        text = rules.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadInput(f"{rules}: cannot be read: {why}") from error
    node = compose(text, source=str(rules))
    if node is None:
        return guidance
    _check_names(RuleReader(str(rules)), node, GuidanceSettings, "[guidance]")
    read_struct(text, source=str(rules), kind=GuidanceSettings)
    merged = _merged(msgspec.to_builtins(guidance), yaml.safe_load(text))
    return msgspec.convert(merged, type=GuidanceSettings, strict=True)


def _check_names(
    reader: RuleReader, node: yaml.Node, kind: type[msgspec.Struct], what: str
) -> None:
    inner = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for name, value in reader.fields(node, what, accepted=frozenset(inner)).items():
        if get_origin(inner[name]) is Literal:
            reader.choice(value, name, get_args(inner[name]))
        elif isinstance(inner[name], type) and issubclass(inner[name], msgspec.Struct):
            _check_names(reader, value, inner[name], name)


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**old}
    for name, value in new.items():
        is_inner = isinstance(value, dict) and isinstance(old.get(name), dict)
        merged[name] = _merged(old[name], value) if is_inner else value
    return merged
