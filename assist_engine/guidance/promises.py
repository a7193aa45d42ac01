"""Finds what was promised and until when in an agent's recognised words."""

from collections.abc import Iterator

from assist_engine.call.clauses import Clause, clauses_of, sentence
from assist_engine.call.promise_words import timed_promise
from assist_engine.call.state import CallState
from assist_engine.contract.values import FollowUp, Role


def agent_clauses(state: CallState) -> Iterator[Clause]:
    """All that the agent said, in clauses, oldest first."""
    for utterance in state.utterances:
        if utterance.role is Role.AGENT:
            yield from clauses_of(utterance.final)


def follow_ups(state: CallState) -> tuple[FollowUp, ...]:
    """What the agent promised with a time, the newest promise of one time kept."""
    promised: dict[str, FollowUp] = {}
    for clause in agent_clauses(state):
        due = timed_promise(clause.text)
        if due:
            promised[due] = FollowUp(text=sentence(clause.text), due=due, evidence=clause.evidence)
    return tuple(promised.values())
