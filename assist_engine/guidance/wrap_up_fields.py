"""What the organisation's records want of a call: things named in it, and when the next step is."""

import re
from collections.abc import Sequence
from typing import Final

from assist_engine.call.state import CallState
from assist_engine.contract.events import EntityRead
from assist_engine.contract.values import EntityType, Evidence, FollowUp, WrapUpField

_NAMES: Final = {
    EntityType.ORDER: "Order",
    EntityType.ACCOUNT: "Account",
    EntityType.CARD: "Card",
    EntityType.PHONE: "Phone",
    EntityType.EMAIL: "Email",
    EntityType.ADDRESS: "Address",
    EntityType.POSTCODE: "Postcode",
    EntityType.DATE: "Date",
    EntityType.AMOUNT: "Amount",
    EntityType.PRODUCT: "Product",
    EntityType.PERSON: "Name",
}
NEXT_STEP: Final = "Next step due"
_KEPT_NOTHING: Final = re.compile(r"\[[A-Z_]+\]|")
_KEPT_LAST: Final = re.compile(r"\[[A-Z_]+:(.+)\]")
_CALLED: Final = re.compile(
    r"\b(order|ticket|case|reference|claim|booking|tracking|confirmation|reservation)\b"
)
_YEAR_MS: Final = 31_556_952_000
_BIRTHDAY_YEARS: Final = 10  # a day that long ago is told to say who one is
_SURE: Final = 0.5
_MOST: Final = 12


def fields_of(
    state: CallState, promised: tuple[FollowUp, ...], told: Sequence[Evidence | None] = ()
) -> tuple[WrapUpField, ...]:
    """A field for each thing that was named, whole and valid, once; then when the next step is due.

    Of what was redacted only the digits that may be kept are told: "ends in 4242". A sum is a
    field where it was done, offered or promised (`told`), a day where it is no birthday.
    """
    fields = [
        field
        for entity in state.entities
        if _matters(entity, state, told) and (field := _field(entity, state)) is not None
    ]
    unique = {(field.name, field.value): field for field in fields}
    next_step = min((p for p in promised if p.due_on), key=lambda p: p.due_on, default=None)
    kept = list(unique.values())[:_MOST]
    if next_step is not None:
        kept.append(
            WrapUpField(name=NEXT_STEP, value=next_step.due_on, evidence=next_step.evidence)
        )
    return tuple(kept)


def _matters(entity: EntityRead, state: CallState, told: Sequence[Evidence | None]) -> bool:
    quote = entity.evidence[0].quote if entity.evidence else ""
    if entity.type is EntityType.AMOUNT:
        return any(
            line is not None and line.utterance_id == entity.utterance_id and quote in line.quote
            for line in told
        )
    year = entity.value[:4]
    if entity.type is EntityType.DATE and state.offered_at_ms > 0:
        this_year = 1970 + state.offered_at_ms // _YEAR_MS
        return year.isdecimal() and int(year) > this_year - _BIRTHDAY_YEARS
    return True


def _name(entity: EntityRead, state: CallState) -> str | None:
    """How a field is called: of a number as it was announced, "your ticket number is"."""
    name = _NAMES.get(entity.type)
    turn = state.utterance(entity.utterance_id)
    if entity.type is EntityType.ORDER and turn is not None and entity.evidence:
        before = turn.final.text.partition(entity.evidence[0].quote)[0]
        called = _CALLED.findall(before)
        return called[-1].capitalize() if called else name
    return name


def _field(entity: EntityRead, state: CallState) -> WrapUpField | None:
    name = _name(entity, state)
    value = entity.value.strip()
    is_sure = entity.is_valid and entity.probability >= _SURE
    if name is None or not is_sure or _KEPT_NOTHING.fullmatch(value):
        return None
    if last := _KEPT_LAST.fullmatch(value):
        value = f"ends in {last[1]}"
    elif entity.type is EntityType.PERSON:
        value = value.title() if value.islower() else value
    evidence = entity.evidence[0] if entity.evidence else None
    return WrapUpField(name=name, value=value, evidence=evidence)
