"""What agents made of drafts, and how they filed calls: counted once a call, bounded."""

from collections.abc import Sequence

import pytest

from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import CallId
from assist_engine.contract.values import RankedDisposition, WrapUp
from assist_engine.learning import wrap_up_choices
from assist_engine.learning.wrap_up_choices import WrapUpChoices, filed_calls
from assist_engine.learning.wrap_up_figures import measure_wrap_ups

LABELS = {"Late": "A", "Refund": "B"}


def filed(call: str, heard: str, chosen: str, *, share: float = 0.0) -> list[Recorded]:
    draft = WrapUp(
        lines=(),
        disposition="Late",
        heard_code=heard,
        dispositions=(RankedDisposition("A", "Late", 0.6), RankedDisposition("B", "Refund", 0.3)),
    )
    completed = WrapUp(lines=(), disposition=chosen)
    return recorded(
        call,
        events.WrapUpDrafted(wrap_up=draft),
        events.WrapUpCompleted(wrap_up=completed, changed_share=share),
    )


def recorded(call: str, *told: Event) -> list[Recorded]:
    return [
        Recorded(call_id=CallId(call), seq=seq, recorded_ms=seq, audio_ms=0, event=event)
        for seq, event in enumerate(told, start=1)
    ]


def counts(*calls: Sequence[Recorded]) -> dict[tuple[str, str], int]:
    choices = WrapUpChoices(LABELS)
    for call in calls:
        choices.take(call)
    return {choice: count for choice, count in choices.counts().items() if count}


def test_a_call_counts_once_by_what_it_was_filed_under_last() -> None:
    first, again = filed("1", "A", "Late"), filed("1", "A", "refund ")
    assert counts(first, first) == {("A", "A"): 1}
    assert counts(first, again, filed("2", "A", "B")) == {("A", "B"): 2}


def test_what_is_no_code_or_had_no_draft_teaches_nothing() -> None:
    completed = events.WrapUpCompleted(wrap_up=WrapUp(lines=(), disposition="Late"))
    assert counts(filed("1", "A", "Something else"), recorded("2", completed)) == {}
    assert counts(filed("3", "", "Late")) == {}


def test_the_oldest_calls_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrap_up_choices, "MOST_CALLS", 3)
    calls = [filed(str(number), "A", "Late" if number < 2 else "Refund") for number in range(5)]
    assert counts(*calls) == {("A", "B"): 3}


def test_figures_are_of_the_newest_draft_and_none_without_calls() -> None:
    calls = [
        *filed("1", "A", "Late"),
        *filed("2", "A", "Refund", share=0.5),
        *filed("3", "A", "Other", share=0.1),
    ]
    figures = measure_wrap_ups(filed_calls(calls))
    assert (figures.calls, figures.mean_changed_share) == (3, 0.2)
    assert figures.accepted_unchanged == pytest.approx(1 / 3, abs=1e-4)
    assert figures.disposition_first == pytest.approx(1 / 3, abs=1e-4)
    assert figures.disposition_listed == pytest.approx(2 / 3, abs=1e-4)
    assert measure_wrap_ups([]).mean_changed_share is None
    generated = WrapUp(lines=(), disposition="Late", is_generated=True)
    twice = recorded(
        "4",
        events.WrapUpDrafted(wrap_up=WrapUp(lines=(), disposition="Refund")),
        events.WrapUpDrafted(wrap_up=generated),
        events.WrapUpCompleted(wrap_up=generated, changed_share=0.25),
    )
    figures = measure_wrap_ups(filed_calls(twice))
    assert (figures.generated_calls, figures.generated_changed_share) == (1, 0.25)
    assert figures.disposition_first == 1.0
