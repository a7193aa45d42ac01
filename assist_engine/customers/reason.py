"""Predicts why a known customer calls, from what is open and what happened last. Pure.

Every entry of the timeline has a weight; the entries about one matter add up, each next one
counting half; the matters compete with each other and with "something else", so that two equal
matters leave nobody sure.
"""

import math
from typing import Final

import msgspec

from assist_engine.contract.values import (
    ContactChannel,
    Evidence,
    PredictedReason,
    TimelineEntry,
)
from assist_engine.customers.profile import DAY_MS, HOUR_MS, KnownCustomer

# Weights are exponents of chances: +0.7 doubles the chance of a matter against the others.
OPEN_WEIGHT: Final = 1.6  # something is waiting for us: five times the chance
ASKED_WEIGHT: Final = 1.2  # the customer asked about it, by chat, e-mail, voice, app or in person
MOOD_WEIGHT: Final = 1.0  # at mood -1; a content customer has no need to call
HAPPENED_WEIGHT: Final = 0.5  # anything that just happened invites a question
HALF_LIFE_MS: Final = 3 * DAY_MS  # asked three days ago counts half
OPEN_HALF_LIFE_MS: Final = 30 * DAY_MS  # what is open fades slowly
SOMETHING_ELSE: Final = 1.5  # the weight that a matter must beat
SUREST: Final = 0.95  # nobody has spoken yet
LEAST_PROBABILITY: Final = 0.5  # below it a prediction would be wrong more often than right
_ASKING: Final = frozenset(
    {
        ContactChannel.VOICE,
        ContactChannel.CHAT,
        ContactChannel.EMAIL,
        ContactChannel.BRANCH,
        ContactChannel.APP,
    }
)


class _Matter(msgspec.Struct, frozen=True):
    """Entries about one thing, each with its weight, heaviest first."""

    entries: tuple[tuple[TimelineEntry, float], ...]

    @property
    def weight(self) -> float:
        return sum(weight * math.exp2(-rank) for rank, (_, weight) in enumerate(self.entries))


def predict(known: KnownCustomer, *, now_ms: int) -> PredictedReason | None:
    """Why the customer probably calls at `now_ms` (ms since 1970), or None when unclear."""
    matters = _matters(known.timeline, now_ms=now_ms)
    if not matters:
        return None
    best = max(matters, key=lambda matter: matter.weight)
    rivals = [SOMETHING_ELSE, *(matter.weight for matter in matters)]
    chance = 1 / sum(math.exp(weight - best.weight) for weight in rivals)
    probability = min(chance, SUREST)
    if probability < LEAST_PROBABILITY:
        return None
    return _reason(best, probability=probability, now_ms=now_ms)


def weight_of(entry: TimelineEntry, *, now_ms: int) -> float:
    """How much one entry speaks for a call about it; 0 or more, less the older it is."""
    age_ms = max(0, now_ms - entry.at_ms)
    fading = math.exp2(-age_ms / HALF_LIFE_MS)
    weight = HAPPENED_WEIGHT * fading
    if entry.is_open:
        weight += OPEN_WEIGHT * math.exp2(-age_ms / OPEN_HALF_LIFE_MS)
    if entry.contact_channel in _ASKING and entry.intent:
        weight += ASKED_WEIGHT * fading
    return weight + MOOD_WEIGHT * max(0.0, -(entry.mood or 0.0)) * fading


def told_ago(elapsed_ms: int) -> str:
    """Say how long ago in the largest unit that fits: `30 min`, `2 h`, `9 d`, `4 mo`."""
    if elapsed_ms < HOUR_MS:
        return f"{max(0, elapsed_ms) // 60_000} min"
    if elapsed_ms < DAY_MS:
        return f"{elapsed_ms // HOUR_MS} h"
    days = elapsed_ms // DAY_MS
    return f"{days} d" if days < 60 else f"{days // 30} mo"


def _matters(timeline: tuple[TimelineEntry, ...], *, now_ms: int) -> list[_Matter]:
    """Entries by what they are about. Without an intent in it a matter is no reason to call."""
    grouped: dict[str, list[TimelineEntry]] = {}
    for entry in timeline:
        about = entry.reference or entry.intent
        if about:
            grouped.setdefault(about, []).append(entry)
    return [
        _weighed(entries, now_ms=now_ms)
        for entries in grouped.values()
        if any(entry.intent for entry in entries)
    ]


def _weighed(entries: list[TimelineEntry], *, now_ms: int) -> _Matter:
    pairs = [(entry, weight_of(entry, now_ms=now_ms)) for entry in entries]
    return _Matter(tuple(sorted(pairs, key=lambda pair: -pair[1])))


def _reason(matter: _Matter, *, probability: float, now_ms: int) -> PredictedReason:
    entries = [entry for entry, _ in matter.entries]
    told_by = _title_entry(entries)
    return PredictedReason(
        title=told_by.title,
        opening=_opening(told_by),
        intent=next(entry.intent for entry in entries if entry.intent),
        probability=round(probability, 3),
        evidence=tuple(
            Evidence(quote=f"{entry.title} · {told_ago(now_ms - entry.at_ms)} ago")
            for entry in entries[:3]
        ),
    )


def _title_entry(entries: list[TimelineEntry]) -> TimelineEntry:
    """The entry that names the matter: what is open with us before what was said about it."""
    is_ours = {ContactChannel.ORDER, ContactChannel.NOTE}
    ours = [e for e in entries if e.is_open and e.contact_channel in is_ours]
    still_open = [e for e in entries if e.is_open]
    return next(iter([*ours, *still_open, *entries]))


def _opening(entry: TimelineEntry) -> str:
    if entry.reference:
        return f"Are you calling about {entry.reference}?"
    return f"Is this about “{entry.title}”?"
