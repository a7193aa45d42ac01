"""Finds what was promised, and until when, in an agent's recognised words."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

import msgspec

from assist_engine.call.clauses import Clause, clauses_of
from assist_engine.call.plain_talk import content_words
from assist_engine.call.promise_words import promise_in
from assist_engine.call.state import CallState
from assist_engine.contract.values import FollowUp, Role
from assist_engine.guidance.due_dates import due_date
from assist_engine.guidance.readable import LEADING_ON, as_sentence

# Speech has no full stops: "... in transit i can send a new one" is two clauses of a note.
_NEXT_CLAUSE: Final = re.compile(
    r" (?=(?:(?:i|we|you|it|he|she|they) (?:can|could|will|have|should|did|am going)\b|"
    r"(?:i|we|you|it)'(?:ll|ve)\b|i see\b|(?:did|does|do|would|can|could|is|are) (?:you|it|that) |"
    r"your (?:[a-z]+ )?(?:number|reference|ticket) is\b))"
    + "".join(rf"(?<!\b{word} )" for word in LEADING_ON)
)
_POINTS_BACK: Final = re.compile(r"(?:it|he|she|they|that|this)\b")
_LATEST_MS: Final = 250_000_000_000_000  # a wall clock beyond it is none


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """A clause of the agent, and what was said right before it without an "and" between."""

    clause: Clause
    lead: str = ""


def agent_clauses(state: CallState) -> tuple[Spoken, ...]:
    """All that the agent said, in clauses, oldest first."""
    return tuple(_agent_clauses(state))


def follow_ups(
    state: CallState, zone: tzinfo | None = UTC, clauses: Sequence[Spoken] | None = None
) -> tuple[FollowUp, ...]:
    """What the agent promised: the newest promise of one time, and of one thing without a time.

    `zone`: where the company is, for "tomorrow"; None: where this machine is. `clauses`: the
    agent's, where they are known already.
    """
    promised: dict[str, FollowUp] = {}
    for spoken in agent_clauses(state) if clauses is None else clauses:
        clause, lead = spoken.clause, spoken.lead
        promise = promise_in(clause.text)
        if promise is None:
            continue
        key = promise.due or " ".join(content_words(clause.text))
        promised.pop(key, None)  # the newest keeps its place in the order of the talk
        is_about_lead = lead and _POINTS_BACK.match(clause.text)
        promised[key] = FollowUp(
            text=as_sentence(f"{lead}, {clause.text}" if is_about_lead else clause.text),
            due=promise.due,
            evidence=clause.evidence,
            due_on=_due_on(state, clause, promise.due, zone),
        )
    return tuple(promised.values())


def _agent_clauses(state: CallState) -> Iterator[Spoken]:
    for utterance in state.utterances:
        if utterance.role is not Role.AGENT:
            continue
        for clause in clauses_of(utterance.final):
            lead = ""
            for text in _NEXT_CLAUSE.split(clause.text):
                yield Spoken(clause=Clause(text=text, final=clause.final), lead=lead)
                lead = text


def _due_on(state: CallState, clause: Clause, due: str, zone: tzinfo | None) -> str:
    """The calendar day, where the call's wall clock is known."""
    said_ms = state.offered_at_ms + clause.final.start_ms
    if not due or state.offered_at_ms <= 0 or said_ms > _LATEST_MS:
        return ""
    said_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=said_ms)
    day = due_date(due, said_at.astimezone(zone))
    return day.isoformat() if day else ""
