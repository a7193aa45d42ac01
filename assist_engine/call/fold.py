"""Makes the next state of a call from an event. Pure: the same events give the same state.

A repeat is ignored, a gap raises `SequenceGap`, an unrecognised event only moves seq; so a
state can be taken up at any seq and fed with whatever the log or the wire holds after it.
"""

from collections.abc import Callable, Iterable
from functools import reduce
from typing import assert_never

from msgspec.structs import replace

from assist_engine.call.state import (
    ActionRun,
    ActionStatus,
    Alert,
    CallState,
    Card,
    CardStatus,
    Failure,
    Phase,
    Utterance,
)
from assist_engine.contract import events
from assist_engine.contract.actions import ActionDone, ActionFailed, ActionStarted
from assist_engine.contract.events import Event, Recorded, Unrecognised
from assist_engine.contract.ids import ActionKey, AlertId, CallId, SuggestionId, UtteranceId
from assist_engine.contract.values import Role


class SequenceGap(ValueError):
    """Events are missing between the state and the event."""

    code = "event.sequence_gap"

    def __init__(self, *, call_id: CallId, expected: int, got: int) -> None:
        super().__init__()
        self.call_id, self.expected, self.got = call_id, expected, got

    def __str__(self) -> str:
        return f"call {self.call_id}: event {self.expected} comes next, got {self.got}"


def fold(recorded: Iterable[Recorded], state: CallState) -> CallState:
    """Apply events in order."""
    return reduce(apply, recorded, state)


def apply(state: CallState, recorded: Recorded) -> CallState:
    """The state after one more event."""
    if recorded.seq <= state.seq:
        return state
    if recorded.seq != state.seq + 1:
        raise SequenceGap(call_id=state.call_id, expected=state.seq + 1, got=recorded.seq)
    audio_ms = max(state.audio_ms, recorded.audio_ms)
    moved = replace(state, seq=recorded.seq, audio_ms=audio_ms)
    if isinstance(recorded.event, Unrecognised):
        return moved
    return _apply_event(moved, recorded.event, recorded)


def _apply_event(state: CallState, event: Event, recorded: Recorded) -> CallState:  # noqa: C901, PLR0911, PLR0912 -- one flat case a kind
    match event:
        case events.CallOffered():
            return _offered(state, event, recorded)
        case events.ParticipantJoined(participant=participant):
            return replace(state, participants=(*state.participants, participant))
        case events.CustomerIdentified():
            return _identified(state, event)
        case events.ReasonPredicted(reason=reason):
            return replace(state, reason=reason)
        case events.CallPaused():
            return replace(state, phase=Phase.PAUSED)
        case events.CallContinued():
            return replace(state, phase=Phase.LIVE)
        case events.CallReleased():
            return replace(state, phase=Phase.RELEASED, released_at_ms=recorded.recorded_ms)
        case events.UtteranceFinal():
            return _said(state, event)
        case events.SentimentRead(utterance_id=uid):
            return _with_utterance(state, uid, lambda u: _felt(u, sentiment=event))
        case events.EmotionRead(utterance_id=uid):
            return _with_utterance(state, uid, lambda u: _felt(u, emotion=event))
        case events.EffortRead():
            return replace(state, effort=event)
        case events.EntityRead():
            return _with_entity(state, event)
        case events.BehaviourRead(utterance_id=uid):
            return _with_utterance(state, uid, lambda u: _behaved(u, event))
        case events.IntentRead(utterance_id=uid):
            return _with_utterance(state, uid, lambda u: replace(u, intents=(*u.intents, event)))
        case events.DriverRead(utterance_id=uid):
            return _with_utterance(state, uid, lambda u: replace(u, drivers=(*u.drivers, event)))
        case events.SuggestionMade():
            return _shown(state, event, recorded)
        case events.SuggestionUsed(suggestion_id=sid):
            return _with_card(state, sid, lambda c: replace(c, status=CardStatus.USED))
        case events.SuggestionDismissed(suggestion_id=sid):
            return _with_card(state, sid, lambda c: replace(c, status=CardStatus.DISMISSED))
        case events.SuggestionRated(suggestion_id=sid, is_helpful=is_helpful):
            return _with_card(state, sid, lambda c: replace(c, is_helpful=is_helpful))
        case events.SuggestionWithdrawn(suggestion_id=sid):
            return _with_card(state, sid, lambda c: replace(c, status=CardStatus.WITHDRAWN))
        case events.ChecklistTicked():
            return _ticked(state, event)
        case events.ComplianceMet():
            return replace(state, met=(*state.met, event))
        case events.ComplianceBreached():
            return replace(state, breaches=(*state.breaches, event))
        case events.ComplianceJudged(verdicts=verdicts):
            return replace(state, verdicts=verdicts)
        case events.GuidanceModeSet(mode=mode):
            return replace(state, guidance_mode=mode)
        case ActionStarted():
            return replace(state, actions=(*state.actions, ActionRun(started=event)))
        case ActionDone() | ActionFailed():
            return _ended(state, event)
        case events.ArticleOpened(article_id=article_id):
            return replace(state, opened=(*state.opened, article_id))
        case events.ArticlesWeighed():
            return state
        case events.AlertRaised():
            alert = Alert(raised=event, raised_ms=recorded.audio_ms)
            return replace(state, alerts=(*state.alerts, alert))
        case events.AlertAcknowledged(alert_id=alert_id):
            return _acknowledged(state, alert_id, event)
        case events.WhisperSent():
            return replace(state, whispers=(*state.whispers, event))
        case events.NoteTaken(text=text):
            return replace(state, notes=(*state.notes, text))
        case events.WrapUpDrafted(wrap_up=wrap_up):
            return replace(state, wrap_up_draft=wrap_up)
        case events.WrapUpCompleted(wrap_up=wrap_up):
            return replace(state, wrap_up=wrap_up, phase=Phase.COMPLETED)
        case events.SatisfactionGiven():
            return replace(state, satisfaction=event)
        case events.StageFailed(stage=stage, code=code, message=message):
            failure = Failure(stage=stage, code=code, message=message)
            return replace(state, failures=(*state.failures, failure))
        case _:
            assert_never(event)


