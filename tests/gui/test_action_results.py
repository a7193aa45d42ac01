"""What another system said to an action: whole for the call's own agent, until the call ends."""

from agent_desktop.view_models.action_words import run_line
from agent_desktop.view_models.live_words import LiveWords
from assist_engine.call.state import ActionRun, ActionStatus, CallState
from assist_engine.contract.actions import ActionDone, ActionStarted, ActionTold
from assist_engine.contract.ids import ActionId, ActionKey, AgentId, CallId, SuggestionId
from assist_engine.contract.values import ActionKind

CALL, KEY = CallId("c1"), ActionKey("k.0")
STARTED = ActionStarted(
    action_id=ActionId("order"),
    suggestion_id=SuggestionId("s"),
    label="Order",
    action_kind=ActionKind.REQUEST,
    key=KEY,
    by=AgentId("kim"),
)
STORED = ActionDone(key=KEY, status=201, text="Replacement [NUMBER] ordered")
STATE = CallState(
    call_id=CALL,
    actions=(ActionRun(started=STARTED, status=ActionStatus.DONE, outcome=STORED),),
)


def told(words: LiveWords) -> str:
    state = words.with_results(STATE)
    assert state is not None
    return run_line(state.actions[0]).text


def test_the_reference_is_read_whole_until_the_call_ends() -> None:
    words = LiveWords()
    redacted = told(words)
    words.hear(ActionTold(call_id=CALL, key=ActionKey("other.0"), text="not this one"))
    assert told(words) == redacted
    words.hear(ActionTold(call_id=CALL, key=KEY, text="Replacement 448120 ordered"))
    assert "Replacement 448120 ordered" in told(words)
    assert STATE.actions[0].outcome == STORED
    words.forget()
    assert told(words) == redacted
    assert len(words) == 0
    assert words.with_results(None) is None
