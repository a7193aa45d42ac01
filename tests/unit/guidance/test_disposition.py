"""Disposition codes: what speaks for them, and what agents' choices teach."""

from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace

from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import DriverRead, IntentRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role
from assist_engine.customers.yaml_lines import read_struct
from assist_engine.errors import BadInput
from assist_engine.guidance.disposition import (
    GENERAL,
    Disposition,
    DispositionRanker,
    Dispositions,
)
from assist_engine.guidance.matters import matters
from assist_engine.session.disposition_file import DispositionShelf, load_dispositions
from assist_engine.settings import RESOURCES

LATE = Disposition(code="A", label="Late", intents=("late",), words=("tracking",))
REFUND = Disposition(code="B", label="Refund", intents=("refund",), drivers=("money-back",))
LEAVES = Disposition(code="C", label="Leaves", drivers=("cancel-threat",), outcomes=("Not solved",))
CARD = Disposition(code="D", label="Card", words=("tracking",), queue="cards")
CODES = (LATE, REFUND, LEAVES, CARD)
TEXT = "my parcel never came and the tracking says nothing"


def call(*intents: tuple[str, float], text: str = TEXT, driver: str = "") -> CallState:
    final = UtteranceFinal(
        utterance_id=UtteranceId("u"),
        participant_id=ParticipantId("customer"),
        text=text,
        start_ms=0,
        end_ms=900,
    )
    reads = tuple(
        IntentRead(utterance_id=final.utterance_id, intent=name, label=name, probability=p)
        for name, p in intents
    )
    drivers = (
        (DriverRead(utterance_id=final.utterance_id, driver=driver, label=driver),)
        if driver
        else ()
    )
    said = Utterance(final=final, role=Role.CUSTOMER, intents=reads, drivers=drivers)
    return CallState(call_id=CallId("c"), utterances=(said,), queue="orders")


def ranked(
    state: CallState, outcome: str = "Solved", chosen: Counter[tuple[str, str]] | None = None
) -> list[tuple[str, float]]:
    ranker = DispositionRanker(CODES, lambda: chosen or Counter())
    ranking = ranker.rank(state, outcome, matters(state))
    return [(one.code, one.probability) for one in ranking.ranked]


def test_intents_and_words_speak_for_a_code_and_another_queue_rules_one_out() -> None:
    codes = ranked(call(("late", 0.9), ("refund", 0.4)))
    assert [code for code, _ in codes] == ["A", "B", "general"]
    assert sum(share for _, share in codes) == pytest.approx(1, abs=0.01)


def test_the_outcome_strengthens_what_speaks_for_a_code() -> None:
    state = call(text="i am leaving you", driver="cancel-threat")
    solved, unsolved = dict(ranked(state)), dict(ranked(state, "Not solved"))
    assert unsolved["C"] > solved["C"]


def test_where_nothing_speaks_for_a_code_the_call_is_general() -> None:
    state = call(text="hello there")
    ranking = DispositionRanker(CODES).rank(state, "Unclear", ())
    assert [(one.label, one.probability) for one in ranking.ranked] == [(GENERAL, 1.0)]


def test_choices_of_agents_change_the_rank_step_by_step_and_back() -> None:
    state = call(("late", 0.9))
    before = dict(ranked(state))
    once = dict(ranked(state, chosen=Counter({("A", "B"): 1})))
    often = ranked(state, chosen=Counter({("A", "B"): 20}))
    assert before["A"] > once["A"] > once["B"]
    assert often[0][0] == "B"
    back = ranked(state, chosen=Counter({("A", "B"): 20, ("A", "A"): 60}))
    assert back[0][0] == "A"
    assert sum(share for _, share in often) == pytest.approx(1, abs=0.01)


def test_what_the_call_alone_spoke_for_is_kept_beside_what_was_learned() -> None:
    state = call(("late", 0.9))
    ranker = DispositionRanker(CODES, lambda: {("A", "B"): 50})
    ranking = ranker.rank(state, "Solved", matters(state))
    assert (ranking.ranked[0].code, ranking.heard_code) == ("B", "A")


def test_a_code_that_the_organisation_gave_up_is_not_told() -> None:
    codes = ranked(call(("late", 0.9)), chosen=Counter({("A", "GONE"): 90}))
    assert "GONE" not in dict(codes)


def test_without_codes_intents_are_the_codes() -> None:
    state = call(("late", 0.6), ("refund", 0.7))
    ranking = DispositionRanker().rank(state, "Solved", matters(state))
    assert [one.code for one in ranking.ranked] == ["refund", "late"]


def test_the_demo_codes_name_only_intents_that_there_are() -> None:
    known = load_dispositions(RESOURCES / "demo" / "dispositions.yaml")
    intents = (RESOURCES / "demo" / "intents.yaml").read_text(encoding="utf-8")
    named = [intent for one in known for intent in one.intents]
    assert [intent for intent in named if f"- id: {intent}\n" not in intents] == []
    assert len(named) == intents.count("- id: ")


def test_no_file_is_no_codes(tmp_path: Path) -> None:
    assert load_dispositions(tmp_path / "none.yaml") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("dispositions:\n  - code: A\n    label: a\n    intent: [x]", "line 2: .*`intent`"),
        ("dispositions:\n  - code: A\n    intents: [x]", "line 2: .*`label`"),
        ("dispositions:\n  - code: [A]\n    label: a", "line 2: Expected `str`"),
        ("dispositions: [", "line 1: not YAML"),
        ("codes: []", "line 1: .*`codes`"),
        ("dispositions:\n  - {code: A, label: a}", "line 2: nothing speaks for A"),
        (
            "dispositions:\n  - {code: ' ', label: a, words: [x]}",
            "line 2: a disposition has a code",
        ),
        ("dispositions:\n  - {code: A, label: a, words: [' ']}", "line 2: a word of A is empty"),
        (
            "dispositions:\n  - {code: A, label: a, words: [x]}\n"
            "  - {code: a, label: b, words: [x]}",
            "line 3: a is there twice",
        ),
        (
            "dispositions:\n  - {code: A, label: a, words: [x], outcomes: [Fine]}",
            "line 2: no call has the outcome 'Fine'; accepted: Solved, Not solved",
        ),
        ("dispositions:\n  - {code: general, label: a, words: [x]}", "line 2: the code general"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "dispositions.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=told):
        load_dispositions(path)


@pytest.mark.logs("the rules before it stay in use")
def test_a_changed_file_is_used_by_the_next_draft(tmp_path: Path) -> None:
    path = tmp_path / "dispositions.yaml"
    shelf = DispositionShelf(path)
    assert shelf.draft(call(text="my pin is gone")).disposition == "General enquiry"
    good = "dispositions: [{code: PIN, label: PIN, words: [pin]}]"
    for text, problem in ((good, ""), ("codes: []", f"{path}, line 1: ")):
        path.write_text(text, encoding="utf-8")
        shelf.files.look()
        assert shelf.files.problem.startswith(problem)
        assert shelf.draft(call(text="my pin is gone")).disposition == "PIN"


def test_words_are_whole_words() -> None:
    one = read_struct(
        "dispositions: [{code: A, label: a, words: [pin]}]", source="x", kind=Dispositions
    )
    ranker = DispositionRanker(one.dispositions)
    said = call(text="i am shopping for shipping")
    assert ranker.rank(said, "Solved", ()).heard_code == "general"
    pin = replace(said, utterances=call(text="my pin is gone").utterances)
    assert ranker.rank(pin, "Solved", ()).heard_code == "A"
