"""What the engine says to a desktop, besides events."""

from typing import TypeAlias

from assist_engine.contract.actions import ActionAnswer
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.knowledge_answers import KnowledgeAnswer
from assist_engine.contract.message import AnswerBase
from assist_engine.contract.values import (
    CustomerProfile,
    Handoff,
    PredictedReason,
    TimelineEntry,
    Word,
)


class EngineStatus(AnswerBase, frozen=True, kw_only=True, tag="engine.status"):
    """How far the engine is: sent on connecting and at each change."""

    is_ready: bool
    stage: str  # what it is doing: "loading the language model", "ready"
    progress: float = 1.0  # 0 to 1
    speech_model: str = ""
    is_demo_speech_model: bool = False  # hears people badly: say so before a microphone is used
    release: int = 0  # knowledge release in use; 0: none
    engine_version: str = ""
    problem: str = ""  # of rules that could not be read; those before them stay in use


class Accepted(AnswerBase, frozen=True, kw_only=True, tag="accepted"):
    """Done and durable."""

    ref: int
    seq: int = 0


class Refused(AnswerBase, frozen=True, kw_only=True, tag="refused"):
    """Not done; `message` says what was wrong and what is accepted."""

    ref: int
    code: str
    message: str


class CallOpened(AnswerBase, frozen=True, kw_only=True, tag="call.opened"):
    """The call can be heard. Send audio of each channel from the position given (ms)."""

    ref: int
    call_id: CallId
    seq: int
    resume_from_ms: dict[int, int]


class PartialHeard(AnswerBase, frozen=True, kw_only=True, tag="utterance.partial"):
    """What a participant is saying now. Never stored; a newer one replaces it.

    The call's own agent gets the words as they are said, everybody else gets them redacted.
    """

    call_id: CallId
    utterance_id: UtteranceId
    participant_id: ParticipantId
    stable: str  # words that will hardly change
    tail: str  # words still moving
    start_ms: int
    heard_ms: int  # end of the audio that this partial covers


class CallerHeard(AnswerBase, frozen=True, kw_only=True, tag="caller.heard"):
    """The number that calls: for the call's own agent, until the call ends. Never stored whole."""

    call_id: CallId
    caller_number: str


class CustomerHeard(AnswerBase, frozen=True, kw_only=True, tag="customer.heard"):
    """The caller's record as the organisation has it, where it is stored redacted.

    For the call's own agent, until the call ends. Comes before `CustomerIdentified` or after it.
    """

    call_id: CallId
    profile: CustomerProfile
    timeline: tuple[TimelineEntry, ...] = ()
    handoff: Handoff | None = None
    reason: PredictedReason | None = None


class FinalHeard(AnswerBase, frozen=True, kw_only=True, tag="utterance.heard"):
    """The words of a final as they were said: for the call's own agent, until the call ends.

    Comes before its `UtteranceFinal`, and only where that one is redacted. Never stored.
    """

    call_id: CallId
    utterance_id: UtteranceId
    text: str
    words: tuple[Word, ...] = ()


class EntityHeard(AnswerBase, frozen=True, kw_only=True, tag="entity.heard"):
    """The whole value of an entity: for the call's own agent, until the call ends."""

    call_id: CallId
    entity_id: str
    value: str


Answer: TypeAlias = (
    EngineStatus
    | Accepted
    | Refused
    | CallOpened
    | PartialHeard
    | CallerHeard
    | CustomerHeard
    | FinalHeard
    | EntityHeard
    | ActionAnswer
    | KnowledgeAnswer
)
