"""What a desktop may say to the engine. Commands about a call become events or a refusal."""

from typing import TypeAlias

import msgspec

from assist_engine.contract.actions import ActionRequest
from assist_engine.contract.ids import AgentId, AlertId, CallId, PlaybookId, SuggestionId
from assist_engine.contract.knowledge_requests import KnowledgeRequest
from assist_engine.contract.message import SayingBase
from assist_engine.contract.values import AlertVerdict, GuidanceMode, Role, WrapUp


class ChannelFormat(msgspec.Struct, frozen=True, kw_only=True):
    """One audio leg: whose it is and at which rate its 16-bit little-endian PCM comes."""

    channel: int
    role: Role
    sample_rate_hz: int
    name: str = ""


class Hello(SayingBase, frozen=True, kw_only=True, tag="hello"):
    """The first message of a connection. `role`: agent, supervisor, knowledge, survey or admin."""

    role: str
    agent_id: AgentId
    agent_name: str = ""
    token: str = ""


class OpenCall(SayingBase, frozen=True, kw_only=True, tag="call.open"):
    """Start a call, or take it up again after a lost connection (same call id)."""

    call_id: CallId
    caller_number: str
    channels: tuple[ChannelFormat, ...]
    queue: str = ""
    locale: str = "en-US"
    guidance_mode: GuidanceMode = GuidanceMode.STANDARD


class ReleaseCall(SayingBase, frozen=True, kw_only=True, tag="call.release"):
    """Hang up; all audio was sent."""

    call_id: CallId


class PauseCall(SayingBase, frozen=True, kw_only=True, tag="call.pause"):
    """Stop recognition and storage."""

    call_id: CallId


class ContinueCall(SayingBase, frozen=True, kw_only=True, tag="call.continue"):
    """Go on with recognition and storage."""

    call_id: CallId


class UseSuggestion(SayingBase, frozen=True, kw_only=True, tag="suggestion.use"):
    """The agent uses a card."""

    call_id: CallId
    suggestion_id: SuggestionId


class DismissSuggestion(SayingBase, frozen=True, kw_only=True, tag="suggestion.dismiss"):
    """The agent puts a card away."""

    call_id: CallId
    suggestion_id: SuggestionId
    reason: str = ""


class RateSuggestion(SayingBase, frozen=True, kw_only=True, tag="suggestion.rate"):
    """The agent says whether a card helped."""

    call_id: CallId
    suggestion_id: SuggestionId
    is_helpful: bool


class TickChecklist(SayingBase, frozen=True, kw_only=True, tag="checklist.tick"):
    """The agent ticks a step of a playbook by hand, or takes a tick back."""

    call_id: CallId
    playbook_id: PlaybookId
    item: str
    is_done: bool = True


class SetGuidanceMode(SayingBase, frozen=True, kw_only=True, tag="guidance.set_mode"):
    """The agent wants more or less guidance."""

    call_id: CallId
    mode: GuidanceMode


class AcknowledgeAlert(SayingBase, frozen=True, kw_only=True, tag="alert.acknowledge"):
    """A supervisor saw an alert."""

    call_id: CallId
    alert_id: AlertId
    verdict: AlertVerdict


class SendWhisper(SayingBase, frozen=True, kw_only=True, tag="whisper.send"):
    """A supervisor tells the agent something."""

    call_id: CallId
    text: str


class TakeNote(SayingBase, frozen=True, kw_only=True, tag="note.take"):
    """The agent writes something down."""

    call_id: CallId
    text: str


class CompleteWrapUp(SayingBase, frozen=True, kw_only=True, tag="wrap_up.complete"):
    """The agent accepts the wrap-up."""

    call_id: CallId
    wrap_up: WrapUp


class GiveSatisfaction(SayingBase, frozen=True, kw_only=True, tag="satisfaction.give"):
    """A survey or a supervisor brings in how satisfied the customer was with a call that is over.

    `score`: 1, very dissatisfied, to 5, very satisfied.
    """

    call_id: CallId
    score: int
    source: str = ""
    comment: str = ""


class Watch(SayingBase, frozen=True, kw_only=True, tag="watch"):
    """Send the events of a call after a seq, then live ones and partials."""

    call_id: CallId
    after_seq: int = 0


class WatchAll(SayingBase, frozen=True, kw_only=True, tag="watch.all"):
    """Send the events of all live calls, and of those that come. `after`: seq already held."""

    after: dict[CallId, int] = msgspec.field(default_factory=dict)


CallCommand: TypeAlias = (
    ReleaseCall
    | PauseCall
    | ContinueCall
    | UseSuggestion
    | DismissSuggestion
    | RateSuggestion
    | TickChecklist
    | SetGuidanceMode
    | AcknowledgeAlert
    | SendWhisper
    | TakeNote
    | CompleteWrapUp
    | GiveSatisfaction
)
Saying: TypeAlias = (
    Hello | OpenCall | Watch | WatchAll | CallCommand | ActionRequest | KnowledgeRequest
)
