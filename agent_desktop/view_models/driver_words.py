"""Drivers in the person's language; those that other packages add are said as they name them."""

from typing import Final

from agent_desktop.translation import tr
from assist_engine.contract.events import DriverRead

VULNERABILITY: Final = "vulnerability"  # the driver of that name; its label says which


def driver_name(read: DriverRead) -> str:
    """A driver as people say it; of a vulnerability also that it is one."""
    if read.driver == VULNERABILITY:
        return tr("vulnerable: {what}", what=vulnerability_name(read))
    names = {
        "cancel-threat": tr("threat to cancel"),
        "repeat-contact": tr("has called before"),
        "money-back": tr("wants money back"),
        "competitor-named": tr("compares with a competitor"),
        "complaint": tr("complaint"),
        "legal-threat": tr("legal threat"),
        "escalation": tr("wants a manager"),
    }
    return names.get(read.driver, read.label)


def vulnerability_name(read: DriverRead) -> str:
    """What makes life hard for the customer."""
    names = {
        "Bereavement": tr("bereavement"),
        "Illness": tr("illness"),
        "Distress": tr("distress"),
        "Money trouble": tr("money trouble"),
        "Disability": tr("disability"),
        "Danger": tr("danger"),
    }
    return names.get(read.label, read.label)
