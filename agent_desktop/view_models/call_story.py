"""The opened call as a supervisor reads it: what was said and what was shown, by time."""

from enum import StrEnum
from functools import partial

import msgspec

from agent_desktop.translation import tr
from agent_desktop.view_models.behaviour_words import ticks_of
from agent_desktop.view_models.call_row import customer_name
from agent_desktop.view_models.clock_words import clock_text
from agent_desktop.view_models.compliance_model import verdict_line
from agent_desktop.view_models.kept_lines import KeptLines
from agent_desktop.view_models.marked_words import Mark, MarkedWords, marked
from agent_desktop.view_models.mood_model import Feeling, mood_explanation, utterance_mood
from assist_engine.call.state import CallState, Card, CardStatus, Utterance
from assist_engine.contract.answers import PartialHeard
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.values import (
    ComplianceOutcome,
    ComplianceVerdict,
    Role,
    SuggestionKind,
)


class EntryKind(StrEnum):
    """What an entry of the story is."""

    SAID = "said"
    BEING_SAID = "being said"
    SHOWN = "shown"
    JUDGED = "judged"


class StoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. `detail` follows the text: what became of a card.

    `mood` is the word for what a customer's utterance shows, `ticks` is what an agent's did well;
    `marks` are places in `text`.
    """

    key: str
    kind: EntryKind
    at_ms: int
    caption: str
    text: str
    detail: str = ""
    role: Role | None = None
    is_used: bool = False
    utterance_id: UtteranceId | None = None
    marks: tuple[Mark, ...] = ()
    mood: str = ""
    feeling: Feeling = Feeling.EVEN
    explanation: str = ""
    ticks: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """The text where nothing can be painted."""
        return MarkedWords(text=self.text, marks=self.marks).plain


def story_of(
    state: CallState, partials: tuple[PartialHeard, ...], kept: KeptLines[StoryEntry]
) -> list[StoryEntry]:
    """Everything of the call by time, what is being said last.

    `kept` holds the entries made before, so that only what changed is made again.
    """
    told = []
    names = {p.participant_id: speaker_name(state, p.participant_id) for p in state.participants}
    for utterance in state.utterances:
        name = names.get(utterance.final.participant_id, tr("Customer"))
        make = partial(_said, utterance, name)
        told.append(kept.of(utterance.final.utterance_id, (utterance, name), make))
    agent = state.agent_name or tr("the agent")
    for card in state.cards:
        if card.suggestion.kind is SuggestionKind.COACHING:
            continue  # a hint is the agent's own
        make = partial(_shown, card, agent)
        told.append(kept.of(card.suggestion.suggestion_id, (card, agent), make))
    for verdict in state.verdicts:
        make = partial(_judged, verdict, state.audio_ms)
        told.append(kept.of(f"rule {verdict.rule}", (verdict, state.audio_ms), make))
    told.sort(key=lambda entry: entry.at_ms)
    return [*told, *(_being_said(state, heard) for heard in partials)]


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


def _said(utterance: Utterance, name: str) -> StoryEntry:
    final = utterance.final
    words = marked(final.text, final.redactions)
    mood, feeling = utterance_mood(utterance)
    return StoryEntry(
        key=f"said {final.utterance_id}",
        kind=EntryKind.SAID,
        at_ms=final.start_ms,
        caption=f"{name} {clock_text(final.start_ms)}",
        text=words.text,
        role=utterance.role,
        utterance_id=final.utterance_id,
        marks=words.marks,
        mood=mood,
        feeling=feeling,
        explanation=mood_explanation(utterance),
        ticks=ticks_of(utterance),
    )


def _being_said(state: CallState, heard: PartialHeard) -> StoryEntry:
    participant = state.participant(heard.participant_id)
    name = speaker_name(state, heard.participant_id)
    words = marked(f"{heard.stable} {heard.tail}".strip())
    return StoryEntry(
        key=f"said {heard.utterance_id}",
        kind=EntryKind.BEING_SAID,
        at_ms=heard.start_ms,
        caption=f"{name} {clock_text(heard.start_ms)}",
        text=words.text,
        marks=words.marks,
        role=participant.role if participant else Role.CUSTOMER,
    )


def _judged(verdict: ComplianceVerdict, at_ms: int) -> StoryEntry:
    line = verdict_line(verdict)
    is_missed = verdict.outcome is ComplianceOutcome.BREACHED
    return StoryEntry(
        key=f"rule {verdict.rule}",
        kind=EntryKind.JUDGED,
        at_ms=at_ms,
        caption=tr("rule of the call"),
        text=line.title,
        detail=" · ".join(part for part in (line.word, line.time) if part),
        is_used=verdict.outcome is ComplianceOutcome.MET,
        feeling=Feeling.CARE if is_missed else Feeling.EVEN,
        explanation=f"“{line.quote}”" if line.quote else "",
    )


def _shown(card: Card, agent: str) -> StoryEntry:
    suggestion = card.suggestion
    return StoryEntry(
        key=f"shown {suggestion.suggestion_id}",
        kind=EntryKind.SHOWN,
        at_ms=card.made_ms,
        caption=tr("shown to {agent} {time}", agent=agent, time=clock_text(card.made_ms)),
        text=suggestion.title,
        detail=fate_of(card),
        is_used=card.status is CardStatus.USED,
    )
