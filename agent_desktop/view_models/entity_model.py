"""What was named on the call, as chips to copy: at most five, each in a place of its own.

A chip keeps its place, and with it its key, until it is pushed out: a new one takes a free
place, else that of the one which was named longest ago.
"""

import re
from typing import Final

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.live_words import LiveWords
from agent_desktop.view_models.marked_words import has_placeholder, readable, type_name
from assist_engine.call.state import CallState
from assist_engine.contract.events import EntityRead
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.values import EntityType

PLACES: Final = 5
_NUMBERS: Final = frozenset(
    {EntityType.ORDER, EntityType.ACCOUNT, EntityType.CARD, EntityType.PHONE, EntityType.NUMBER}
)
_SHORT: Final = 7  # digits that are read at once
_AMEX: Final = re.compile(r"3[47]\d{13}")


class EntityChip(msgspec.Struct, frozen=True, kw_only=True):
    """One chip. `value` is what is copied, empty where only a part may be kept.

    `label` is short, for the chip; `kind` is the full name of the type.
    """

    entity_id: str
    label: str
    kind: str
    shown: str
    value: str
    is_valid: bool
    utterance_id: UtteranceId

    @property
    def name(self) -> str:
        """All of it in words."""
        check = "" if self.is_valid else ", " + tr("check it back")
        return f"{self.kind} {self.shown}{check}"


Chips = tuple[EntityChip | None, ...]
NO_CHIPS: Final[Chips] = (None,) * PLACES


def arrange_chips(before: Chips, state: CallState | None, live_words: LiveWords) -> Chips:
    """The newest entities of a call, those already on screen where they were."""
    if state is None:
        return NO_CHIPS
    named = (_chip(entity, live_words) for entity in _by_age(state))
    newest = {chip.entity_id: chip for chip in _each_once(list(named))[-PLACES:]}
    places: list[EntityChip | None] = [
        newest.pop(chip.entity_id, None) if chip is not None else None for chip in before
    ]
    for chip in newest.values():
        places[places.index(None)] = chip
    return tuple(places)


def grouped(value: str, kind: EntityType) -> str:
    """A value as people read it out: long numbers in groups of four, the rest as it is."""
    digits = value.replace(" ", "").replace("-", "")
    if kind is EntityType.NATIONAL_ID and digits.isdecimal() and len(digits) == 9:
        return f"{digits[:3]} {digits[3:5]} {digits[5:]}"
    is_code = kind is EntityType.ORDER and not digits.isdecimal()
    is_number = kind in _NUMBERS and not is_code and digits.lstrip("+").isalnum()
    if not is_number or len(digits) <= _SHORT:
        return value
    if kind is EntityType.CARD and _AMEX.fullmatch(digits):
        return f"{digits[:4]} {digits[4:10]} {digits[10:]}"
    if kind is EntityType.PHONE:
        is_american = len(digits.lstrip("+")) in {10, 11}
        return f"{digits[:-7]} {digits[-7:-4]} {digits[-4:]}" if is_american else value
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _by_age(state: CallState) -> list[EntityRead]:
    """Entities by when they were last named, oldest first."""
    said = {u.final.utterance_id: place for place, u in enumerate(state.utterances)}
    return sorted(state.entities, key=lambda entity: said.get(entity.utterance_id, -1))


def _each_once(chips: list[EntityChip]) -> list[EntityChip]:
    """Without those whose value was named again later."""
    last = {(chip.label, chip.value or chip.entity_id): chip for chip in chips}
    return [chip for chip in chips if last[chip.label, chip.value or chip.entity_id] is chip]


def _chip(entity: EntityRead, live_words: LiveWords) -> EntityChip:
    value = live_words.value(entity.entity_id) or entity.value
    is_whole = bool(value) and not has_placeholder(value)
    return EntityChip(
        entity_id=entity.entity_id,
        label=_short_name(entity.type),
        kind=type_name(entity.type),
        shown=grouped(value, entity.type) if is_whole else _kept(value),
        value=value if is_whole else "",
        is_valid=entity.is_valid,
        utterance_id=entity.utterance_id,
    )


def _short_name(kind: EntityType) -> str:
    names = {
        EntityType.ORDER: tr("order"),
        EntityType.ACCOUNT: tr("account"),
        EntityType.CARD: tr("card"),
        EntityType.NATIONAL_ID: tr("ID"),
        EntityType.PHONE: tr("phone"),
        EntityType.EMAIL: tr("e-mail"),
        EntityType.SECRET: tr("PIN"),
    }
    return names.get(kind) or type_name(kind)


def _kept(value: str) -> str:
    """What may still be seen of a value after the call: its last digits, or that it is gone."""
    _, found, rest = readable(value).partition("…")
    return f"…{rest.rstrip(']')}" if found else tr("not kept")
