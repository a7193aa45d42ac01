"""Our count of wrong words is the usual one."""

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.speech.word_errors import WordErrors, count_word_errors

sentences = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=12).map(" ".join)


@given(heard=sentences, said=sentences)
def test_it_agrees_with_jiwer(heard: str, said: str) -> None:
    assert count_word_errors(heard, said=said).rate == pytest.approx(jiwer.wer(said, heard))


def test_capitals_do_not_count() -> None:
    assert count_word_errors("Good Morning", said="good morning").wrong == 0


def test_counts_add_up() -> None:
    total = WordErrors(wrong=1, said=10) + WordErrors(wrong=3, said=10)
    assert total.rate == pytest.approx(0.2)


def test_words_heard_in_silence_are_all_wrong() -> None:
    assert count_word_errors("hello", said="").rate == 1.0
    assert count_word_errors("", said="").rate == 0.0
