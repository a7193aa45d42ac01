"""Whatever is proposed whenever: cards keep their distance, never repeat, never pile up.

Compliance never starves, the card that asks for attention stays, and the log decides again alike.
"""

import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from assist_engine.call.card_places import primary_card, quiet_cards
from assist_engine.call.fold import apply
from assist_engine.call.selectors import shown_cards
from assist_engine.call.state import CallState, CardStatus, Phase
from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import CallId, ParticipantId, SuggestionId, UtteranceId
from assist_engine.contract.values import (
    GuidanceMode,
    Participant,
    Role,
    Suggestion,
    SuggestionKind,
)
from assist_engine.guidance.arbiter import DONE, MADE_ROOM, MOMENT_PASSED, Arbiter, Moment
from assist_engine.guidance.rule import IMPORTANT, URGENT, Proposal

ARBITER = Arbiter()


def proposal(
    topic: str, probability: float = 0.9, *, priority: int = 0, is_action: bool = False
) -> Proposal:
    suggestion = Suggestion(
        suggestion_id=SuggestionId(topic),
        kind=SuggestionKind.NEXT_ACTION if is_action else SuggestionKind.ARTICLE,
        topic=topic,
        title=topic,
        body="",
        probability=probability,
        evidence=(),
    )
    return Proposal(suggestion=suggestion, asked_ms=0, rule="scripted", priority=priority)


def add(state: CallState, new: Sequence[Event], *, now_ms: int) -> CallState:
    for event in new:
        state = apply(
            state,
            Recorded(
                call_id=state.call_id,
                seq=state.seq + 1,
                recorded_ms=0,
                audio_ms=now_ms,
                event=event,
            ),
        )
    return state


def live_call() -> CallState:
    return CallState(call_id=CallId("c"), phase=Phase.LIVE)


PROPOSALS = st.builds(
    proposal,
    st.sampled_from("abcdefghij"),
    st.floats(0, 1),
    priority=st.integers(0, 3),
    is_action=st.booleans(),
)
# What happens: time goes on, cards are proposed, and the agent uses or puts away one of them.
MOMENT = st.tuples(
    st.integers(0, 40_000),
    st.lists(PROPOSALS, max_size=4),
    st.sampled_from([None, CardStatus.USED, CardStatus.DISMISSED]),
    st.integers(0, 5),
)


@given(st.lists(MOMENT, max_size=25))
def test_limits_hold_at_every_moment(
    moments: list[tuple[int, list[Proposal], CardStatus | None, int]],
) -> None:
    state, now_ms = live_call(), 0
    made: list[tuple[int, str, float]] = []
    for wait_ms, proposals, reaction, which in moments:
        now_ms += wait_ms
        new = ARBITER.review(state, proposals, now_ms=now_ms)
        made += [
            (now_ms, event.suggestion.topic, event.suggestion.probability)
            for event in new
            if isinstance(event, events.SuggestionMade)
        ]
        state = add(state, new, now_ms=now_ms)
        assert len(shown_cards(state)) <= ARBITER.max_visible
        state = add(state, react(state, reaction, which), now_ms=now_ms)
    times = [at_ms for at_ms, _, _ in made]
    topics = [topic for _, topic, _ in made]
    gaps = [later - sooner for sooner, later in itertools.pairwise(times)]
    assert all(gap >= ARBITER.min_gap_ms for gap in gaps)
    assert len(topics) == len(set(topics))
    assert all(probability >= ARBITER.min_probability for _, _, probability in made)


def react(state: CallState, reaction: CardStatus | None, which: int) -> list[Event]:
    shown = shown_cards(state)
    if reaction is None or not shown:
        return []
    chosen = shown[which % len(shown)].suggestion.suggestion_id
    if reaction is CardStatus.USED:
        return [events.SuggestionUsed(suggestion_id=chosen)]
    return [events.SuggestionDismissed(suggestion_id=chosen)]


@given(st.lists(PROPOSALS, min_size=1, max_size=6))
def test_something_sure_is_shown_and_it_is_of_the_highest_priority(
    proposals: list[Proposal],
) -> None:
    sure = [p for p in proposals if p.suggestion.probability >= ARBITER.min_probability]
    new = ARBITER.review(live_call(), proposals, now_ms=0)
    assert len(new) == (1 if sure else 0)
    for event in new:
        assert isinstance(event, events.SuggestionMade)
        shown = [p for p in sure if p.suggestion == event.suggestion]
        assert max(p.priority for p in shown) == max(p.priority for p in sure)


