"""What must not be stored of a call: kept in memory for its own agent, redacted for all others.

Every word passes here before it is recorded. What the log, the stages and supervisors get is
redacted; the agent's desktop is told the words as they were said, until the call ends.
"""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from assist_engine.call.state import CallState
from assist_engine.contract import events
from assist_engine.contract.answers import CallerHeard, EntityHeard, FinalHeard, PartialHeard
from assist_engine.contract.events import EntityRead, Event, UtteranceFinal
from assist_engine.contract.ids import CallId, UtteranceId
from assist_engine.contract.values import CustomerProfile, EntityType, Role, WrapUp
from assist_engine.session.fan_out import FanOut
from assist_engine.understanding.redaction import CallRedactor, FoundEntity

_TYPED: Final = (
    events.NoteTaken,
    events.WhisperSent,
    events.SuggestionDismissed,
    events.WrapUpCompleted,
)


class PrivateWords:
    """The door of one call: words in, redacted events out."""

    def __init__(self, call_id: CallId, *, redactor: CallRedactor, fan_out: FanOut) -> None:
        self._call_id = call_id
        self._redactor = redactor
        self._fan_out = fan_out
        self._caller: CallerHeard | None = None
        self._finals: dict[UtteranceId, FinalHeard] = {}
        self._entities: dict[str, EntityHeard] = {}

    def recall(self, state: CallState) -> None:
        """Take a call up from the log: what was asked and begun is known again."""
        if state.customer is not None:
            self._redactor.know(state.customer)
        for utterance in state.utterances:
            self._redactor.hear(utterance.final, utterance.role)

    def meet(self, caller_number: str) -> str:
        """The caller's number as it may be stored."""
        stored = self._redactor.stored(EntityType.PHONE, caller_number)
        if stored != caller_number:
            self._caller = CallerHeard(call_id=self._call_id, caller_number=caller_number)
            self._fan_out.tell_own(self._call_id, self._caller)
        return stored

    def know(self, profile: CustomerProfile) -> CustomerProfile:
        """The customer's record as it may be stored; their name and number are known from now."""
        self._redactor.know(profile)
        return replace(
            profile,
            phone=self._redactor.stored(EntityType.PHONE, profile.phone),
            email=self._redactor.stored(EntityType.EMAIL, profile.email),
        )

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

    def scrub(self, decided: Sequence[Event]) -> list[Event]:
        """What people typed, as it may be stored."""
        return [self._scrubbed(event) if isinstance(event, _TYPED) else event for event in decided]

    def told(self) -> list[CallerHeard | FinalHeard | EntityHeard]:
        """What the call's own agent was told, for a desktop that comes back."""
        caller = [self._caller] if self._caller else []
        return [*caller, *self._finals.values(), *self._entities.values()]

    def forget(self) -> None:
        """The call is over: nothing of it is kept."""
        self._caller = None
        self._finals.clear()
        self._entities.clear()

    def _scrubbed(
        self,
        event: events.NoteTaken
        | events.WhisperSent
        | events.SuggestionDismissed
        | events.WrapUpCompleted,
    ) -> Event:
        match event:
            case events.NoteTaken(text=text) | events.WhisperSent(text=text):
                return replace(event, text=self._redactor.scrub(text))
            case events.SuggestionDismissed(reason=reason):
                return replace(event, reason=self._redactor.scrub(reason))
            case events.WrapUpCompleted(wrap_up=wrap_up):
                return replace(event, wrap_up=self._scrubbed_wrap_up(wrap_up))

    def _scrubbed_wrap_up(self, wrap_up: WrapUp) -> WrapUp:
        scrub = self._redactor.scrub
        return replace(
            wrap_up,
            lines=tuple(replace(line, text=scrub(line.text)) for line in wrap_up.lines),
            outcome=scrub(wrap_up.outcome),
            follow_ups=tuple(replace(one, text=scrub(one.text)) for one in wrap_up.follow_ups),
            note=scrub(wrap_up.note),
        )


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
