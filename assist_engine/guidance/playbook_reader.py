"""Reads playbooks from YAML written by the organisation.

A list of playbooks a file; `docs/administrator.md` has the fields. What is wrong is told with
file, line, what is accepted and what was probably meant; all is taken or nothing is.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import yaml

from assist_engine.contract.ids import PlaybookId
from assist_engine.contract.values import Emotion
from assist_engine.errors import BadInput
from assist_engine.guidance.action_reader import read_actions
from assist_engine.guidance.playbook import (
    COMPARE,
    FIELD,
    FactCondition,
    Offer,
    Playbook,
    Stage,
    Step,
    When,
    can_hold,
)
from assist_engine.guidance.rule_yaml import RuleReader, compose, hint, line_of
from assist_engine.yaml_text import load_yaml

MOST_PLAYBOOKS: Final = 1_000  # all of them are looked at several times a second
_FIELDS: Final = frozenset(
    {
        "id",
        "title",
        "body",
        "when",
        "primary_label",
        "alternative_label",
        "checklist",
        "offers",
        "actions",
        "priority",
    }
)
_WHEN_FIELDS: Final = frozenset(
    {
        "queue",
        "intents",
        "any_driver",
        "any_emotion",
        "effort_at_least",
        "mood",
        "stage",
        "follows",
        "facts",
    }
)
_REASONS: Final = ("intents", "any_driver", "any_emotion", "effort_at_least", "mood", "follows")
_LISTS: Final = ("intents", "any_driver", "any_emotion", "follows")
_CONDITION: Final = re.compile(r"(>=|<=|==|!=|>|<)\s*(.+)")
_OPENING_MS: Final = 60_000
_AFTER: Final = re.compile(r"after (\d{1,5}) ?s")
_STAGES: Final = "opening, after identity check, or after N s"
_ITEM: Final = re.compile(r"^- ", re.MULTILINE)


def load_playbooks(text: str, *, source: str) -> tuple[Playbook, ...]:
    """Read the playbooks of one file that stands alone; raises `BadInput` with file and line."""
    return read_playbooks([(source, text)])


def read_playbooks(files: Iterable[tuple[str, str]]) -> tuple[Playbook, ...]:
    """Read files, each a name and its text, whose playbooks belong together.

    Raises `BadInput` with file and line for what is wrong in one of them or between them.
    """
    playbooks: dict[PlaybookId, Playbook] = {}
    for source, text in files:
        _check_number(len(playbooks) + sum(1 for _ in _ITEM.finditer(text)), source)
        for playbook in _read_file(text, source):
            first = playbooks.get(playbook.playbook_id)
            if first is not None:
                also = "" if first.place.startswith(f"{source}:") else f", also at {first.place}"
                raise BadInput(
                    f"{playbook.place}: the id {playbook.playbook_id} is there twice{also}"
                )
            playbooks[playbook.playbook_id] = playbook
        _check_number(len(playbooks), source)
    for playbook in playbooks.values():
        _check_follows(playbook, playbooks)
    return tuple(playbooks.values())


def _check_number(number: int, source: str) -> None:
    if number > MOST_PLAYBOOKS:
        raise BadInput(
            f"{source}: with it there are {number} playbooks; at most {MOST_PLAYBOOKS} are accepted"
        )


@lru_cache(MOST_PLAYBOOKS)
def _read_file(text: str, source: str) -> tuple[Playbook, ...]:
    """The playbooks of one file, which is read again only where it changed."""
    root = compose(text, source=source)
    if root is None:
        raise BadInput(f"{source}:1: the file is empty; write [] where there are no playbooks")
    reader = RuleReader(source)
    nodes = reader.items(root, "the file")
    _check_number(len(nodes), source)
    return tuple(_playbook(reader, node) for node in nodes)


def _check_follows(playbook: Playbook, playbooks: dict[PlaybookId, Playbook]) -> None:
    """Refuse a playbook after one that does not exist, or that can only follow itself."""
    for name in sorted(playbook.when.follows):
        if name not in playbooks:
            told = f"follows names the playbook {name}, which is not there{hint(name, playbooks)}"
            raise BadInput(f"{playbook.place}: {told}")
    way: list[PlaybookId] = [playbook.playbook_id]
    waiting = [(name, way) for name in sorted(playbook.when.follows)]
    seen: set[PlaybookId] = set()
    while waiting:
        name, way = waiting.pop()
        if name == playbook.playbook_id:
            loop = " follows ".join([*way, name])
            raise BadInput(f"{playbook.place}: a loop: {loop}")
        if name in playbooks and name not in seen:
            seen.add(name)
            waiting += [(on, [*way, name]) for on in sorted(playbooks[name].when.follows)]


def _playbook(reader: RuleReader, node: yaml.Node) -> Playbook:
    fields = reader.fields(
        node, "a playbook", accepted=_FIELDS, needed=("id", "title", "body", "when")
    )
    texts = {
        name: reader.text(fields[name], name)
        for name in ("title", "body", "primary_label", "alternative_label")
        if name in fields
    }
    _check_places(reader, fields["body"], texts["body"])
    when = _when(reader, fields["when"])
    checklist, offers, priority = (fields.get(n) for n in ("checklist", "offers", "priority"))
    actions = fields.get("actions")
    return Playbook(
        playbook_id=PlaybookId(reader.text(fields["id"], "id")),
        title=texts["title"],
        body=texts["body"],
        when=when,
        primary_label=texts.get("primary_label", ""),
        alternative_label=texts.get("alternative_label", ""),
        steps=_steps(reader, checklist) if checklist else (),
        offers=_offers(reader, offers, when) if offers else (),
        actions=read_actions(reader, actions) if actions else (),
        priority=reader.number(priority, "priority", least=0, most=100) if priority else 50,
        place=f"{reader.source}:{line_of(node)}",
    )


def _steps(reader: RuleReader, node: yaml.Node) -> tuple[Step, ...]:
    steps: dict[str, Step] = {}
    for item in reader.items(node, "checklist"):
        step = _step(reader, item)
        if step.text in steps:
            raise reader.wrong(item, f"the step {step.text!r} is there twice")
        steps[step.text] = step
    return tuple(steps.values())


def _step(reader: RuleReader, node: yaml.Node) -> Step:
    if not isinstance(node, yaml.MappingNode):
        return Step(text=reader.text(node, "an item of checklist"))
    accepted = frozenset({"step", "says"})
    fields = reader.fields(node, "an item of checklist", accepted=accepted, needed=("step",))
    says = fields.get("says")
    return Step(
        text=reader.text(fields["step"], "step"), says=reader.texts(says, "says") if says else ()
    )


def _check_places(reader: RuleReader, node: yaml.Node, text: str) -> None:
    """Refuse a brace that belongs to no fact: the agent would read it."""
    if re.search("[{}]", FIELD.sub("", text)):
        raise reader.wrong(node, "a fact about the customer is written {its_name}, without spaces")


def _check_open(reader: RuleReader, node: yaml.Node, offer: Offer, when: When) -> None:
    """Refuse an offer that is open to nobody who sees the card."""
    for name in {condition.fact for condition in offer.facts}:
        both = [one for one in (*when.facts, *offer.facts) if one.fact == name]
        if not can_hold(both):
            told = " and ".join(str(condition) for condition in both)
            raise reader.wrong(node, f"the offer is open to nobody: no {name} can be {told}")


def _offers(reader: RuleReader, node: yaml.Node, when: When) -> tuple[Offer, ...]:
    offers = []
    for item in reader.items(node, "offers"):
        accepted = frozenset({"offer", "facts"})
        fields = reader.fields(item, "an item of offers", accepted=accepted, needed=("offer",))
        facts = fields.get("facts")
        offer = Offer(
            text=reader.text(fields["offer"], "offer"),
            facts=_facts(reader, facts) if facts else (),
        )
        _check_places(reader, fields["offer"], offer.text)
        _check_open(reader, item, offer, when)
        offers.append(offer)
    return tuple(offers)


def _when(reader: RuleReader, node: yaml.Node) -> When:
    fields = reader.fields(node, "when", accepted=_WHEN_FIELDS)
    if not fields.keys() & set(_REASONS):
        told = f"when needs intents or any_driver, or one of {', '.join(_REASONS[2:])}"
        raise reader.wrong(node, f"{told}, or the card is always there")

    def names(field: str) -> frozenset[str]:
        return frozenset(reader.texts(fields[field], field)) if field in fields else frozenset()

    for field in _LISTS:
        if field in fields and not reader.items(fields[field], field):
            raise reader.wrong(fields[field], f"{field} names none, so the card would never come")

    queue, effort, mood = fields.get("queue"), fields.get("effort_at_least"), fields.get("mood")
    stage, facts = fields.get("stage"), fields.get("facts")
    return When(
        queue=reader.text(queue, "queue") if queue else "",
        intents=names("intents"),
        any_driver=names("any_driver"),
        any_emotion=_emotions(reader, fields.get("any_emotion")),
        min_effort=_effort(reader, effort) if effort else 0.0,
        is_mood_falling=mood is not None and bool(reader.choice(mood, "mood", ["falling"])),
        stage=_stage(reader, stage) if stage else Stage(),
        follows=frozenset(PlaybookId(name) for name in names("follows")),
        facts=_facts(reader, facts) if facts else (),
    )


def _effort(reader: RuleReader, node: yaml.Node) -> float:
    effort = reader.share(node, "effort_at_least")
    if not effort:
        raise reader.wrong(node, "effort_at_least must be above 0, or it asks for nothing")
    return effort


def _emotions(reader: RuleReader, node: yaml.Node | None) -> frozenset[Emotion]:
    if node is None:
        return frozenset()
    known = [emotion.value for emotion in Emotion]
    items = reader.items(node, "any_emotion")
    return frozenset(Emotion(reader.choice(item, "an emotion", known)) for item in items)


def _stage(reader: RuleReader, node: yaml.Node) -> Stage:
    said = reader.text(node, "stage").lower()
    if said == "opening":
        return Stage(until_ms=_OPENING_MS)
    if said == "after identity check":
        return Stage(needs_identity=True)
    after = _AFTER.fullmatch(said)
    if after is None:
        meant = hint(said, ["opening", "after identity check"])
        raise reader.wrong(node, f"stage is {_STAGES}, not {said!r}{meant}")
    return Stage(after_ms=int(after[1]) * 1000)


def _facts(reader: RuleReader, node: yaml.Node) -> tuple[FactCondition, ...]:
    conditions: list[FactCondition] = []
    for name, value in reader.fields(node, "facts").items():
        asked = _conditions(reader, name, value)
        if not can_hold(asked):
            told = " and ".join(str(condition) for condition in asked)
            raise reader.wrong(value, f"no {name} can be {told}: the conditions exclude each other")
        conditions += asked
    return tuple(conditions)


def _conditions(reader: RuleReader, fact: str, node: yaml.Node) -> Sequence[FactCondition]:
    if isinstance(node, yaml.SequenceNode):
        return [_condition(reader, fact, item) for item in node.value]
    return [_condition(reader, fact, node)]


def _condition(reader: RuleReader, fact: str, node: yaml.Node) -> FactCondition:
    said = reader.scalar(node, f"the condition on {fact}")
    match = _CONDITION.fullmatch(said.strip()) if isinstance(said, str) else None
    if match is None:
        return FactCondition(fact=fact, comparison="==", value=said)
    try:
        comparison, wanted = match[1], load_yaml(match[2])
    except (ValueError, yaml.YAMLError) as error:
        raise reader.wrong(node, f"the condition on {fact} is not understood: {said}") from error
    if not isinstance(wanted, str | int | float):
        raise reader.wrong(node, f"the condition on {fact} compares with a text or a number")
    if comparison in COMPARE and isinstance(wanted, str | bool):
        raise reader.wrong(node, f"the condition on {fact}: {comparison} needs a number")
    return FactCondition(fact=fact, comparison=comparison, value=wanted)
