"""The kinds of things that change on a call: one Qt signal a batch says which."""

from enum import Flag, auto

from assist_engine.contract import events
from assist_engine.contract.actions import ActionDone, ActionFailed, ActionStarted
from assist_engine.contract.events import Event, Unrecognised


class Changed(Flag):
    """What a batch changed; views look only at their own kinds."""

    NOTHING = 0
    TRANSCRIPT = auto()
    CARDS = auto()
    CUSTOMER = auto()
    MOOD = auto()
    HEADER = auto()
    WHISPERS = auto()
    STATUS = auto()
    WRAP_UP = auto()
    KNOWLEDGE = auto()
    LATENCY = auto()
    ENTITIES = auto()
    CARE = auto()
    TALK = auto()
    ACTION = auto()
    EVERYTHING = (
        TRANSCRIPT | CARDS | CUSTOMER | MOOD | HEADER | WHISPERS | STATUS | WRAP_UP
        | KNOWLEDGE | LATENCY | ENTITIES | CARE | TALK | ACTION
    )  # fmt: skip


_KINDS: dict[type[Event], Changed] = {
    events.CallOffered: Changed.EVERYTHING,
    events.ParticipantJoined: Changed.TRANSCRIPT | Changed.HEADER,
    events.CustomerIdentified: Changed.CUSTOMER | Changed.TRANSCRIPT | Changed.HEADER,
    events.ReasonPredicted: Changed.CUSTOMER,
    events.CallPaused: Changed.HEADER | Changed.STATUS,
    events.CallContinued: Changed.HEADER | Changed.STATUS,
    events.CallReleased: (
        Changed.HEADER | Changed.WRAP_UP | Changed.TRANSCRIPT | Changed.ENTITIES | Changed.CUSTOMER
    ),
    events.UtteranceFinal: Changed.TRANSCRIPT | Changed.CARDS | Changed.TALK,
    events.SentimentRead: Changed.TRANSCRIPT | Changed.MOOD,
    events.EmotionRead: Changed.TRANSCRIPT | Changed.MOOD,
    events.EffortRead: Changed.CARE,
    events.EntityRead: Changed.TRANSCRIPT | Changed.ENTITIES,
    events.BehaviourRead: Changed.TRANSCRIPT,
    events.IntentRead: Changed.HEADER | Changed.CARDS,
    events.DriverRead: Changed.HEADER | Changed.TRANSCRIPT | Changed.CARE,
    events.SuggestionMade: Changed.CARDS | Changed.LATENCY,
    events.SuggestionUsed: Changed.CARDS,
    events.SuggestionDismissed: Changed.CARDS,
    events.SuggestionRated: Changed.CARDS,
    events.SuggestionWithdrawn: Changed.CARDS,
    events.ChecklistTicked: Changed.CARDS,
    events.ComplianceMet: Changed.CARDS | Changed.HEADER,
    events.ComplianceBreached: Changed.CARDS | Changed.HEADER,
    events.ComplianceJudged: Changed.WRAP_UP | Changed.HEADER,
    events.GuidanceModeSet: Changed.STATUS | Changed.CARDS,
    ActionStarted: Changed.CARDS,
    ActionDone: Changed.CARDS,
    ActionFailed: Changed.CARDS,
    events.ArticleOpened: Changed.NOTHING,
    events.ArticlesWeighed: Changed.NOTHING,
    events.AlertRaised: Changed.HEADER,
    events.AlertAcknowledged: Changed.HEADER,
    events.WhisperSent: Changed.WHISPERS,
    events.NoteTaken: Changed.CUSTOMER | Changed.WRAP_UP,
    events.WrapUpDrafted: Changed.WRAP_UP,
    events.WrapUpCompleted: Changed.WRAP_UP | Changed.HEADER,
    events.SatisfactionGiven: Changed.NOTHING,
    events.StageFailed: Changed.STATUS,
}


def changed_by(event: Event | Unrecognised) -> Changed:
    """What an event changes; nothing where a newer engine sent an unknown kind."""
    if isinstance(event, Unrecognised):
        return Changed.NOTHING
    return _KINDS[type(event)]
