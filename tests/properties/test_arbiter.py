"""Whatever is proposed whenever: cards keep their distance, never repeat, never pile up."""

import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from assist_engine.call.fold import apply
from assist_engine.call.selectors import shown_cards
from assist_engine.call.state import CallState, CardStatus, Phase
from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import CallId, SuggestionId
from assist_engine.contract.values import Suggestion, SuggestionKind
from assist_engine.guidance.arbiter import Arbiter
from assist_engine.guidance.rule import Proposal

ARBITER = Arbiter()


def proposal(
    topic: str, probability: float = 0.9, *, priority: int = 0, is_action: bool = False
) -> Proposal:
    suggestion = Suggestion(
        suggestion_id=SuggestionId(topic),
        kind=SuggestionKind.NEXT_ACTION if is_action else SuggestionKind.ARTICLE,
        topic=topic,
        title=topic,
        body="",
        probability=probability,
        evidence=(),
    )
    return Proposal(suggestion=suggestion, asked_ms=0, rule="scripted", priority=priority)


def add(state: CallState, new: Sequence[Event], *, now_ms: int) -> CallState:
    for event in new:
        state = apply(
            state,
            Recorded(
                call_id=state.call_id,
                seq=state.seq + 1,
                recorded_ms=0,
                audio_ms=now_ms,
                event=event,
            ),
        )
    return state


def live_call() -> CallState:
    return CallState(call_id=CallId("c"), phase=Phase.LIVE)


PROPOSALS = st.builds(
    proposal,
    st.sampled_from("abcdefghij"),
    st.floats(0, 1),
    priority=st.integers(0, 3),
    is_action=st.booleans(),
)
# What happens: time goes on, cards are proposed, and the agent uses or puts away one of them.
MOMENT = st.tuples(
    st.integers(0, 40_000),
    st.lists(PROPOSALS, max_size=4),
    st.sampled_from([None, CardStatus.USED, CardStatus.DISMISSED]),
    st.integers(0, 5),
)


@given(st.lists(MOMENT, max_size=25))
def test_limits_hold_at_every_moment(
    moments: list[tuple[int, list[Proposal], CardStatus | None, int]],
) -> None:
    state, now_ms = live_call(), 0
    made: list[tuple[int, str, float]] = []
    for wait_ms, proposals, reaction, which in moments:
        now_ms += wait_ms
        new = ARBITER.review(state, proposals, now_ms=now_ms)
        made += [
            (now_ms, event.suggestion.topic, event.suggestion.probability)
            for event in new
            if isinstance(event, events.SuggestionMade)
        ]
        state = add(state, new, now_ms=now_ms)
        assert len(shown_cards(state)) <= ARBITER.max_visible
        state = add(state, react(state, reaction, which), now_ms=now_ms)
    times = [at_ms for at_ms, _, _ in made]
    topics = [topic for _, topic, _ in made]
    gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert all(gap >= ARBITER.min_gap_ms for gap in gaps)
    assert len(topics) == len(set(topics))
    assert all(probability >= ARBITER.min_probability for _, _, probability in made)


def react(state: CallState, reaction: CardStatus | None, which: int) -> list[Event]:
    shown = shown_cards(state)
    if reaction is None or not shown:
        return []
    chosen = shown[which % len(shown)].suggestion.suggestion_id
    if reaction is CardStatus.USED:
        return [events.SuggestionUsed(suggestion_id=chosen)]
    return [events.SuggestionDismissed(suggestion_id=chosen)]


@given(st.lists(PROPOSALS, min_size=1, max_size=6))
def test_something_sure_is_shown_and_it_is_of_the_highest_priority(
    proposals: list[Proposal],
) -> None:
    sure = [p for p in proposals if p.suggestion.probability >= ARBITER.min_probability]
    new = ARBITER.review(live_call(), proposals, now_ms=0)
    assert len(new) == (1 if sure else 0)
    for event in new:
        assert isinstance(event, events.SuggestionMade)
        shown = [p for p in sure if p.suggestion == event.suggestion]
        assert max(p.priority for p in shown) == max(p.priority for p in sure)


def filled(*, used: int = -1) -> CallState:
    state = live_call()
    for number, (topic, is_action) in enumerate((("a", False), ("b", True), ("c", False))):
        now_ms = number * 20_000
        new = ARBITER.review(state, [proposal(topic, is_action=is_action)], now_ms=now_ms)
        state = add(state, new, now_ms=now_ms)
        if number == used:
            state = add(
                state, [events.SuggestionUsed(suggestion_id=SuggestionId(topic))], now_ms=now_ms
            )
    return state


def withdrawn_for_a_fourth(state: CallState) -> list[str]:
    new = ARBITER.review(state, [proposal("d")], now_ms=60_000)
    return [e.suggestion_id for e in new if isinstance(e, events.SuggestionWithdrawn)]


def test_the_oldest_unused_article_makes_room() -> None:
    assert withdrawn_for_a_fourth(filled()) == ["a"]
    assert withdrawn_for_a_fourth(filled(used=0)) == ["c"]


def test_nothing_new_when_the_call_is_over() -> None:
    state = CallState(call_id=CallId("c"), phase=Phase.RELEASED)
    assert ARBITER.review(state, [proposal("a")], now_ms=0) == []


def test_the_next_slot_is_told() -> None:
    assert ARBITER.next_slot_ms(live_call()) == 0
    assert ARBITER.next_slot_ms(filled()) == 60_000
