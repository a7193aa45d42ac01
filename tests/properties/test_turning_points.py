"""Turning points of the mood: by turns down and up, far enough, and never taken back."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assist_engine.call.selectors import TURN, mood_course, turning_points
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import SentimentRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role, Sentiment

SCORES = st.lists(st.floats(-1, 1), max_size=25)


def said(number: int, role: Role, text: str, score: float | None = None) -> Utterance:
    uid = UtteranceId(f"u-{number}")
    final = UtteranceFinal(
        utterance_id=uid,
        participant_id=ParticipantId(role.value),
        text=text,
        start_ms=number * 1000,
        end_ms=number * 1000 + 900,
    )
    label = Sentiment.NEUTRAL if score is not None else Sentiment.UNCLEAR
    read = SentimentRead(utterance_id=uid, sentiment=label, score=score or 0.0, probability=0.9)
    return Utterance(final=final, role=role, sentiment=read if role is Role.CUSTOMER else None)


def call_of(scores: list[float]) -> CallState:
    turns = []
    for at, score in enumerate(scores):
        turns.append(said(2 * at, Role.AGENT, f"agent {at}"))
        turns.append(said(2 * at + 1, Role.CUSTOMER, f"customer {at}", score))
    return CallState(call_id=CallId("c"), utterances=tuple(turns))


@given(SCORES)
def test_they_alternate_in_order_and_are_far_enough(scores: list[float]) -> None:
    state = call_of(scores)
    turns = turning_points(state)
    assert all(a.at_ms < b.at_ms and a.change * b.change < 0 for a, b in pairwise(turns))
    assert all(abs(turn.change) >= TURN - 1e-3 for turn in turns)
    moods = {at_ms: round(mood, 3) for at_ms, mood in mood_course(state)}
    assert all(moods[turn.at_ms] == turn.mood for turn in turns)


@given(SCORES, st.integers(0, 25))
def test_a_call_that_goes_on_keeps_the_turns_it_had(scores: list[float], cut: int) -> None:
    before = turning_points(call_of(scores[:cut]))
    assert turning_points(call_of(scores))[: len(before)] == before


def test_a_turn_names_its_words_and_what_the_agent_said_before() -> None:
    fall, rise = turning_points(call_of([0.4, 0.4, -0.9, -0.9, 0.9, 0.9]))
    assert fall.change < 0 < rise.change
    assert (fall.words.quote, rise.words.quote) == ("customer 2", "customer 4")
    assert fall.before is not None
    assert fall.before.quote == "agent 2"


def test_small_ups_and_downs_are_no_turns() -> None:
    assert turning_points(call_of([0.2, -0.2, 0.2, -0.2, 0.2])) == ()


def test_the_first_words_have_nothing_before_them() -> None:
    turns = [said(0, Role.CUSTOMER, "good", 0.9), said(1, Role.CUSTOMER, "bad", -0.9)]
    state = CallState(call_id=CallId("c"), utterances=tuple(turns))
    (turn,) = turning_points(state)
    assert (turn.words.quote, turn.before) == ("bad", None)
