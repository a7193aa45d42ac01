"""Learning to rank works on worlds that nothing was chosen on: regret falls, and is bounded."""

import numpy as np
import pytest

from benchmarks.action_ranking import WAYS, Curve, held_out, regret, to_choose_on

CALLS = 800
SEEDS = range(20)


@pytest.fixture(scope="module")
def curves() -> dict[str, Curve]:
    """Of each way of choosing, regret a call; one row a held-out world."""
    worlds = [held_out(seed) for seed in SEEDS]
    return {
        name: np.array([regret(choose, world, calls=CALLS) for world in worlds])
        for name, choose in WAYS.items()
    }


def test_regret_falls_with_and_without_exploration(curves: dict[str, Curve]) -> None:
    for name, most in (("ranker", 0.9), ("ranker, 5 % exploration", 0.7)):
        lost = curves[name].mean(axis=0)
        assert lost[-300:].mean() < most * lost[:100].mean()


def test_the_ranker_loses_less_than_chance_and_the_authors_order(curves: dict[str, Curve]) -> None:
    for name in ("ranker", "ranker, 5 % exploration"):
        assert curves[name].mean() < 0.6 * curves["random"].mean()
        assert curves[name].mean() < 0.7 * curves["author's order"].mean()
    assert curves["ranker, 5 % exploration"].mean() < curves["ranker"].mean()


def test_the_authors_order_does_not_learn(curves: dict[str, Curve]) -> None:
    lost = curves["author's order"].mean(axis=0)
    assert lost[-300:].mean() > 0.9 * lost[:300].mean()


def test_where_the_author_is_right_little_is_lost() -> None:
    worlds = [held_out(seed, author_is_right=True) for seed in range(10)]
    plain = [regret(WAYS["ranker"], world, calls=CALLS).mean() for world in worlds]
    trying = [
        regret(WAYS["ranker, 5 % exploration"], world, calls=CALLS).mean() for world in worlds
    ]
    assert max(plain) < 0.02
    assert max(trying) < 0.04
    assert not any(regret(WAYS["author's order"], world, calls=50).any() for world in worlds)


def test_no_world_is_both_chosen_and_reported_on() -> None:
    to_choose = [to_choose_on(seed).rates for seed in SEEDS]
    assert not [seed for seed in SEEDS if held_out(seed).rates in to_choose]
