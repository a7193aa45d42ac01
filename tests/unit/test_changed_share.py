"""How much of a draft an agent changed."""

import pytest
from hypothesis import given
from msgspec.structs import replace

from assist_engine.call.changed_share import changed_share
from assist_engine.contract.values import FollowUp, SummaryLine, WrapUp
from tests.strategies import of_type

DRAFT = WrapUp(
    lines=(SummaryLine(section="reason", text="one two three four five six"),),
    disposition="Late",
    outcome="Solved",
    follow_ups=(FollowUp(text="We call back", due="by friday"),),
)


def test_an_accepted_draft_is_unchanged_also_with_a_note_and_without_its_evidence() -> None:
    assert changed_share(DRAFT, replace(DRAFT, note="a note", heard_code="x")) == 0.0


@pytest.mark.parametrize(
    ("completed", "share"),
    [
        (replace(DRAFT, disposition="Refund"), 1 / 14),
        (replace(DRAFT, follow_ups=()), 6 / 14),
        (
            replace(DRAFT, lines=(SummaryLine(section="reason", text="one two 3 four five six"),)),
            1 / 14,
        ),
        (WrapUp(lines=(), disposition=""), 1.0),
    ],
)
def test_what_was_changed_counts_by_words(completed: WrapUp, share: float) -> None:
    assert changed_share(DRAFT, completed) == pytest.approx(share, abs=1e-4)


@given(of_type(WrapUp), of_type(WrapUp))
def test_a_share_is_a_share_and_the_same_both_ways(one: WrapUp, other: WrapUp) -> None:
    share = changed_share(one, other)
    assert 0.0 <= share <= 1.0
    assert share == changed_share(other, one)
    assert changed_share(one, one) == 0.0
