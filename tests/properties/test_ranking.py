"""Ranking: the author's order without data, bounded influence, exploration, propensities."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.contract.ids import CallId, PlaybookId
from assist_engine.guidance.action_outcome import ActionOutcome
from assist_engine.guidance.ranking import (
    CLOSE,
    MOST_INFLUENCE,
    ActionMemory,
    Option,
    chance_of,
    expected,
    influence,
    rank,
    told,
)

NAMES = [PlaybookId(name) for name in "abcdef"]
CONTEXT = "late-parcel"
options_st = st.lists(
    st.builds(
        Option,
        playbook_id=st.sampled_from(NAMES),
        priority=st.integers(0, 100),
        probability=st.sampled_from([0.5, 0.8, 0.9]),
        urgency=st.sampled_from([0, 100]),
        context=st.sampled_from(["", CONTEXT, "refund"]),
    ),
    unique_by=lambda option: option.playbook_id,
    max_size=6,
)
outcomes_st = st.lists(
    st.builds(
        ActionOutcome,
        playbook_id=st.sampled_from(NAMES),
        value=st.floats(0, 1),
        is_accepted=st.booleans(),
        context=st.sampled_from(["", CONTEXT, "refund"]),
    ),
    max_size=40,
)


def memory_of(outcomes: Sequence[ActionOutcome]) -> ActionMemory:
    memory = ActionMemory()
    for number, outcome in enumerate(outcomes):
        memory.learn(CallId(f"c{number}"), [outcome])
    return memory


def option(name: str = "a", priority: int = 50, context: str = CONTEXT) -> Option:
    return Option(
        playbook_id=PlaybookId(name),
        priority=priority,
        probability=0.8,
        context=context,
        context_label="Late parcel" if context else "",
    )


def outcomes(good: int, bad: int, name: str = "a", context: str = CONTEXT) -> list[ActionOutcome]:
    return [
        ActionOutcome(
            playbook_id=PlaybookId(name), value=float(is_good), is_accepted=is_good, context=context
        )
        for is_good in [True] * good + [False] * bad
    ]


@given(options_st)
def test_without_data_the_authors_order_rules(options: list[Option]) -> None:
    ranked = [one.option for one in rank(options, ActionMemory())]
    by_author = sorted(
        options,
        key=lambda o: (o.urgency + o.priority, o.probability, o.playbook_id),
        reverse=True,
    )
    assert ranked == by_author


@given(options_st, outcomes_st, st.floats(0, 1, exclude_max=True), st.floats(0, 0.2))
def test_ranks_are_whole_and_the_order_of_what_comes_in_does_not_matter(
    options: list[Option],
    learned: list[ActionOutcome],
    chance: float,
    exploration: float,
) -> None:
    memory = memory_of(learned)
    ranked = rank(options, memory, exploration=exploration, chance=chance)
    assert {one.option.playbook_id for one in ranked} == {o.playbook_id for o in options}
    as_the_arbiter = sorted(
        ranked,
        key=lambda one: (one.priority, one.option.probability, one.option.playbook_id),
        reverse=True,
    )
    assert as_the_arbiter == ranked
    again = rank(list(reversed(options)), memory, exploration=exploration, chance=chance)
    assert again == ranked
    assert sum(one.propensity for one in ranked) == pytest.approx(1.0 if options else 0.0, abs=1e-4)


@given(options_st, outcomes_st)
def test_learning_moves_a_priority_only_so_far(
    options: list[Option], learned: list[ActionOutcome]
) -> None:
    memory = memory_of(learned)
    for one in options:
        assert 0.0 <= expected(memory, one) <= 1.0
        assert abs(influence(memory, one)) <= MOST_INFLUENCE
    ranked = [one.option for one in rank(options, memory)]
    for place, first in enumerate(ranked):
        for later in ranked[place + 1 :]:
            behind = (later.urgency + later.priority) - (first.urgency + first.priority)
            assert behind <= CLOSE + 1  # rounded


@given(options_st, outcomes_st, st.floats(0, 1, exclude_max=True))
def test_exploration_tries_only_what_is_close_and_as_urgent(
    options: list[Option], learned: list[ActionOutcome], chance: float
) -> None:
    memory = memory_of(learned)
    usual = rank(options, memory)
    tried = rank(options, memory, exploration=0.2, chance=chance)
    if not options:
        return
    assert tried[0].option.urgency == usual[0].option.urgency
    assert tried[0].propensity > 0
    if chance >= 0.2:
        assert tried[0].option == usual[0].option
    if len(usual[0].candidates) > 1:
        assert str(tried[0].option.playbook_id) in usual[0].candidates


@given(outcomes_st, outcomes_st)
def test_a_call_learned_again_replaces_what_it_taught(
    before: list[ActionOutcome], after: list[ActionOutcome]
) -> None:
    memory, fresh = ActionMemory(), ActionMemory()
    memory.learn(CallId("c"), before)
    memory.learn(CallId("c"), after)
    fresh.learn(CallId("c"), after)
    for name in NAMES:
        for context in ("", CONTEXT, "refund", None):
            again, once = memory.of(name, context), fresh.of(name, context)
            assert (again.shown, again.accepted) == (once.shown, once.accepted)
            assert again.good == pytest.approx(once.good, abs=1e-9)


def test_what_works_rises_in_its_context_and_a_little_elsewhere() -> None:
    memory = memory_of([*outcomes(3, 0, "b"), *outcomes(0, 3, "a")])
    here = [one.option.playbook_id for one in rank([option("a", 60), option("b", 50)], memory)]
    assert here == ["b", "a"]
    elsewhere = option("b", 50, context="other")
    assert 0 < influence(memory, elsewhere) < influence(memory, option("b", 50))


def test_one_dismissal_does_not_turn_a_clear_order() -> None:
    memory = memory_of(outcomes(0, 1, "a"))
    ranked = rank([option("a", 80), option("b", 60)], memory)
    assert [one.option.playbook_id for one in ranked] == ["a", "b"]
    assert influence(memory, option("a", 80)) < 0


def test_a_card_says_what_came_of_it_before() -> None:
    memory = memory_of([*outcomes(7, 2), *outcomes(1, 0, context="refund")])
    assert told(memory, option()) == "accepted 7 of 9 times for late parcel"
    assert told(memory, option(context="refund")) == "accepted 8 of 10 times"
    assert told(memory, option("b")) == ""


def test_chance_is_the_calls_own_and_spread() -> None:
    several = [option("a"), option("b")]
    drawn = [chance_of(CallId(f"call-{number}"), several) for number in range(2000)]
    assert chance_of(CallId("call-7"), several[::-1]) == drawn[7]
    assert sum(chance < 0.1 for chance in drawn) / len(drawn) == pytest.approx(0.1, abs=0.03)


def test_propensity_is_how_often_it_is_put_first() -> None:
    several = [option("a", 60), option("b", 55), option("c", 50)]
    drawn = [
        rank(several, ActionMemory(), exploration=0.2, chance=number / 3000)[0]
        for number in range(3000)
    ]
    for name in ("a", "b", "c"):
        mine = [one for one in drawn if one.option.playbook_id == name]
        assert len(mine) / len(drawn) == pytest.approx(mine[0].propensity, abs=0.01)
