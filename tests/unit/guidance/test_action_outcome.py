"""What a card taught: used, put away, rated, done without a click, and how the call ended."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import (
    AgentId,
    CallId,
    ParticipantId,
    PlaybookId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.values import (
    Evidence,
    Participant,
    Role,
    Sentiment,
    Suggestion,
    SuggestionKind,
    WrapUp,
)
from assist_engine.guidance.action_outcome import ActionOutcome, action_outcomes
from assist_engine.guidance.off_policy import at_random, by_rank, estimate
from assist_engine.guidance.ranking import ActionMemory

CARD = SuggestionId("action-offer")
PLAY = PlaybookId("offer")
USED = events.SuggestionUsed(suggestion_id=CARD)
DISMISSED = events.SuggestionDismissed(suggestion_id=CARD)
WITHDRAWN = events.SuggestionWithdrawn(suggestion_id=CARD, reason="made room")
SOLVED = events.WrapUpDrafted(wrap_up=WrapUp(lines=(), disposition="d", outcome="Solved"))
UNSOLVED = events.WrapUpDrafted(wrap_up=WrapUp(lines=(), disposition="d", outcome="Not solved"))


def rated(is_helpful: bool) -> events.SuggestionRated:
    return events.SuggestionRated(suggestion_id=CARD, is_helpful=is_helpful)


def ticked(start_ms: int) -> events.ChecklistTicked:
    evidence = (Evidence(quote="q", start_ms=start_ms),)
    return events.ChecklistTicked(
        playbook_id=PLAY, item="Step", is_done=True, is_heard=True, evidence=evidence
    )


def scored(score: int) -> events.SatisfactionGiven:
    return events.SatisfactionGiven(score=score, by=AgentId("survey"))


def felt(number: int, score: float) -> list[Event]:
    final = events.UtteranceFinal(
        utterance_id=UtteranceId(f"u-{number}"),
        participant_id=ParticipantId("customer"),
        text="x",
        start_ms=number * 1000,
        end_ms=number * 1000 + 500,
    )
    sentiment = Sentiment.NEGATIVE if score < 0 else Sentiment.POSITIVE
    read = events.SentimentRead(
        utterance_id=final.utterance_id, sentiment=sentiment, score=score, probability=0.9
    )
    return [final, read]


def outcomes(*after: Event, before: Sequence[Event] = ()) -> tuple[ActionOutcome, ...]:
    customer = Participant(participant_id=ParticipantId("customer"), role=Role.CUSTOMER, channel=0)
    suggestion = Suggestion(
        suggestion_id=CARD,
        kind=SuggestionKind.NEXT_ACTION,
        topic="t",
        title="T",
        body="B",
        probability=0.9,
        evidence=(),
        playbook_id=PLAY,
    )
    made = events.SuggestionMade(
        suggestion=suggestion, context="late", propensity=0.9, candidates=("offer", "refund")
    )
    offered = events.CallOffered(caller_number="+1", agent_id=AgentId("a"))
    joined = events.ParticipantJoined(participant=customer)
    happened = [offered, joined, *before, made, *after]
    recorded = [
        Recorded(call_id=CallId("c"), seq=seq, recorded_ms=seq, audio_ms=10_000, event=event)
        for seq, event in enumerate(happened, start=1)
    ]
    return action_outcomes(recorded)


def test_what_it_was_chosen_among_is_kept() -> None:
    [outcome] = outcomes(USED)
    assert (outcome.playbook_id, outcome.context, outcome.propensity) == ("offer", "late", 0.9)
    assert outcome.candidates == ("offer", "refund")


@pytest.mark.parametrize(
    ("after", "is_accepted"),
    [
        ([USED], True),
        ([DISMISSED], False),
        ([], False),
        ([DISMISSED, rated(True)], True),
        ([USED, rated(False)], False),
        ([ticked(11_000)], True),
        ([ticked(9_000)], False),
        ([DISMISSED, ticked(11_000)], False),
        ([ticked(11_000), WITHDRAWN], True),
    ],
)
def test_when_a_card_counts_as_accepted(after: list[Event], is_accepted: bool) -> None:
    [outcome] = outcomes(*after)
    assert outcome.is_accepted is is_accepted
    assert (outcome.value > 0.5) is is_accepted


def test_a_card_taken_back_teaches_nothing_and_no_call_neither() -> None:
    assert outcomes(WITHDRAWN) == ()
    assert action_outcomes([]) == ()


def test_how_the_call_ended_counts_where_the_card_was_accepted() -> None:
    [solved], [unsolved] = outcomes(USED, SOLVED), outcomes(USED, UNSOLVED)
    assert solved.value > outcomes(USED)[0].value * 0.99
    assert unsolved.value < solved.value
    assert outcomes(DISMISSED, SOLVED) == outcomes(DISMISSED, UNSOLVED)


def test_the_customers_score_counts_where_the_card_was_accepted() -> None:
    [[glad], [middle], [cross]] = [outcomes(USED, UNSOLVED, scored(score)) for score in (5, 3, 1)]
    assert glad.value > middle.value > cross.value
    assert middle.value == pytest.approx((glad.value + cross.value) / 2, abs=1e-4)
    [plain] = outcomes(USED, UNSOLVED)
    assert cross.value < plain.value < glad.value
    assert outcomes(USED, scored(1), scored(5)) == outcomes(USED, scored(5))
    assert outcomes(DISMISSED, scored(5)) == outcomes(DISMISSED, scored(1))


def test_the_mood_after_a_card_counts() -> None:
    before = felt(5, -0.8)
    [better] = outcomes(USED, *felt(20, 0.9), before=before)
    [worse] = outcomes(USED, *felt(20, -0.9), before=felt(5, 0.8))
    [same] = outcomes(USED, *felt(20, -0.4), before=before)
    assert worse.value < same.value <= better.value


def decisions(number: int, *, propensity: float) -> list[tuple[CallId, list[ActionOutcome]]]:
    """Logged decisions between a good playbook and a bad one, both shown as often."""
    return [
        (
            CallId(f"c{at}"),
            [
                ActionOutcome(
                    playbook_id=PlaybookId("good" if at % 2 else "bad"),
                    value=1.0 if at % 2 else 0.0,
                    is_accepted=bool(at % 2),
                    context="late",
                    propensity=propensity,
                    candidates=("bad", "good"),
                )
            ],
        )
        for at in range(number)
    ]


def test_estimates_of_what_was_left_to_chance() -> None:
    calls = decisions(400, propensity=0.49)
    priorities = {PlaybookId("bad"): 60, PlaybookId("good"): 50}
    ranker = estimate("ranker", by_rank(priorities, learns=True), calls)
    author = estimate("author", by_rank(priorities, learns=False), calls)
    chance = estimate("chance", at_random, calls)
    assert author.snips == author.ips == author.low == 0.0
    assert 0 < author.high < 0.05
    assert chance.snips == pytest.approx(0.5)
    assert chance.low < 0.46
    assert chance.high > 0.54
    assert ranker.snips > 0.95
    assert all(one.is_enough for one in (ranker, author, chance))
    assert chance.effective == pytest.approx(400)


def test_a_log_without_chance_supports_only_what_it_chose() -> None:
    calls = decisions(400, propensity=1.0)
    author = estimate("author", by_rank({PlaybookId("good"): 1}, learns=False), calls)
    assert author.support == author.differs == 0.5
    assert "the log supports only what it chose" in author.why_not
    same = estimate("as shown", lambda outcome, _: {str(outcome.playbook_id): 1.0}, calls)
    assert same.is_enough
    assert same.snips == 0.5
    assert not estimate("few", at_random, decisions(10, propensity=0.5)).is_enough
    assert estimate("none", at_random, []).why_not == "no decision was among several"


def test_what_was_left_to_chance_too_rarely_is_no_figure() -> None:
    good = PlaybookId("good")
    [(_, [rare])] = decisions(1, propensity=0.05)
    shown = [
        replace(one, propensity=0.95) for _, [one] in decisions(300, propensity=1) if one.value
    ]
    calls = [(CallId(f"c{at}"), [one]) for at, one in enumerate([*shown, *[rare] * 10])]
    told = estimate("bad", lambda *_: {"bad": 1.0}, calls)
    assert "only 10 were left to chance" in told.why_not
    assert estimate("good", by_rank({good: 1}, learns=False), calls[:-10]).is_enough


def test_decisions_of_one_call_share_their_luck() -> None:
    single = decisions(200, propensity=0.49)
    joined = [
        (CallId(f"j{at}"), [*single[at][1], *single[at + 2][1]]) for at in range(0, 200, 4)
    ] + [(CallId(f"k{at}"), [*single[at + 1][1], *single[at + 3][1]]) for at in range(0, 200, 4)]
    apart, together = (estimate("x", at_random, calls) for calls in (single, joined))
    assert together.snips == apart.snips
    assert together.high - together.low > 1.3 * (apart.high - apart.low)


def test_a_policy_knows_only_the_calls_before() -> None:
    seen: list[int] = []

    def policy(outcome: ActionOutcome, memory: ActionMemory) -> dict[str, float]:
        good, bad = PlaybookId("good"), PlaybookId("bad")
        seen.append(memory.of(good).shown + memory.of(bad).shown)
        return {"good": 1.0}

    estimate("x", policy, decisions(5, propensity=0.5))
    assert seen == [0, 1, 2, 3, 4]