def filled(*, used: int = -1) -> CallState:
    state = live_call()
    for number, (topic, is_action) in enumerate((("a", False), ("b", True), ("c", False))):
        now_ms = number * 20_000
        new = ARBITER.review(state, [proposal(topic, is_action=is_action)], now_ms=now_ms)
        state = add(state, new, now_ms=now_ms)
        if number == used:
            state = add(
                state, [events.SuggestionUsed(suggestion_id=SuggestionId(topic))], now_ms=now_ms
            )
    return state


def withdrawn_for_a_fourth(state: CallState) -> list[str]:
    new = ARBITER.review(state, [proposal("d")], now_ms=60_000)
    return [e.suggestion_id for e in new if isinstance(e, events.SuggestionWithdrawn)]


def test_the_oldest_unused_article_makes_room() -> None:
    assert withdrawn_for_a_fourth(filled()) == ["a"]
    assert withdrawn_for_a_fourth(filled(used=0)) == ["c"]


def test_nothing_new_when_the_call_is_over() -> None:
    state = CallState(call_id=CallId("c"), phase=Phase.RELEASED)
    assert ARBITER.review(state, [proposal("a")], now_ms=0) == []


def test_the_next_slot_is_told() -> None:
    assert ARBITER.next_slot_ms(live_call()) == 0
    assert ARBITER.next_slot_ms(filled()) == 60_000


ANY_KIND = st.builds(
    lambda topic, kind, probability, priority, is_primary, asked_ms: card(
        f"{kind}-{topic}",
        kind,
        probability=probability,
        priority=priority,
        is_primary=is_primary,
        asked_ms=asked_ms,
    ),
    st.sampled_from("abcdef"),
    st.sampled_from(SuggestionKind),
    st.floats(0, 1),
    st.integers(0, 3).map(lambda step: step * IMPORTANT),
    st.booleans(),
    st.integers(0, 600_000),
)
# Time goes on, somebody may speak, cards are proposed, the agent reacts to one.
BUSY_MOMENT = st.tuples(
    st.integers(0, 40_000),
    st.none() | st.integers(0, 10_000),
    st.lists(ANY_KIND, max_size=5),
    st.sampled_from([None, CardStatus.USED, CardStatus.DISMISSED]),
    st.integers(0, 5),
)
BusyMoment = tuple[int, int | None, list[Proposal], CardStatus | None, int]


def card(
    topic: str,
    kind: SuggestionKind,
    *,
    probability: float = 0.9,
    priority: int = 0,
    is_primary: bool = True,
    asked_ms: int = 0,
) -> Proposal:
    suggestion = Suggestion(
        suggestion_id=SuggestionId(topic),
        kind=kind,
        topic=topic,
        title=topic,
        body="",
        probability=probability,
        evidence=(),
        is_primary=is_primary,
    )
    return Proposal(suggestion=suggestion, asked_ms=asked_ms, rule="scripted", priority=priority)


def played(
    moments: Sequence[BusyMoment], mode: GuidanceMode
) -> list[tuple[CallState, int, list[Event]]]:
    """The state before each decision, its time, and what was decided."""
    state = add(live_call(), [events.GuidanceModeSet(mode=mode)], now_ms=0)
    now_ms, waiting, course = 0, dict[str, int](), []
    for wait_ms, spoke_ms, proposals, reaction, which in moments:
        now_ms += wait_ms
        since_ms = None if spoke_ms is None else max(0, now_ms - spoke_ms)
        moment = Moment(agent_since_ms=since_ms, waiting=dict(waiting))
        decision = ARBITER.decide(state, proposals, now_ms=now_ms, moment=moment)
        for topic in decision.waiting:
            waiting.setdefault(topic, now_ms)
        course.append((state, now_ms, list(decision.events)))
        state = add(state, decision.events, now_ms=now_ms)
        state = add(state, react(state, reaction, which), now_ms=now_ms)
    return [*course, (state, now_ms, [])]


def made_in(course: Sequence[tuple[CallState, int, list[Event]]]) -> list[tuple[int, Suggestion]]:
    return [
        (now_ms, event.suggestion)
        for _, now_ms, new in course
        for event in new
        if isinstance(event, events.SuggestionMade)
    ]


