"""Wrap-up drafts: always one, in the participants' words, with promises and their dates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.call.clauses import clauses_of, sentence
from assist_engine.call.state import CallState, Card, CardStatus, Utterance
from assist_engine.contract.events import IntentRead, SentimentRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, SuggestionId, UtteranceId
from assist_engine.contract.values import Role, Sentiment, Suggestion, SuggestionKind, Word
from assist_engine.guidance import summary
from assist_engine.guidance.disposition import GENERAL
from assist_engine.guidance.promises import follow_ups

C, A = Role.CUSTOMER, Role.AGENT


def final(number: int, role: Role, text: str) -> UtteranceFinal:
    return UtteranceFinal(
        utterance_id=UtteranceId(f"u-{number}"),
        participant_id=ParticipantId(role.value),
        text=text,
        start_ms=number * 1000,
        end_ms=number * 1000 + 900,
    )


def call(*turns: tuple[Role, str, float | None]) -> CallState:
    utterances = []
    for number, (role, text, score) in enumerate(turns):
        said = final(number, role, text)
        feeling = (
            Sentiment.NEUTRAL if not score else Sentiment("positive" if score > 0 else "negative")
        )
        read = (
            None
            if score is None
            else SentimentRead(
                utterance_id=said.utterance_id, sentiment=feeling, score=score, probability=0.9
            )
        )
        utterances.append(Utterance(final=said, role=role, sentiment=read))
    return CallState(call_id=CallId("c"), utterances=tuple(utterances))


def promised(text: str) -> list[str]:
    return [promise.due for promise in follow_ups(call((A, text, None)))]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("it will be delivered by friday with express shipping", "by friday"),
        ("you should see the refund within ten business days", "within ten business days"),
        ("it will arrive in two days", "in two days"),
        ("we will call you within twenty four hours", "within twenty four hours"),
        ("the technician will call you on thursday morning", "on thursday morning"),
        (
            "the first appointment is thursday between nine and eleven in the morning",
            "thursday between nine and eleven in the morning",
        ),
        ("i'll call you back tomorrow at ten", "tomorrow at ten"),
        ("we will have it fixed by the end of the week", "by the end of the week"),
        ("you will receive an email in a few minutes", "in a few minutes"),
    ],
)
def test_promises_are_found_with_their_time(text: str, due: str) -> None:
    assert promised(text) == [due]


@pytest.mark.parametrize(
    "text",
    [
        "i see one charge in madrid this morning",
        "i can send a new one today",
        "thank you for calling today",
        "we will look into it",
        "have a nice friday",
    ],
)
def test_what_is_no_promise_or_has_no_time_is_left_out(text: str) -> None:
    assert promised(text) == []


def test_a_customer_promises_nothing_for_the_company() -> None:
    assert follow_ups(call((C, "i will cancel by friday", None))) == ()


def test_a_promise_points_to_its_moment() -> None:
    words = ["i", "have", "placed", "the", "order", "and", "it", "will", "come", "by", "friday"]
    said = UtteranceFinal(
        utterance_id=UtteranceId("u"),
        participant_id=ParticipantId("agent"),
        text=" ".join(words),
        start_ms=0,
        end_ms=9000,
        words=tuple(Word(w, i * 100, i * 100 + 90, 1.0) for i, w in enumerate(words)),
    )
    state = CallState(call_id=CallId("c"), utterances=(Utterance(final=said, role=A),))
    [promise] = follow_ups(state)
    assert promise.text == "It will come by Friday."
    assert promise.evidence is not None
    assert (promise.evidence.utterance_id, promise.evidence.start_ms) == ("u", 600)


def test_a_call_is_summed_up_in_its_words() -> None:
    state = call(
        (A, "thank you for calling how can i help you", None),
        (C, "hello my parcel never arrived and i am angry", -0.8),
        (A, "i am sorry i have ordered a new one and it will come by friday", None),
        (C, "okay that sounds good thank you", 0.9),
    )
    wrap_up = summary.draft(state)
    told = {line.section: line for line in reversed(wrap_up.lines)}
    assert "my parcel never arrived" in told["reason"].text.lower()
    assert told["reason"].evidence is not None
    assert told["reason"].evidence.utterance_id == "u-1"
    assert "I have ordered a new one" in told["done"].text
    assert told["mood"].text == "Negative at the start, positive at the end."
    assert wrap_up.outcome == "Follow-up promised"
    assert [promise.due for promise in wrap_up.follow_ups] == ["by friday"]
    assert wrap_up.disposition == GENERAL


@pytest.mark.parametrize(
    ("last", "score", "outcome"),
    [
        ("great thank you", 0.9, "Solved"),
        ("this is a disgrace", -0.9, "Not solved"),
        ("hm let me think", 0.0, "Unclear"),
    ],
)
def test_the_outcome_is_read_from_the_end(last: str, score: float, outcome: str) -> None:
    state = call((C, "my parcel never arrived", -0.5), (A, "one moment", None), (C, last, score))
    assert summary.draft(state).outcome == outcome


def test_the_main_intent_is_the_disposition() -> None:
    utterances = []
    for number, (label, probability) in enumerate([("Late", 0.6), ("Refund", 0.5), ("Late", 0.7)]):
        said = final(number, C, "my parcel never arrived")
        read = IntentRead(
            utterance_id=said.utterance_id, intent=label, label=label, probability=probability
        )
        utterances.append(Utterance(final=said, role=C, intents=(read,)))
    wrap_up = summary.draft(CallState(call_id=CallId("c"), utterances=tuple(utterances)))
    assert (wrap_up.disposition, wrap_up.disposition_probability) == ("Late", 0.7)
    assert "(Late)" in wrap_up.lines[0].text


def test_a_used_card_was_done() -> None:
    suggestion = Suggestion(
        suggestion_id=SuggestionId("s"),
        kind=SuggestionKind.NEXT_ACTION,
        topic="t",
        title="Block the card",
        body="",
        probability=0.9,
        evidence=(),
    )
    card = Card(suggestion=suggestion, status=CardStatus.USED, made_ms=0, asked_ms=0)
    done = [
        line.text
        for line in summary.draft(CallState(call_id=CallId("c"), cards=(card,))).lines
        if line.section == "done"
    ]
    assert done == ["Used: Block the card."]


def test_a_silent_call_has_a_wrap_up_too() -> None:
    wrap_up = summary.draft(CallState(call_id=CallId("c")))
    assert wrap_up.lines[0].text == "The customer said nothing."
    assert (wrap_up.outcome, wrap_up.disposition_probability) == ("Unclear", 0.0)


TURN = st.tuples(
    st.sampled_from([C, A]),
    st.text(alphabet="i will by friday and so can 12", max_size=60),
    st.none() | st.floats(-1, 1),
)


@given(st.lists(TURN, max_size=8))
def test_any_call_has_a_wrap_up_whose_evidence_is_in_it(
    turns: list[tuple[Role, str, float | None]],
) -> None:
    state = call(*turns)
    wrap_up = summary.draft(state)
    assert {"reason", "done", "outcome"} <= {line.section for line in wrap_up.lines}
    quoted = [line.evidence for line in wrap_up.lines] + [p.evidence for p in wrap_up.follow_ups]
    for evidence in quoted:
        if evidence is not None and evidence.utterance_id is not None:
            said = state.utterance(evidence.utterance_id)
            assert said is not None
            assert evidence.quote in said.final.text


@given(st.text(alphabet="i will so and the you it 12", max_size=80))
def test_clauses_are_words_of_the_utterance(text: str) -> None:
    for clause in clauses_of(final(0, A, text)):
        assert clause.text in text
        assert sentence(clause.text) == "" or sentence(clause.text).endswith(".")
