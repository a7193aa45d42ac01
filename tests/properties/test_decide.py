"""Commands against any state: an event that the fold takes, or a refusal with a code."""

from hypothesis import given
from hypothesis import strategies as st

from assist_engine.call.decide import Caller, Refusal, decide
from assist_engine.call.fold import apply, fold
from assist_engine.call.state import CallState, Phase
from assist_engine.contract.commands import CallCommand
from assist_engine.contract.events import Event, Recorded
from tests.strategies import AGENT, AUDIO_SIDE, CALL, CALL_COMMANDS, CALLERS, event_logs, offered

NEW = CallState(call_id=CALL)
OWN = Caller(role="agent", agent_id=AGENT)
_OVER = {Phase.RELEASED, Phase.COMPLETED}


def record(state: CallState, event: Event) -> CallState:
    envelope = Recorded(
        call_id=CALL, seq=state.seq + 1, recorded_ms=0, audio_ms=state.audio_ms, event=event
    )
    return apply(state, envelope)


def check_refusal(refusal: Refusal) -> None:
    assert refusal.code.count(".") == 1
    assert str(refusal)


def obey(state: CallState, command: CallCommand, caller: Caller) -> CallState:
    try:
        decided = decide(command, state, caller)
    except Refusal as refusal:
        check_refusal(refusal)
        return state
    for event in decided:
        state = record(state, event)
    return state


@given(event_logs(), CALL_COMMANDS, CALLERS)
def test_the_fold_takes_what_decide_gives(
    log: list[Recorded], command: CallCommand, caller: Caller
) -> None:
    before = fold(log, NEW)
    after = obey(before, command, caller)
    assert after == before or after.seq > before.seq


@given(CALL_COMMANDS, CALLERS)
def test_an_unborn_call_obeys_nobody(command: CallCommand, caller: Caller) -> None:
    assert obey(NEW, command, caller) == NEW


@given(st.lists(CALL_COMMANDS | AUDIO_SIDE, max_size=30))
def test_released_is_terminal(given_commands: list[CallCommand]) -> None:
    state = record(NEW, offered())
    for command in given_commands:
        following = obey(state, command, OWN)
        if state.phase in _OVER:
            assert following.phase in _OVER
        if state.phase is Phase.COMPLETED:
            assert following.phase is Phase.COMPLETED
        state = following


@given(event_logs(), AUDIO_SIDE)
def test_nothing_moves_the_audio_of_a_released_call(
    log: list[Recorded], command: CallCommand
) -> None:
    state = fold(log, NEW)
    if state.phase in _OVER:
        caller = Caller(role="admin", agent_id=state.agent_id)
        assert obey(state, command, caller) == state
