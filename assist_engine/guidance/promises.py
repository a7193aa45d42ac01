"""Finds what was promised and until when in an agent's recognised words."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from assist_engine.call.state import CallState
from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.values import Evidence, FollowUp, Role

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
_NEW_CLAUSE: Final = re.compile(
    r"\b(?:(?:and|so|but|then) (?=(?:i|we|you|it|he|she|they|the|your|that)\b)|"
    r"(?=is there anything else|does that work|is that (?:correct|okay|all right)|"
    r"can i have|may i have|what is (?:your|the)|please )|(?<=minute )(?=i\b))"
)


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what somebody said that stands by itself."""

    text: str
    final: UtteranceFinal

    @property
    def evidence(self) -> Evidence:
        """The clause as a quote with its moment."""
        words_before = self.final.text[: max(0, self.final.text.find(self.text))].count(" ")
        is_timed = words_before < len(self.final.words)
        start_ms = self.final.words[words_before].start_ms if is_timed else self.final.start_ms
        return Evidence(quote=self.text, utterance_id=self.final.utterance_id, start_ms=start_ms)


def clauses_of(final: UtteranceFinal) -> list[Clause]:
    """An utterance without punctuation, cut where a new clause seems to begin."""
    parts = (part.strip() for part in _NEW_CLAUSE.split(final.text))
    return [Clause(text=part, final=final) for part in parts if part]


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


def sentence(text: str) -> str:
    """Recognised words as a sentence: capital first letter, capital I, full stop."""
    with_i = re.sub(r"\bi(?='|\b)", "I", text.strip())
    return f"{with_i[:1].upper()}{with_i[1:]}." if with_i else ""
