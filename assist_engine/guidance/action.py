"""What an action of a playbook sends, where it may go, and what it takes of the call.

Pure values; `action_reader.py` reads them, `session/action_runner.py` runs them.
"""

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec.structs import replace

from assist_engine.contract.ids import ActionId
from assist_engine.contract.values import ActionKind, ActionOffer, EntityType
from assist_engine.errors import BadInput
from assist_engine.guidance.action_template import (
    Filled,
    Json,
    JsonTemplate,
    UrlTemplate,
    encode_json,
)

NOTE: Final = "note"
KEY: Final = "key"
ANSWER: Final = "answer."  # of what the other system said when it did the action
RECORD_FIELDS: Final = frozenset({"id", "name", "organisation", "tier", "phone", "email"})
# A password or PIN is for nobody's ears; a number of which nobody said what it is is no value.
_SENT_TYPES: Final = frozenset(EntityType) - {EntityType.SECRET, EntityType.NUMBER}
FIELDS: Final = frozenset(
    {
        *(kind.value for kind in _SENT_TYPES),
        "call.id",
        "call.queue",
        "agent.id",
        "agent.name",
        "follow_ups",
        NOTE,
        KEY,
    }
)


class SecretHeader(msgspec.Struct, frozen=True, kw_only=True):
    """A header whose value is a secret of the engine, by its name, behind a literal word."""

    name: str
    prefix: str
    variable: str


class RequestTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP request with places for values of the call."""

    method: str
    url: UrlTemplate
    headers: tuple[SecretHeader, ...] = ()
    content: JsonTemplate | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it names, each once."""
        named = (*self.url.fields, *(self.content.fields if self.content else ()))
        return tuple(dict.fromkeys(named))

    def fill(self, values: Filled) -> "PreparedRequest":
        """The request with its values; raises `BadValue`."""
        content: Json = self.content.fill(values) if self.content else None
        return PreparedRequest(
            method=self.method,
            origin=self.url.origin,
            url=self.url.fill(values),
            headers=self.headers,
            body=encode_json(content).encode() if self.content else b"",
            shown=encode_json(content, indent=True) if self.content else "",
        )


class PreparedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent, but for the secrets, which are read when it is sent."""

    method: str
    origin: str
    url: str
    headers: tuple[SecretHeader, ...]
    body: bytes
    shown: str  # the body for people


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One action of a playbook, as its author wrote it."""

    action_id: ActionId
    label: str
    kind: ActionKind
    request: RequestTemplate
    undo: RequestTemplate | None = None
    asks_first: bool = True
    result: str = ""  # the field of the answer's JSON that is told to the agent
    place: str = ""  # file and line

    @property
    def offer(self) -> ActionOffer:
        """The action as a card offers it."""
        return ActionOffer(
            action_id=self.action_id,
            label=self.label,
            kind=self.kind,
            asks_first=self.asks_first,
            can_undo=self.undo is not None,
        )

    @property
    def answer_fields(self) -> tuple[str, ...]:
        """What its undo takes of the answer."""
        fields = self.undo.fields if self.undo else ()
        return tuple(name for name in fields if name.startswith(ANSWER))

    @property
    def takes_note(self) -> bool:
        """Whether the agent's own words have a place in it."""
        return NOTE in self.request.fields


class ActionPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What an administrator allows: origins such as `https://crm.example.com`, action ids."""

    hosts: frozenset[str] = frozenset()
    unattended: frozenset[str] = frozenset()

    def admit(self, actions: Iterable[Action]) -> tuple[Action, ...]:
        """The actions as they may be used; raises `BadInput` for one that goes elsewhere."""
        return tuple(self._admit(action) for action in actions)

    def _admit(self, action: Action) -> Action:
        requests = [action.request, *([action.undo] if action.undo else [])]
        for origin in (request.url.origin for request in requests):
            if origin not in self.hosts:
                known = ", ".join(sorted(self.hosts)) or "none"
                raise BadInput(
                    f"{action.place}: the action {action.action_id} goes to {origin}, which the "
                    f"setting actions.hosts does not list; it lists {known}"
                )
        asks = action.asks_first or action.action_id not in self.unattended
        return replace(action, asks_first=asks)


def is_known_field(name: str) -> bool:
    """Whether an action may name it: facts about the customer may be called anything.

    So may parts of an answer; only an undo may name them.
    """
    first, _, rest = name.partition(".")
    is_fact = first == "customer" and rest != "" and "." not in rest
    return name in FIELDS or is_fact or (name.startswith(ANSWER) and name != ANSWER)
