"""Which words are a need, and what is looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from assist_engine.call.plain_talk import content_words, says_only_facts, substance, without_facts
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import IntentRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role, Word
from assist_engine.guidance.need import LiveSpeech, find_need, is_need


def call(*turns: tuple[Role, str], intent: str = "", audio_ms: int | None = None) -> CallState:
    utterances = []
    for number, (role, text) in enumerate(turns):
        uid = UtteranceId(f"u-{number}")
        final = UtteranceFinal(
            utterance_id=uid,
            participant_id=ParticipantId(role.value),
            text=text,
            start_ms=number * 1000,
            end_ms=number * 1000 + 900,
        )
        read = IntentRead(utterance_id=uid, intent="x", label=intent, probability=0.9)
        utterances.append(Utterance(final=final, role=role, intents=(read,) if intent else ()))
    return CallState(
        call_id=CallId("c"),
        queue="orders",
        utterances=tuple(utterances),
        audio_ms=len(turns) * 1000 if audio_ms is None else audio_ms,
    )


def test_words_that_recognition_was_not_sure_of_are_told() -> None:
    state = call((Role.CUSTOMER, "my rooter is broken"))
    [turn] = state.utterances
    words = tuple(
        Word(text=text, start_ms=0, end_ms=1, confidence=0.4 if text == "rooter" else 1.0)
        for text in turn.final.text.split()
    )
    final = replace(turn.final, words=words)
    state = replace(state, utterances=(replace(turn, final=final),))
    assert {query.uncertain for query in find_need(state, None)} == {frozenset({"rooter"})}


def live(stable: str, *, role: Role = Role.CUSTOMER) -> LiveSpeech:
    return LiveSpeech(
        utterance_id=UtteranceId("u-live"),
        participant_id=ParticipantId(role.value),
        role=role,
        stable=stable,
        start_ms=9000,
        heard_ms=11_000,
    )


CUSTOMER, AGENT = Role.CUSTOMER, Role.AGENT


@pytest.mark.parametrize(
    "text",
    [
        "how long would the replacement take",
        "my internet keeps dropping",
        "i lost my credit card",
        "can i get my money back",
        "please send me a new one",
        "hello i would like to change my delivery address",
        "it is blinking red and i already restarted it",
    ],
)
def test_questions_problems_and_requests_are_needs(text: str) -> None:
    assert is_need(text)


@pytest.mark.parametrize(
    "text",
    [
        "my name is karen mitchell",
        "yes that is correct",
        "no thank you so much goodbye",
        "the order number is b k seven four nine two zero five",
        "all right thank you",
        "good morning",
        "",
    ],
)
def test_courtesy_and_identity_are_no_need(text: str) -> None:
    assert not is_need(text)
    assert find_need(call((CUSTOMER, text)), None) == ()


def test_a_full_question_is_looked_for_by_itself() -> None:
    state = call((CUSTOMER, "hello my internet keeps dropping every evening please help"))
    [query] = find_need(state, None)
    assert query.text == "my internet keeps dropping every evening help"
    assert (query.asked_ms, query.products, query.is_live) == (900, ("orders",), False)
    assert query.evidence.utterance_id == "u-0"


def test_the_intent_is_a_second_way_to_look() -> None:
    state = call((CUSTOMER, "my parcel has still not arrived after weeks"), intent="Parcel is late")
    plain, with_intent = find_need(state, None)
    assert with_intent.text == f"Parcel is late {plain.text}"
    assert with_intent.evidence == plain.evidence


def test_an_elliptical_question_brings_what_was_said_before() -> None:
    state = call(
        (CUSTOMER, "my parcel never arrived"),
        (AGENT, "i am sorry and i can send a replacement"),
        (CUSTOMER, "how long does that take"),
    )
    assert [query.text for query in find_need(state, None)] == [
        "how long does that take",
        "i can send a replacement how long does that take",
        "my parcel never arrived how long does that take",
    ]


def test_after_the_agents_turn_a_need_stays_open_for_a_while() -> None:
    turns = ((CUSTOMER, "my internet keeps dropping every day"), (AGENT, "let me see"))
    assert find_need(call(*turns), None)
    assert find_need(call(*turns, audio_ms=60_000), None) == ()


def test_words_that_move_are_looked_for_once_they_say_enough() -> None:
    state = call((AGENT, "how can i help you"))
    assert find_need(state, live("hello my name is jim")) == ()
    assert find_need(state, live("hello my internet keeps")) == ()
    unfinished = live("hello my internet keeps dropping every day and i")
    assert find_need(state, unfinished) == ()
    assert find_need(state, replace(unfinished, has_paused=True)) != ()
    [query] = find_need(state, live("hello my internet keeps dropping every day"))
    assert (query.is_live, query.asked_ms) == (True, 11_000)


def test_what_an_agent_is_saying_is_no_need() -> None:
    state = call((CUSTOMER, "my internet keeps dropping every day"))
    assert find_need(state, live("the internet keeps dropping in your area", role=AGENT)) == ()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("hi my name is susan parker and i lost my card", "and i lost my card"),
        ("it ends in six one nine four", "it ends in"),
        ("it takes twenty minutes", "it takes twenty minutes"),
        ("i pay one hundred twenty dollars", "i pay one hundred twenty dollars"),
        ("no that is all thank you for your help linda", ""),
        ("write to ann dot lee at example dot org please", "write to"),
    ],
)
def test_substance(text: str, left: str) -> None:
    assert substance(text) == left


@given(st.text(max_size=120))
def test_plain_talk_never_adds_and_comes_to_rest(text: str) -> None:
    left = without_facts(text)
    assert len(left) <= len(text.lower())
    assert set(content_words(left)) <= set(content_words(text))
    assert says_only_facts(text) == (not content_words(left))


@given(st.text(alphabet="abcdefghi knotwhyr'", max_size=80))
def test_any_live_words_give_queries_or_none(text: str) -> None:
    for query in find_need(call((AGENT, "how can i help")), live(text)):
        assert query.text.strip()
        assert query.evidence.quote