def distance(
    made: Sequence[tuple[int, Suggestion]],
    kinds: set[SuggestionKind],
    before: set[SuggestionKind],
) -> float:
    """The shortest time from a card of `before` to a later one of `kinds`, ms."""
    return min(
        (
            later_ms - sooner_ms
            for (sooner_ms, sooner), (later_ms, later) in itertools.combinations(made, 2)
            if later.kind in kinds and sooner.kind in before
        ),
        default=float("inf"),
    )


@given(st.lists(BUSY_MOMENT, max_size=25), st.sampled_from(GuidanceMode))
def test_of_all_kinds_in_all_modes_the_limits_hold(
    moments: list[BusyMoment], mode: GuidanceMode
) -> None:
    course = played(moments, mode)
    for state, _, new in course:
        assert len(quiet_cards(state)) <= ARBITER.max_quiet
        assert sum(isinstance(event, events.SuggestionMade) for event in new) <= 1
    made = made_in(course)
    assert len({suggestion.topic for _, suggestion in made}) == len(made)
    answers = {SuggestionKind.ARTICLE, SuggestionKind.NEXT_ACTION}
    hints = {SuggestionKind.COACHING}
    assert distance(made, answers, answers) >= ARBITER.min_gap_ms
    assert distance(made, hints, hints) >= ARBITER.min_gap_ms
    of_moment = {p.suggestion.topic for m in moments for p in m[2] if p.priority >= URGENT}
    others = [one for one in made if one[1].kind in answers or one[1].topic not in of_moment]
    assert distance(others, hints, answers) >= ARBITER.min_gap_ms
    reminders = {SuggestionKind.COMPLIANCE}
    assert distance(made, reminders, reminders) >= ARBITER.min_gap_ms
    if mode is GuidanceMode.QUIET:
        assert all(one.kind is not SuggestionKind.COACHING for _, one in made)


@given(st.lists(BUSY_MOMENT, max_size=25), st.sampled_from(GuidanceMode))
def test_a_primary_card_stays_until_something_clearly_comes_before_it(
    moments: list[BusyMoment], mode: GuidanceMode
) -> None:
    course = played(moments, mode)
    for (state, now_ms, new), (after, _, _) in itertools.pairwise(course):
        before, now = primary_card(state), primary_card(after)
        if before is None or now is None or before.suggestion == now.suggestion:
            continue
        [made] = [event for event in new if isinstance(event, events.SuggestionMade)]
        assert made.suggestion == now.suggestion
        is_free = before.status is CardStatus.USED
        is_old = now_ms - before.made_ms >= ARBITER.primary_ms
        is_reminder = made.suggestion.kind is SuggestionKind.COMPLIANCE
        is_answer = made.asked_ms > before.asked_ms
        is_action = made.suggestion.kind is SuggestionKind.NEXT_ACTION
        was_faded = before.suggestion.suggestion_id in {
            event.suggestion_id for event in new if isinstance(event, events.SuggestionWithdrawn)
        }
        assert is_free or is_old or is_reminder or is_answer or is_action or was_faded
        if is_answer and before.suggestion.kind is SuggestionKind.NEXT_ACTION and not is_free:
            assert is_old or made.suggestion.kind is not SuggestionKind.ARTICLE


@given(
    st.lists(BUSY_MOMENT, max_size=15),
    st.sampled_from(GuidanceMode),
    st.none() | st.integers(0, 120_000),
)
def test_compliance_never_starves(
    moments: list[BusyMoment], mode: GuidanceMode, spoke_ms: int | None
) -> None:
    state, now_ms, _ = played(moments, mode)[-1]
    reminder = card("reminder", SuggestionKind.COMPLIANCE, is_primary=False)
    waiting = {"reminder": now_ms}
    since_ms = None if spoke_ms is None else max(0, now_ms - spoke_ms)
    longest_ms = ARBITER.min_gap_ms + ARBITER.reminder_hold_ms
    for later_ms in range(now_ms, now_ms + longest_ms + 500, 500):
        others = [
            card(f"other-{later_ms}", SuggestionKind.ARTICLE, priority=3 * URGENT),
            card(f"hint-{later_ms}", SuggestionKind.COACHING, priority=3 * URGENT),
        ]
        moment = Moment(agent_since_ms=since_ms, waiting=waiting)
        new = ARBITER.decide(state, [*others, reminder], now_ms=later_ms, moment=moment).events
        state = add(state, new, now_ms=later_ms)
    assert "reminder" in {one.suggestion.topic for one in state.cards}


