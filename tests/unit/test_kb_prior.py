"""What calls said of an article pushes it, a little more with each call, and never far."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.prior import prior_of

COUNTS = st.integers(min_value=0, max_value=10_000)


def test_few_calls_push_little_and_many_push_more() -> None:
    pushes = prior_of({"once": (1, 0), "often": (20, 0), "never": (0, 20), "both": (4, 4)})
    assert 0 < pushes["once"] < 0.2
    assert 0.75 < pushes["often"] < 1
    assert pushes["never"] == -pushes["often"]
    assert "both" not in pushes


@given(COUNTS, COUNTS)
def test_a_push_has_bounds_and_the_sign_of_what_was_said(helped: int, failed: int) -> None:
    push = prior_of({"a": (helped, failed)}).get("a", 0.0)
    assert -1 < push < 1
    assert (push > 0) == (helped > failed)
    assert (push < 0) == (helped < failed)
