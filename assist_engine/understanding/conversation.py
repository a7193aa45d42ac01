"""Remembers what was asked and what is being dictated, for the next words of the talk."""

import re
from collections.abc import Sequence
from typing import Final

from assist_engine.contract.values import EntityType, Role
from assist_engine.understanding.entities import Found
from assist_engine.understanding.entity_cues import PRIVATE, asked_for, find_cues
from assist_engine.understanding.entity_numbers import NUMERIC
from assist_engine.understanding.spoken import is_placeholder, tokenize

_PATIENCE: Final = 4  # utterances of the customer for which a question stays open
_LAST_DIGITS: Final = re.compile(
    r"\b(?:last|final) (?:four|4|three|3|two|2|few|digits)|ending in\b"
)
_SHORT_ONES: Final = (EntityType.SECRET, EntityType.NATIONAL_ID, EntityType.CARD)
_GIVES: Final = re.compile(r"(?:\b(?:is|it's|its|are|number|code|as|at|on|in)|:)\W*$")


class Conversation:
    """What the talk so far tells about the next utterance."""

    def __init__(self) -> None:
        self._asked: tuple[EntityType, ...] = ()
        self._patience = 0
        self._going_on: EntityType | None = None
        self.asks_last_digits = False  # of what was asked last

    @property
    def going_on(self) -> EntityType | None:
        """What the customer is dictating in bits."""
        return self._going_on

    def asked_of(self, role: Role) -> tuple[EntityType, ...]:
        """What an utterance of this role may answer; an agent reads numbers back."""
        if role is Role.CUSTOMER:
            return self._asked
        numbers = [kind for kind in self._asked if kind in NUMERIC]
        return tuple(EntityType.NUMBER if kind is EntityType.SECRET else kind for kind in numbers)

    def hear(
        self,
        text: str,
        role: Role,
        found: Sequence[Found],
        *,
        open_type: EntityType | None,
    ) -> None:
        """Take in an utterance that was searched; `open_type`: what still lacks digits."""
        if role is Role.CUSTOMER:
            self._hear_customer(text, found, open_type)
        elif asked := asked_for(text):
            self._ask(asked, text)

    def _ask(self, asked: tuple[EntityType, ...], text: str) -> None:
        self._asked, self._patience = asked, _PATIENCE - 1
        self.asks_last_digits = _LAST_DIGITS.search(text.lower()) is not None

    def _hear_customer(
        self, text: str, found: Sequence[Found], open_type: EntityType | None
    ) -> None:
        given = [one.type for one in found if one.type in NUMERIC and one.type in PRIVATE]
        given += _stored_types(text)
        self._patience -= not given
        if self._patience < 0:
            self._asked, self.asks_last_digits = (), False
        self._going_on = open_type if given else None
        announced = _announced(text)
        if announced in _SHORT_ONES:
            self._ask((announced,), text)
            self._patience = 0
        elif announced is not None:
            self._going_on = announced


def _stored_types(text: str) -> list[EntityType]:
    """The types of the placeholders in a text that was redacted before."""
    return [
        EntityType(token.text[1:-1].split(":")[0].lower())
        for token in tokenize(text)
        if is_placeholder(token) and token.text[1:-1].split(":")[0].lower() in set(EntityType)
    ]


def _announced(text: str) -> EntityType | None:
    """What a customer says is coming: "my card number is" and then nothing more."""
    lowered = text.lower().rstrip(" .,-…")
    if not _GIVES.search(lowered):
        return None
    cues = find_cues(lowered)
    near = cues and len(lowered) - cues[-1].end <= 12
    return cues[-1].type if near and cues[-1].type in PRIVATE else None
