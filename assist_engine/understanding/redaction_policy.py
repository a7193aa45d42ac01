"""What may be stored of each type of entity: all, nothing, a placeholder, the last digits."""

import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from assist_engine.contract.values import EntityType
from assist_engine.errors import BadInput

_LAST: Final = re.compile(r"last([1-9])")
_ACCEPTED: Final = "keep, mask, drop, or last1 to last9"


class Policy(msgspec.Struct, frozen=True):
    """`keep` stores the words, `mask` a placeholder, `drop` nothing; `last` with `digits` shown."""

    kind: Literal["keep", "mask", "drop", "last"]
    digits: int = 0

    def __str__(self) -> str:
        return f"{self.kind}{self.digits}" if self.kind == "last" else self.kind

    def stored(self, kind: EntityType, value: str) -> str:
        """What is stored of a value instead of the words or the value itself."""
        match self.kind:
            case "keep":
                return value
            case "drop":
                return ""
            case "mask":
                return f"[{kind.upper()}]"
            case "last":
                shown = _last_signs(value, self.digits)
                return f"[{kind.upper()}:{shown}]" if shown else f"[{kind.upper()}]"


KEEP: Final = Policy("keep")
MASK: Final = Policy("mask")
DROP: Final = Policy("drop")

DEFAULT_POLICIES: Final[Mapping[EntityType, Policy]] = {
    EntityType.ORDER: KEEP,
    EntityType.ACCOUNT: MASK,
    EntityType.CARD: MASK,
    EntityType.NATIONAL_ID: MASK,
    EntityType.PHONE: MASK,
    EntityType.EMAIL: MASK,
    EntityType.ADDRESS: MASK,
    EntityType.POSTCODE: MASK,  # a British one is a few doors
    EntityType.SECRET: MASK,
    EntityType.NUMBER: MASK,
    EntityType.DATE: KEEP,
    EntityType.AMOUNT: KEEP,
    EntityType.PRODUCT: KEEP,
    EntityType.PERSON: KEEP,
}


def last(digits: int) -> Policy:
    """All but so many of the last digits are masked; of a value as short as that, everything."""
    return Policy("last", digits)


def parse_policy(text: str) -> Policy:
    """The policy that a setting names; raises `BadInput`."""
    word = text.strip().lower()
    if shown := _LAST.fullmatch(word):
        return last(int(shown[1]))
    match word:
        case "keep" | "mask" | "drop":
            return Policy(word)
        case _:
            raise BadInput(f"{text!r} is no redaction policy; accepted: {_ACCEPTED}")


def parse_policies(settings: Mapping[str, str]) -> Mapping[EntityType, Policy]:
    """The default policies with those of the settings (`card = "last4"`); raises `BadInput`."""
    policies = dict(DEFAULT_POLICIES)
    for name, text in settings.items():
        try:
            kind = EntityType(name.strip().lower())
        except ValueError:
            known = ", ".join(sorted(EntityType))
            raise BadInput(f"{name!r} is no type of entity; accepted: {known}") from None
        policies[kind] = parse_policy(text)
    return policies


def _last_signs(value: str, count: int) -> str:
    """The last digits and letters, where they are at most half of the value."""
    signs = "".join(sign for sign in value if sign.isascii() and sign.isalnum())
    return signs[-count:] if len(signs) >= 2 * count else ""
