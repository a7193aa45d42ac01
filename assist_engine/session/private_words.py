"""What must not be stored of a call: kept in memory for its own agent, redacted for all others.

Every word passes here before it is recorded. What the log, the stages and supervisors get is
redacted; the agent's desktop is told the words as they were said, until the call ends.
"""

from collections.abc import Sequence
from typing import TypeAlias

from msgspec.structs import replace

from assist_engine.call.state import CallState
from assist_engine.contract import events
from assist_engine.contract.answers import (
    CallerHeard,
    CustomerHeard,
    EntityHeard,
    FinalHeard,
    PartialHeard,
)
from assist_engine.contract.events import CustomerIdentified, EntityRead, Event, UtteranceFinal
from assist_engine.contract.ids import CallId, UtteranceId
from assist_engine.contract.values import CustomerProfile, EntityType, PredictedReason, Role
from assist_engine.customers.directory import Directory
from assist_engine.session.fan_out import FanOut
from assist_engine.session.private_record import (
    Typed,
    scrubbed_reason,
    scrubbed_record,
    scrubbed_typed,
)
from assist_engine.understanding.redaction import CallRedactor, FoundEntity

Told: TypeAlias = CallerHeard | CustomerHeard | FinalHeard | EntityHeard


class PrivateWords:
    """The door of one call: words in, redacted events out."""

    def __init__(self, call_id: CallId, *, redactor: CallRedactor, fan_out: FanOut) -> None:
        self._call_id = call_id
        self._redactor = redactor
        self._fan_out = fan_out
        self._caller: CallerHeard | None = None
        self._customer: CustomerHeard | None = None
        self._finals: dict[UtteranceId, FinalHeard] = {}
        self._entities: dict[str, EntityHeard] = {}

    def recall(self, state: CallState, customers: Directory) -> None:
        """Take a call up from the log: who called, what was asked and begun is known again."""
        if state.customer is not None:
            known = customers.profile(state.customer.customer_id)
            if known is not None or not state.customer.name.startswith("["):
                self._redactor.know(known or state.customer)
        for utterance in state.utterances:
            self._redactor.hear(utterance.final, utterance.role)

    def meet(self, caller_number: str) -> str:
        """The caller's number as it may be stored."""
        stored = self._redactor.stored(EntityType.PHONE, caller_number)
        if stored != caller_number:
            self._caller = CallerHeard(call_id=self._call_id, caller_number=caller_number)
            self._fan_out.tell_own(self._call_id, self._caller)
        return stored

    def introduce(
        self, identified: CustomerIdentified, reason: PredictedReason | None
    ) -> list[Event]:
        """The customer's record as it may be stored; their names and number are known from now."""
        self._redactor.know(identified.profile)
        stored = scrubbed_record(identified, self._redactor)
        stored_reason = scrubbed_reason(reason, self._redactor) if reason else None
        if (stored, stored_reason) != (identified, reason):
            self._customer = CustomerHeard(
                call_id=self._call_id,
                profile=identified.profile,
                timeline=identified.timeline,
                handoff=identified.handoff,
                reason=reason,
            )
            self._fan_out.tell_own(self._call_id, self._customer)
        predicted = [events.ReasonPredicted(reason=stored_reason)] if stored_reason else []
        return [stored, *predicted]

    def hear(self, final: UtteranceFinal, role: Role) -> list[Event]:
        """The final as it may be recorded, and what was named in it."""
        heard = self._redactor.hear(final, role)
        if heard.final.redactions:
            told = FinalHeard(
                call_id=self._call_id,
                utterance_id=final.utterance_id,
                text=final.text,
                words=final.words,
            )
            self._finals[final.utterance_id] = told
            self._fan_out.tell_own(self._call_id, told)
        for entity in heard.entities:
            if entity.stored != entity.value:
                whole = EntityHeard(
                    call_id=self._call_id, entity_id=entity.entity_id, value=entity.value
                )
                self._entities[entity.entity_id] = whole
                self._fan_out.tell_own(self._call_id, whole)
        stored = (entity for entity in heard.entities if entity.stored)
        return [heard.final, *(_read(entity, final.utterance_id) for entity in stored)]

    def publish(self, partial: PartialHeard, role: Role) -> PartialHeard:
        """Carry words that are still moving; returns them redacted."""
        stable, tail = self._redactor.preview(partial.stable, partial.tail, role)
        redacted = replace(partial, stable=stable, tail=tail)
        self._fan_out.publish_partial(redacted, own=partial)
        return redacted

    def scrub(self, decided: Sequence[Event], *, but: Event | None = None) -> list[Event]:
        """What people typed, as it may be stored; `but` what is stored already."""
        scrubbed = (
            scrubbed_typed(event, self._redactor) if isinstance(event, Typed) else event
            for event in decided
        )
        return [event for event in scrubbed if event != but]

    @property
    def customer(self) -> CustomerProfile | None:
        """The caller's record as the organisation has it, where it is stored redacted."""
        return self._customer.profile if self._customer else None

    def whole(self, entity: EntityRead) -> str:
        """The value as it was said; as it is stored, where nothing else is known."""
        said = self._entities.get(entity.entity_id)
        return said.value if said else entity.value

    def scrub_text(self, text: str) -> str:
        """What another system said, as it may be stored."""
        return self._redactor.scrub(text)

    def told(self) -> list[Told]:
        """What the call's own agent was told, for a desktop that comes back."""
        first = [one for one in (self._caller, self._customer) if one is not None]
        return [*first, *self._finals.values(), *self._entities.values()]

    def forget(self) -> None:
        """The call is over: nothing of it is kept."""
        self._caller = self._customer = None
        self._finals.clear()
        self._entities.clear()
        self._redactor.forget()


def _read(entity: FoundEntity, utterance_id: UtteranceId) -> EntityRead:
    return EntityRead(
        entity_id=entity.entity_id,
        utterance_id=utterance_id,
        type=entity.type,
        value=entity.stored,
        is_valid=entity.is_valid,
        probability=entity.probability,
        evidence=(entity.evidence,),
    )
