"""A call's events say which articles served it, and what it asked."""

from hypothesis import given

from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import (
    AgentId,
    ArticleId,
    CallId,
    CustomerId,
    ParticipantId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.values import (
    ArticleReference,
    CustomerProfile,
    Evidence,
    Participant,
    Role,
    Suggestion,
    SuggestionKind,
    WrapUp,
)
from assist_engine.learning.knowledge_use import CallKnowledge, CallUse, ShownAnswer, learn
from assist_engine.understanding.anonymity import without_identity
from tests.strategies import event_logs

CALL = CallId("call-1")
NORWAY = "hello this is karen mitchell can i take my card to norway"


def log(*told: tuple[int, Event]) -> list[Recorded]:
    """Events at positions in ms, after an offered call of Karen Mitchell's."""
    opening: list[Event] = [
        events.CallOffered(caller_number="+1", agent_id=AgentId("kim"), queue="cards"),
        events.ParticipantJoined(
            participant=Participant(
                participant_id=ParticipantId("customer"), role=Role.CUSTOMER, channel=0
            )
        ),
        events.CustomerIdentified(
            profile=CustomerProfile(
                customer_id=CustomerId("c"), name="Karen Mitchell", organisation="Bank"
            ),
            identified_by="caller number",
        ),
    ]
    all_events = [*((0, event) for event in opening), *told]
    return [
        Recorded(call_id=CALL, seq=seq, recorded_ms=1_000_000 + at, audio_ms=at, event=event)
        for seq, (at, event) in enumerate(all_events, start=1)
    ]


def said(turn: int, text: str) -> events.UtteranceFinal:
    return events.UtteranceFinal(
        utterance_id=UtteranceId(f"customer-{turn}"),
        participant_id=ParticipantId("customer"),
        text=text,
        start_ms=0,
        end_ms=1,
    )


def intent(turn: int, name: str) -> events.IntentRead:
    return events.IntentRead(
        utterance_id=UtteranceId(f"customer-{turn}"), intent=name, label=name, probability=0.9
    )


def card(name: str, *, asked_by: int = 0) -> events.SuggestionMade:
    return events.SuggestionMade(
        suggestion=Suggestion(
            suggestion_id=SuggestionId(f"article-{name}"),
            kind=SuggestionKind.ARTICLE,
            topic=name,
            title=name,
            body="",
            probability=0.9,
            evidence=(Evidence(quote="", utterance_id=UtteranceId(f"customer-{asked_by}")),),
            article=ArticleReference(
                article_id=ArticleId(name), version=3, release=2, updated_ms=0
            ),
        )
    )


def used(name: str) -> events.SuggestionUsed:
    return events.SuggestionUsed(suggestion_id=SuggestionId(f"article-{name}"))


def dismissed(name: str, reason: str = "") -> events.SuggestionDismissed:
    return events.SuggestionDismissed(suggestion_id=SuggestionId(f"article-{name}"), reason=reason)


def rated(name: str, is_helpful: bool) -> events.SuggestionRated:
    return events.SuggestionRated(
        suggestion_id=SuggestionId(f"article-{name}"), is_helpful=is_helpful
    )


def ended(outcome: str) -> events.WrapUpDrafted:
    return events.WrapUpDrafted(wrap_up=WrapUp(lines=(), disposition="", outcome=outcome))


def learned(*told: tuple[int, Event]) -> CallKnowledge:
    return learn(
        log(*told), is_need=lambda text: "can i" in text, without_identity=without_identity
    )


def test_a_used_article_of_a_solved_call() -> None:
    taught = learned(
        (5_000, said(0, NORWAY)),
        (5_010, intent(0, "travel")),
        (6_000, card("travel-notice")),
        (8_000, events.ArticleOpened(article_id=ArticleId("travel-notice"))),
        (9_500, used("travel-notice")),
        (9_600, rated("travel-notice", True)),
        (30_000, events.CallReleased()),
        (30_000, ended("Solved")),
    )
    assert taught.uses == (
        CallUse(
            article_id=ArticleId("travel-notice"),
            version=3,
            release=2,
            intent="travel",
            offered=True,
            opened=True,
            used=True,
            helpful=True,
            dwell_ms=3_500,
            solved=True,
        ),
    )
    assert taught.ended_ms == 1_030_000


def test_the_last_word_on_the_outcome_counts() -> None:
    completed = events.WrapUpCompleted(
        wrap_up=WrapUp(lines=(), disposition="", outcome="Not solved")
    )
    taught = learned(
        (1, card("a")), (2, used("a")), (3, events.CallReleased()), (3, ended("Solved")),
        (9, completed),
    )  # fmt: skip
    assert [use.solved for use in taught.uses] == [False]


def test_a_dismissed_a_withdrawn_and_a_left_article() -> None:
    taught = learned(
        (1_000, card("put-away")),
        (2_000, card("taken-back")),
        (3_000, card("left")),
        (4_000, dismissed("put-away", "known already")),
        (
            5_000,
            events.SuggestionWithdrawn(suggestion_id=SuggestionId("article-taken-back"), reason=""),
        ),
        (9_000, events.CallReleased()),
        (9_000, ended("Solved")),
    )
    put_away, taken_back, left = taught.uses
    assert (put_away.dismissed, put_away.dismissed_why) == (True, "known already")
    assert put_away.dwell_ms == 3_000
    assert (taken_back.withdrawn, taken_back.dwell_ms) == (True, 3_000)
    assert (left.dwell_ms, left.used, left.solved) == (6_000, False, False)


def test_an_article_found_by_searching_is_opened_and_never_offered() -> None:
    taught = learned(
        (10, said(0, NORWAY)),
        (11, intent(0, "travel")),
        (20, events.ArticleOpened(article_id=ArticleId("fees"))),
    )
    assert taught.uses == (CallUse(article_id=ArticleId("fees"), intent="travel", opened=True),)


def test_the_later_rating_counts() -> None:
    taught = learned((1, card("a")), (2, rated("a", True)), (3, rated("a", False)))
    assert [(use.helpful, use.not_helpful) for use in taught.uses] == [(False, True)]


def test_a_question_is_kept_without_who_asked_it() -> None:
    taught = learned((5_000, said(0, NORWAY)), (5_001, intent(0, "travel")))
    (question,) = taught.questions
    assert question.text == "this is … can i take my card to norway"
    assert question.utterance_id == "customer-0"
    assert (question.asked_ms, question.intent, question.queue) == (1_005_000, "travel", "cards")
    assert question.shown is None


def test_a_question_knows_what_it_was_shown_and_whether_that_was_refused() -> None:
    told: list[tuple[int, Event]] = [(1, said(0, NORWAY)), (2, card("travel-notice"))]
    kept = learned(*told).questions[0].shown
    expected = ShownAnswer(
        article_id=ArticleId("travel-notice"), score=0.9, version=3, release=2, is_rejected=False
    )
    assert kept == expected
    refused = learned(*told, (3, dismissed("travel-notice"))).questions[0].shown
    assert refused is not None
    assert refused.is_rejected
    not_helpful = learned(*told, (3, rated("travel-notice", False))).questions[0].shown
    assert not_helpful is not None
    assert not_helpful.is_rejected


def test_what_is_no_need_or_lives_on_what_was_said_before_is_no_question() -> None:
    assert learned((1, said(0, "my parcel has not arrived in the shop"))).questions == ()
    assert learned((1, said(0, "and when can i"))).questions == ()


def test_a_question_without_an_intent_of_its_own_has_the_one_before() -> None:
    taught = learned((1, said(0, "well")), (2, intent(0, "travel")), (3, said(1, NORWAY)))
    assert [question.intent for question in taught.questions] == ["travel"]


@given(event_logs())
def test_any_log_teaches_something_definite(recorded: list[Recorded]) -> None:
    taught = learn(recorded, is_need=lambda text: True, without_identity=without_identity)
    assert taught.seq == recorded[-1].seq
    assert len({use.article_id for use in taught.uses}) == len(taught.uses)
    assert all(use.used or not use.solved for use in taught.uses)
    assert all(use.offered or use.dwell_ms == 0 for use in taught.uses)
