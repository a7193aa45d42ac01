"""Every command, accepted and refused."""

import pytest
from msgspec.structs import replace

from assist_engine.call.decide import Caller, Refusal, decide
from assist_engine.call.fold import fold
from assist_engine.call.state import CallState
from assist_engine.contract import commands, events
from assist_engine.contract.commands import CallCommand
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import AgentId, AlertId, CallId, PlaybookId, SuggestionId
from assist_engine.contract.values import (
    AlertVerdict,
    Evidence,
    GuidanceMode,
    Suggestion,
    SuggestionKind,
    SummaryLine,
    WrapUp,
)
from tests.strategies import members

CALL = CallId("c1")
CARD = SuggestionId("refund")
ALERT = AlertId("alert-1")
AGENT = Caller(role="agent", agent_id=AgentId("anna"))
OTHER = Caller(role="agent", agent_id=AgentId("ben"))
SUPERVISOR = Caller(role="supervisor", agent_id=AgentId("sue"), agent_name="Sue")
WRAP_UP = WrapUp(lines=(SummaryLine(section="reason", text="Refund"),), disposition="refund")

OFFERED = events.CallOffered(caller_number="+15550142", agent_id=AGENT.agent_id)
MADE = events.SuggestionMade(
    suggestion=Suggestion(
        suggestion_id=CARD,
        kind=SuggestionKind.ARTICLE,
        topic="refund",
        title="Refunds",
        body="Within 14 days.",
        probability=0.8,
        evidence=(Evidence(quote="my money back"),),
    )
)
RAISED = events.AlertRaised(
    alert_id=ALERT, rule="cancel threat", title="Wants to cancel", evidence=(Evidence(quote="q"),)
)
RELEASED = events.CallReleased()


def call(*further: Event) -> CallState:
    log = [
        Recorded(call_id=CALL, seq=seq, recorded_ms=0, audio_ms=0, event=event)
        for seq, event in enumerate([OFFERED, *further], start=1)
    ]
    return fold(log, CallState(call_id=CALL))


USE = commands.UseSuggestion(call_id=CALL, suggestion_id=CARD)
DISMISS = commands.DismissSuggestion(call_id=CALL, suggestion_id=CARD, reason="not now")
RATE = commands.RateSuggestion(call_id=CALL, suggestion_id=CARD, is_helpful=True)
STEPS = PlaybookId("refund")
TICK = commands.TickChecklist(call_id=CALL, playbook_id=STEPS, item="Say the date")
MODE = commands.SetGuidanceMode(call_id=CALL, mode=GuidanceMode.QUIET)
LISTED = events.SuggestionMade(
    suggestion=replace(
        MADE.suggestion, playbook_id=STEPS, checklist=("Confirm the order", "Say the date")
    )
)
TICKED = events.ChecklistTicked(playbook_id=STEPS, item="Say the date", is_done=True)
ACKNOWLEDGE = commands.AcknowledgeAlert(call_id=CALL, alert_id=ALERT, verdict=AlertVerdict.USEFUL)
WHISPER = commands.SendWhisper(call_id=CALL, text="  offer a month  ")
NOTE = commands.TakeNote(call_id=CALL, text=" call back ")
COMPLETE = commands.CompleteWrapUp(call_id=CALL, wrap_up=WRAP_UP)
SURVEY = Caller(role="survey", agent_id=AgentId("post-call"))
SATISFY = commands.GiveSatisfaction(call_id=CALL, score=4, source=" text message ", comment="ok ")
GIVEN = events.SatisfactionGiven(score=4, by=SURVEY.agent_id, source="text message", comment="ok")
RELEASE = commands.ReleaseCall(call_id=CALL)
PAUSE = commands.PauseCall(call_id=CALL)
CONTINUE = commands.ContinueCall(call_id=CALL)
COMPLETED = events.WrapUpCompleted(wrap_up=WRAP_UP)
USED = events.SuggestionUsed(suggestion_id=CARD)
DISMISSED = events.SuggestionDismissed(suggestion_id=CARD, reason="not now")


