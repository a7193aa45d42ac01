"""Reads compliance rules from YAML written by the organisation.

A list of rules a file; `docs/administrator.md` has the fields. What is wrong is told with file,
line, what is accepted and what was probably meant; all is taken or nothing is.
"""

import re
from collections.abc import Iterable
from typing import Final

import yaml

from assist_engine.errors import BadInput
from assist_engine.guidance.compliance import REMIND_SHARE, Cause, ComplianceDuty, Wording
from assist_engine.guidance.rule_yaml import RuleReader, compose, line_of

MOST_RULES: Final = 500  # every sentence of an agent is held against all of them
_MOST_S: Final = 3_600
_BEFORE_REMINDS_MS: Final = 10_000
_WORDING: Final = frozenset({"phrases", "behaviours", "says", "unlike"})
_FIELDS: Final = frozenset(
    {
        "id",
        "title",
        "requires",
        "forbids",
        "when",
        "within_s",
        "before",
        "remind_after_s",
        "reminder",
        "known_by_handoff",
        "queues",
        "locales",
    }
)
_ONLY_REQUIRED: Final = ("within_s", "before", "remind_after_s", "known_by_handoff", "when")
_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PHRASE_WORD: Final = re.compile(r"\*|[\w'\[\]]+(?:\|[\w'\[\]]+)*")


def read_compliance(files: Iterable[tuple[str, str]]) -> tuple[ComplianceDuty, ...]:
    """Read files, each a name and its text, whose rules hold together.

    Raises `BadInput` with file and line for what is wrong in one of them or between them.
    """
    duties: dict[str, ComplianceDuty] = {}
    for source, text in files:
        root = compose(text, source=source)
        reader = RuleReader(source)
        for node in reader.items(root, "the file") if root is not None else ():
            duty = _duty(reader, node)
            first = duties.setdefault(duty.rule_id, duty)
            if first is not duty:
                told = f"the id {duty.rule_id} is there twice, also at {first.place}"
                raise reader.wrong(node, told)
            if len(duties) > MOST_RULES:
                raise BadInput(f"{source}: more than {MOST_RULES} compliance rules")
    return tuple(duties.values())


def _duty(reader: RuleReader, node: yaml.Node) -> ComplianceDuty:
    fields = reader.fields(node, "a compliance rule", accepted=_FIELDS, needed=("id", "title"))
    rule_id = reader.text(fields["id"], "id")
    if not _ID.fullmatch(rule_id):
        told = f"an id is lower-case words and digits joined by hyphens, not {rule_id!r}"
        raise reader.wrong(fields["id"], told)
    _check_sense(reader, node, fields)
    within, remind = fields.get("within_s"), fields.get("remind_after_s")
    within_ms = _seconds(reader, within, "within_s", least=1) if within else None

    def texts(name: str) -> tuple[str, ...]:
        return reader.texts(fields[name], name) if name in fields else ()

    def wording(name: str) -> Wording | None:
        return _wording(reader, fields[name], name) if name in fields else None

    return ComplianceDuty(
        rule_id=rule_id,
        title=reader.text(fields["title"], "title"),
        requires=wording("requires"),
        forbids=wording("forbids"),
        cause=_cause(reader, fields["when"]) if "when" in fields else Cause(),
        within_ms=within_ms,
        before=wording("before"),
        remind_after_ms=_remind_after_ms(reader, remind, within_ms),
        reminder=reader.text(fields["reminder"], "reminder") if "reminder" in fields else "",
        known_by_handoff=texts("known_by_handoff"),
        queues=frozenset(texts("queues")),
        locales=frozenset(locale.casefold() for locale in texts("locales")),
        place=f"{reader.source}:{line_of(node)}",
    )


def _check_sense(reader: RuleReader, node: yaml.Node, fields: dict[str, yaml.Node]) -> None:
    """Refuse what asks for nothing, for two things at once, or for something at no time."""
    if ("requires" in fields) == ("forbids" in fields):
        raise reader.wrong(node, "a compliance rule needs either requires or forbids")
    if "requires" in fields:
        if "within_s" not in fields and "before" not in fields:
            raise reader.wrong(node, "what is required needs a time: within_s or before")
        return
    for name in _ONLY_REQUIRED:
        if name in fields:
            told = f"{name} is of no use beside forbids: that holds on the whole call"
            raise reader.wrong(fields[name], told)


def _remind_after_ms(reader: RuleReader, node: yaml.Node | None, within_ms: int | None) -> int:
    if node is None:
        return _BEFORE_REMINDS_MS if within_ms is None else int(within_ms * REMIND_SHARE)
    remind_ms = _seconds(reader, node, "remind_after_s", least=0)
    if within_ms is not None and remind_ms >= within_ms:
        told = f"remind_after_s {remind_ms // 1000} comes no sooner than the deadline"
        raise reader.wrong(node, f"{told}, within_s {within_ms // 1000}: nobody could still act")
    return remind_ms


def _seconds(reader: RuleReader, node: yaml.Node, name: str, *, least: int) -> int:
    return 1000 * reader.number(node, name, least=least, most=_MOST_S)


def _cause(reader: RuleReader, node: yaml.Node) -> Cause:
    accepted = frozenset({"intents", "any_driver"})
    fields = reader.fields(node, "when", accepted=accepted)
    names = {name: frozenset(reader.texts(value, name)) for name, value in fields.items()}
    cause = Cause(
        intents=names.get("intents", frozenset()), any_driver=names.get("any_driver", frozenset())
    )
    if cause.is_call:
        told = "when needs intents or any_driver; leave it out for what holds on every call"
        raise reader.wrong(node, told)
    return cause


def _wording(reader: RuleReader, node: yaml.Node, what: str) -> Wording:
    fields = reader.fields(node, what, accepted=_WORDING)
    texts = {name: reader.texts(value, name) for name, value in fields.items()}
    if not any(texts.get(name) for name in ("phrases", "behaviours", "says")):
        raise reader.wrong(node, f"{what} needs phrases, behaviours or says")
    if texts.get("unlike") and not texts.get("says"):
        raise reader.wrong(fields["unlike"], "unlike is of use only beside says")
    for item in reader.items(fields["phrases"], "phrases") if "phrases" in fields else ():
        _check_phrase(reader, item)
    return Wording(
        phrases=texts.get("phrases", ()),
        behaviours=frozenset(texts.get("behaviours", ())),
        says=texts.get("says", ()),
        unlike=texts.get("unlike", ()),
    )


def _check_phrase(reader: RuleReader, node: yaml.Node) -> None:
    words = reader.text(node, "a phrase").split()
    wrong = [word for word in words if not _PHRASE_WORD.fullmatch(word)]
    if wrong:
        told = f"a phrase is words, a|b for either, * for up to three words, not {wrong[0]!r}"
        raise reader.wrong(node, told)
    if "*" in (words[0], words[-1]):
        raise reader.wrong(node, "a phrase begins and ends with a word, not with *")
