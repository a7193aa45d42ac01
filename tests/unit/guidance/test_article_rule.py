"""Which found passage becomes a card."""

from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.ids import ArticleId, CallId, ParticipantId, UtteranceId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import Role, Span
from assist_engine.guidance.article_rule import ArticleRule
from assist_engine.guidance.need import LiveSpeech
from assist_engine.guidance.rule import KNOWLEDGE

WORDS = "my internet keeps dropping every day"
LIVE = LiveSpeech(
    utterance_id=UtteranceId("u-1"),
    participant_id=ParticipantId("customer"),
    role=Role.CUSTOMER,
    stable=WORDS,
    start_ms=0,
    heard_ms=800,
)
RULE = ArticleRule(lambda: 0.6)


def call(text: str = WORDS) -> CallState:
    final = UtteranceFinal(
        utterance_id=UtteranceId("u-1"),
        participant_id=ParticipantId("customer"),
        text=text,
        start_ms=0,
        end_ms=1000,
    )
    said = (Utterance(final=final, role=Role.CUSTOMER),) if text else ()
    return CallState(call_id=CallId("c"), utterances=said, audio_ms=1500)


def passage(score: float, article: str = "drops") -> FoundPassage:
    return FoundPassage(
        article_id=ArticleId(article),
        title="Drops",
        passage="Restart it. Then wait.",
        score=score,
        answer=Span(0, 11),
        version=3,
        release=2,
        updated_ms=9,
    )


def test_the_best_passage_becomes_a_card_with_its_source() -> None:
    state = call()
    [query] = RULE.wants(state, None)
    [proposal] = RULE.propose(state, None, {query: [passage(0.9), passage(0.8, "other")]})
    card = proposal.suggestion
    assert (card.topic, card.suggestion_id) == ("article-drops", "article-drops")
    assert (card.title, card.body, card.answer) == ("Drops", "Restart it. Then wait.", Span(0, 11))
    assert card.article is not None
    assert (card.article.version, card.article.release) == (3, 2)
    assert card.evidence[0].quote == WORDS
    assert (proposal.asked_ms, proposal.priority, proposal.rule) == (1000, KNOWLEDGE, "article")


def test_below_the_threshold_there_is_no_card() -> None:
    state = call()
    [query] = RULE.wants(state, None)
    assert RULE.propose(state, None, {query: [passage(0.59)]}) == ()
    assert RULE.propose(state, None, {query: []}) == ()
    assert RULE.propose(state, None, {}) == ()


def test_words_that_move_need_a_surer_search() -> None:
    state = call("")
    [query] = RULE.wants(state, LIVE)
    assert RULE.propose(state, LIVE, {query: [passage(0.75)]}) == ()
    [proposal] = RULE.propose(state, LIVE, {query: [passage(0.85)]})
    assert proposal.asked_ms == 800


def test_the_plainest_way_that_is_sure_wins() -> None:
    state = call("how long does it take")
    state_before = call("my parcel never arrived at my house")
    state = CallState(
        call_id=CallId("c"),
        utterances=(*state_before.utterances, *_renamed(state)),
        audio_ms=1500,
    )
    plain, with_topic = RULE.wants(state, None)
    sure, surer = [passage(0.7, "plain")], [passage(0.99, "topic")]
    [first] = RULE.propose(state, None, {plain: sure, with_topic: surer})
    [second] = RULE.propose(state, None, {plain: [passage(0.2)], with_topic: surer})
    assert first.suggestion.topic == "article-plain"
    assert second.suggestion.topic == "article-topic"


def _renamed(state: CallState) -> tuple[Utterance, ...]:
    final = state.utterances[0].final
    renamed = UtteranceFinal(
        utterance_id=UtteranceId("u-2"),
        participant_id=final.participant_id,
        text=final.text,
        start_ms=1000,
        end_ms=1400,
    )
    return (Utterance(final=renamed, role=Role.CUSTOMER),)
