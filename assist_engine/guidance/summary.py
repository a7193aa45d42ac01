"""Drafts the wrap-up of a call from its events; there is always one, and nothing is made up.

Each line is the participants' own words or a plain statement about them, with its moment.
"""

import re
from collections import defaultdict
from typing import Final

from assist_engine.call.clauses import sentence
from assist_engine.call.plain_talk import substance
from assist_engine.call.selectors import customer_utterances, mood_course
from assist_engine.call.state import CallState, CardStatus, Utterance
from assist_engine.contract.values import Evidence, FollowUp, Sentiment, SummaryLine, WrapUp
from assist_engine.guidance.need import is_need
from assist_engine.guidance.promises import agent_clauses, follow_ups

_DONE: Final = re.compile(
    r"\b(?:i|we)(?: have|'ve) (?!been\b|to\b|a\b|the\b|your\b|not\b|never\b)(?:just |already )?\w+|"
    r"\b(?:i|we) (?:just |already )?(?:blocked|sent|placed|ordered|booked|cancell?ed|refunded|"
    r"changed|opened|closed|credited|replaced|reset|scheduled|created|updated|disputed)\b|"
    r"\b(?:i|we)(?: will|'ll| am going to| can) (?:also )?(?:send|give|dispute|refund|lower|book|"
    r"replace|order|cancel|open|credit|arrange|schedule|transfer|block|call)\b"
)
_AGREED: Final = re.compile(
    r"\b(?:thank(?:s| you)|sounds (?:good|fair|great|better)|that works|perfect|great|"
    r"that (?:would be|is) (?:great|fine|good))\b"
)
_MOOD: Final = 0.15
_MAX_DONE: Final = 4
GENERAL: Final = "General enquiry"


def draft(state: CallState) -> WrapUp:
    """The wrap-up as far as the call says it; never empty, never raises on any call."""
    promised = follow_ups(state)
    outcome = _outcome(state, promised)
    disposition, probability = _disposition(state)
    lines = [_reason(state), *_done(state), _outcome_line(state, outcome), *_mood(state)]
    return WrapUp(
        lines=tuple(lines),
        disposition=disposition,
        disposition_probability=round(probability, 3),
        outcome=outcome,
        follow_ups=promised,
    )


def _reason(state: CallState) -> SummaryLine:
    said = customer_utterances(state)
    asked = next((turn for turn in said if is_need(turn.final.text)), None)
    who = state.customer.name if state.customer else "The customer"
    if asked is None:
        told = "said nothing that asks for help" if said else "said nothing"
        return SummaryLine(section="reason", text=f"{who} {told}.")
    label = f" ({asked.intents[0].label})" if asked.intents else ""
    words = substance(asked.final.text)
    return SummaryLine(
        section="reason", text=f"{who} called{label}: “{sentence(words)}”", evidence=_quote(asked)
    )


def _done(state: CallState) -> list[SummaryLine]:
    done = [
        SummaryLine(section="done", text=sentence(clause.text), evidence=clause.evidence)
        for clause in agent_clauses(state)
        if _DONE.search(clause.text)
    ]
    used = [card.suggestion for card in state.cards if card.status is CardStatus.USED]
    cards = [
        SummaryLine(
            section="done",
            text=f"Used: {suggestion.title}.",
            evidence=suggestion.evidence[0] if suggestion.evidence else None,
        )
        for suggestion in used
    ]
    return [*done[-_MAX_DONE:], *cards] or [
        SummaryLine(section="done", text="No action was heard on the call.")
    ]


def _outcome(state: CallState, promised: tuple[FollowUp, ...]) -> str:
    last = customer_utterances(state)[-2:]
    if not last:
        return "Unclear"
    moods = [turn.sentiment.sentiment for turn in last if turn.sentiment]
    if moods and moods[-1] is Sentiment.NEGATIVE:
        return "Not solved"
    is_content = Sentiment.POSITIVE in moods or any(_AGREED.search(t.final.text) for t in last)
    if promised:
        return "Follow-up promised"
    return "Solved" if is_content else "Unclear"


def _outcome_line(state: CallState, outcome: str) -> SummaryLine:
    agreed = [turn for turn in customer_utterances(state) if _AGREED.search(turn.final.text)]
    last = (agreed or list(customer_utterances(state)))[-1:]
    if not last:
        return SummaryLine(section="outcome", text=f"{outcome}.")
    words = sentence(last[0].final.text)
    return SummaryLine(
        section="outcome", text=f"{outcome}. Last: “{words}”", evidence=_quote(last[0])
    )


def _mood(state: CallState) -> list[SummaryLine]:
    course = mood_course(state)
    if not course:
        return []
    lowest_ms, lowest = min(course, key=lambda point: point[1])
    start, end = _name(course[0][1]), _name(course[-1][1])
    text = f"{start} at the start, {end.lower()} at the end"
    if lowest < min(course[0][1], course[-1][1]) - _MOOD and lowest < -_MOOD:
        text += f", lowest at {lowest_ms // 60_000}:{lowest_ms // 1000 % 60:02d}"
    at_lowest = (t for t in customer_utterances(state) if t.final.end_ms == lowest_ms)
    return [SummaryLine(section="mood", text=f"{text}.", evidence=_quote(next(at_lowest, None)))]


def _name(mood: float) -> str:
    if mood <= -_MOOD:
        return "Negative"
    return "Positive" if mood >= _MOOD else "Neutral"


def _disposition(state: CallState) -> tuple[str, float]:
    """The intent heard most over the call and how sure it was at best; else the general one."""
    weights: defaultdict[str, float] = defaultdict(float)
    surest: dict[str, float] = {}
    for utterance in state.utterances:
        for read in utterance.intents:
            weights[read.label] += read.probability
            surest[read.label] = max(surest.get(read.label, 0.0), read.probability)
    if weights:
        label = max(weights, key=lambda name: weights[name])
        return label, surest[label]
    return GENERAL, 0.5 if customer_utterances(state) else 0.0


def _quote(turn: Utterance | None) -> Evidence | None:
    if turn is None:
        return None
    final = turn.final
    return Evidence(quote=final.text, utterance_id=final.utterance_id, start_ms=final.start_ms)
