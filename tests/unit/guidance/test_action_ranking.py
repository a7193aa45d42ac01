"""Learning to rank works: in the simulation regret falls, and far below the author's and chance."""

from collections.abc import Callable

import pytest

from benchmarks.action_ranking import WAYS, Curve, regret

CALLS = 1200


@pytest.fixture(scope="module")
def curve() -> Callable[[str], Curve]:
    def mean(name: str) -> Curve:
        runs = [regret(WAYS[name], seed=seed, calls=CALLS) for seed in (1, 2, 3)]
        total: Curve = sum(runs[1:], start=runs[0]) / len(runs)
        return total

    return mean


@pytest.mark.parametrize("name", ["ranker", "ranker, 5 % exploration"])
def test_the_rankers_regret_falls(curve: Callable[[str], Curve], name: str) -> None:
    lost = curve(name)
    assert lost[-300:].mean() < 0.5 * lost[:300].mean()
    for other in ("random", "author's order"):
        assert lost.sum() < 0.5 * curve(other).sum()


def test_the_authors_order_does_not_learn(curve: Callable[[str], Curve]) -> None:
    lost = curve("author's order")
    assert lost[-300:].mean() > 0.8 * lost[:300].mean()
