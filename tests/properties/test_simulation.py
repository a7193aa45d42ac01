"""Stored calls decided anew: the same rules give the same cards, and no limit is broken."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from assist_engine.contract import events
from assist_engine.contract.events import ArticlesWeighed, Event, Recorded
from assist_engine.contract.ids import (
    AgentId,
    ArticleId,
    CallId,
    ParticipantId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.values import (
    ArticleLook,
    ArticleScore,
    Participant,
    Role,
    Suggestion,
)
from assist_engine.guidance.arbiter import Arbiter
from assist_engine.guidance.simulation import CallSimulation, Shown, simulate
from assist_engine.guidance.weighed_articles import WeighedArticles

LIMITS: SearchStrategy[Arbiter] = st.builds(
    Arbiter,
    min_gap_ms=st.integers(0, 60_000),
    max_quiet=st.integers(0, 4),
    min_probability=st.floats(0.0, 1.0),
    primary_ms=st.integers(0, 90_000),
    hold_ms=st.integers(0, 8_000),
    fresh_ms=st.integers(0, 10_000),
)
SCORES = st.lists(
    st.builds(
        ArticleScore, st.sampled_from([ArticleId(f"a{n}") for n in range(6)]), st.floats(0.2, 1.0)
    ),
    max_size=2,
).map(tuple)


class Turn(msgspec.Struct, frozen=True):
    """Somebody talks for `talk_ms` after `pause_ms`; of a customer, what was found in it."""

    is_agent: bool
    pause_ms: int
    talk_ms: int
    live: tuple[ArticleScore, ...]
    found: tuple[ArticleScore, ...]


TURNS = st.lists(
    st.builds(
        Turn, st.booleans(), st.integers(200, 8_000), st.integers(1_500, 15_000), SCORES, SCORES
    ),
    min_size=1,
    max_size=12,
)


def stored(turns: Sequence[Turn], shown: Sequence[Shown] = ()) -> list[Recorded]:
    """The log of a call, with these cards in it."""
    opening: list[tuple[int, Event]] = [
        (0, events.CallOffered(caller_number="+1", agent_id=AgentId("linda"), queue="orders")),
        *((0, joined(role, channel)) for channel, role in enumerate((Role.CUSTOMER, Role.AGENT))),
    ]
    moments, now_ms = opening, 0
    for number, turn in enumerate(turns):
        role = Role.AGENT if turn.is_agent else Role.CUSTOMER
        start_ms, now_ms = now_ms + turn.pause_ms, now_ms + turn.pause_ms + turn.talk_ms
        uid = UtteranceId(f"{role}-{number}")
        moments.append((now_ms + 500, said(uid, role, start_ms, now_ms)))
        if not turn.is_agent and (turn.live or turn.found):
            looks = (
                look(now_ms - 300, turn.live, is_live=True),
                look(now_ms + 500, turn.found, is_live=False),
            )
            moments.append(
                (now_ms + 500, ArticlesWeighed(utterance_id=uid, looks=looks, threshold=0.6))
            )
    moments += [(one.at_ms, made(one)) for one in shown]
    moments = sorted(moments, key=lambda moment: moment[0])
    moments.append((now_ms + 60_000, events.CallReleased()))
    return [
        Recorded(
            call_id=CallId("call"), seq=seq, recorded_ms=1 + at_ms, audio_ms=at_ms, event=event
        )
        for seq, (at_ms, event) in enumerate(moments, 1)
    ]


def joined(role: Role, channel: int) -> events.ParticipantJoined:
    participant = Participant(participant_id=ParticipantId(role), role=role, channel=channel)
    return events.ParticipantJoined(participant=participant)


def said(uid: UtteranceId, role: Role, start_ms: int, end_ms: int) -> events.UtteranceFinal:
    return events.UtteranceFinal(
        utterance_id=uid,
        participant_id=ParticipantId(role),
        text="where is my new parcel from monday",
        start_ms=start_ms,
        end_ms=end_ms,
    )


def look(at_ms: int, scores: tuple[ArticleScore, ...], *, is_live: bool) -> ArticleLook:
    return ArticleLook(at_ms=at_ms, asked_ms=at_ms - 300, is_live=is_live, found=(scores,))


def made(one: Shown) -> events.SuggestionMade:
    return events.SuggestionMade(
        suggestion=Suggestion(
            suggestion_id=SuggestionId(one.topic),
            kind=one.kind,
            topic=one.topic,
            title=one.title,
            body="",
            probability=0.9,
            evidence=(),
        ),
        asked_ms=one.at_ms,
    )


def decided(recorded: Sequence[Recorded], arbiter: Arbiter, threshold: float) -> CallSimulation:
    weighed = [item.event for item in recorded if isinstance(item.event, ArticlesWeighed)]
    articles = WeighedArticles(recorded, weighed, threshold=threshold) if weighed else None
    return simulate(recorded, arbiter=arbiter, articles=articles)


def came(cards: Sequence[Shown]) -> list[tuple[str, int]]:
    return [(one.topic, one.at_ms) for one in cards]


@settings(max_examples=60, deadline=None)
@given(TURNS, LIMITS, st.floats(0.3, 0.95))
def test_rules_that_do_not_change_give_what_was_shown(
    turns: list[Turn], arbiter: Arbiter, threshold: float
) -> None:
    shown = decided(stored(turns), arbiter, threshold).would
    again = decided(stored(turns, shown), arbiter, threshold)
    assert came(again.was) == came(shown)
    assert came(again.would) == came(again.was)


@settings(max_examples=60, deadline=None)
@given(TURNS, LIMITS, LIMITS, st.floats(0.3, 0.95))
def test_no_other_rules_break_their_limits_and_each_card_was_found(
    turns: list[Turn], old: Arbiter, new: Arbiter, threshold: float
) -> None:
    recorded = stored(turns, decided(stored(turns), old, 0.6).would)
    would = decided(recorded, new, threshold).would
    assert all(b.at_ms - a.at_ms >= new.min_gap_ms for a, b in pairwise(would))
    assert len({one.topic for one in would}) == len(would)
    found = {
        f"article-{score.article_id}"
        for turn in turns
        for score in (*turn.live[:1], *turn.found[:1])
        if not turn.is_agent and score.score >= threshold
    }
    if any(isinstance(item.event, ArticlesWeighed) for item in recorded):
        assert {one.topic for one in would} <= found
