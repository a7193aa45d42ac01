"""Stems make words of one family equal, and words alike in customer service."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.lint.words import content_stems, stem


@pytest.mark.parametrize(
    "words",
    [
        "refund refunds refunded refunding",
        "delivery deliveries shipping shipped",
        "cancel cancels cancelled cancellation",
        "fee fees cost costs price",
        "phone call calls telephone",
    ],
)
def test_one_stem(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize(("one", "other"), [("card", "care"), ("booking", "boot"), ("bus", "bust")])
def test_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_only_what_carries_meaning() -> None:
    assert content_stems("Refunds usually take up to 5 business days") == {stem("refund")}
    assert content_stems("It is valid for them.") == frozenset()
    assert content_stems("A business account, the next business day") == {
        stem("business"),
        stem("account"),
        "next",
    }


@given(st.text(max_size=30))
def test_any_text(text: str) -> None:
    assert all(content_stems(text))
