"""How a call stands with its compliance rules: what was said, what is due, what was not met."""

from enum import StrEnum

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.clock_words import clock_text
from agent_desktop.view_models.marked_words import readable
from assist_engine.call.selectors import shown_cards
from assist_engine.call.state import CallState, CardStatus
from assist_engine.contract.ids import UtteranceId
from assist_engine.contract.values import (
    ComplianceOutcome,
    ComplianceVerdict,
    Evidence,
    GuidanceMode,
    SuggestionKind,
)

_STEP_MS, _CALM_MS = 5_000, 15_000


class Standing(StrEnum):
    """How a rule stands now."""

    MET = "met"
    DUE = "due"
    BREACHED = "breached"
    NOT_DUE = "not due"


class ComplianceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in words. `quote` shows why, `utterance_id` where."""

    title: str
    standing: Standing
    quote: str = ""
    time: str = ""
    utterance_id: UtteranceId | None = None
    due_ms: int | None = None  # from the start of the call

    def text_at(self, now_ms: int) -> str:
        """The whole line, with how long there is left where it is due."""
        parts = (self.text, due_words(self.due_ms, now_ms=now_ms))
        return " · ".join(part for part in parts if part)

    @property
    def word(self) -> str:
        """The standing as a word."""
        return standing_word(self.standing)

    @property
    def text(self) -> str:
        """The whole line: a mark, the rule, its standing, when; without words, why not met."""
        is_unsaid = self.standing is Standing.BREACHED and self.utterance_id is None
        standing = self.quote if is_unsaid and self.quote else self.word
        parts = (f"{_MARKS[self.standing]}  {self.title}: {standing}", self.time)
        return " · ".join(part for part in parts if part)


_MARKS = {
    Standing.MET: "✓",
    Standing.DUE: "○",
    Standing.BREACHED: "△",
    Standing.NOT_DUE: "–",
}


def compliance_lines(state: CallState) -> tuple[ComplianceLine, ...]:
    """What is known of each rule: the verdicts of an ended call, else what happened so far."""
    if state.verdicts:
        return tuple(verdict_line(verdict) for verdict in state.verdicts)
    lines = [_line(met.title, Standing.MET, met.evidence) for met in state.met]
    lines += [_line(one.title, Standing.BREACHED, one.evidence) for one in state.breaches]
    known = {line.title for line in lines}
    due = [
        ComplianceLine(
            title=card.suggestion.title, standing=Standing.DUE, due_ms=card.suggestion.due_ms
        )
        for card in shown_cards(state)
        if card.suggestion.kind is SuggestionKind.COMPLIANCE and card.status is CardStatus.SHOWN
    ]
    return (*lines, *(line for line in due if line.title not in known))


def verdict_line(verdict: ComplianceVerdict) -> ComplianceLine:
    """What became of a rule on a call that is over."""
    standing = {
        ComplianceOutcome.MET: Standing.MET,
        ComplianceOutcome.BREACHED: Standing.BREACHED,
        ComplianceOutcome.NOT_DUE: Standing.NOT_DUE,
    }[verdict.outcome]
    return _line(verdict.title, standing, verdict.evidence)


def standing_word(standing: Standing) -> str:
    """A standing in the person's language."""
    return {
        Standing.MET: tr("met"),
        Standing.DUE: tr("due"),
        Standing.BREACHED: tr("not met"),
        Standing.NOT_DUE: tr("was not due"),
    }[standing]


def rules_text(lines: tuple[ComplianceLine, ...]) -> str:
    """How a call stands with its rules, in a word or two; empty where nothing is known."""
    missed = [line for line in lines if line.standing is Standing.BREACHED]
    if len(missed) == 1:
        return f"△ {missed[0].title}"
    if missed:
        return tr("△ {count} not met", count=len(missed))
    if any(line.standing is Standing.DUE for line in lines):
        return tr("○ due")
    return "✓" if any(line.standing is Standing.MET for line in lines) else ""


def gravest_first(lines: tuple[ComplianceLine, ...]) -> list[ComplianceLine]:
    """Lines for review: what was not met, what is due, what was met."""
    order = (Standing.BREACHED, Standing.DUE, Standing.MET, Standing.NOT_DUE)
    return sorted(lines, key=lambda line: order.index(line.standing))


def due_words(due_ms: int | None, *, now_ms: int) -> str:
    """How long there is left, calmly: by fives at first; empty where nothing says when."""
    if due_ms is None:
        return ""
    left_ms = due_ms - now_ms
    if left_ms <= 0:
        return tr("due now")
    step_ms = _STEP_MS if left_ms > _CALM_MS else 1_000
    return tr("within {count} s", count=-(-left_ms // step_ms) * step_ms // 1_000)


def mode_name(mode: GuidanceMode) -> str:
    """How much guidance, in words."""
    return {
        GuidanceMode.GUIDE_ME: tr("guide me"),
        GuidanceMode.STANDARD: tr("standard"),
        GuidanceMode.QUIET: tr("quiet"),
    }[mode]


def _line(title: str, standing: Standing, evidence: tuple[Evidence, ...]) -> ComplianceLine:
    said = evidence[-1] if evidence else None
    at_ms = said.start_ms if said else None
    return ComplianceLine(
        title=title,
        standing=standing,
        quote=readable(said.quote) if said else "",
        time=clock_text(at_ms) if at_ms is not None else "",
        utterance_id=said.utterance_id if said else None,
    )
