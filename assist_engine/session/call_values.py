"""What an action may send of a call: values as they were said, from the session's memory."""

import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from assist_engine.call.state import CallState
from assist_engine.contract.events import EntityRead
from assist_engine.contract.values import CustomerProfile
from assist_engine.guidance.action import NOTE
from assist_engine.guidance.action_template import Value
from assist_engine.guidance.promises import follow_ups
from assist_engine.session.private_words import PrivateWords

_PLACEHOLDER: Final = re.compile(r"\[[A-Z_]+(?::[^\]]*)?\]")


class CallValues(msgspec.Struct, frozen=True, kw_only=True):
    """Values by field. `private`: those of them that may not be stored."""

    known: Mapping[str, Value]
    private: tuple[str, ...]


def call_values(state: CallState, words: PrivateWords, *, note: str) -> CallValues:
    """What is known now; what is there only as a placeholder is not.

    Of several things of one type the newest that is valid counts.
    """
    profile = words.customer or state.customer
    whole = _values(state, profile=profile, whole=words.whole)
    stored = _values(state, profile=state.customer, whole=lambda entity: entity.value)
    private = (str(value) for name, value in whole.items() if stored.get(name) != value)
    return CallValues(
        known={**whole, NOTE: note}, private=tuple(text for text in (*private, note) if text)
    )


def _values(
    state: CallState, *, profile: CustomerProfile | None, whole: Callable[[EntityRead], str]
) -> dict[str, Value]:
    named: dict[str, Value] = {
        entity.type.value: whole(entity)
        for entity in sorted(state.entities, key=lambda one: one.is_valid)
    }
    call: dict[str, Value] = {
        "call.id": state.call_id,
        "call.queue": state.queue,
        "agent.id": state.agent_id,
        "agent.name": state.agent_name,
        "follow_ups": "\n".join(promise.text for promise in follow_ups(state)),
    }
    all_values = {**named, **(_record(profile) if profile else {}), **call}
    return {name: value for name, value in all_values.items() if _is_whole(value)}


def _record(profile: CustomerProfile) -> dict[str, Value]:
    facts: dict[str, Value] = {
        f"customer.{name.lower()}": value for name, value in profile.facts.items()
    }
    return {
        **facts,
        "customer.id": profile.customer_id,
        "customer.name": profile.name,
        "customer.organisation": profile.organisation,
        "customer.tier": profile.tier,
        "customer.phone": profile.phone,
        "customer.email": profile.email,
    }


def _is_whole(value: Value) -> bool:
    return not isinstance(value, str) or (value != "" and not _PLACEHOLDER.search(value))
