"""What a driver is: something said that is worth a rule, and the ways of saying it."""

import re

import msgspec

from assist_engine.call.driver_kinds import is_urgent


class Driver(msgspec.Struct, frozen=True, kw_only=True):
    """A driver, or one kind of it with a label of its own, and the ways people say it.

    Patterns are for recognised English: lower case, no punctuation.
    """

    name: str
    label: str
    patterns: tuple[re.Pattern[str], ...]
    is_displeased: bool  # whoever says this is not content, whatever else the words are
    probability: float = 0.9  # that who uses these words means it

    @property
    def is_urgent(self) -> bool:
        """Whether somebody should know of it during the call."""
        return is_urgent(self.name)


def driver(
    name: str,
    label: str,
    *patterns: str,
    is_displeased: bool = False,
    probability: float = 0.9,
) -> Driver:
    """A driver of patterns that begin and end at word boundaries."""
    compiled = tuple(re.compile(rf"\b(?:{pattern})\b") for pattern in patterns)
    return Driver(
        name=name,
        label=label,
        patterns=compiled,
        is_displeased=is_displeased,
        probability=probability,
    )
