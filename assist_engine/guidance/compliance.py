"""What an organisation's compliance rules say: what an agent must say by when, or must never say.

Pure values; `compliance_reader.py` reads them from files, `compliance_words.py` finds them said.
"""

from typing import Final

import msgspec

REMIND_SHARE: Final = 0.5  # of the time allowed is over when the agent is reminded, if not told


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """How something is said: exact phrases, behaviours, and other words for the same."""

    phrases: tuple[str, ...] = ()  # words; `a|b` either, `*` up to three words
    behaviours: frozenset[str] = frozenset()  # of agents, as they are read from their words
    says: tuple[str, ...] = ()  # examples: what means the same counts
    unlike: tuple[str, ...] = ()  # sounds like it and is not


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """What calls for a rule; empty: the call itself, from its beginning."""

    intents: frozenset[str] = frozenset()  # of the customer
    any_driver: frozenset[str] = frozenset()

    @property
    def is_call(self) -> bool:
        """Whether the rule holds from the beginning of the call."""
        return not self.intents and not self.any_driver


class ComplianceDuty(msgspec.Struct, frozen=True, kw_only=True):
    """One compliance rule. Of `requires` and `forbids` it has one; times are ms of audio.

    What is required must be begun within `within_ms` of its cause, and before the agent says
    what `before` holds; at least one of these is there.
    """

    rule_id: str
    title: str
    requires: Wording | None = None
    forbids: Wording | None = None
    cause: Cause = Cause()
    within_ms: int | None = None
    before: Wording | None = None
    remind_after_ms: int = 0  # the cause
    reminder: str = ""  # what the card says; of what is forbidden: how to put it right
    known_by_handoff: tuple[str, ...] = ()  # done where a handoff says not to ask it again
    queues: frozenset[str] = frozenset()  # empty: all
    locales: frozenset[str] = frozenset()  # `en` is every English; empty: all
    place: str = ""  # file:line

    def is_for(self, queue: str, locale: str) -> bool:
        """Whether calls of a queue and locale fall under it."""
        spoken = {locale.casefold(), locale.partition("-")[0].casefold()}
        return (not self.queues or queue in self.queues) and (
            not self.locales or bool(spoken & self.locales)
        )
