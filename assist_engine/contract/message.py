"""What all messages between a desktop and the engine, and all events, have in common."""

import msgspec


class SayingBase(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """Common encoding of what is said to the engine."""


class AnswerBase(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """Common encoding of what the engine says. `ref` names the message answered."""


class EventBase(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """Common encoding of events: one JSON object, told apart by `kind`."""
