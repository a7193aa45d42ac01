"""What the organisation's records want of a call: things named in it, and when the next step is."""

import re
from typing import Final

from assist_engine.call.state import CallState
from assist_engine.contract.events import EntityRead
from assist_engine.contract.values import EntityType, FollowUp, WrapUpField

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
_SURE: Final = 0.5
_MOST: Final = 12


def fields_of(state: CallState, promised: tuple[FollowUp, ...]) -> tuple[WrapUpField, ...]:
    """A field for each thing that was named, whole and valid, once; then when the next step is due.

    Of what was redacted only the digits that may be kept are told: "ends in 4242".
    """
    fields = [field for entity in state.entities if (field := _field(entity)) is not None]
    unique = {(field.name, field.value): field for field in fields}
    next_step = min((p for p in promised if p.due_on), key=lambda p: p.due_on, default=None)
    told = list(unique.values())[:_MOST]
    if next_step is not None:
        told.append(
            WrapUpField(name=NEXT_STEP, value=next_step.due_on, evidence=next_step.evidence)
        )
    return tuple(told)


def _field(entity: EntityRead) -> WrapUpField | None:
    name = _NAMES.get(entity.type)
    value = entity.value.strip()
    is_sure = entity.is_valid and entity.probability >= _SURE
    if name is None or not is_sure or _KEPT_NOTHING.fullmatch(value):
        return None
    if last := _KEPT_LAST.fullmatch(value):
        value = f"ends in {last[1]}"
    evidence = entity.evidence[0] if entity.evidence else None
    return WrapUpField(name=name, value=value, evidence=evidence)
