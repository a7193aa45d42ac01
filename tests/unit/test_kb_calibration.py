"""The curve rises with the score, the threshold weighs right against wrong."""

import random

import pytest

from knowledge_base.calibration import (
    MIN_QUESTIONS,
    SHIPPED,
    Calibration,
    Candidate,
    best_threshold,
    fit,
)


def asked(count: int) -> list[list[Candidate]]:
    """Questions whose best article is right with the probability of its score."""
    dice = random.Random(7)
    questions = []
    for _ in range(count):
        score = dice.random()
        questions.append(
            [Candidate(score=score, lead=dice.random() / 10, is_right=dice.random() < score)]
        )
    return questions


def test_probabilities_are_calibrated() -> None:
    curve = fit(asked(3_000))
    assert curve.questions == 3_000
    for score in (0.2, 0.5, 0.8):
        assert curve.probability(score=score, lead=0.05) == pytest.approx(score, abs=0.1)
    assert 0.55 < curve.threshold < 0.8  # two right cards pay for a wrong one from 2/3 on


def test_too_few_questions_or_only_one_outcome_leave_the_shipped_curve() -> None:
    assert fit(asked(MIN_QUESTIONS - 1)) == SHIPPED
    right = [[Candidate(score=0.9, lead=0.1, is_right=True)]] * 50
    assert fit(right) == SHIPPED
    assert fit(()) == SHIPPED


def test_a_better_score_is_never_less_probable() -> None:
    upside_down = [[Candidate(score=1 - at / 100, lead=0.0, is_right=at > 50)] for at in range(100)]
    curve = fit(upside_down)
    assert curve.probability(score=0.9, lead=0) >= curve.probability(score=0.1, lead=0)


def test_the_threshold_lies_where_gain_is_highest() -> None:
    judged = [(0.9, True), (0.8, True), (0.7, True), (0.6, False), (0.5, True), (0.4, False)]
    assert best_threshold(judged) == pytest.approx(0.65)
    assert best_threshold([(0.3, True)]) == pytest.approx(0.15)


def test_if_nothing_is_right_nothing_is_shown() -> None:
    assert best_threshold([(0.9, False), (0.5, False)]) == 1.0


def test_far_scores_stay_probabilities() -> None:
    curve = Calibration(intercept=0, score=1e6, lead=0, threshold=0.5)
    assert 0 <= curve.probability(score=-5, lead=0) < 1e-9
    assert 1 - 1e-9 < curve.probability(score=5, lead=0) <= 1
