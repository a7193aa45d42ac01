"""What is left of a caller's words, and how it is looked up."""

import pytest

from knowledge_base.query import match_any, plain_question, search_terms


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("hi good morning um i lost my card please", "i lost my card"),
        ("Hello, how are you doing today? My parcel is late.", "My parcel is late"),
        ("yeah i am calling about the refund you know", "the refund"),
        ("thank you so much for taking my call", ""),
        ("uh okay", ""),
        ("could you tell me what the fee is", "what the fee is"),
        (
            "my understanding is that the welcome offer ended",
            "my understanding is that the welcome offer ended",
        ),
        ("i do not want to pay", "i do not want to pay"),
    ],
)
def test_greetings_and_fillers_go(said: str, asked: str) -> None:
    assert plain_question(said) == asked


def test_common_words_are_not_looked_up_unless_there_are_no_others() -> None:
    assert search_terms("where is my parcel and the other parcel") == ("parcel", "other")
    assert search_terms("who are you") == ("who", "are", "you")


def test_operators_are_words() -> None:
    assert match_any(search_terms('card NEAR "fee" AND -x* (y)')) == (
        '"card" OR "near" OR "fee" OR "x" OR "y"'
    )