ACCEPTED: list[tuple[CallCommand, CallState, Caller, list[Event]]] = [
    (RELEASE, call(), AGENT, [RELEASED]),
    (RELEASE, call(events.CallPaused()), AGENT, [RELEASED]),
    (RELEASE, call(RELEASED), AGENT, []),
    (PAUSE, call(), AGENT, [events.CallPaused()]),
    (CONTINUE, call(events.CallPaused()), AGENT, [events.CallContinued()]),
    (USE, call(MADE), AGENT, [USED]),
    (USE, call(MADE, USED), AGENT, []),
    (DISMISS, call(MADE), AGENT, [DISMISSED]),
    (DISMISS, call(MADE, DISMISSED), AGENT, []),
    (DISMISS, call(MADE, USED), AGENT, [DISMISSED]),
    (
        RATE,
        call(MADE),
        AGENT,
        [events.SuggestionRated(suggestion_id=CARD, is_helpful=True)],
    ),
    (
        ACKNOWLEDGE,
        call(RAISED),
        SUPERVISOR,
        [
            events.AlertAcknowledged(
                alert_id=ALERT, by=SUPERVISOR.agent_id, verdict=AlertVerdict.USEFUL
            )
        ],
    ),
    (
        WHISPER,
        call(),
        SUPERVISOR,
        [
            events.WhisperSent(
                whisper_id="whisper-2",
                by=SUPERVISOR.agent_id,
                by_name="Sue",
                text="offer a month",
            )
        ],
    ),
    (TICK, call(LISTED), AGENT, [TICKED]),
    (TICK, call(LISTED, TICKED), AGENT, []),
    (MODE, call(), AGENT, [events.GuidanceModeSet(mode=GuidanceMode.QUIET)]),
    (MODE, call(events.GuidanceModeSet(mode=GuidanceMode.QUIET)), AGENT, []),
    (NOTE, call(), AGENT, [events.NoteTaken(text="call back")]),
    (COMPLETE, call(RELEASED), AGENT, [events.WrapUpCompleted(wrap_up=WRAP_UP)]),
    (SATISFY, call(RELEASED), SURVEY, [GIVEN]),
    (SATISFY, call(RELEASED, GIVEN), SURVEY, []),
    (SATISFY, call(RELEASED, COMPLETED), SUPERVISOR, [replace(GIVEN, by=SUPERVISOR.agent_id)]),
    (replace(SATISFY, score=1), call(RELEASED, GIVEN), SURVEY, [replace(GIVEN, score=1)]),
]


@pytest.mark.parametrize(("command", "state", "caller", "caused"), ACCEPTED)
def test_accepted(
    command: CallCommand, state: CallState, caller: Caller, caused: list[Event]
) -> None:
    assert decide(command, state, caller) == caused


REFUSED: list[tuple[CallCommand, CallState, Caller, str]] = [
    (RELEASE, CallState(call_id=CALL), AGENT, "call.unknown"),
    (RELEASE, call(), OTHER, "access.not_your_call"),
    (NOTE, call(), OTHER, "access.not_your_call"),
    (PAUSE, call(RELEASED), AGENT, "call.not_live"),
    (PAUSE, call(events.CallPaused()), AGENT, "call.not_live"),
    (CONTINUE, call(), AGENT, "call.not_paused"),
    (CONTINUE, call(RELEASED), AGENT, "call.not_paused"),
    (USE, call(), AGENT, "suggestion.unknown"),
    (DISMISS, call(), AGENT, "suggestion.unknown"),
    (RATE, call(), AGENT, "suggestion.unknown"),
    (TICK, call(), AGENT, "checklist.unknown"),
    (MODE, call(), OTHER, "access.not_your_call"),
    (ACKNOWLEDGE, call(RAISED), AGENT, "access.role"),
    (ACKNOWLEDGE, call(), SUPERVISOR, "alert.unknown"),
    (WHISPER, call(), AGENT, "access.role"),
    (WHISPER, call(RELEASED), SUPERVISOR, "call.not_live"),
    (commands.SendWhisper(call_id=CALL, text=" "), call(), SUPERVISOR, "whisper.empty"),
    (commands.TakeNote(call_id=CALL, text=""), call(), AGENT, "note.empty"),
    (COMPLETE, call(), AGENT, "call.not_released"),
    (COMPLETE, call(RELEASED, COMPLETED), AGENT, "call.not_released"),
    (SATISFY, call(RELEASED), AGENT, "access.role"),
    (SATISFY, call(RELEASED), OTHER, "access.not_your_call"),
    (SATISFY, call(), SURVEY, "call.not_released"),
    (SATISFY, CallState(call_id=CALL), SURVEY, "call.unknown"),
    (replace(SATISFY, score=0), call(RELEASED), SURVEY, "satisfaction.score"),
    (replace(SATISFY, score=6), call(RELEASED), SURVEY, "satisfaction.score"),
    (RELEASE, call(), SURVEY, "access.not_your_call"),
    (NOTE, call(RELEASED), SURVEY, "access.not_your_call"),
]


@pytest.mark.parametrize(("command", "state", "caller", "code"), REFUSED)
def test_refused(command: CallCommand, state: CallState, caller: Caller, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        decide(command, state, caller)
    assert refusal.value.code == code
    assert str(refusal.value)


def test_every_command_is_accepted_and_refused_somewhere_above() -> None:
    every = set(members(CallCommand))
    assert {type(case[0]) for case in ACCEPTED} == every
    assert {type(case[0]) for case in REFUSED} == every
