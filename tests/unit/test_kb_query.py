"""What is left of a caller's words."""

import pytest

from knowledge_base.query import plain_question


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("hi good morning um i lost my card please", "i lost my card"),
        ("Hello, how are you doing today? My parcel is late.", "My parcel is late"),
        ("yeah i am calling about the refund you know", "the refund"),
        ("thank you so much for taking my call", ""),
        ("uh okay", ""),
        ("this is absolutely ridiculous", ""),
        ("i am so angry where is my parcel for god's sake", "where is my parcel"),
        ("i'm really upset about this i want my money back", "i want my money back"),
        ("it is broken and this is unacceptable", "it is broken and"),
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