@given(st.lists(BUSY_MOMENT, max_size=15), st.sampled_from(GuidanceMode))
def test_the_log_decides_again_alike(moments: list[BusyMoment], mode: GuidanceMode) -> None:
    assert played(moments, mode) == played(moments, mode)
    course = played(moments, mode)
    for state, now_ms, _ in course:
        assert ARBITER.decide(state, [], now_ms=now_ms) == ARBITER.decide(state, [], now_ms=now_ms)


def hold(proposal: Proposal, *, now_ms: int, waited_since_ms: int) -> tuple[Event, ...]:
    moment = Moment(agent_since_ms=1_000, waiting={proposal.suggestion.topic: waited_since_ms})
    return ARBITER.decide(live_call(), [proposal], now_ms=now_ms, moment=moment).events


def test_a_card_waits_for_the_end_of_the_agents_words_but_not_for_long() -> None:
    late = card("late", SuggestionKind.NEXT_ACTION, asked_ms=0)
    assert hold(late, now_ms=10_000, waited_since_ms=9_000) == ()
    assert len(hold(late, now_ms=13_000, waited_since_ms=9_000)) == 1


def test_an_answer_to_what_was_just_asked_and_a_due_reminder_do_not_wait() -> None:
    answer = card("answer", SuggestionKind.ARTICLE, asked_ms=9_000)
    due = card("due", SuggestionKind.COMPLIANCE, is_primary=True)
    hint = card("hint", SuggestionKind.COACHING, priority=IMPORTANT, asked_ms=9_900)
    assert len(hold(answer, now_ms=10_000, waited_since_ms=10_000)) == 1
    assert len(hold(due, now_ms=10_000, waited_since_ms=10_000)) == 1
    assert hold(hint, now_ms=10_000, waited_since_ms=10_000) == ()
    assert hold(hint, now_ms=60_000, waited_since_ms=10_000) == ()
    reminder = card("early", SuggestionKind.COMPLIANCE, is_primary=False)
    assert hold(reminder, now_ms=19_900, waited_since_ms=10_000) == ()
    assert len(hold(reminder, now_ms=20_000, waited_since_ms=10_000)) == 1


def test_compliance_neither_waits_for_other_cards_nor_holds_them_back() -> None:
    article = card("a", SuggestionKind.ARTICLE)
    reminder = card("r", SuggestionKind.COMPLIANCE, is_primary=False)
    state = add(live_call(), ARBITER.review(live_call(), [article], now_ms=0), now_ms=0)
    state = add(state, ARBITER.review(state, [reminder], now_ms=1_000), now_ms=1_000)
    assert [one.suggestion.topic for one in state.cards] == ["a", "r"]
    assert ARBITER.next_slot_ms(state) == ARBITER.min_gap_ms


def test_no_answer_waits_for_a_hint_but_a_hint_for_an_answer() -> None:
    hint = card("h", SuggestionKind.COACHING, is_primary=False, priority=IMPORTANT)
    article = card("a", SuggestionKind.ARTICLE)
    hinted = add(live_call(), ARBITER.review(live_call(), [hint], now_ms=0), now_ms=0)
    assert len(ARBITER.review(hinted, [article], now_ms=1_000)) == 1
    answered = add(live_call(), ARBITER.review(live_call(), [article], now_ms=0), now_ms=0)
    assert ARBITER.review(answered, [hint], now_ms=19_999) == []
    assert len(ARBITER.review(answered, [hint], now_ms=20_000)) == 1
    now = card("n", SuggestionKind.COACHING, is_primary=False, priority=URGENT)
    assert len(ARBITER.review(answered, [now], now_ms=1_000)) == 1
    assert ARBITER.review(hinted, [now], now_ms=19_999) == []


