"""Reads playbooks: when something is the next best action, and what the agent should do then.

YAML written by the organisation: a list of playbooks. What is wrong is told with file, line
and what is accepted; a file is taken whole or not at all.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec
import yaml

from assist_engine.contract.ids import PlaybookId
from assist_engine.errors import BadInput

Fact: TypeAlias = str | int | float | bool
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_CONDITION: Final = re.compile(r"(>=|<=|==|!=|>|<)\s*(.+)")
FIELD: Final = re.compile(r"\{(\w+)\}")


class FactCondition(msgspec.Struct, frozen=True, kw_only=True):
    """What a fact about the customer must be, such as `>= 5` or `== gold`."""

    fact: str
    comparison: str
    value: Fact

    def holds(self, facts: Mapping[str, Fact]) -> bool:
        """Whether the facts meet it; an unknown fact, or one of another type, does not."""
        known = facts.get(self.fact)
        if known is None:
            return False
        if self.comparison in {"==", "!="}:
            is_equal = known == self.value and isinstance(known, bool) == isinstance(
                self.value, bool
            )
            return is_equal == (self.comparison == "==")
        if isinstance(known, str) or isinstance(self.value, str):
            return False
        return _COMPARE[self.comparison](known, self.value)


class When(msgspec.Struct, frozen=True, kw_only=True):
    """All parts must hold; of intents and drivers together one is enough. Empty: always."""

    queue: str = ""
    intents: frozenset[str] = frozenset()
    any_driver: frozenset[str] = frozenset()
    facts: tuple[FactCondition, ...] = ()


class Playbook(msgspec.Struct, frozen=True, kw_only=True):
    """A next best action. `body` may hold facts about the customer as {fact}."""

    playbook_id: PlaybookId
    title: str
    body: str
    when: When
    primary_label: str = ""
    alternative_label: str = ""
    checklist: tuple[str, ...] = ()
    priority: int = 50

    @property
    def body_facts(self) -> tuple[str, ...]:
        """The facts that the body names."""
        return tuple(FIELD.findall(self.body))


def load_playbooks(text: str, *, source: str) -> tuple[Playbook, ...]:
    """Read a list of playbooks; raises `BadInput` with file and line."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadInput(f"{source}:{line}: not YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise BadInput(f"{source}: not YAML: {error}") from error
    if root is None:
        return ()
    reading = _Reading(source)
    playbooks: dict[PlaybookId, Playbook] = {}
    for node in reading.items(root, "the file"):
        playbook = _playbook(reading, node)
        if playbook.playbook_id in playbooks:
            raise reading.wrong(node, f"the id {playbook.playbook_id} is there twice")
        playbooks[playbook.playbook_id] = playbook
    return tuple(playbooks.values())


class _Reading:
    """Takes values out of YAML nodes, which know their lines."""

    def __init__(self, source: str) -> None:
        self._source = source

    def wrong(self, node: yaml.Node, what: str) -> BadInput:
        return BadInput(f"{self._source}:{node.start_mark.line + 1}: {what}")

    def items(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(node, f"{what} must be a list")
        return list(node.value)

    def fields(
        self, node: yaml.Node, what: str, *, accepted: frozenset[str] | None = None
    ) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, f"{what} must be fields with values")
        fields: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self.scalar(key, f"a field of {what}")
            if accepted is not None and name not in accepted:
                known = ", ".join(sorted(accepted))
                raise self.wrong(key, f"{what} has no field {name!r}; accepted: {known}")
            if name in fields:
                raise self.wrong(key, f"the field {name} is there twice")
            fields[str(name)] = value
        return fields

    def scalar(self, node: yaml.Node, what: str) -> Fact:
        value = yaml.SafeLoader("").construct_object(node) if _is_scalar(node) else None
        if not isinstance(value, str | int | float):
            raise self.wrong(node, f"{what} must be a text, a number, true or false")
        return value

    def text(self, node: yaml.Node, what: str) -> str:
        value = self.scalar(node, what)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(node, f"{what} must be a text with at least one character")
        return value.strip()

    def number(self, node: yaml.Node, what: str) -> int:
        value = self.scalar(node, what)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(node, f"{what} must be a whole number, got {value!r}")
        return value

    def texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        return tuple(self.text(item, f"an item of {what}") for item in self.items(node, what))


def _is_scalar(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode)


_FIELDS: Final = frozenset(
    {
        "id",
        "title",
        "body",
        "when",
        "primary_label",
        "alternative_label",
        "checklist",
        "priority",
    }
)
_WHEN_FIELDS: Final = frozenset({"queue", "intents", "any_driver", "facts"})


def _playbook(reading: _Reading, node: yaml.Node) -> Playbook:
    fields = reading.fields(node, "a playbook", accepted=_FIELDS)
    for name in ("id", "title", "body", "when"):
        if name not in fields:
            raise reading.wrong(node, f"a playbook needs the field {name}")
    texts = {
        name: reading.text(fields[name], name)
        for name in ("title", "body", "primary_label", "alternative_label")
        if name in fields
    }
    checklist = fields.get("checklist")
    priority = fields.get("priority")
    return Playbook(
        playbook_id=PlaybookId(reading.text(fields["id"], "id")),
        title=texts["title"],
        body=texts["body"],
        when=_when(reading, fields["when"]),
        primary_label=texts.get("primary_label", ""),
        alternative_label=texts.get("alternative_label", ""),
        checklist=reading.texts(checklist, "checklist") if checklist else (),
        priority=reading.number(priority, "priority") if priority else 50,
    )


def _when(reading: _Reading, node: yaml.Node) -> When:
    fields = reading.fields(node, "when", accepted=_WHEN_FIELDS)
    if not fields.keys() & {"intents", "any_driver"}:
        raise reading.wrong(node, "when needs intents or any_driver, or the card is always there")
    queue, facts = fields.get("queue"), fields.get("facts")

    def names(field: str) -> frozenset[str]:
        return frozenset(reading.texts(fields[field], field)) if field in fields else frozenset()

    return When(
        queue=reading.text(queue, "queue") if queue else "",
        intents=names("intents"),
        any_driver=names("any_driver"),
        facts=_facts(reading, facts) if facts else (),
    )


def _facts(reading: _Reading, node: yaml.Node) -> tuple[FactCondition, ...]:
    return tuple(
        _condition(reading, name, value) for name, value in reading.fields(node, "facts").items()
    )


def _condition(reading: _Reading, fact: str, node: yaml.Node) -> FactCondition:
    said = reading.scalar(node, f"the condition on {fact}")
    match = _CONDITION.fullmatch(said.strip()) if isinstance(said, str) else None
    if match is None:
        return FactCondition(fact=fact, comparison="==", value=said)
    try:
        comparison, wanted = match[1], yaml.safe_load(match[2])
    except yaml.YAMLError as error:
        raise reading.wrong(node, f"the condition on {fact} is not understood: {said}") from error
    if not isinstance(wanted, str | int | float):
        raise reading.wrong(node, f"the condition on {fact} compares with a text or a number")
    if comparison in _COMPARE and (isinstance(wanted, str | bool)):
        raise reading.wrong(node, f"the condition on {fact}: {comparison} needs a number")
    return FactCondition(fact=fact, comparison=comparison, value=wanted)
