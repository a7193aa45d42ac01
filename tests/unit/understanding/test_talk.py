"""Drivers, promises, effort and behaviours: the words that show them, and what is none of them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from assist_engine.call.driver_kinds import answers_to, is_urgent, urgent
from assist_engine.call.promise_words import promise_in
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import (
    BehaviourRead,
    DriverRead,
    EffortRead,
    SentimentRead,
    UtteranceFinal,
)
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import (
    ContactChannel,
    Evidence,
    Handoff,
    Role,
    Sentiment,
    TimelineEntry,
)
from assist_engine.settings import RESOURCES
from assist_engine.understanding.behaviours import BehaviourSignal
from assist_engine.understanding.driver_examples import EXAMPLES
from assist_engine.understanding.drivers import (
    DRIVERS,
    DriverSignal,
    PromiseSignal,
    find_drivers,
)
from assist_engine.understanding.effort import EffortSignal, effort_of, timeline_evidence
from assist_engine.understanding.exemplars import Calibration, Exemplars, MeaningHead
from assist_engine.understanding.signal import Observation, Vector

HELD_OUT = Path(__file__).resolve().parents[2] / "held_out"
NEW = CallState(call_id=CallId("c"), offered_at_ms=100 * 86_400_000)
CALIBRATION = Calibration(intercept=-5.0, score=8.0, margin=8.0)


def final_of(text: str, number: int = 0, *, role: Role = Role.CUSTOMER) -> UtteranceFinal:
    return UtteranceFinal(
        utterance_id=UtteranceId(f"u-{number}"),
        participant_id=ParticipantId(role.value),
        text=text,
        start_ms=number * 1000,
        end_ms=number * 1000 + 900,
    )


def heard(text: str, *, role: Role, vector: Sequence[float] = (0, 0, 1)) -> Observation:
    return Observation(
        final=final_of(text, 9, role=role), role=role, vector=np.array(vector, np.float32)
    )


def said_before(*turns: tuple[Role, str], mood: Sentiment | None = None) -> CallState:
    spoken = []
    for number, (role, text) in enumerate(turns):
        final = final_of(text, number, role=role)
        read = SentimentRead(
            utterance_id=final.utterance_id,
            sentiment=mood or Sentiment.NEUTRAL,
            score=-0.5,
            probability=0.9,
        )
        sentiment = read if role is Role.CUSTOMER and mood else None
        spoken.append(Utterance(final=final, role=role, sentiment=sentiment))
    return replace(NEW, utterances=tuple(spoken))


def labels_in(text: str) -> set[str]:
    return {driver.label for driver, _, _ in find_drivers(text)}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("put me through to a supervisor", "Wants a manager"),
        ("i want to talk to someone higher up", "Wants a manager"),
        ("i am going to sue you", "Legal threat"),
        ("i will report you to the regulator", "Legal threat"),
        ("i want to make a complaint", "Complaint"),
        ("my wife passed away in may", "Bereavement"),
        ("i am in hospital", "Illness"),
        ("i can't cope with this", "Distress"),
        ("i lost my job", "Money trouble"),
        ("i am deaf so please write", "Disability"),
        ("i smell gas in the hall", "Danger"),
        ("thank you so much for your help", "Thanks"),
    ],
)
def test_events_worth_a_rule_are_found(text: str, label: str) -> None:
    assert label in labels_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "i do not want to speak to a manager",
        "i am not going to sue you",
        "my phone died yesterday",
        "i lost my card",
        "i am blind to the colour on this page",
        "my manager asked me to call",
        "i work at the hospital",
        "no thank you",
        "thanks for nothing",
        "i would appreciate it if you could check",
        "my husband passed the phone to me",
    ],
)
def test_what_is_denied_or_something_else_is_not_found(text: str) -> None:
    assert labels_in(text) == set()


@given(st.sampled_from(sorted(EXAMPLES)), st.text("abc '", max_size=30))
def test_spans_hold_the_words_and_a_not_before_them_takes_them_back(label: str, more: str) -> None:
    for line in EXAMPLES[label].strip().splitlines():
        text = f"{more} {line.strip()}"
        for driver, start, end in find_drivers(text):
            assert any(pattern.search(text[start:end]) for pattern in driver.patterns)
            if not text[start:end].startswith(("i ", "i'")):
                denied = f"i do not {text[start:end]}"
                assert driver not in [other for other, at, _ in find_drivers(denied) if at == 9]


def test_thanks_and_promises_are_not_urgent() -> None:
    read = DriverRead(utterance_id=UtteranceId("u"), driver="thanks", label="Thanks")
    threat = replace(read, driver="cancel-threat")
    assert urgent([read, threat, replace(read, driver="promise")]) == (threat,)
    assert is_urgent("one-of-a-plugin")
    assert {driver.name for driver in DRIVERS if not driver.is_urgent} == {"thanks"}


def test_a_rule_on_complaints_still_means_lawyers_and_managers() -> None:
    complaints = frozenset({"complaint"})
    assert answers_to("legal-threat", complaints)
    assert answers_to("escalation", complaints)
    assert not answers_to("complaint", frozenset({"escalation"}))


@pytest.mark.parametrize(
    ("clause", "due"),
    [
        ("i will call you back by friday", "by friday"),
        ("we'll refund the fee", ""),
        ("you should see the refund within ten business days", "within ten business days"),
    ],
)
def test_a_promise_says_until_when(clause: str, due: str) -> None:
    promise = promise_in(clause)
    assert promise is not None
    assert promise.due == due


@pytest.mark.parametrize("clause", ["i will check that", "can you call tomorrow", "it was friday"])
def test_what_happens_now_is_no_promise(clause: str) -> None:
    assert promise_in(clause) is None


def test_an_agents_promise_is_a_driver_with_its_clause_and_no_feeling() -> None:
    text = "i have blocked the card and i will call you back by friday"
    (read,) = PromiseSignal().observe(heard(text, role=Role.AGENT), NEW)
    assert isinstance(read, DriverRead)
    assert (read.driver, read.label) == ("promise", "Promise, by friday")
    assert read.evidence[0].quote == "i will call you back by friday"
    assert PromiseSignal().observe(heard(text, role=Role.CUSTOMER), NEW) == ()


def three_axes(texts: Sequence[str]) -> Vector:
    rows = {"leaving": [1.0, 0, 0], "weather": [0, 1.0, 0]}
    return np.array([rows[text] for text in texts], np.float32)


def test_other_words_for_a_driver_are_found_by_their_meaning() -> None:
    near = Exemplars(
        {"Threat to cancel": ["leaving"]},
        ["weather"],
        embed=three_axes,
        calibration=CALIBRATION,
    )
    signal = DriverSignal(near, minimum_probability=0.7)
    words = "you have lost my trust entirely"
    (read,) = signal.observe(heard(words, role=Role.CUSTOMER, vector=(1, 0, 0)), NEW)
    assert isinstance(read, DriverRead)
    assert (read.driver, read.evidence[0].quote) == ("cancel-threat", words)
    assert signal.observe(heard(words, role=Role.CUSTOMER, vector=(0, 1, 0)), NEW) == []
    assert signal.observe(heard(words, role=Role.AGENT, vector=(1, 0, 0)), NEW) == ()
    assert signal.observe(heard("yes okay", role=Role.CUSTOMER, vector=(1, 0, 0)), NEW) == []


def test_the_shipped_head_knows_all_drivers_and_fits_its_model() -> None:
    with np.load(RESOURCES / "models" / "heads" / "drivers.npz") as arrays:
        head = MeaningHead.from_arrays(dict(arrays))
    labels = {driver.label for driver in DRIVERS}
    chance = np.random.default_rng(1)
    for vector in chance.normal(size=(200, 384)).astype(np.float32):
        match = head.nearest(vector / np.linalg.norm(vector))
        assert match.label in labels
        assert 0.0 <= match.probability <= 1.0


def test_a_head_of_the_wrong_shape_is_told() -> None:
    weights = np.zeros((2, 3), np.float32)
    with pytest.raises(ValueError, match="2 labels need 3 rows"):
        MeaningHead(
            ["a", "b"], model="m", weights=weights, bias=weights[:, 0], calibration=CALIBRATION
        )


@pytest.mark.parametrize("name", ["drivers-report.tsv", "drivers-dev.tsv"])
def test_patterns_stay_precise_on_sentences_that_nobody_wrote_them_for(name: str) -> None:
    lines = (HELD_OUT / name).read_text(encoding="utf-8").splitlines()
    found = [(label, labels_in(text)) for label, text in (line.split("\t") for line in lines)]
    claimed = sum(len(labels) for _, labels in found)
    right = sum(label in labels for label, labels in found)
    assert right / claimed >= 0.9
    assert right / sum(bool(label) for label, _ in found) >= 0.45


def effort_after(state: CallState, *texts: str) -> list[EffortRead]:
    reads = []
    for text in texts:
        for read in EffortSignal().observe(heard(text, role=Role.CUSTOMER), state):
            assert isinstance(read, EffortRead)
            reads.append(read)
            state = replace(state, effort=read)
    return reads


@pytest.mark.parametrize(
    "text",
    [
        "this is the third time i call about it",
        "i was passed around from one department to another",
        "i have already told your colleague",
        "i was on hold for forty minutes",
        "i tried it on your website first",
        "your app said that i should call",
        "i emailed you and nobody replied",
    ],
)
def test_work_that_customers_had_is_effort_with_their_words(text: str) -> None:
    (read,) = effort_after(NEW, text)
    assert 0 < read.effort < 1
    assert all(evidence.quote in text for evidence in read.evidence)


@pytest.mark.parametrize("text", ["where is my order", "i tried the blue one", "yes please"])
def test_plain_words_are_no_effort(text: str) -> None:
    assert effort_after(NEW, text) == []


def test_the_timeline_counts_once() -> None:
    day = 86_400_000
    entry = TimelineEntry(
        at_ms=NEW.offered_at_ms - day,
        contact_channel=ContactChannel.CHAT,
        title="Asked where it is",
        is_open=True,
        reference="order 1",
    )
    older = replace(entry, contact_channel=ContactChannel.EMAIL, is_open=False)
    state = replace(NEW, timeline=(entry, older), handoff=Handoff(source="the assistant", lines=()))
    first, second = effort_after(
        state, "hello", "nothing new", "i was transferred twice now because i was transferred"
    )
    assert [evidence.quote for evidence in first.evidence] == [
        "Contact 3 in 30 days about order 1",
        "By chat, email about order 1",
        "Still open: Asked where it is",
        "Not solved by the assistant",
    ]
    assert len(second.evidence) == 5
    assert second.effort > first.effort
    assert timeline_evidence(replace(state, offered_at_ms=state.offered_at_ms + 40 * day))[0] == (
        Evidence(quote="Not solved by the assistant")
    )


@given(
    st.lists(
        st.sampled_from(
            [
                "third time i call",
                "i was transferred again",
                "waiting for two weeks",
                "i tried the website",
                "hello",
            ]
        ),
        max_size=12,
    )
)
def test_effort_only_rises_and_stays_below_one(texts: list[str]) -> None:
    reads = effort_after(NEW, *texts)
    course = [read.effort for read in reads]
    assert course == sorted(course)
    assert all(0 < effort <= 1 for effort in course)
    if reads:
        assert reads[-1].effort == round(effort_of(reads[-1].evidence), 3)


def behaviours_of(text: str, state: CallState, *, role: Role = Role.AGENT) -> dict[str, str]:
    reads = BehaviourSignal().observe(heard(text, role=role), state)
    assert all(isinstance(read, BehaviourRead) for read in reads)
    return {
        read.behaviour: read.evidence[0].quote for read in reads if isinstance(read, BehaviourRead)
    }


def test_an_opening_greets_announces_the_recording_and_checks_who_calls() -> None:
    text = "thank you for calling this call is recorded may i have your full name"
    shown = behaviours_of(text, NEW)
    assert set(shown) == {"greeting", "recording-notice", "identity-check"}
    assert shown["identity-check"] == "may i have your full name"
    assert behaviours_of(text, NEW, role=Role.CUSTOMER) == {}
    later = said_before((Role.AGENT, "hello"), (Role.CUSTOMER, "hi"))
    assert "greeting" not in behaviours_of(text, later)


def test_empathy_answers_a_displeased_customer() -> None:
    turn = (Role.CUSTOMER, "this is ridiculous")
    text = "i am so sorry about that"
    assert behaviours_of(text, said_before(turn, mood=Sentiment.NEGATIVE)) == {"empathy": text}
    assert behaviours_of(text, said_before(turn, mood=Sentiment.NEUTRAL)) == {}
    assert behaviours_of("sorry can you say that again", said_before(turn)) == {}


def test_an_ending_says_what_is_next_offers_help_and_closes() -> None:
    talk = said_before(*[(Role.AGENT, "one"), (Role.CUSTOMER, "two")] * 2)
    text = "you will receive an email is there anything else i can do have a great day"
    assert set(behaviours_of(text, talk)) == {"next-steps", "further-help", "closing"}
    assert set(behaviours_of(text, NEW)) == {"next-steps"}
