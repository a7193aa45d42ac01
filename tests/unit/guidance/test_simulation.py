"""A stored call decided anew: the same limits give the same cards, others give others."""

from collections.abc import Sequence

from assist_engine.call.state import CardStatus
from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import (
    AgentId,
    ArticleId,
    CallId,
    ParticipantId,
    PlaybookId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.values import (
    ArticleLook,
    ArticleScore,
    Participant,
    Role,
    Suggestion,
    SuggestionKind,
)
from assist_engine.guidance.arbiter import Arbiter
from assist_engine.guidance.next_action_rule import NextActionRule
from assist_engine.guidance.playbook_reader import read_playbooks
from assist_engine.guidance.simulation import CallSimulation, simulate
from assist_engine.guidance.weighed_articles import WeighedArticles

THREAT = """
- id: keep
  title: Keep them
  body: Make an offer.
  when: {any_driver: [cancel-threat]}
  primary_label: Offer
  checklist: [Make an offer]
"""
PLAYBOOK = """
- id: send-again
  title: Send it again
  body: Offer to send it again.
  when: {queue: orders, intents: [late-parcel]}
  primary_label: Send
  checklist: [Say when it comes]
  priority: 50
"""


def article(topic: str, *, probability: float = 0.9) -> Suggestion:
    return Suggestion(
        suggestion_id=SuggestionId(topic),
        kind=SuggestionKind.ARTICLE,
        topic=topic,
        title=topic,
        body="",
        probability=probability,
        evidence=(),
    )


def made(topic: str, asked_ms: int, *, probability: float = 0.9) -> events.SuggestionMade:
    return events.SuggestionMade(
        suggestion=article(topic, probability=probability), asked_ms=asked_ms
    )


def said(
    role: Role, number: int, start_ms: int, end_ms: int, *, text: str = "where is my parcel"
) -> events.UtteranceFinal:
    return events.UtteranceFinal(
        utterance_id=UtteranceId(f"{role}-{number}"),
        participant_id=ParticipantId(role),
        text=text,
        start_ms=start_ms,
        end_ms=end_ms,
    )


def log(*moments: tuple[int, Event]) -> list[Recorded]:
    opening: list[Event] = [
        events.CallOffered(caller_number="+1", agent_id=AgentId("linda"), queue="orders"),
        *(
            events.ParticipantJoined(
                participant=Participant(
                    participant_id=ParticipantId(role), role=role, channel=channel
                )
            )
            for channel, role in enumerate((Role.CUSTOMER, Role.AGENT))
        ),
    ]
    return [
        Recorded(
            call_id=CallId("call"), seq=seq, recorded_ms=1_000 + at_ms, audio_ms=at_ms, event=event
        )
        for seq, (at_ms, event) in enumerate([*((0, event) for event in opening), *moments], 1)
    ]


CALL = log(
    (5_000, said(Role.CUSTOMER, 0, 1_000, 4_500)),
    (5_000, made("article-a", 4_500)),
    (8_000, events.SuggestionUsed(suggestion_id=SuggestionId("article-a"))),
    (30_000, said(Role.CUSTOMER, 1, 26_000, 29_500)),
    (30_000, made("article-b", 29_500, probability=0.6)),
    (31_000, events.SuggestionDismissed(suggestion_id=SuggestionId("article-b"))),
    (60_000, events.CallReleased()),
)


def would(call: CallSimulation) -> list[tuple[str, int, CardStatus]]:
    return [(one.topic, one.at_ms, one.status) for one in call.would]


def run(recorded: Sequence[Recorded], arbiter: Arbiter) -> CallSimulation:
    return simulate(recorded, arbiter=arbiter)


def test_the_limits_of_the_day_give_what_was_shown() -> None:
    call = run(CALL, Arbiter())
    assert call.would == call.was
    assert would(call) == [
        ("article-a", 5_000, CardStatus.USED),
        ("article-b", 30_000, CardStatus.DISMISSED),
    ]


def test_a_higher_threshold_and_a_longer_distance_show_less() -> None:
    assert would(run(CALL, Arbiter(min_probability=0.7))) == [("article-a", 5_000, CardStatus.USED)]
    assert would(run(CALL, Arbiter(min_gap_ms=60_000))) == [("article-a", 5_000, CardStatus.USED)]


def test_a_new_playbook_shows_a_card_that_nobody_could_judge() -> None:
    heard = events.IntentRead(
        utterance_id=UtteranceId("customer-0"),
        intent="late-parcel",
        label="Late parcel",
        probability=0.9,
    )
    recorded = log(
        (5_000, said(Role.CUSTOMER, 0, 1_000, 4_500)),
        (5_000, heard),
        (40_000, events.CallReleased()),
    )
    rule = NextActionRule(read_playbooks([("new.yaml", PLAYBOOK)]))
    call = simulate(recorded, arbiter=Arbiter(), rules={SuggestionKind.NEXT_ACTION: rule})
    [card] = call.would
    assert (card.topic, card.was_shown) == ("action-send-again", False)
    assert card.at_ms >= 5_000
    assert call.was == ()


def test_a_card_decided_anew_is_no_candidate_from_the_log() -> None:
    old = Suggestion(
        suggestion_id=SuggestionId("action-old"),
        kind=SuggestionKind.NEXT_ACTION,
        topic="action-old",
        title="Old",
        body="",
        probability=0.9,
        evidence=(),
        playbook_id=PlaybookId("old"),
    )
    recorded = log(
        (5_000, events.SuggestionMade(suggestion=old, asked_ms=4_500)),
        (9_000, events.CallReleased()),
    )
    kept = simulate(recorded, arbiter=Arbiter())
    nothing = {SuggestionKind.NEXT_ACTION: NextActionRule([])}
    anew = simulate(recorded, arbiter=Arbiter(), rules=nothing)
    assert [one.topic for one in kept.would] == ["action-old"]
    assert anew.would == ()


def test_a_card_waits_for_the_agents_words_as_they_were() -> None:
    recorded = log(
        (5_000, said(Role.CUSTOMER, 0, 1_000, 4_500)),
        (5_000, made("article-a", 4_500)),
        (23_000, said(Role.CUSTOMER, 1, 20_000, 22_500)),
        (
            25_000,
            events.SuggestionMade(suggestion=article("article-b"), asked_ms=22_500, held_ms=2_000),
        ),
        (28_000, said(Role.AGENT, 2, 23_000, 27_000)),
        (40_000, events.CallReleased()),
    )
    patient = {one.topic: one.at_ms for one in run(recorded, Arbiter(fresh_ms=2_000)).would}
    hasty = {one.topic: one.at_ms for one in run(recorded, Arbiter(hold_ms=0)).would}
    assert hasty["article-b"] == 25_000
    assert 27_000 <= patient["article-b"] <= 29_000


def looked(*looks: ArticleLook, uid: str = "customer-0") -> events.ArticlesWeighed:
    return events.ArticlesWeighed(utterance_id=UtteranceId(uid), looks=looks, threshold=0.6)


def look(at_ms: int, article_id: str, score: float, *, is_live: bool = False) -> ArticleLook:
    return ArticleLook(
        at_ms=at_ms,
        asked_ms=at_ms - 500,
        is_live=is_live,
        found=((ArticleScore(ArticleId(article_id), score),),),
    )


LOOKED = log(
    (5_000, said(Role.CUSTOMER, 0, 1_000, 4_500)),
    (5_000, looked(look(3_000, "parcel", 0.7, is_live=True), look(5_000, "parcel", 0.7))),
    (30_000, said(Role.CUSTOMER, 1, 26_000, 29_500)),
    (30_000, looked(look(30_000, "label", 0.5), uid="customer-1")),
    (60_000, events.CallReleased()),
)


def searched(recorded: Sequence[Recorded], *, threshold: float = 0.0) -> CallSimulation:
    weighed = [item.event for item in recorded if isinstance(item.event, events.ArticlesWeighed)]
    articles = WeighedArticles(recorded, weighed, threshold=threshold)
    return simulate(recorded, arbiter=Arbiter(), articles=articles)


def test_another_threshold_brings_articles_that_were_never_shown() -> None:
    assert would(searched(LOOKED)) == [("article-parcel", 5_000, CardStatus.SHOWN)]
    assert would(searched(LOOKED, threshold=0.75)) == []
    assert [(topic, at_ms) for topic, at_ms, _ in would(searched(LOOKED, threshold=0.5))] == [
        ("article-parcel", 3_000),  # 0.7 is enough for words that still move
        ("article-label", 30_000),
    ]
    assert not any(one.was_shown for one in searched(LOOKED).would)


def test_what_a_part_found_is_not_credited_to_what_the_agent_says_later() -> None:
    two_matters = "my bill is higher than last month and the wifi upstairs is weak"
    answer = "so your connection drops and comes back"
    bill = ArticleId("bill")
    found = ((ArticleScore(bill, 0.2),), (ArticleScore(bill, 0.7),), ())
    recorded = log(
        (5_000, said(Role.CUSTOMER, 0, 1_000, 4_500, text=two_matters)),
        (5_000, looked(ArticleLook(at_ms=5_000, asked_ms=4_500, is_live=False, found=found))),
        (10_000, said(Role.AGENT, 1, 6_000, 9_500, text=answer)),
        (60_000, events.CallReleased()),
    )
    assert would(searched(recorded)) == []


def test_a_threat_brings_its_card_when_it_was_heard_not_when_the_words_were_done() -> None:
    read = events.DriverRead(
        utterance_id=UtteranceId("customer-0"),
        driver="cancel-threat",
        label="Threat to cancel",
        live_ms=3_200,
    )
    recorded = log(
        (5_000, said(Role.CUSTOMER, 0, 1_000, 4_500)),
        (5_000, read),
        (40_000, events.CallReleased()),
    )
    rules = {SuggestionKind.NEXT_ACTION: NextActionRule(read_playbooks([("new.yaml", THREAT)]))}
    [card] = simulate(recorded, arbiter=Arbiter(), rules=rules).would
    assert (card.topic, card.at_ms) == ("action-keep", 3_200)


def test_what_an_agent_did_before_a_card_would_come_judges_nothing() -> None:
    recorded = log(
        (5_000, said(Role.CUSTOMER, 0, 1_000, 4_500)),
        (5_000, made("article-a", 4_500)),
        (9_000, said(Role.CUSTOMER, 1, 6_000, 8_500)),
        (9_000, made("article-b", 8_500)),
        (11_000, events.SuggestionUsed(suggestion_id=SuggestionId("article-b"))),
        (40_000, events.CallReleased()),
    )
    [_, late] = run(recorded, Arbiter(min_gap_ms=15_000)).would
    assert (late.topic, late.status, late.is_too_late) == ("article-b", CardStatus.SHOWN, True)
    assert not late.is_judged
    assert all(one.is_judged for one in run(recorded, Arbiter(min_gap_ms=0)).would)


def test_nobody_uses_a_card_that_has_gone() -> None:
    topics = [f"article-{number}" for number in range(5)]
    moments: list[tuple[int, Event]] = []
    for number, topic in enumerate(topics):
        end_ms = 10_000 * (number + 1)
        moments += [
            (end_ms, said(Role.CUSTOMER, number, end_ms - 3_000, end_ms - 500)),
            (end_ms, made(topic, end_ms - 500)),
        ]
    used = events.SuggestionUsed(suggestion_id=SuggestionId(topics[0]))
    recorded = log(*moments, (55_000, used), (60_000, events.CallReleased()))
    roomy = run(recorded, Arbiter(min_gap_ms=0, max_quiet=5))
    narrow = run(recorded, Arbiter(min_gap_ms=0, max_quiet=1))
    assert roomy.would[0].status is CardStatus.USED
    assert narrow.would[0].status is CardStatus.WITHDRAWN


def test_what_was_found_while_the_words_moved_may_stand_before_them_in_the_log() -> None:
    recorded = log(
        (4_000, looked(look(3_000, "parcel", 0.9, is_live=True))),
        (4_000, said(Role.AGENT, 1, 500, 900)),
        (5_000, said(Role.CUSTOMER, 0, 1_000, 4_500)),
        (60_000, events.CallReleased()),
    )
    assert would(searched(recorded)) == [("article-parcel", 3_000, CardStatus.SHOWN)]
