"""Which words are a need, and what is looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from assist_engine.call.plain_talk import content_words, says_only_facts, substance, without_facts
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import IntentRead, SentimentRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role, Sentiment, Word
from assist_engine.guidance.need import (
    STAYS_OPEN_MS,
    ArticleQuery,
    LiveSpeech,
    Need,
    find_needs,
    is_need,
)


def call(
    *turns: tuple[Role, str],
    intent: str = "",
    probability: float = 0.9,
    sentiment: Sentiment = Sentiment.NEUTRAL,
    audio_ms: int | None = None,
) -> CallState:
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
        read = IntentRead(utterance_id=uid, intent="x", label=intent, probability=probability)
        mood = SentimentRead(utterance_id=uid, sentiment=sentiment, score=0.0, probability=0.9)
        utterances.append(
            Utterance(
                final=final,
                role=role,
                intents=(read,) if intent else (),
                sentiment=mood,
            )
        )
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
    [need] = find_needs(state, None)
    assert {query.uncertain for query in need.queries} == {frozenset({"rooter"})}


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
    assert find_needs(call((CUSTOMER, text)), None) == ()


def test_a_full_question_is_looked_for_by_itself() -> None:
    state = call((CUSTOMER, "hello my internet keeps dropping every evening please help"))
    [need] = find_needs(state, None)
    [query] = need.queries
    assert query.text == "my internet keeps dropping every evening help"
    assert (query.asked_ms, query.products, query.is_tentative) == (900, ("orders",), False)
    assert query.evidence.utterance_id == "u-0"


def test_the_intent_is_a_second_way_to_look() -> None:
    state = call((CUSTOMER, "my parcel has still not arrived after weeks"), intent="Parcel is late")
    need = only(find_needs(state, None))
    [with_intent] = need.leaning
    assert with_intent.text == f"Parcel is late {need.words.text}"
    assert with_intent.evidence == need.words.evidence


def only(needs: tuple[Need, ...]) -> Need:
    [need] = needs
    return need


def leaning(state: CallState) -> list[str]:
    """What the newest need is looked for with besides its own words."""
    return [query.text for query in find_needs(state, None)[0].leaning]


def test_an_unclear_intent_is_none() -> None:
    said = (CUSTOMER, "how long does that take")
    assert leaning(call(said, intent="Wants a new one")) == [
        "Wants a new one how long does that take"
    ]
    assert leaning(call(said, intent="Wants a new one", probability=0.5)) == []


def test_an_elliptical_question_leans_on_what_the_agent_said_last() -> None:
    state = call(
        (CUSTOMER, "my parcel never arrived"),
        (AGENT, "i am sorry and i can send a replacement"),
        (CUSTOMER, "how long does that take"),
    )
    newest, before = find_needs(state, None)
    assert newest.words.text == "how long does that take"
    assert newest.words.is_tentative
    assert newest.is_bare
    assert [query.text for query in newest.leaning] == [
        "i can send a replacement how long does that take"
    ]
    assert not newest.leaning[0].is_tentative
    assert before.words.text == "my parcel never arrived"
    assert not before.words.is_tentative
    assert not before.is_bare


def test_what_the_agent_has_said_since_names_the_matter_in_other_words() -> None:
    told = (CUSTOMER, "the telly goes round and round again and it won't stop")
    assert only(find_needs(call(told), None)).since == ()
    state = call(told, (AGENT, "okay"), (AGENT, "so your connection drops and comes back"))
    need = only(find_needs(state, None))
    assert [query.text for query in need.since] == ["your connection drops and comes back"]
    assert need.leaning == ()


def test_what_is_looked_for_later_comes_after_what_was_looked_for_before() -> None:
    told = (CUSTOMER, "my bill is higher than last month and the wifi upstairs is weak")
    before = only(find_needs(call(told, intent="Bill is high"), None)).queries
    since = (AGENT, "so your connection drops and comes back")
    after = only(find_needs(call(told, since, intent="Bill is high"), None)).queries
    assert len(after) == len(before) + 1
    assert after[: len(before)] == before


def test_a_turn_about_two_matters_is_looked_for_in_parts() -> None:
    state = call((CUSTOMER, "my bill is higher than last month and the wifi upstairs is weak"))
    need = only(find_needs(state, None))
    assert [part.text for part in need.parts] == [
        "my bill is higher than last month",
        "the wifi upstairs is weak",
    ]
    assert all(part.is_tentative for part in need.parts)


def test_bad_news_of_a_known_matter_is_a_need_without_a_question() -> None:
    text = "half of the glasses are in pieces"
    assert not is_need(text)
    assert find_needs(call((CUSTOMER, text), intent="Item came damaged"), None) == ()
    bad = call((CUSTOMER, text), intent="Item came damaged", sentiment=Sentiment.NEGATIVE)
    assert only(find_needs(bad, None)).words.text == text
    assert find_needs(call((CUSTOMER, text), sentiment=Sentiment.NEGATIVE), None) == ()


def test_after_the_agents_turn_a_need_stays_open_for_a_while() -> None:
    turns = ((CUSTOMER, "my internet keeps dropping every day"), (AGENT, "let me see"))
    assert find_needs(call(*turns), None)
    assert find_needs(call(*turns, audio_ms=900 + STAYS_OPEN_MS), None)
    assert find_needs(call(*turns, audio_ms=901 + STAYS_OPEN_MS), None) == ()


def test_words_that_move_are_looked_for_once_they_say_enough() -> None:
    state = call((AGENT, "how can i help you"))
    assert find_needs(state, live("hello my name is jim")) == ()
    assert find_needs(state, live("hello my internet keeps")) == ()
    begun = live("hello my internet keeps dropping every day and i am")
    assert only(find_needs(state, begun)).words.text == "my internet keeps dropping every day"
    paused = only(find_needs(state, replace(begun, has_paused=True)))
    assert paused.words.text == "my internet keeps dropping every day and i am"
    assert not paused.words.is_tentative
    [query] = only(find_needs(state, live("hello my internet keeps dropping every day"))).queries
    assert (query.is_tentative, query.asked_ms) == (True, 11_000)


def test_the_newest_matter_of_words_that_move_is_looked_for_by_itself() -> None:
    need = only(find_needs(call(), live("i am in spain and i think i lost my card")))
    assert [part.text for part in need.parts] == ["i think i lost my card"]
    assert need.parts[0].is_tentative


def test_what_an_agent_is_saying_is_no_need() -> None:
    state = call((CUSTOMER, "my internet keeps dropping every day"))
    assert find_needs(state, live("the internet keeps dropping in your area", role=AGENT)) == ()


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
    for query in queries(find_needs(call((AGENT, "how can i help")), live(text))):
        assert query.text.strip()
        assert query.evidence.quote


@given(st.lists(st.text(alphabet="abcdefghi knotwhyr'", max_size=60), min_size=1, max_size=6))
def test_any_turns_give_needs_newest_first_and_none_twice(said: list[str]) -> None:
    needs = find_needs(call(*((CUSTOMER, text) for text in said)), None)
    asked = [need.words.asked_ms for need in needs]
    assert asked == sorted(set(asked), reverse=True)
    assert all(query.text.strip() for query in queries(needs))


def queries(needs: tuple[Need, ...]) -> list[ArticleQuery]:
    return [query for need in needs for query in need.queries]
