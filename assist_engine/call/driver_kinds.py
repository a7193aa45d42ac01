"""Which drivers make a call urgent, and which other name a driver answers to.

Drivers are told apart by name, so that those of other packages take part: what is not known here
is urgent.
"""

from collections.abc import Iterable
from typing import Final

from assist_engine.contract.events import DriverRead

THANKS: Final = "thanks"
PROMISE: Final = "promise"

_CALM: Final = frozenset({THANKS, PROMISE})
# Once one driver; playbooks and settings that name it still mean all of them.
_BROADER: Final = {"legal-threat": "complaint", "escalation": "complaint"}


def is_urgent(driver: str) -> bool:
    """Whether somebody should know of it during the call; thanks and promises can wait."""
    return driver not in _CALM


def urgent(drivers: Iterable[DriverRead]) -> tuple[DriverRead, ...]:
    """Those of the drivers that are urgent."""
    return tuple(read for read in drivers if is_urgent(read.driver))


def answers_to(driver: str, names: frozenset[str]) -> bool:
    """Whether a driver is one of those named, by its own name or by its broader one."""
    return driver in names or _BROADER.get(driver, driver) in names
