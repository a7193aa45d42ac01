"""Coaching is the agent's own: others get no hint and nothing of its fate, yet no seq is lost."""

import asyncio

import pytest

from assist_engine.call.fold import apply
from assist_engine.call.state import CallState
from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded, Unrecognised
from assist_engine.contract.ids import CallId, SuggestionId
from assist_engine.contract.values import Suggestion, SuggestionKind
from assist_engine.contract.wire import decode_recorded, encode_recorded
from assist_engine.session.agents_own import for_others
from assist_engine.session.fan_out import FanOut, Subscriber

CALL = CallId("call")
HINT_ID = SuggestionId("coach-talk-share")


def made(kind: SuggestionKind, suggestion_id: str) -> Event:
    suggestion = Suggestion(
        suggestion_id=SuggestionId(suggestion_id),
        kind=kind,
        topic=suggestion_id,
        title="Let them talk",
        body="",
        probability=1.0,
        evidence=(),
    )
    return events.SuggestionMade(suggestion=suggestion)


ALL: list[Event] = [
    made(SuggestionKind.COMPLIANCE, "compliance-notice"),
    made(SuggestionKind.COACHING, HINT_ID),
    events.SuggestionRated(suggestion_id=HINT_ID, is_helpful=False),
    events.SuggestionDismissed(suggestion_id=HINT_ID),
    events.SuggestionUsed(suggestion_id=SuggestionId("compliance-notice")),
    events.ComplianceMet(rule="notice", title="Notice"),
]


def log() -> list[Recorded]:
    return [
        Recorded(call_id=CALL, seq=seq, recorded_ms=0, audio_ms=0, event=event)
        for seq, event in enumerate(ALL, start=1)
    ]


def seen(sent: list[bytes]) -> CallState:
    state = CallState(call_id=CALL)
    for data in sent:
        state = apply(state, decode_recorded(data))
    return state


def test_live_the_agent_gets_hints_and_a_supervisor_the_rest_without_a_hole() -> None:
    fan_out, agent, supervisor = FanOut(), Subscriber(limit=99), Subscriber(limit=99)
    fan_out.watch(CALL, agent, is_own=True)
    fan_out.watch_all(supervisor)
    for recorded in log():
        fan_out.publish(recorded)
    got = {"agent": asyncio.run(agent.take()), "supervisor": asyncio.run(supervisor.take())}
    shown = {who: [card.suggestion.topic for card in seen(sent).cards] for who, sent in got.items()}
    assert shown == {
        "agent": ["compliance-notice", "coach-talk-share"],
        "supervisor": ["compliance-notice"],
    }
    assert seen(got["supervisor"]).seq == len(ALL)
    assert not [data for data in got["supervisor"] if b"coach" in data]
    assert [met.rule for met in seen(got["supervisor"]).met] == ["notice"]


@pytest.mark.parametrize("recorded", log(), ids=lambda r: f"{r.seq}-{type(r.event).__name__}")
def test_what_is_withheld_can_be_sent_and_read(recorded: Recorded) -> None:
    told = for_others(recorded)
    assert decode_recorded(encode_recorded(told)) == told
    is_hint = b"coach" in encode_recorded(recorded)
    assert isinstance(told.event, Unrecognised) is is_hint
    assert (told is recorded) is not is_hint