def _offered(state: CallState, event: events.CallOffered, recorded: Recorded) -> CallState:
    return replace(
        state,
        phase=Phase.LIVE,
        caller_number=event.caller_number,
        queue=event.queue,
        locale=event.locale,
        agent_id=event.agent_id,
        agent_name=event.agent_name,
        offered_at_ms=recorded.recorded_ms,
    )


def _identified(state: CallState, event: events.CustomerIdentified) -> CallState:
    return replace(
        state,
        customer=event.profile,
        identified_by=event.identified_by,
        timeline=event.timeline,
        handoff=event.handoff,
    )


def _said(state: CallState, final: events.UtteranceFinal) -> CallState:
    speaker = state.participant(final.participant_id)
    utterance = Utterance(final=final, role=speaker.role if speaker else Role.BOT)
    return replace(state, utterances=(*state.utterances, utterance))


def _with_utterance(
    state: CallState, utterance_id: UtteranceId, change: Callable[[Utterance], Utterance]
) -> CallState:
    # From the end: a signal is about one of the last utterances, however long the call is.
    for at in range(len(state.utterances) - 1, -1, -1):
        if state.utterances[at].final.utterance_id == utterance_id:
            before, after = state.utterances[:at], state.utterances[at + 1 :]
            return replace(state, utterances=(*before, change(state.utterances[at]), *after))
    return state


def _felt(utterance: Utterance, **read: events.SentimentRead | events.EmotionRead) -> Utterance:
    """The utterance with a feeling read from it, where it is a customer's."""
    return replace(utterance, **read) if utterance.role is Role.CUSTOMER else utterance


def _behaved(utterance: Utterance, read: events.BehaviourRead) -> Utterance:
    return replace(utterance, behaviours=(*utterance.behaviours, read))


def _with_entity(state: CallState, read: events.EntityRead) -> CallState:
    known = [entity.entity_id for entity in state.entities]
    if read.entity_id not in known:
        return replace(state, entities=(*state.entities, read))
    at = known.index(read.entity_id)
    return replace(state, entities=(*state.entities[:at], read, *state.entities[at + 1 :]))


def _shown(state: CallState, made: events.SuggestionMade, recorded: Recorded) -> CallState:
    card = Card(
        suggestion=made.suggestion,
        status=CardStatus.SHOWN,
        made_ms=recorded.audio_ms,
        asked_ms=made.asked_ms,
        held_ms=made.held_ms,
    )
    return replace(state, cards=(*state.cards, card))


def _ticked(state: CallState, tick: events.ChecklistTicked) -> CallState:
    step = (tick.playbook_id, tick.item)
    others = tuple(t for t in state.ticks if (t.playbook_id, t.item) != step)
    return replace(state, ticks=(*others, tick))


def _ended(state: CallState, outcome: ActionDone | ActionFailed) -> CallState:
    run = state.action(outcome.key)
    if run is None:
        return state
    if isinstance(outcome, ActionDone):
        status = ActionStatus.DONE
    else:
        status = ActionStatus.UNKNOWN if outcome.is_unknown else ActionStatus.FAILED
    ended = _with_action(state, outcome.key, replace(run, status=status, outcome=outcome))
    undone = state.action(run.started.undoes) if run.started.undoes else None
    if undone is None or status is not ActionStatus.DONE:
        return ended
    return _with_action(ended, undone.started.key, replace(undone, status=ActionStatus.UNDONE))


def _with_action(state: CallState, key: ActionKey, changed: ActionRun) -> CallState:
    runs = tuple(changed if run.started.key == key else run for run in state.actions)
    return replace(state, actions=runs)


def _with_card(
    state: CallState, suggestion_id: SuggestionId, change: Callable[[Card], Card]
) -> CallState:
    changed = tuple(
        change(c) if c.suggestion.suggestion_id == suggestion_id else c for c in state.cards
    )
    return replace(state, cards=changed)


def _acknowledged(
    state: CallState, alert_id: AlertId, event: events.AlertAcknowledged
) -> CallState:
    changed = tuple(
        replace(a, verdict=event.verdict, acknowledged_by=event.by)
        if a.raised.alert_id == alert_id
        else a
        for a in state.alerts
    )
    return replace(state, alerts=changed)
