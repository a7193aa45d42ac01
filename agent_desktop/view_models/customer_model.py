"""What the screen pop says of the customer: facts, predicted reason, timeline, handoff."""

from collections.abc import Sequence

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.marked_words import readable
from agent_desktop.view_models.mood_model import Feeling
from assist_engine.call.state import CallState
from assist_engine.contract.values import (
    Certainty,
    ContactChannel,
    CustomerProfile,
    PredictedReason,
    TimelineEntry,
    certainty_of,
)

_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
_MONTH, _YEAR = 30 * _DAY, 365 * _DAY
MOST_REASONS = 2


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A short fact for a pill."""

    text: str
    feeling: Feeling = Feeling.EVEN


class TimelineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened; `when` is how long ago."""

    when: str
    contact_channel: str
    title: str
    detail: str
    feeling: Feeling
    is_open: bool


class CustomerPop(msgspec.Struct, frozen=True, kw_only=True):
    """All that the panel shows."""

    name: str
    initials: str
    line: str
    facts: tuple[Fact, ...]
    timeline: tuple[TimelineRow, ...]
    handoff_source: str
    handoff: str
    do_not_ask: str


def customer_pop(state: CallState, *, caller_number: str = "") -> CustomerPop:
    """The screen pop of a call. Times are counted from the start of the call.

    `caller_number`: the whole number, where the state has it redacted.
    """
    profile = state.customer
    handoff = state.handoff
    name = profile.name if profile else tr("Unknown caller")
    return CustomerPop(
        name=name,
        initials="".join(part[0] for part in name.split()[:2]).upper() if profile else "?",
        line=_line(profile) if profile else tr("no record for this number"),
        facts=_facts(state, caller_number or readable(state.caller_number)),
        timeline=tuple(_row(entry, now_ms=state.offered_at_ms) for entry in state.timeline),
        handoff_source=handoff.source if handoff else "",
        handoff=" ".join(handoff.lines) if handoff else "",
        do_not_ask=", ".join(handoff.do_not_ask_again) if handoff else "",
    )


def reason_line(reason: PredictedReason) -> str:
    """How sure the prediction is and what it rests on most; the timeline has the rest."""
    why = " · ".join(evidence.quote for evidence in reason.evidence[:MOST_REASONS])
    sure = certainty_word(certainty_of(reason.probability))
    return f"{sure} · {why}" if why else sure


def certainty_word(certainty: Certainty) -> str:
    """A certainty in the person's language."""
    words = {
        Certainty.LIKELY: tr("likely"),
        Certainty.POSSIBLE: tr("possible"),
        Certainty.UNCLEAR: tr("unclear"),
    }
    return words[certainty]


def time_ago(at_ms: int, *, now_ms: int) -> str:
    """How long ago, in the largest unit that fits: 2 h, 6 d, 3 mo."""
    passed = max(0, now_ms - at_ms)
    if passed < _HOUR:
        return tr("{count} min", count=max(1, passed // _MINUTE))
    if passed < _DAY:
        return tr("{count} h", count=passed // _HOUR)
    if passed < 2 * _MONTH:
        return tr("{count} d", count=passed // _DAY)
    if passed < 2 * _YEAR:
        return tr("{count} mo", count=passed // _MONTH)
    return tr("{count} y", count=passed // _YEAR)


def pinned(state: CallState, *, named: Sequence[str] = ()) -> tuple[str, ...]:
    """References that still wait for us, then the agent's own notes; each once.

    A reference whose number was `named` on the call has a chip of its own.
    """
    waiting = [entry.reference for entry in state.timeline if entry.is_open and entry.reference]
    references = [text for text in waiting if not any(value in text for value in named)]
    return tuple(dict.fromkeys((*references, *state.notes)))


def contact_channel_name(channel: ContactChannel) -> str:
    """A contact channel in the person's language."""
    names = {
        ContactChannel.VOICE: tr("Call"),
        ContactChannel.CHAT: tr("Chat"),
        ContactChannel.EMAIL: tr("E-mail"),
        ContactChannel.ORDER: tr("Order"),
        ContactChannel.BRANCH: tr("Branch"),
        ContactChannel.APP: tr("App"),
        ContactChannel.NOTE: tr("Note"),
    }
    return names[channel]


def _line(profile: CustomerProfile) -> str:
    since = tr("customer since {year}", year=profile.since_year) if profile.since_year else ""
    return " · ".join(part for part in (since, profile.tier) if part)


def _facts(state: CallState, caller_number: str) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    if state.identified_by:
        facts.append(Fact(text=tr("✓ identified by {way}", way=_way(state)), feeling=Feeling.GOOD))
    if caller_number:
        facts.append(Fact(text=caller_number))
    if profile := state.customer:
        facts += [Fact(text=flag, feeling=Feeling.CARE) for flag in profile.flags]
        facts += [Fact(text=preference) for preference in profile.preferences]
        if profile.consent_recording is not None:
            has_consent = profile.consent_recording
            text = tr("recording: yes") if has_consent else tr("recording: no")
            facts.append(Fact(text=text, feeling=Feeling.EVEN if has_consent else Feeling.BAD))
    return tuple(facts)


def _way(state: CallState) -> str:
    known = {"caller number": tr("caller number"), "caller_number": tr("caller number")}
    return known.get(state.identified_by, state.identified_by)


def _row(entry: TimelineEntry, *, now_ms: int) -> TimelineRow:
    return TimelineRow(
        when=time_ago(entry.at_ms, now_ms=now_ms),
        contact_channel=contact_channel_name(entry.contact_channel),
        title=entry.title,
        detail=entry.detail,
        feeling=_feeling(entry),
        is_open=entry.is_open,
    )


def _feeling(entry: TimelineEntry) -> Feeling:
    if entry.mood is not None and entry.mood <= -0.3:
        return Feeling.BAD
    if entry.is_open:
        return Feeling.CARE
    return Feeling.GOOD if entry.mood is not None and entry.mood >= 0.3 else Feeling.EVEN
