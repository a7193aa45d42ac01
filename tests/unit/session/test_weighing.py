"""What is kept of looks at a customer's words: compact, without words, each thing once."""

from assist_engine.contract.events import DriverRead, SentimentRead
from assist_engine.contract.ids import ArticleId, ParticipantId, UtteranceId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import ArticleScore, Evidence, Role, Sentiment
from assist_engine.contract.wire import encode_event
from assist_engine.guidance.need import ArticleQuery, LiveSpeech
from assist_engine.session.weighing import Weighing

UID = UtteranceId("customer-0")


def query(text: str, *, asked_ms: int = 4_000, uid: UtteranceId = UID) -> ArticleQuery:
    return ArticleQuery(
        text=text, asked_ms=asked_ms, evidence=Evidence(quote=text, utterance_id=uid)
    )


def passage(article_id: str, score: float) -> FoundPassage:
    return FoundPassage(
        article_id=ArticleId(article_id), title="A secret title", passage="Words.", score=score
    )


def test_a_finished_utterance_is_one_look_with_the_best_few_of_each_query() -> None:
    weighing = Weighing()
    found = {
        query("my parcel"): [passage("parcel", 0.71234), passage("label", 0.3), passage("x", 0.09)],
        query("late my parcel"): [passage("refund", 0.09)],
    }
    weighing.look(found, now_ms=4_600, is_live=False)
    [event] = weighing.take(threshold=0.62984)
    [look] = event.looks
    assert (look.at_ms, look.asked_ms, look.is_live) == (4_600, 4_000, False)
    assert look.found == (
        (ArticleScore(ArticleId("parcel"), 0.7123), ArticleScore(ArticleId("label"), 0.3)),
        (),
    )
    assert event.threshold == 0.6298
    assert weighing.take(threshold=0.6) == []


def test_no_word_that_was_said_or_found_is_in_it() -> None:
    weighing = Weighing()
    weighing.look({query("my parcel"): [passage("a", 0.9)]}, now_ms=1, is_live=False)
    [event] = weighing.take(threshold=0.6)
    written = encode_event(event)
    assert not any(words in written for words in (b"my parcel", b"secret", b"Words"))


def test_the_same_again_is_left_out_and_something_else_is_not() -> None:
    weighing = Weighing()
    for now_ms, score in ((1_000, 0.5), (1_400, 0.5), (1_800, 0.8)):
        live = {query("my parcel is", asked_ms=now_ms - 300): [passage("a", score)]}
        weighing.look(live, now_ms=now_ms, is_live=True)
    weighing.look({query("my parcel is late"): [passage("a", 0.8)]}, now_ms=2_500, is_live=False)
    weighing.look({query("my parcel is late"): [passage("a", 0.8)]}, now_ms=9_000, is_live=False)
    [event] = weighing.take(threshold=0.6)
    assert [(look.at_ms, look.is_live) for look in event.looks] == [
        (1_000, True),
        (1_800, True),
        (2_500, False),
    ]


def test_where_nothing_was_found_nothing_is_recorded() -> None:
    weighing = Weighing()
    weighing.look({query("hello there"): [passage("a", 0.09)]}, now_ms=1_000, is_live=False)
    weighing.look({query("and you"): []}, now_ms=2_000, is_live=True)
    assert weighing.take(threshold=0.6) == []


def test_a_driver_says_when_it_was_first_heard() -> None:
    weighing = Weighing()
    read = DriverRead(utterance_id=UID, driver="cancel-threat", label="Threat to cancel")
    live = LiveSpeech(
        utterance_id=UID,
        participant_id=ParticipantId("customer"),
        role=Role.CUSTOMER,
        stable="i will cancel",
        start_ms=1_000,
        heard_ms=2_000,
        drivers=(read,),
    )
    weighing.heard(live, now_ms=2_300)
    weighing.heard(live, now_ms=2_700)
    late = DriverRead(utterance_id=UID, driver="thanks", label="Thanks")
    mood = SentimentRead(
        utterance_id=UID, sentiment=Sentiment.NEGATIVE, score=-0.8, probability=0.9
    )
    first, second, third = weighing.timed([read, late, mood])
    assert isinstance(first, DriverRead)
    assert first.live_ms == 2_300
    assert isinstance(second, DriverRead)
    assert second.live_ms == 0
    assert third == mood