def test_a_hint_that_was_followed_leaves() -> None:
    hint = card("coach-dead-air", SuggestionKind.COACHING, is_primary=False, priority=URGENT)
    state = add(live_call(), ARBITER.review(live_call(), [hint], now_ms=9_000), now_ms=9_000)
    assert ARBITER.review(state, [], now_ms=10_000) == []
    said = events.UtteranceFinal(
        utterance_id=UtteranceId("u"),
        participant_id=ParticipantId("agent"),
        text="still here",
        start_ms=9_500,
        end_ms=10_500,
    )
    joined = events.ParticipantJoined(
        participant=Participant(participant_id=ParticipantId("agent"), role=Role.AGENT, channel=1)
    )
    state = add(state, [joined, said], now_ms=11_000)
    [gone] = ARBITER.review(state, [], now_ms=11_000)
    assert isinstance(gone, events.SuggestionWithdrawn)
    assert gone.reason == DONE


def test_an_action_takes_the_place_of_an_article_and_keeps_it_from_one() -> None:
    state = live_call()
    for number, (topic, kind) in enumerate(
        [
            ("a", SuggestionKind.ARTICLE),
            ("b", SuggestionKind.NEXT_ACTION),
            ("c", SuggestionKind.ARTICLE),
        ]
    ):
        now_ms = 20_000 * number
        new = ARBITER.review(state, [card(topic, kind, asked_ms=now_ms)], now_ms=now_ms)
        state = add(state, new, now_ms=now_ms)
    primary = primary_card(state)
    assert primary is not None
    assert primary.suggestion.topic == "b"
    assert [one.suggestion.topic for one in quiet_cards(state)] == ["a", "c"]


def test_coaching_is_of_the_mode_and_makes_no_article_leave() -> None:
    small = card("small", SuggestionKind.COACHING, is_primary=False)
    large = card("large", SuggestionKind.COACHING, is_primary=False, priority=IMPORTANT)
    for mode, shown in (
        (GuidanceMode.GUIDE_ME, ["large"]),
        (GuidanceMode.STANDARD, ["large"]),
        (GuidanceMode.QUIET, []),
    ):
        state = add(live_call(), [events.GuidanceModeSet(mode=mode)], now_ms=0)
        new = ARBITER.review(state, [small, large], now_ms=0)
        made = [e.suggestion.topic for e in new if isinstance(e, events.SuggestionMade)]
        assert made == shown
    state = add(live_call(), [events.GuidanceModeSet(mode=GuidanceMode.GUIDE_ME)], now_ms=0)
    assert len(ARBITER.review(state, [small], now_ms=0)) == 1
    assert ARBITER.review(live_call(), [small], now_ms=0) == []
    assert ARBITER.review(filled(), [large], now_ms=60_000) == []


def test_a_hint_leaves_when_its_moment_has_passed_and_a_reminder_when_it_was_said() -> None:
    hint = card("hint", SuggestionKind.COACHING, is_primary=False, priority=IMPORTANT)
    reminder = card("compliance-notice", SuggestionKind.COMPLIANCE, is_primary=False)
    state = add(live_call(), ARBITER.review(live_call(), [hint], now_ms=0), now_ms=0)
    state = add(state, ARBITER.review(state, [reminder], now_ms=0), now_ms=0)
    assert ARBITER.review(state, [], now_ms=1_000) == []
    state = add(state, [events.ComplianceMet(rule="notice", title="Notice")], now_ms=2_000)
    gone = ARBITER.review(state, [], now_ms=ARBITER.hint_ms)
    assert [
        (e.suggestion_id, e.reason) for e in gone if isinstance(e, events.SuggestionWithdrawn)
    ] == [
        ("hint", MOMENT_PASSED),
        ("compliance-notice", DONE),
    ]


def test_a_reminder_that_came_to_nothing_leaves_room() -> None:
    reminder = card("compliance-notice", SuggestionKind.COMPLIANCE, is_primary=False)
    state = add(live_call(), ARBITER.review(live_call(), [reminder], now_ms=0), now_ms=0)
    state = add(state, [events.ComplianceBreached(rule="notice", title="Notice")], now_ms=1_000)
    assert ARBITER.review(state, [], now_ms=ARBITER.hint_ms - 1) == []
    [gone] = ARBITER.review(state, [], now_ms=ARBITER.hint_ms)
    assert isinstance(gone, events.SuggestionWithdrawn)
    assert gone.reason == MOMENT_PASSED


def test_who_makes_room_is_told() -> None:
    new = ARBITER.review(filled(), [proposal("d")], now_ms=60_000)
    assert [e.reason for e in new if isinstance(e, events.SuggestionWithdrawn)] == [MADE_ROOM]
