"""What of typed texts and of a customer's record may be stored: every text of them redacted.

A fact of a record is judged with its name: "account number 4418027" is an account.
"""

from msgspec.structs import replace

from assist_engine.contract import events
from assist_engine.contract.events import CustomerIdentified
from assist_engine.contract.values import (
    CustomerProfile,
    EntityType,
    Evidence,
    Handoff,
    Participant,
    PredictedReason,
    Role,
    TimelineEntry,
    WrapUp,
)
from assist_engine.understanding.redaction import CallRedactor

Typed = (
    events.NoteTaken
    | events.WhisperSent
    | events.SuggestionDismissed
    | events.WrapUpCompleted
    | events.ParticipantJoined
    | events.SatisfactionGiven
)


def scrubbed_typed(event: Typed, redactor: CallRedactor) -> Typed:
    """What people typed, as it may be stored."""
    match event:
        case events.NoteTaken(text=text) | events.WhisperSent(text=text):
            return replace(event, text=redactor.scrub(text))
        case events.SuggestionDismissed(reason=reason):
            return replace(event, reason=redactor.scrub(reason))
        case events.WrapUpCompleted(wrap_up=wrap_up):
            return replace(event, wrap_up=_wrap_up(wrap_up, redactor))
        case events.ParticipantJoined(participant=participant):
            return replace(event, participant=_participant(participant, redactor))
        case events.SatisfactionGiven(source=source, comment=comment):
            return replace(event, source=redactor.scrub(source), comment=redactor.scrub(comment))


def scrubbed_record(identified: CustomerIdentified, redactor: CallRedactor) -> CustomerIdentified:
    """A customer's record as it may be stored."""
    return replace(
        identified,
        profile=_profile(identified.profile, redactor),
        timeline=tuple(_entry(entry, redactor) for entry in identified.timeline),
        handoff=_handoff(identified.handoff, redactor) if identified.handoff else None,
    )


def scrubbed_reason(reason: PredictedReason, redactor: CallRedactor) -> PredictedReason:
    """Why they probably call, as it may be stored."""
    return replace(
        reason,
        title=redactor.scrub(reason.title),
        opening=redactor.scrub(reason.opening),
        evidence=tuple(_evidence(one, redactor) for one in reason.evidence),
    )


def _participant(participant: Participant, redactor: CallRedactor) -> Participant:
    """A customer's name, as the telephone system told it, may be a number."""
    if participant.role is not Role.CUSTOMER:
        return participant
    name = redactor.scrub(participant.name)
    return replace(participant, name=redactor.stored(EntityType.PERSON, name))


def _profile(profile: CustomerProfile, redactor: CallRedactor) -> CustomerProfile:
    return replace(
        profile,
        name=redactor.stored(EntityType.PERSON, profile.name),
        phone=redactor.stored(EntityType.PHONE, profile.phone),
        email=redactor.stored(EntityType.EMAIL, profile.email),
        preferences=_texts(profile.preferences, redactor),
        flags=_texts(profile.flags, redactor),
        facts={name: _fact(name, value, redactor) for name, value in profile.facts.items()},
    )


def _fact(
    name: str, value: str | int | float | bool, redactor: CallRedactor
) -> str | int | float | bool:
    """The value, as it is read behind its name; as it was, where nothing in it is private."""
    told = f"{name.replace('_', ' ')} "
    stored = redactor.scrub(f"{told}{value}")
    return value if stored == f"{told}{value}" else stored.removeprefix(told)


def _entry(entry: TimelineEntry, redactor: CallRedactor) -> TimelineEntry:
    return replace(
        entry,
        title=redactor.scrub(entry.title),
        detail=redactor.scrub(entry.detail),
        reference=redactor.scrub(entry.reference),
    )


def _handoff(handoff: Handoff, redactor: CallRedactor) -> Handoff:
    return replace(
        handoff,
        lines=_texts(handoff.lines, redactor),
        do_not_ask_again=_texts(handoff.do_not_ask_again, redactor),
    )


def _wrap_up(wrap_up: WrapUp, redactor: CallRedactor) -> WrapUp:
    scrub = redactor.scrub
    return replace(
        wrap_up,
        lines=tuple(
            replace(line, text=scrub(line.text), evidence=_quoted(line.evidence, redactor))
            for line in wrap_up.lines
        ),
        disposition=scrub(wrap_up.disposition),
        outcome=scrub(wrap_up.outcome),
        follow_ups=tuple(
            replace(
                one,
                text=scrub(one.text),
                due=scrub(one.due),
                evidence=_quoted(one.evidence, redactor),
            )
            for one in wrap_up.follow_ups
        ),
        note=scrub(wrap_up.note),
        fields=tuple(
            replace(field, value=scrub(field.value), evidence=_quoted(field.evidence, redactor))
            for field in wrap_up.fields
        ),
    )


def _quoted(evidence: Evidence | None, redactor: CallRedactor) -> Evidence | None:
    return _evidence(evidence, redactor) if evidence else None


def _evidence(evidence: Evidence, redactor: CallRedactor) -> Evidence:
    return replace(evidence, quote=redactor.scrub(evidence.quote))


def _texts(texts: tuple[str, ...], redactor: CallRedactor) -> tuple[str, ...]:
    return tuple(redactor.scrub(text) for text in texts)
