"""The guarantee behind resume, replay and several desktops: one log, one state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from assist_engine.call.fold import SequenceGap, apply, fold
from assist_engine.call.state import CallState
from assist_engine.contract import wire
from assist_engine.contract.events import Recorded
from tests.strategies import CALL, event_logs

NEW = CallState(call_id=CALL)


@given(event_logs(), st.data())
def test_folding_from_any_resume_point_is_folding_in_one_go(
    log: list[Recorded], data: st.DataObject
) -> None:
    split = data.draw(st.integers(0, len(log)))
    assert fold(log[split:], fold(log[:split], NEW)) == fold(log, NEW)


@given(event_logs(), st.data())
def test_repeats_change_nothing(log: list[Recorded], data: st.DataObject) -> None:
    state = fold(log, NEW)
    repeats = data.draw(st.lists(st.sampled_from(log)))
    assert fold(repeats, state) == state


@given(event_logs(), st.integers(2, 1_000))
def test_a_gap_is_named(log: list[Recorded], missing: int) -> None:
    state = fold(log, NEW)
    late = replace(log[-1], seq=state.seq + missing)
    with pytest.raises(SequenceGap) as gap:
        apply(state, late)
    assert (gap.value.expected, gap.value.got) == (len(log) + 1, len(log) + missing)
    assert str(len(log) + 1) in str(gap.value)


@given(event_logs())
def test_the_state_is_that_of_the_stored_log(log: list[Recorded]) -> None:
    stored = [wire.decode_recorded(wire.encode_recorded(recorded)) for recorded in log]
    assert fold(stored, NEW) == fold(log, NEW)


@given(event_logs())
def test_audio_never_runs_backwards_and_finals_stay(log: list[Recorded]) -> None:
    state = NEW
    for recorded in log:
        following = apply(state, recorded)
        assert following.seq == state.seq + 1
        assert following.audio_ms >= state.audio_ms
        earlier = [u.final for u in state.utterances]
        assert [u.final for u in following.utterances][: len(earlier)] == earlier
        state = following
