"""What an agent did well on a call, in words: greeted, acknowledged, checked who it is."""

from agent_desktop.translation import tr
from assist_engine.call.state import Utterance
from assist_engine.contract.events import BehaviourRead
from assist_engine.contract.values import Certainty, Role, certainty_of


def ticks_of(utterance: Utterance) -> tuple[str, ...]:
    """What an agent's utterance did, each once; what is unclear is not said."""
    if utterance.role is not Role.AGENT:
        return ()
    clear = (
        read
        for read in utterance.behaviours
        if certainty_of(read.probability) is not Certainty.UNCLEAR
    )
    return tuple(dict.fromkeys(behaviour_name(read) for read in clear))


def behaviour_name(read: BehaviourRead) -> str:
    """A behaviour in the person's language; one we do not know as the engine calls it."""
    names = {
        "greeting": tr("greeting"),
        "empathy": tr("empathy"),
        "identity-check": tr("identity check"),
        "next-steps": tr("next steps"),
        "closing": tr("closing"),
        "recording-notice": tr("recording notice"),
        "further-help": tr("offered more help"),
    }
    return names.get(read.behaviour, read.label)
