"""Intents read from vectors: probabilities, order, what is left out, several at once, figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.call.state import CallState
from assist_engine.contract.events import IntentRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role
from assist_engine.errors import BadInput
from assist_engine.understanding.clauses import clauses_of
from assist_engine.understanding.intent import IntentExample, IntentSignal, reader_of
from assist_engine.understanding.intent_figures import calibration_error, measure
from assist_engine.understanding.intent_fitting import fit_reader, solve
from assist_engine.understanding.intent_reader import Intent, IntentReader, Matrix, kernel
from assist_engine.understanding.signal import Observation

DIMENSION = 24


def spread(seed: int, centres: Matrix, each: int, *, width: float = 0.12) -> Matrix:
    """`each` vectors of length 1 around every centre."""
    chance = np.random.default_rng(seed)
    shape = (len(centres) * each, centres.shape[1])
    rows = np.repeat(centres, each, axis=0) + width * chance.normal(size=shape)
    placed: Matrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return placed


def centres_of(seed: int, count: int) -> Matrix:
    return spread(seed, np.zeros((count, DIMENSION), np.float32), 1, width=1.0)


def fitted(seed: int, *, intents: int = 6, each: int = 8, nothing: int = 12) -> IntentReader:
    names = [Intent(id=f"i{number}", queue="a" if number % 2 else "b") for number in range(intents)]
    vectors = np.concatenate(
        [spread(seed, centres_of(seed, intents), each), centres_of(seed + 1000, nothing)]
    )
    owners = [*np.repeat(np.arange(intents), each).tolist(), *[-1] * nothing]
    return fit_reader(names, owners, vectors)


@given(
    seed=st.integers(0, 200),
    intents=st.integers(1, 8),
    each=st.integers(1, 6),
    nothing=st.integers(0, 6),
    queue=st.sampled_from(["", "a", "b", "elsewhere"]),
)
def test_probabilities_of_all_and_none_sum_to_one(
    seed: int, intents: int, each: int, nothing: int, queue: str
) -> None:
    reader = fitted(seed, intents=intents, each=each, nothing=nothing)
    assert 0 < reader.calibration.threshold < 1
    for reading in reader.read(centres_of(seed + 1, 5), queue):
        probabilities = [likely.probability for likely in reading.ranked]
        assert probabilities == sorted(probabilities, reverse=True)
        assert all(0 <= one <= 1 for one in [*probabilities, reading.out_of_scope])
        assert sum(probabilities) + reading.out_of_scope == pytest.approx(1.0, abs=1e-4)
        assert all(likely.intent.queue == queue for likely in reading.ranked if queue)
        assert reading.is_in_scope or reading.best is None


@given(seed=st.integers(0, 50), order=st.permutations(range(5)))
def test_the_order_of_examples_and_intents_changes_nothing(seed: int, order: list[int]) -> None:
    vectors = spread(seed, centres_of(seed, 5), 4)
    examples = [IntentExample(text=str(row), intent=f"i{row // 4}") for row in range(20)]
    rows = [place * 4 + one for place in order for one in range(4)]
    asked = centres_of(seed + 7, 6)
    one, _ = reader_of(examples, vectors).probabilities(asked)
    other, _ = reader_of([examples[row] for row in rows], vectors[rows]).probabilities(asked)
    assert np.abs(one - other).max() < 2e-3


def test_examples_are_read_right_and_strangers_are_refused() -> None:
    reader = fitted(3)
    owners = np.repeat(np.arange(6), 20)
    asked = spread(99, centres_of(3, 6), 20)
    figures = measure(
        reader,
        np.concatenate([asked, centres_of(4321, 60)]),
        [*(f"i{owner}" for owner in owners), *[""] * 60],
    )
    assert figures.in_scope_accuracy == 1.0
    assert (figures.oos_auroc or 0) > 0.99
    assert (figures.oos_recall or 0) > 0.9
    assert (figures.in_scope_accuracy_at_threshold or 0) > 0.95
    assert figures.accuracy == pytest.approx(
        (120 * (figures.in_scope_accuracy_at_threshold or 0) + 60 * (figures.oos_recall or 0)) / 180
    )
    assert all(one.rows == 20 for one in figures.per_intent.values())


def test_leaving_out_in_closed_form_is_leaving_out() -> None:
    """What calibrates one example is what a reader fitted without it says of it."""
    vectors = spread(5, centres_of(5, 4), 6, width=0.3)
    owners = np.repeat(np.arange(4), 6)
    names = [Intent(id=str(number)) for number in range(4)]
    targets = np.zeros((24, 5), np.float32)
    targets[np.arange(24), owners] = 1
    cosines = vectors @ vectors.T
    weights, inverse = solve(cosines, targets)
    closed = targets - weights / np.diag(inverse)[:, None]
    for row in (0, 7, 23):
        rest = np.delete(np.arange(24), row)
        reader = fit_reader(names, owners[rest].tolist(), vectors[rest])
        scores = kernel(vectors[[row]] @ reader.examples.T) @ reader.weights
        assert scores[0] == pytest.approx(closed[row], abs=1e-3)


def test_vectors_of_another_length_are_refused() -> None:
    with pytest.raises(BadInput, match="vectors of 24 numbers were given vectors of 3"):
        fitted(1).read(np.zeros((1, 3), np.float32))


def test_figures_of_labels_that_were_not_trained_are_refused() -> None:
    with pytest.raises(BadInput, match="the intent fish was not trained"):
        measure(fitted(1), centres_of(1, 1), ["fish"])
    with pytest.raises(BadInput, match="nothing to measure"):
        measure(fitted(1), centres_of(1, 0), [])


def test_a_calibration_error_is_the_gap_of_said_and_true() -> None:
    said = np.array([0.9] * 10 + [0.3] * 10, np.float32)
    right = np.array([True] * 9 + [False] + [True] * 5 + [False] * 5)
    assert calibration_error(said, right) == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "my parcel never came and i want to cancel my contract",
            ["my parcel never came", "and i want to cancel my contract"],
        ),
        ("I lost my card. Can you tell me the balance?", 2),
        ("my lamp is broken but also why was i charged twice", 2),
        ("where is my parcel", []),
        ("yes and please", []),
        ("salt and pepper mills are missing", []),
        ("", []),
    ],
)
def test_a_turn_is_split_where_a_second_matter_may_begin(text: str, parts: list[str] | int) -> None:
    found = [text[start:end] for start, end in clauses_of(text)]
    assert len(found) == parts if isinstance(parts, int) else found == parts


@given(st.text(alphabet="abi ,.?and", max_size=80))
def test_clauses_lie_in_order_inside_the_text(text: str) -> None:
    places = clauses_of(text)
    assert len(places) != 1
    ends = [0]
    for start, end in places:
        assert ends[-1] <= start < end <= len(text)
        ends.append(end)


TEXT = "my parcel never came and i want to cancel my contract"


def observed(reader: IntentReader, whole: Matrix, clauses: Matrix | None) -> list[IntentRead]:
    final = UtteranceFinal(
        utterance_id=UtteranceId("u"),
        participant_id=ParticipantId("p"),
        text=TEXT,
        start_ms=0,
        end_ms=9,
    )
    observation = Observation(final=final, role=Role.CUSTOMER, vector=whole, clauses=clauses)
    events = IntentSignal(reader).observe(observation, CallState(call_id=CallId("c")))
    return [event for event in events if isinstance(event, IntentRead)]


def test_two_matters_in_one_turn_are_both_told_with_their_words() -> None:
    reader, centres = fitted(3), centres_of(3, 6)
    both = centres[1] + centres[4]
    reads = observed(reader, both / np.linalg.norm(both), centres[[1, 4]])
    assert {read.intent: read.evidence[0].quote for read in reads} == {
        "i1": "my parcel never came",
        "i4": "and i want to cancel my contract",
    }
    assert [read.probability for read in reads] == sorted(
        (read.probability for read in reads), reverse=True
    )


def test_one_matter_in_two_clauses_is_told_once() -> None:
    reader, centres = fitted(3), centres_of(3, 6)
    assert [read.intent for read in observed(reader, centres[1], centres[[1, 1]])] == ["i1"]
    assert [read.intent for read in observed(reader, centres[1], None)] == ["i1"]
    [read] = observed(reader, centres_of(4321, 1)[0], np.stack([centres[1], -centres[2]]))
    assert (read.intent, read.evidence[0].quote) == ("i1", "my parcel never came")
