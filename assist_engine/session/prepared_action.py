"""An action with the values of a call in it: what the agent saw is what is sent."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

import msgspec
from msgspec.structs import replace

from assist_engine.call.decide import Refusal
from assist_engine.call.state import ActionStatus, CallState
from assist_engine.contract.ids import ActionId, ActionKey, SuggestionId
from assist_engine.guidance.action import KEY, Action, PreparedRequest, RequestTemplate
from assist_engine.guidance.action_template import BadValue, Value
from assist_engine.session.call_values import CallValues

_DONE: Final = frozenset({ActionStatus.DONE, ActionStatus.UNDONE})


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A request of an action, ready to be sent, and what takes it back."""

    action: Action
    request: PreparedRequest
    undo: PreparedRequest | None = None  # also None while it waits for the answer
    values: CallValues | None = None  # of an action that is not an undo itself
    private: tuple[str, ...] = ()  # what was sent and may not be stored, when it comes back

    @property
    def taken_back(self) -> "Prepared":
        """The action that undoes it. Only where `undo` is there."""
        assert self.undo is not None
        return Prepared(action=self.action, request=self.undo, private=self.private)


def prepare(action: Action, values: CallValues, key: ActionKey) -> Prepared:
    """Fill an action in; raises `Refusal` for a value that cannot stand where it is wanted."""
    return Prepared(
        action=action,
        request=_fill(action.request, values, key),
        undo=_fill(action.undo, values, key) if action.undo and not action.answer_fields else None,
        values=values,
        private=values.private,
    )


def prepare_undo(
    action: Action, values: CallValues, key: ActionKey, answer: Mapping[str, Value]
) -> Prepared:
    """Fill in only what undoes an action that ran, with its answer; raises `Refusal`."""
    values = replace(values, known={**values.known, **answer})
    if action.undo is None or (lacks := missing(action.undo, values)):
        named = ", ".join(lacks) if action.undo else "how"
        told = f"what is needed to take it back is not known: {named}"
        raise Refusal("action.no_undo", told)
    return Prepared(action=action, request=_fill(action.undo, values, key), private=values.private)


def missing(request: RequestTemplate, values: CallValues) -> tuple[str, ...]:
    """The fields of a request that the call does not have."""
    return tuple(name for name in request.fields if name != KEY and name not in values.known)


def next_key(state: CallState, suggestion_id: SuggestionId, action_id: ActionId) -> ActionKey:
    """The key of the next run of a card's action: the same until that run is over.

    Once nobody knows the outcome of a run, all tries after it have its idempotency key until one
    of them is done, so that a system which did the first does nothing again.
    """
    number = 0
    while _is_over(tries := _tries(state, base := _base(state, suggestion_id, action_id, number))):
        number += 1
    ended = sum(status is not ActionStatus.RUNNING for status in tries)
    return ActionKey(f"{base}.{ended}")


def _base(state: CallState, suggestion_id: SuggestionId, action_id: ActionId, number: int) -> str:
    text = "\n".join((state.call_id, suggestion_id, action_id, str(number)))
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def _tries(state: CallState, base: str) -> list[ActionStatus]:
    """What became of each try under an idempotency key."""
    return [run.status for run in state.actions if idempotency_key(run.started.key) == base]


def undo_key(state: CallState, key: ActionKey) -> ActionKey:
    """The key under which a run is taken back."""
    tries = sum(
        run.started.undoes == key and run.status is not ActionStatus.RUNNING
        for run in state.actions
    )
    return ActionKey(f"{idempotency_key(key)}-undo.{tries}")


def idempotency_key(key: ActionKey) -> str:
    """What is sent as `Idempotency-Key`: the key without the number of the try."""
    return key.partition(".")[0]


def _is_over(tries: Sequence[ActionStatus]) -> bool:
    """Whether what one idempotency key stands for is done, or surely was not."""
    is_failed = bool(tries) and all(status is ActionStatus.FAILED for status in tries)
    return is_failed or any(status in _DONE for status in tries)


def _fill(template: RequestTemplate, values: CallValues, key: ActionKey) -> PreparedRequest:
    try:
        return template.fill({**values.known, KEY: idempotency_key(key)})
    except BadValue as error:
        raise Refusal("action.value", f"this cannot be sent: {error}") from error
