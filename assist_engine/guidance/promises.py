"""Finds what was promised and until when in an agent's recognised words."""

import re
from collections.abc import Iterator
from typing import Final

from assist_engine.call.state import CallState
from assist_engine.contract.values import FollowUp, Role
from assist_engine.guidance.clauses import Clause, clauses_of, sentence

_NUMBER = (
    r"(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|"
    r"twenty|thirty|forty|sixty|ninety|a few|a couple of|[0-9]+)"
)
_DAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_UNIT = r"(?:business |working )?(?:minutes?|hours?|days?|weeks?|months?)"
_CLOCK = rf"(?:{_NUMBER}(?: thirty| fifteen| forty five)?(?: o'clock)?(?: (?:a m|p m|am|pm))?)"
_PART = r"(?: (?:morning|afternoon|evening|night)| in the (?:morning|afternoon|evening))"
_HOURS = rf"(?: (?:between {_CLOCK} and {_CLOCK}|(?:at|before|after|by) {_CLOCK}\b))"
_DUE: Final = re.compile(
    rf"\b(?:by (?:the )?(?:end of (?:the |this )?(?:day|week|month)|{_DAY}|tomorrow|tonight|noon|"
    rf"next week){_PART}?|"
    rf"within (?:the next )?{_NUMBER} {_UNIT}|"
    rf"in (?:the next )?{_NUMBER} {_UNIT}|"
    rf"(?:on |this |next |this coming )?{_DAY}{_PART}?{_HOURS}?{_PART}?|"
    rf"(?:tomorrow|today|tonight|next week|later today){_PART}?{_HOURS}?)(?!\w)"
)
_PROMISE: Final = re.compile(
    r"\b(?:will|(?:i|we|you|he|she|it|they)'ll|going to|should (?:see|get|receive|have|arrive)|"
    r"appointment is|promise|make sure|guarantee)\b"
)


def agent_clauses(state: CallState) -> Iterator[Clause]:
    """All that the agent said, in clauses, oldest first."""
    for utterance in state.utterances:
        if utterance.role is Role.AGENT:
            yield from clauses_of(utterance.final)


def follow_ups(state: CallState) -> tuple[FollowUp, ...]:
    """What the agent promised with a time, the newest promise of one time kept."""
    promised: dict[str, FollowUp] = {}
    for clause in agent_clauses(state):
        due = _DUE.search(clause.text)
        if due is None or not _PROMISE.search(clause.text):
            continue
        promised[due[0]] = FollowUp(
            text=sentence(clause.text), due=due[0].strip(), evidence=clause.evidence
        )
    return tuple(promised.values())
