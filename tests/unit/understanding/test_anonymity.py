"""What tells who asked is gone before a question is kept; what was asked stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.understanding.anonymity import without_identity


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("my account number is four four one eight zero two seven", "my account number is …"),
        ("it is b k seven four nine two zero five", "it is …"),
        ("call me at 555-014-2731 please", "call me at … please"),
        ("order bk-7492 is late", "order … is late"),
        ("card 4111 1111 1111 1111 was declined", "card … was declined"),
        ("born on the 12.03.1985", "born on the …"),
        ("four four uh one eight", "…"),
        ("write to karen.mitchell@gmail.com", "write to …"),
        ("it is karen dot mitchell at gmail dot com", "it is …"),
        ("Karen Mitchell here about karen's parcel", "… here about … parcel"),
        ("我的号码是一三八零零", "我的号码是…"),
    ],
)
def test_identity_is_masked(said: str, kept: str) -> None:
    assert without_identity(said, ["Karen Mitchell"]) == kept


@pytest.mark.parametrize(
    "said",
    [
        "i have been waiting for two weeks",
        "it keeps dropping every twenty minutes and i work from home",
        "that's one or two days too late",
        "can i get a refund for the 2 lamps",
        "my 5g router is at a friend's place",
    ],
)
def test_what_is_asked_stays(said: str) -> None:
    assert without_identity(said, ["Karen Mitchell"]) == said


@given(
    st.lists(st.sampled_from("0123456789"), min_size=3, max_size=16),
    st.sampled_from(["", " ", "-", ". "]),
    st.sampled_from(["", "it is ", "number ", "no "]),
)
def test_no_run_of_digits_is_left(digits: list[str], between: str, before: str) -> None:
    assert not any(sign.isdigit() for sign in without_identity(before + between.join(digits)))


@given(st.text(max_size=60))
def test_masking_again_changes_nothing(text: str) -> None:
    once = without_identity(text, ["Jo Ann"])
    assert without_identity(once, ["Jo Ann"]) == once
