"""What is meant: nearest example against other talk, denials, words too few or too many."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.guidance.rule import Vector
from assist_engine.guidance.said_meaning import CALIBRATION, NEUTRAL, SaidMeaning, Sense
from knowledge_base.embedding import load_embedder

BLOCKED = Sense(says=("your card is blocked now", "the card cannot be used any more"))
OPEN = Sense(says=("your card is blocked now",), unlike=("your card is open again",))


def embed(texts: Sequence[str]) -> Vector:
    return np.asarray(load_embedder(threads=1).encode(list(texts)), np.float32)


@pytest.fixture(scope="module")
def meaning() -> SaidMeaning:
    return SaidMeaning([BLOCKED, OPEN], others=["the technician comes today"], embed=embed)


def probability(meaning: SaidMeaning, sense: Sense, words: str) -> float:
    [vector] = embed([words])
    return meaning.probability(sense, words, vector)


def test_other_words_for_the_same_are_it_and_other_matters_are_not(meaning: SaidMeaning) -> None:
    assert probability(meaning, BLOCKED, "okay i have just blocked this card for you") > 0.8
    assert probability(meaning, BLOCKED, "what is the address on your account please") < 0.1
    assert probability(meaning, BLOCKED, NEUTRAL[0]) < 0.1


def test_what_is_unlike_it_is_not_it(meaning: SaidMeaning) -> None:
    said = "your card is open again now"
    assert probability(meaning, OPEN, said) < probability(meaning, BLOCKED, said)


def test_who_denies_says_it_only_where_the_examples_deny_in_that_way(meaning: SaidMeaning) -> None:
    assert probability(meaning, OPEN, "nobody can use the card it is blocked now") == 0
    assert probability(meaning, BLOCKED, "nobody can use the card it is blocked now") > 0.5
    assert probability(meaning, BLOCKED, "no your card is blocked now") == 0
    assert probability(meaning, BLOCKED, "your card is blocked as soon as you say so") == 0


def test_of_two_words_or_a_speech_nothing_is_said(meaning: SaidMeaning) -> None:
    assert probability(meaning, BLOCKED, "blocked now") == 0
    assert probability(meaning, BLOCKED, "your card is blocked now " * 9) == 0


def test_nothing_to_recognise_needs_no_model() -> None:
    def no_model(texts: Sequence[str]) -> Vector:
        raise AssertionError("asked")

    SaidMeaning([], embed=no_model)


def test_each_sentence_is_embedded_once() -> None:
    asked: list[str] = []

    def counted(texts: Sequence[str]) -> Vector:
        asked.extend(texts)
        return np.eye(len(texts), 64, dtype=np.float32)

    SaidMeaning([BLOCKED, OPEN, BLOCKED], others=[NEUTRAL[0]], embed=counted)
    assert len(asked) == len(set(asked)) == len(NEUTRAL) + 3


@given(st.floats(-1, 1), st.floats(-2, 2), st.floats(0, 1))
def test_nearer_is_never_less_probable(score: float, margin: float, more: float) -> None:
    assert 0 <= CALIBRATION.probability(score, margin) <= 1
    assert CALIBRATION.probability(score + more, margin + more) >= CALIBRATION.probability(
        score, margin
    )
