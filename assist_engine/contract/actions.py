"""Actions of playbooks: asked for by the call's own agent, previewed, run once, told in the log.

What is sent to another system holds the customer's own words and numbers, so only the previews
have it: they go to the call's own agent and are never stored. The log says which action ran,
under which key and with which outcome.
"""

from typing import TypeAlias

import msgspec

from assist_engine.contract.ids import ActionId, ActionKey, AgentId, CallId, SuggestionId
from assist_engine.contract.message import AnswerBase, EventBase, SayingBase
from assist_engine.contract.values import ActionKind


class ActionField(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value that an action sends."""

    name: str  # as the playbook writes it: order, customer.name, note, answer.ticket
    value: str


class ActionStarted(EventBase, frozen=True, kw_only=True, tag="action.started"):
    """An action is about to be sent. A key is there once: what it stands for is sent once."""

    action_id: ActionId
    suggestion_id: SuggestionId
    label: str
    action_kind: ActionKind
    key: ActionKey
    by: AgentId
    host: str = ""
    is_confirmed: bool = True  # by the agent; False: the administrator lets it run by itself
    undoes: ActionKey | None = None  # the run that this one takes back
    can_undo: bool = False


class ActionDone(EventBase, frozen=True, kw_only=True, tag="action.done"):
    """The other system did it. `text` is what it said, short and redacted."""

    key: ActionKey
    status: int = 0  # of HTTP; 0: a page was opened
    text: str = ""
    took_ms: int = 0
    answer: tuple[ActionField, ...] = ()  # for its undo; nothing private


class ActionFailed(EventBase, frozen=True, kw_only=True, tag="action.failed"):
    """It was not done, or nobody knows: then the agent checks in the other system."""

    key: ActionKey
    code: str  # action.timeout, action.connection, action.http_503, action.interrupted
    message: str
    is_unknown: bool = False  # the other system may have done it
    took_ms: int = 0


class PreviewAction(SayingBase, frozen=True, kw_only=True, tag="action.preview"):
    """What would an action of a card send? Answered by `ActionPreviewed`.

    `note` is what the agent adds in own words, where the action has a place for it.
    """

    call_id: CallId
    suggestion_id: SuggestionId
    action_id: ActionId
    note: str = ""


class RunAction(SayingBase, frozen=True, kw_only=True, tag="action.run"):
    """The agent confirms what was previewed under this key; the same key twice runs it once.

    Answered by `Accepted` before anything is sent, or by `OpenPage`. The outcome comes as
    `ActionDone` or `ActionFailed`.
    """

    call_id: CallId
    suggestion_id: SuggestionId
    action_id: ActionId
    key: ActionKey


class UndoAction(SayingBase, frozen=True, kw_only=True, tag="action.undo"):
    """The agent takes back what was done under this key."""

    call_id: CallId
    key: ActionKey


class ActionPreviewed(AnswerBase, frozen=True, kw_only=True, tag="action.previewed"):
    """What would be sent, whole: for the call's own agent. Never stored.

    While `missing` names fields the action cannot run, and `key` is empty.
    """

    ref: int
    call_id: CallId
    suggestion_id: SuggestionId
    action_id: ActionId
    label: str
    action_kind: ActionKind
    key: ActionKey
    host: str
    method: str = "GET"
    url: str = ""
    content: str = ""  # the JSON that would be sent, indented
    fields: tuple[ActionField, ...] = ()
    missing: tuple[str, ...] = ()
    takes_note: bool = False
    can_undo: bool = False


class OpenPage(AnswerBase, frozen=True, kw_only=True, tag="action.open_page"):
    """The desktop opens this page in the agent's browser. `ref` 0: it was not asked for."""

    ref: int
    call_id: CallId
    action_id: ActionId
    label: str
    url: str


class ActionTold(AnswerBase, frozen=True, kw_only=True, tag="action.told"):
    """What the other system said, whole, where the log has it redacted.

    For the call's own agent, before its `ActionDone`, until the call ends. Never stored.
    """

    call_id: CallId
    key: ActionKey
    text: str


ActionRequest: TypeAlias = PreviewAction | RunAction | UndoAction
ActionAnswer: TypeAlias = ActionPreviewed | OpenPage | ActionTold
