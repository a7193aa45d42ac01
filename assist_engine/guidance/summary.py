"""Drafts the wrap-up of a call from its events; there is always one, and nothing is made up.

Each line is the participants' own words or a plain statement about them, with its moment.
"""

from datetime import UTC, tzinfo

from msgspec.structs import replace

from assist_engine.call.state import CallState
from assist_engine.contract.values import WrapUp
from assist_engine.guidance.deeds import done_lines
from assist_engine.guidance.disposition import DispositionRanker
from assist_engine.guidance.endings import ending_of, mood_lines, outcome_line
from assist_engine.guidance.matters import matters, reason_lines
from assist_engine.guidance.promises import agent_clauses, follow_ups
from assist_engine.guidance.readable import names_of, with_names
from assist_engine.guidance.wrap_up_fields import fields_of


class WrapUpDrafter:
    """Drafts for one organisation. `zone`: where it is, for "tomorrow"; None: this machine's."""

    def __init__(
        self, ranker: DispositionRanker | None = None, *, zone: tzinfo | None = UTC
    ) -> None:
        self._ranker = ranker or DispositionRanker()
        self._zone = zone

    def draft(self, state: CallState) -> WrapUp:
        """The wrap-up as far as the call says it; never empty, never raises on any call."""
        clauses = agent_clauses(state)
        promised = follow_ups(state, self._zone, clauses)
        ending = ending_of(state, promised)
        found = matters(state)
        ranking = self._ranker.rank(state, ending.outcome, found)
        done = done_lines(state, promised, clauses, found)
        lines = [
            *reason_lines(state, found),
            *done,
            outcome_line(state, ending),
            *mood_lines(state),
        ]
        names = names_of(state)
        return WrapUp(
            lines=tuple(replace(line, text=with_names(line.text, names)) for line in lines),
            disposition=ranking.ranked[0].label,
            disposition_probability=ranking.ranked[0].probability,
            outcome=ending.outcome,
            follow_ups=tuple(replace(p, text=with_names(p.text, names)) for p in promised),
            dispositions=ranking.ranked,
            heard_code=ranking.heard_code,
            fields=fields_of(
                state, promised, [*(d.evidence for d in done), *(p.evidence for p in promised)]
            ),
        )


def draft(state: CallState) -> WrapUp:
    """The wrap-up where the organisation has no codes of its own, in UTC."""
    return WrapUpDrafter().draft(state)
