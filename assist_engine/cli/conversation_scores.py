"""Compares what a conversation brought with what was expected of it, kind by kind."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import SuggestionId
from assist_engine.guidance.arbiter import DONE, MADE_ROOM, MOMENT_PASSED
from assist_engine.session.conversation import Conversation, Expectation, name_of

EARLY_MS: Final = 8_000  # before the turn it belongs to: it is there already when it is asked for
LATE_MS: Final = 25_000  # after it: another card may have held it back

_ON_PURPOSE: Final = {MADE_ROOM, MOMENT_PASSED, DONE}


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a conversation brought."""

    kind: str
    id: str
    at_ms: int
    is_expected: bool = False


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """Something expected that did not come with the words at `at_ms`."""

    kind: str
    any_of: tuple[str, ...]
    at_ms: int


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation: what came, expected or not, and what did not."""

    name: str
    title: str
    came: tuple[Came, ...]
    missed: tuple[Missed, ...]
    required: dict[str, int]  # expectations that are not optional, by kind
    cards: int
    repeats: int
    taken_back: int  # not to make room, and not because their moment had passed
    undone: tuple[Missed, ...] = ()  # what the agent would have done with cards that were not there


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """Precision and recall of one kind over conversations; None where there was nothing."""

    kind: str
    came: int
    fitting: int
    required: int
    found: int

    @property
    def precision(self) -> float | None:
        """Share of what came that was expected."""
        return self.fitting / self.came if self.came else None

    @property
    def recall(self) -> float | None:
        """Share of what was required that came."""
        return self.found / self.required if self.required else None


def compare(name: str, conversation: Conversation, recorded: Sequence[Recorded]) -> Played:
    """Match each thing that came with at most one expectation, the required ones first."""
    came = [one for item in recorded for one in _came(item)]
    wanted = sorted(_wanted(conversation), key=lambda item: (item[0].optional, item[1]))
    fitting: set[int] = set()
    missed: list[Missed] = []
    required: dict[str, int] = {}
    for expectation, start_ms, end_ms in wanted:
        window = range(start_ms - EARLY_MS, end_ms + LATE_MS)
        place = _place(expectation, window, came, fitting)
        if place is not None:
            fitting.add(place)
        if not expectation.optional:
            required[expectation.kind] = required.get(expectation.kind, 0) + 1
            if place is None:
                any_of = expectation.any_of
                missed.append(Missed(kind=expectation.kind, any_of=any_of, at_ms=end_ms))
    made = [e.suggestion for e in _events(recorded) if isinstance(e, events.SuggestionMade)]
    gone = [e for e in _events(recorded) if isinstance(e, events.SuggestionWithdrawn)]
    return Played(
        name=name,
        title=conversation.title,
        came=tuple(
            msgspec.structs.replace(one, is_expected=place in fitting)
            for place, one in enumerate(came)
        ),
        missed=tuple(missed),
        required=required,
        cards=len(made),
        repeats=len(made) - len({one.topic for one in made}),
        taken_back=sum(event.reason not in _ON_PURPOSE for event in gone),
        undone=tuple(_undone(conversation, recorded)),
    )


def score(played: Sequence[Played], kind: str) -> Score:
    """One kind over all conversations."""
    came = [one for call in played for one in call.came if one.kind == kind]
    required = sum(call.required.get(kind, 0) for call in played)
    missed = sum(one.kind == kind for call in played for one in call.missed)
    return Score(
        kind=kind,
        came=len(came),
        fitting=sum(one.is_expected for one in came),
        required=required,
        found=required - missed,
    )


def _place(
    expectation: Expectation, window: range, came: Sequence[Came], taken: set[int]
) -> int | None:
    return next(
        (
            place
            for place, one in enumerate(came)
            if place not in taken
            and one.kind == expectation.kind
            and one.id in expectation.any_of
            and one.at_ms in window
        ),
        None,
    )


def _wanted(conversation: Conversation) -> Iterator[tuple[Expectation, int, int]]:
    for turn in conversation.turns:
        for expectation in turn.expect:
            yield expectation, turn.start_ms, turn.end_ms


def _undone(conversation: Conversation, recorded: Sequence[Recorded]) -> Iterator[Missed]:
    names: dict[SuggestionId, str] = {}
    done: set[tuple[str, str]] = set()
    for event in _events(recorded):
        match event:
            case events.SuggestionMade(suggestion=card):
                names[card.suggestion_id] = name_of(card)
            case events.SuggestionUsed(suggestion_id=card_id):
                done.add(("use", names[card_id]))
            case events.SuggestionDismissed(suggestion_id=card_id):
                done.add(("dismiss", names[card_id]))
            case _:
                continue
    for turn in conversation.turns:
        for deed in turn.does:
            kind = "use" if deed.use else "dismiss"
            if (kind, deed.card) not in done:
                yield Missed(kind=kind, any_of=(deed.card,), at_ms=turn.end_ms)


def _events(recorded: Sequence[Recorded]) -> Iterator[Event]:
    return (item.event for item in recorded if not isinstance(item.event, events.Unrecognised))


def _came(item: Recorded) -> Iterator[Came]:
    at_ms = item.audio_ms
    match item.event:
        case events.SuggestionMade(suggestion=suggestion):
            yield Came(kind=str(suggestion.kind), id=name_of(suggestion), at_ms=at_ms)
        case events.ChecklistTicked(playbook_id=playbook, item=step, is_done=True):
            yield Came(kind="tick", id=f"{playbook}/{step}", at_ms=at_ms)
        case events.ComplianceMet(rule=rule):
            yield Came(kind="met", id=rule, at_ms=at_ms)
        case events.ComplianceBreached(rule=rule):
            yield Came(kind="breach", id=rule, at_ms=at_ms)
        case _:
            return
