"""What an agent says in one breath is cut into what it says."""

from hypothesis import given
from hypothesis import strategies as st

from assist_engine.guidance.said_parts import parts_of

WORDS = st.sampled_from(
    [
        "i",
        "am",
        "sorry",
        "and",
        "so",
        "okay",
        "what",
        "is",
        "your",
        "name",
        "let",
        "me",
        "check",
        "but",
        "there's",
        "it's",
        "please",
        "the",
        "card",
    ]
)


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in parts_of(text)]


def test_an_apology_and_a_question_are_two_parts() -> None:
    said = "i am sorry about that which of the glasses are broken"
    assert cut(said) == ["i am sorry about that", "which of the glasses are broken"]


def test_of_three_parts_two_in_a_row_are_looked_at_too() -> None:
    said = "thank you susan okay i have stopped the card is your address still the same"
    assert cut(said) == [
        "thank you susan",
        "okay i have stopped the card",
        "is your address still the same",
        "thank you susan okay i have stopped the card",
        "okay i have stopped the card is your address still the same",
    ]


def test_what_says_one_thing_stays_whole() -> None:
    assert parts_of("your card is blocked") == ()
    assert parts_of("") == ()


@given(st.lists(WORDS, max_size=60).map(" ".join))
def test_parts_are_whole_words_in_order_of_at_least_three(text: str) -> None:
    parts = parts_of(text)
    assert len(parts) <= 16
    for start, end in parts:
        assert text[start:end].split() == text[start:end].strip().split()
        assert len(text[start:end].split()) >= 3
        assert start == 0 or text[start - 1] == " "
        assert end == len(text) or text[end] == " "
