"""The opened call as a supervisor reads it: what was said and shown, where the mood turned."""

from enum import StrEnum

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.call_row import clock_text, customer_name
from assist_engine.call.selectors import mood_course
from assist_engine.call.state import CallState, Card, CardStatus, Utterance
from assist_engine.contract.answers import PartialHeard
from assist_engine.contract.ids import ParticipantId
from assist_engine.contract.values import Role, Sentiment

TURN = 0.2
MOST_TURNS = 3


class EntryKind(StrEnum):
    """What an entry of the story is."""

    SAID = "said"
    BEING_SAID = "being said"
    SHOWN = "shown"


class StoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. `detail` follows the text: what became of a card."""

    key: str
    kind: EntryKind
    at_ms: int
    caption: str
    text: str
    detail: str = ""
    role: Role | None = None
    sentiment: Sentiment | None = None  # of customers only
    is_used: bool = False


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A moment at which the mood turned; `after` is what the agent said just before."""

    at_ms: int
    mood: float
    change: float
    quote: str
    after: str = ""


def story_of(state: CallState, partials: tuple[PartialHeard, ...]) -> list[StoryEntry]:
    """Everything of the call by time, what is being said last."""
    said = [_said(state, utterance) for utterance in state.utterances]
    shown = [_shown(state, card) for card in state.cards]
    told = sorted([*said, *shown], key=lambda entry: entry.at_ms)
    return [*told, *(_being_said(state, partial) for partial in partials)]


def turns_of(state: CallState) -> tuple[Turn, ...]:
    """The greatest turns of the mood, in the order in which they happened."""
    before = 0.0
    turns = []
    course = dict(mood_course(state))
    for place, utterance in enumerate(state.utterances):
        mood = course.get(utterance.final.end_ms)
        if mood is None or utterance.role is not Role.CUSTOMER:
            continue
        if abs(mood - before) >= TURN:
            turns.append(_turn(state, place, mood=mood, change=mood - before))
        before = mood
    greatest = sorted(turns, key=lambda turn: -abs(turn.change))[:MOST_TURNS]
    return tuple(sorted(greatest, key=lambda turn: turn.at_ms))


def speaker_name(state: CallState, participant_id: ParticipantId) -> str:
    """Who speaks, by first name where one is known."""
    participant = state.participant(participant_id)
    role = participant.role if participant else Role.CUSTOMER
    if role is Role.AGENT:
        return state.agent_name or tr("Agent")
    if role is Role.BOT:
        return tr("Virtual agent")
    return customer_name(state).split()[0] if state.customer else tr("Customer")


def fate_of(card: Card) -> str:
    """What became of a card, in words."""
    fate = {
        CardStatus.SHOWN: tr("not used yet"),
        CardStatus.USED: tr("used"),
        CardStatus.DISMISSED: tr("dismissed"),
        CardStatus.WITHDRAWN: tr("withdrawn"),
    }[card.status]
    if card.is_helpful is None:
        return fate
    return f"{fate} · " + (tr("helpful") if card.is_helpful else tr("not helpful"))


def _said(state: CallState, utterance: Utterance) -> StoryEntry:
    final = utterance.final
    name = speaker_name(state, final.participant_id)
    is_customer = utterance.role is Role.CUSTOMER
    return StoryEntry(
        key=f"said {final.utterance_id}",
        kind=EntryKind.SAID,
        at_ms=final.start_ms,
        caption=f"{name} {clock_text(final.start_ms)}",
        text=final.text,
        role=utterance.role,
        sentiment=utterance.sentiment.sentiment if utterance.sentiment and is_customer else None,
    )


def _being_said(state: CallState, partial: PartialHeard) -> StoryEntry:
    participant = state.participant(partial.participant_id)
    name = speaker_name(state, partial.participant_id)
    return StoryEntry(
        key=f"said {partial.utterance_id}",
        kind=EntryKind.BEING_SAID,
        at_ms=partial.start_ms,
        caption=f"{name} {clock_text(partial.start_ms)}",
        text=f"{partial.stable} {partial.tail}".strip(),
        role=participant.role if participant else Role.CUSTOMER,
    )


def _shown(state: CallState, card: Card) -> StoryEntry:
    suggestion = card.suggestion
    agent = state.agent_name or tr("the agent")
    return StoryEntry(
        key=f"shown {suggestion.suggestion_id}",
        kind=EntryKind.SHOWN,
        at_ms=card.made_ms,
        caption=tr("shown to {agent} {time}", agent=agent, time=clock_text(card.made_ms)),
        text=suggestion.title,
        detail=fate_of(card),
        is_used=card.status is CardStatus.USED,
    )


def _turn(state: CallState, place: int, *, mood: float, change: float) -> Turn:
    final = state.utterances[place].final
    before = [u.final.text for u in state.utterances[:place] if u.role is Role.AGENT]
    return Turn(
        at_ms=final.end_ms,
        mood=mood,
        change=change,
        quote=final.text,
        after=before[-1] if before else "",
    )
