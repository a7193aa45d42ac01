"""Finds what was promised, and until when, in an agent's recognised words."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

import msgspec

from assist_engine.call.clauses import Clause, clauses_of
from assist_engine.call.plain_talk import content_words
from assist_engine.call.promise_words import Promise, answered_time, promise_in
from assist_engine.call.state import CallState
from assist_engine.contract.values import FollowUp, Role
from assist_engine.guidance.due_dates import due_date
from assist_engine.guidance.readable import (
    GOES_ON_AFTER,
    as_sentence,
    asks,
    question_of,
    quoted,
    readable,
)

# Speech has no full stops: "... in transit i can send a new one" is two clauses of a note.
_NEXT_CLAUSE: Final = re.compile(
    r" (?=(?:(?:i|we|you|it|he|she|they) (?:can|could|will|have|should|did|am going)\b|"
    r"(?:i|we|you|it)'(?:ll|ve)\b|i see\b|(?:did|does|do|would|can|could|is|are) (?:you|it|that) |"
    r"your (?:[a-z]+ )?(?:number|reference|ticket) is\b|(?:i|we) am\b|i'm\b|"
    r"you (?:hear from|see it)\b|it (?:goes|comes|takes)\b|they were\b|nobody can\b|"
    r"(?:i|we) (?:guarantee|promise)\b|"
    r"(?:is|are) (?:he|she|they) |how (?:much|many|long)\b))"
    + "".join(rf"(?<!\b{word} )" for word in GOES_ON_AFTER)
)
_POINTS_BACK: Final = re.compile(r"(?:(?:with|by) \w+ )?(?:it|he|she|they|that|this|you hear)\b")
_QUESTION_OF: Final = re.compile(r" (?:and|but|because|so) ")
_ASKS_WHEN: Final = frozenset({"take", "takes", "come", "comes", "be", "happen"})
_LONGEST: Final = 14  # words of a question
_ANSWERED: Final = 0.8  # that a time in answer to "how long" is meant
_STATEMENT: Final = 2  # content words of one that a later answer may lean on
_LATEST_MS: Final = 250_000_000_000_000  # a wall clock beyond it is none


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """A clause of the agent, and what was said right before it without an "and" between.

    `asked`: what the customer said right before this turn; `before`: the agent's turn before it,
    on which a bare "two days" leans.
    """

    clause: Clause
    lead: str = ""
    asked: str = ""
    before: str = ""


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
    promised: dict[str, tuple[Spoken, Promise]] = {}
    for spoken in agent_clauses(state) if clauses is None else clauses:
        promise = _promise(spoken)
        if promise is None:
            continue
        key = promise.due or " ".join(content_words(spoken.clause.text))
        promised.pop(key, None)  # the newest keeps its place in the order of the talk
        promised[key] = spoken, promise
    return tuple(
        FollowUp(
            text=_told(spoken),
            due=promise.due,
            evidence=spoken.clause.evidence,
            due_on=_due_on(state, spoken.clause, promise.due, zone),
        )
        for spoken, promise in promised.values()
    )


def _promise(spoken: Spoken) -> Promise | None:
    """What a clause promises by its own words, or by a time in answer to "how long"."""
    text = spoken.clause.text
    if (promise := promise_in(text)) is not None:
        return promise
    due = answered_time(spoken.asked, text)
    return Promise(due=due, probability=_ANSWERED) if due and not asks(text) else None


def _told(spoken: Spoken) -> str:
    """A promise as a sentence that stands by itself: with what "it" and a bare time are about."""
    text = spoken.clause.text
    is_bare = promise_in(text) is None
    if not (is_bare or _POINTS_BACK.match(text)):
        return as_sentence(text)
    if spoken.lead and not is_bare:
        return as_sentence(f"{spoken.lead}, {text}")
    question = question_in(spoken.asked)
    if set(content_words(question)) - _ASKS_WHEN:
        return f"{quoted(question)} {as_sentence(text)}"
    if is_bare and (statement := _statement(spoken.before)):
        due = answered_time(spoken.asked, text)
        return f"{as_sentence(statement)[:-1]}: {due if text.startswith(due) else readable(text)}."
    return as_sentence(text)


def question_in(text: str) -> str:
    """The last thing that a customer asks for in a turn; empty where it is none."""
    parts = (question_of(part, longest=_LONGEST) for part in reversed(_QUESTION_OF.split(text)))
    return next((part for part in parts if part), "")


def _statement(text: str) -> str:
    """The last clause of an agent's turn that says something; empty where none does."""
    clauses = [
        clause
        for whole in _QUESTION_OF.split(text)
        for clause in _NEXT_CLAUSE.split(whole)
        if len(content_words(clause)) >= _STATEMENT and not asks(clause)
    ]
    return clauses[-1] if clauses else ""


def _agent_clauses(state: CallState) -> Iterator[Spoken]:
    asked = before = ""
    for utterance in state.utterances:
        if utterance.role is Role.CUSTOMER:
            asked = utterance.final.text
        if utterance.role is not Role.AGENT:
            continue
        for clause in clauses_of(utterance.final):
            lead = ""
            for text in _NEXT_CLAUSE.split(clause.text):
                part = Clause(text=text, final=clause.final)
                yield Spoken(clause=part, lead=lead, asked=asked, before=before)
                lead = text
        asked, before = "", utterance.final.text


def _due_on(state: CallState, clause: Clause, due: str, zone: tzinfo | None) -> str:
    """The calendar day, where the call's wall clock is known."""
    said_ms = state.offered_at_ms + clause.final.start_ms
    if not due or state.offered_at_ms <= 0 or said_ms > _LATEST_MS:
        return ""
    said_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=said_ms)
    day = due_date(due, said_at.astimezone(zone))
    return day.isoformat() if day else ""
