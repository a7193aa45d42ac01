"""On logs whose truth is known the intervals hold it, and no figure stands where none can."""

import numpy as np
import pytest

from benchmarks.action_estimates import Judged, judge

LOGS = 25


@pytest.fixture(scope="module")
def explored() -> list[Judged]:
    return [one for seed in range(LOGS) for one in judge(seed, calls=400, exploration=0.2)]


def test_the_intervals_hold_the_truth(explored: list[Judged]) -> None:
    told = [one for one in explored if one.estimate.is_enough]
    assert len(told) > 0.7 * len(explored)
    assert np.mean([one.is_covered for one in told]) > 0.85  # of 95 %, three standard errors off
    assert abs(np.mean([one.estimate.snips - one.truth for one in told])) < 0.02
    assert np.mean([one.estimate.high - one.estimate.low for one in told]) < 0.25


def test_without_exploration_only_what_was_shown_has_a_figure() -> None:
    for seed in range(12):
        ranker, author, chance = judge(seed, calls=300, exploration=0.0)
        assert ranker.estimate.is_enough
        assert abs(ranker.estimate.snips - ranker.truth) < 0.1
        assert not chance.estimate.is_enough
        assert author.estimate.is_enough == (author.estimate.differs <= 0.01)
