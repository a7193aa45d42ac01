"""What several rooms ask of a call."""

from msgspec.structs import replace

from assist_engine.call.selectors import (
    current_intent,
    customer_facts,
    customer_utterances,
    intent_course,
    mood_course,
    open_alerts,
    shown_cards,
)
from assist_engine.call.state import Alert, CallState, Card, CardStatus, Utterance
from assist_engine.contract.events import AlertRaised, IntentRead, SentimentRead, UtteranceFinal
from assist_engine.contract.ids import (
    AlertId,
    CallId,
    CustomerId,
    ParticipantId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.values import (
    AlertVerdict,
    Certainty,
    CustomerProfile,
    Role,
    Sentiment,
    Suggestion,
    SuggestionKind,
    certainty_of,
)


def said(
    number: int, *, role: Role = Role.CUSTOMER, score: float | None = None, intent: str = ""
) -> Utterance:
    uid = UtteranceId(f"u{number}")
    final = UtteranceFinal(
        utterance_id=uid,
        participant_id=ParticipantId(role.value),
        text="words",
        start_ms=number * 1_000,
        end_ms=number * 1_000 + 500,
    )
    label = Sentiment.UNCLEAR if score == 0 else Sentiment.NEGATIVE
    sentiment = SentimentRead(
        utterance_id=uid, sentiment=label, score=score or 0.0, probability=0.9
    )
    read = IntentRead(utterance_id=uid, intent=intent, label=intent, probability=0.8)
    return Utterance(
        final=final,
        role=role,
        sentiment=None if score is None else sentiment,
        intents=(read,) if intent else (),
    )


NEW = CallState(call_id=CallId("c1"))


def test_customers_words_only() -> None:
    call = replace(NEW, utterances=(said(1), said(2, role=Role.AGENT), said(3)))
    assert [u.final.utterance_id for u in customer_utterances(call)] == ["u1", "u3"]


def test_the_mood_is_smoothed_and_an_unclear_utterance_leaves_it() -> None:
    call = replace(
        NEW, utterances=(said(1, score=-1.0), said(2, score=0.0), said(3, score=-0.5), said(4))
    )
    assert mood_course(call) == ((1_500, -0.5), (3_500, -0.5))


def test_the_newest_intent_counts() -> None:
    assert current_intent(NEW) is None
    call = replace(NEW, utterances=(said(1, intent="refund"), said(2, intent="cancel"), said(3)))
    newest = current_intent(call)
    assert newest is not None
    assert newest.intent == "cancel"


def test_used_cards_stay_dismissed_ones_go() -> None:
    cards = tuple(
        Card(
            suggestion=Suggestion(
                suggestion_id=SuggestionId(status.value),
                kind=SuggestionKind.ARTICLE,
                topic=status.value,
                title="",
                body="",
                probability=0.6,
                evidence=(),
            ),
            status=status,
            made_ms=0,
            asked_ms=0,
        )
        for status in CardStatus
    )
    shown = [card.status for card in shown_cards(replace(NEW, cards=cards))]
    assert shown == [CardStatus.SHOWN, CardStatus.USED]


def test_an_acknowledged_alert_is_not_open() -> None:
    raised = AlertRaised(alert_id=AlertId("a"), rule="r", title="t", evidence=())
    open_alert = Alert(raised=raised, raised_ms=0)
    seen = Alert(raised=raised, raised_ms=0, verdict=AlertVerdict.NOISE)
    assert open_alerts(replace(NEW, alerts=(seen, open_alert))) == (open_alert,)


def test_probabilities_as_words() -> None:
    words = [certainty_of(p) for p in (1.0, 0.75, 0.74, 0.5, 0.49, 0.0)]
    likely, possible, unclear = Certainty.LIKELY, Certainty.POSSIBLE, Certainty.UNCLEAR
    assert words == [likely, likely, possible, possible, unclear, unclear]


def test_what_an_article_may_ask_of_a_customer() -> None:
    assert customer_facts(CallState(call_id=CallId("c"))) == {}
    known = CustomerProfile(
        customer_id=CustomerId("1"),
        name="Karen",
        organisation="Shop",
        tier="gold",
        facts={"app": True, "tier": "platinum"},
    )
    state = CallState(call_id=CallId("c"), customer=known)
    assert customer_facts(state) == {"organisation": "Shop", "tier": "platinum", "app": True}


def test_the_course_of_intents_names_each_change_once() -> None:
    said_of = ["late", "", "late", "refund", "refund", "late"]
    state = replace(
        NEW, utterances=tuple(said(number, intent=name) for number, name in enumerate(said_of))
    )
    assert [read.intent for read in intent_course(state)] == ["late", "refund", "late"]


def test_of_several_intents_of_a_turn_the_likeliest_is_current() -> None:
    one = said(1, intent="late")
    surer = replace(one.intents[0], intent="refund", probability=0.9)
    state = replace(NEW, utterances=(replace(one, intents=(surer, *one.intents)),))
    current = current_intent(state)
    assert current is not None
    assert current.intent == "refund"
    assert [read.intent for read in intent_course(state)] == ["refund", "late"]
