"""How the desktop stands with its engine; told to the views whenever it changes."""

from enum import StrEnum

import msgspec


class LinkPhase(StrEnum):
    """Where a link is in its life."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    CLOSED = "closed"


class LinkState(msgspec.Struct, frozen=True, kw_only=True):
    """One stand of the link. `attempt` counts from 1 while reconnecting; `reason` is for people."""

    phase: LinkPhase
    attempt: int = 0
    reason: str = ""
