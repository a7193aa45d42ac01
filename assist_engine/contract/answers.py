"""What the engine says to a desktop, besides events."""

from typing import TypeAlias

from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.knowledge_answers import KnowledgeAnswer
from assist_engine.contract.message import AnswerBase


class EngineStatus(AnswerBase, frozen=True, kw_only=True, tag="engine.status"):
    """How far the engine is: sent on connecting and at each change."""

    is_ready: bool
    stage: str  # what it is doing: "loading the language model", "ready"
    progress: float = 1.0  # 0 to 1
    speech_model: str = ""
    is_demo_speech_model: bool = False  # hears people badly: say so before a microphone is used
    release: int = 0  # knowledge release in use; 0: none
    engine_version: str = ""


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
    """What a participant is saying now. Never stored; a newer one replaces it."""

    call_id: CallId
    utterance_id: UtteranceId
    participant_id: ParticipantId
    stable: str  # words that will hardly change
    tail: str  # words still moving
    start_ms: int
    heard_ms: int  # end of the audio that this partial covers


Answer: TypeAlias = EngineStatus | Accepted | Refused | CallOpened | PartialHeard | KnowledgeAnswer
