"""One customer's file: YAML whose times are told as `ago: 2 h`, read into the contract's values."""

import re
from typing import Annotated, Final, TypeAlias

import msgspec

from assist_engine.contract.ids import CustomerId
from assist_engine.contract.values import (
    ContactChannel,
    CustomerProfile,
    Handoff,
    TimelineEntry,
)
from assist_engine.customers.caller_number import normalise
from assist_engine.customers.yaml_lines import PathStep, line_of, read_struct
from assist_engine.errors import BadInput

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
_UNITS_MS: Final = {
    "min": 60_000,
    "h": HOUR_MS,
    "d": DAY_MS,
    "w": 7 * DAY_MS,
    "mo": 30 * DAY_MS,
    "y": 365 * DAY_MS,
}
_AGO: Final = re.compile(r"(\d{1,4}) ?(min|h|d|w|mo|y)")

Filled: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]
Mood: TypeAlias = Annotated[float, msgspec.Meta(ge=-1, le=1)]


class KnownCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer and what happened with them, newest first."""

    profile: CustomerProfile
    timeline: tuple[TimelineEntry, ...] = ()
    handoff: Handoff | None = None


class CustomerFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds: the customer, and the numbers in E.164 that identify them."""

    known: KnownCustomer
    numbers: tuple[str, ...]


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    ago: str
    contact_channel: ContactChannel
    title: Filled
    detail: str = ""
    mood: Mood | None = None
    is_open: bool = False
    reference: str = ""
    intent: str = ""


class _Handoff(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: Filled
    lines: tuple[str, ...]
    do_not_ask_again: tuple[str, ...] = ()


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    customer_id: Filled
    name: Filled
    organisation: Filled
    phones: tuple[str, ...]
    tier: str = ""
    since_year: int | None = None
    email: str = ""
    preferences: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    consent_recording: bool | None = None
    facts: dict[str, str | int | float | bool] = {}
    timeline: tuple[_Entry, ...] = ()
    handoff: _Handoff | None = None


def parse_customer(text: str, *, source: str, now_ms: int, region: str = "US") -> CustomerFile:
    """Read one customer's YAML; `ago` counts back from `now_ms` (wall clock, ms since 1970).

    `region` is the ISO country whose local spelling of numbers is understood. Raises `BadInput`
    naming the file and the line of what is wrong.
    """
    record = read_struct(text, source=source, kind=_Record)

    def refusal(message: str, *path: PathStep) -> BadInput:
        return BadInput(f"{source}, line {line_of(text, path=path)}: {message}")

    numbers = []
    for index, phone in enumerate(record.phones):
        number = normalise(phone, region=region)
        if number is None:
            raise refusal(f"{phone!r} is no phone number", "phones", index)
        numbers.append(number)
    timeline = []
    for index, entry in enumerate(record.timeline):
        elapsed_ms = elapsed(entry.ago)
        if elapsed_ms is None:
            accepted = "a number and min, h, d, w, mo or y, such as 2 h"
            raise refusal(f"{entry.ago!r} is not {accepted}", "timeline", index, "ago")
        timeline.append(_timeline_entry(entry, at_ms=now_ms - elapsed_ms))
    known = KnownCustomer(
        profile=_profile(record, phone=numbers[0] if numbers else ""),
        timeline=tuple(sorted(timeline, key=lambda entry: -entry.at_ms)),
        handoff=_handoff(record.handoff),
    )
    return CustomerFile(known=known, numbers=tuple(numbers))


def elapsed(ago: str) -> int | None:
    """Read `2 h`, `14 d`, `4 mo` as ms; None when it is not one. A month counts 30 days."""
    matched = _AGO.fullmatch(ago.strip())
    return int(matched[1]) * _UNITS_MS[matched[2]] if matched else None


def _profile(record: _Record, *, phone: str) -> CustomerProfile:
    return CustomerProfile(
        customer_id=CustomerId(record.customer_id),
        name=record.name,
        organisation=record.organisation,
        tier=record.tier,
        since_year=record.since_year,
        phone=phone,
        email=record.email,
        preferences=record.preferences,
        flags=record.flags,
        consent_recording=record.consent_recording,
        facts=record.facts,
    )


def _timeline_entry(entry: _Entry, *, at_ms: int) -> TimelineEntry:
    return TimelineEntry(
        at_ms=at_ms,
        contact_channel=entry.contact_channel,
        title=entry.title,
        detail=entry.detail,
        mood=entry.mood,
        is_open=entry.is_open,
        reference=entry.reference,
        intent=entry.intent,
    )


def _handoff(handoff: _Handoff | None) -> Handoff | None:
    if handoff is None:
        return None
    return Handoff(
        source=handoff.source, lines=handoff.lines, do_not_ask_again=handoff.do_not_ask_again
    )
