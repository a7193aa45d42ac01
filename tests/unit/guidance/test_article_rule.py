"""Which found passage becomes a card."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.ids import ArticleId, CallId, ParticipantId, UtteranceId
from assist_engine.contract.knowledge_answers import FoundPassage
from assist_engine.contract.values import Role, Span
from assist_engine.guidance.article_rule import ArticleRule
from assist_engine.guidance.need import LiveSpeech
from assist_engine.guidance.rule import KNOWLEDGE, WAITED, Proposal

WORDS = "my internet keeps dropping every day"
LIVE = LiveSpeech(
    utterance_id=UtteranceId("u-1"),
    participant_id=ParticipantId("customer"),
    role=Role.CUSTOMER,
    stable=WORDS,
    start_ms=0,
    heard_ms=800,
)
CUSTOMER, AGENT = Role.CUSTOMER, Role.AGENT
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
    state = turns((AGENT, "i can send a replacement"), (CUSTOMER, "how long would i wait"))
    plain, with_agent = RULE.wants(state, None)
    sure, surer = [passage(0.7, "plain")], [passage(0.99, "agent")]
    [first] = RULE.propose(state, None, {plain: sure, with_agent: surer})
    [second] = RULE.propose(state, None, {plain: [passage(0.2)], with_agent: surer})
    assert first.suggestion.topic == "article-plain"
    assert second.suggestion.topic == "article-agent"


def test_what_was_said_before_finds_nothing_that_the_words_do_not_point_to() -> None:
    state = turns(
        (AGENT, "i can send a replacement"), (CUSTOMER, "my sister plays the trumpet now")
    )
    assert RULE.wants(state, None) == []
    state = turns((AGENT, "i can send a replacement"), (CUSTOMER, "is my red trumpet there"))
    plain, with_agent = RULE.wants(state, None)
    sure = {with_agent: [passage(0.9, "replacement")]}
    assert RULE.propose(state, None, {**sure, plain: [passage(0.3, "trumpets")]}) == ()
    found = {**sure, plain: [passage(0.3, "trumpets"), passage(0.1, "replacement")]}
    assert topics(RULE.propose(state, None, found)) == ["article-replacement"]


def test_each_matter_of_a_turn_has_its_article() -> None:
    state = turns((CUSTOMER, "my bill is higher than last month and the wifi upstairs is weak"))
    whole, bill, wifi = RULE.wants(state, None)
    found = {whole: [passage(0.7, "bill")], bill: [passage(0.9, "bill")]}
    assert topics(RULE.propose(state, None, found)) == ["article-bill"]
    sure = {**found, wifi: [passage(0.9, "wifi")]}
    assert topics(RULE.propose(state, None, sure)) == ["article-bill", "article-wifi"]
    unsure = {**found, wifi: [passage(0.7, "wifi")]}
    assert topics(RULE.propose(state, None, unsure)) == ["article-bill"]


def test_what_was_asked_a_while_ago_comes_after_what_is_asked_now() -> None:
    state = turns((CUSTOMER, WORDS))
    later = replace(state, audio_ms=9_000)
    [query] = RULE.wants(later, None)
    [now] = RULE.propose(state, None, {query: [passage(0.9)]})
    [then] = RULE.propose(later, None, {query: [passage(0.9)]})
    assert (now.priority, then.priority) == (KNOWLEDGE, WAITED)


@pytest.mark.parametrize(
    ("said", "is_answered"),
    [("please restart it for me", True), ("please hold the line", False)],
)
def test_what_the_agent_has_said_already_needs_no_card(said: str, is_answered: bool) -> None:
    state = turns((CUSTOMER, WORDS), (AGENT, said))
    [query] = RULE.wants(state, None)
    proposals = RULE.propose(state, None, {query: [passage(0.9)]})
    assert (proposals == ()) == is_answered


def topics(proposals: Sequence[Proposal]) -> list[str]:
    return [proposal.suggestion.topic for proposal in proposals]


def turns(*said: tuple[Role, str]) -> CallState:
    """Turns of a second each."""
    utterances = tuple(
        Utterance(
            final=UtteranceFinal(
                utterance_id=UtteranceId(f"u-{number}"),
                participant_id=ParticipantId(role.value),
                text=text,
                start_ms=number * 1000,
                end_ms=number * 1000 + 900,
            ),
            role=role,
        )
        for number, (role, text) in enumerate(said)
    )
    return CallState(call_id=CallId("c"), utterances=utterances, audio_ms=len(said) * 1000)
