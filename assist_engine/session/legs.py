"""Who is heard on which channel of a call."""

from assist_engine.call.decide import Caller
from assist_engine.contract import events
from assist_engine.contract.commands import OpenCall
from assist_engine.contract.events import Event
from assist_engine.contract.ids import ParticipantId
from assist_engine.contract.values import Participant, Role


def participants(opening: OpenCall, caller: Caller) -> list[Event]:
    """One that joined for each channel that a desktop opens."""
    joined: list[Event] = []
    for leg in opening.channels:
        name = leg.name or (caller.agent_name if leg.role is Role.AGENT else "")
        participant = Participant(
            participant_id=ParticipantId(str(leg.role)),
            role=leg.role,
            channel=leg.channel,
            name=name,
        )
        joined.append(events.ParticipantJoined(participant=participant))
    return joined
