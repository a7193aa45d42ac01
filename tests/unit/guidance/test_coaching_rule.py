"""Coaching: when each hint comes, its figures, and what keeps it quiet."""

import pytest
from msgspec.structs import replace

from assist_engine.call.state import CallState, Card, CardStatus, Phase, Utterance
from assist_engine.contract.events import BehaviourRead, EmotionRead, SentimentRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import (
    Emotion,
    Felt,
    GuidanceMode,
    Role,
    Sentiment,
    Suggestion,
    SuggestionKind,
    Word,
)
from assist_engine.errors import BadInput
from assist_engine.guidance.coaching import Coaching, TalkShareHint, read_coaching
from assist_engine.guidance.coaching_rule import CoachingRule, was_followed
from assist_engine.guidance.need import LiveSpeech
from assist_engine.guidance.rule import IMPORTANT, URGENT
from assist_engine.settings import RESOURCES

RULE = CoachingRule()
AGENT, CUSTOMER = Role.AGENT, Role.CUSTOMER


def turn(role: Role, start_s: float, end_s: float, text: str = "", *, words: int = 0) -> Utterance:
    """Talk without a pause, at an even pace."""
    said = text.split() or ["word"] * (words or round(2 * (end_s - start_s)))
    start_ms, end_ms = 1000 * start_s, 1000 * end_s
    each_ms = (end_ms - start_ms) / len(said)
    uid = UtteranceId(f"{role}-{start_s}")
    final = UtteranceFinal(
        utterance_id=uid,
        participant_id=ParticipantId(role),
        text=" ".join(said),
        start_ms=int(start_ms),
        end_ms=int(end_ms),
        words=tuple(
            Word(word, int(start_ms + each_ms * at), int(start_ms + each_ms * (at + 1)), 1.0)
            for at, word in enumerate(said)
        ),
    )
    return Utterance(final=final, role=role)


def upset(start_s: float, end_s: float, *, probability: float = 0.9) -> Utterance:
    said = turn(CUSTOMER, start_s, end_s, "nobody helps me and i am fed up")
    read = SentimentRead(
        utterance_id=said.final.utterance_id,
        sentiment=Sentiment.NEGATIVE,
        score=-0.8,
        probability=probability,
    )
    return replace(said, sentiment=read)


def sorry(start_s: float, end_s: float) -> Utterance:
    said = turn(AGENT, start_s, end_s, "i am so sorry about that")
    uid = said.final.utterance_id
    read = BehaviourRead(utterance_id=uid, behaviour="empathy", label="Empathy", probability=0.9)
    return replace(said, behaviours=(read,))


def call(*turns: Utterance, now_s: float, mode: GuidanceMode = GuidanceMode.GUIDE_ME) -> CallState:
    return CallState(
        call_id=CallId("call"),
        phase=Phase.LIVE,
        audio_ms=int(1000 * now_s),
        utterances=turns,
        guidance_mode=mode,
    )


def hints(state: CallState, live: LiveSpeech | None = None) -> list[str]:
    return [proposal.suggestion.topic for proposal in RULE.propose(state, live, {})]


def with_card(state: CallState, topic: str, made_s: float) -> CallState:
    suggestion = Suggestion(
        suggestion_id=topic,  # type: ignore[arg-type]
        kind=SuggestionKind.COACHING,
        topic=topic,
        title="",
        body="",
        probability=1.0,
        evidence=(),
    )
    card = Card(
        suggestion=suggestion, status=CardStatus.WITHDRAWN, made_ms=int(1000 * made_s), asked_ms=0
    )
    return replace(state, cards=(*state.cards, card))


POLICY = turn(AGENT, 6, 10, "our policy says that it takes fourteen days")
MONOLOGUE = [turn(AGENT, 5 * n, 5 * n + 4) for n in range(30)]


def test_an_upset_turn_answered_by_policy_asks_to_acknowledge_it() -> None:
    [proposal] = RULE.propose(call(upset(0, 5), POLICY, now_s=10.5), None, {})
    hint = proposal.suggestion
    assert (hint.kind, hint.topic, hint.is_primary) == (
        SuggestionKind.COACHING,
        "coach-acknowledge",
        False,
    )
    assert proposal.priority == URGENT
    assert [evidence.quote for evidence in hint.evidence] == [
        "nobody helps me and i am fed up",
        "your answer: our policy says that it takes fourteen days",
    ]


def test_it_comes_before_the_answer_to_who_is_new_has_forgotten_it_or_is_silent() -> None:
    turn = upset(100, 105)
    new = call(turn, now_s=105.5, mode=GuidanceMode.GUIDE_ME)
    [proposal] = RULE.propose(new, None, {})
    assert [quote.quote for quote in proposal.suggestion.evidence] == [turn.final.text]
    standard = replace(new, guidance_mode=GuidanceMode.STANDARD)
    assert hints(standard) == []
    assert hints(with_card(standard, "coach-acknowledge", 10)) == ["coach-acknowledge-2"]
    assert hints(replace(standard, audio_ms=107_000)) == ["coach-acknowledge"]
    assert hints(replace(new, guidance_mode=GuidanceMode.QUIET, audio_ms=107_000)) == []


def test_what_was_followed_is_known() -> None:
    told = with_card(call(upset(0, 5), now_s=5.5), "coach-acknowledge", 5.5)
    [hint] = told.cards
    assert not was_followed(told, hint)
    answered = replace(told, utterances=(*told.utterances, POLICY))
    assert not was_followed(answered, hint)
    assert was_followed(replace(told, utterances=(*told.utterances, sorry(6, 9))), hint)
    quiet = with_card(call(turn(AGENT, 0, 4), now_s=13), "coach-dead-air-2", 13)
    assert not was_followed(quiet, quiet.cards[0])
    talks = replace(quiet, utterances=(*quiet.utterances, turn(AGENT, 14, 15)))
    assert was_followed(talks, quiet.cards[0])
    pace = with_card(answered, "coach-pace", 5.5)
    assert not was_followed(pace, pace.cards[-1])


def test_so_does_one_whose_words_are_angry() -> None:
    said = turn(CUSTOMER, 0, 5, "what a mess you made of this")
    uid = said.final.utterance_id
    anger = EmotionRead(utterance_id=uid, emotions=(Felt(Emotion.ANGER, 0.9),), intensity=0.9)
    assert hints(call(replace(said, emotion=anger), POLICY, now_s=10.5)) == ["coach-acknowledge"]
    joy = EmotionRead(utterance_id=uid, emotions=(Felt(Emotion.JOY, 0.9),), intensity=0.9)
    assert hints(call(replace(said, emotion=joy), POLICY, now_s=10.5)) == []


@pytest.mark.parametrize(
    "state",
    [
        call(upset(0, 5), sorry(6, 10), now_s=10.5),
        call(sorry(0, 4), upset(5, 9), turn(AGENT, 10, 14), now_s=14.5),
        call(turn(CUSTOMER, 0, 5), POLICY, now_s=10.5),
        call(upset(0, 5, probability=0.6), POLICY, now_s=10.5),
        call(upset(0, 5), turn(AGENT, 6, 7, "okay go on"), now_s=7.5),
        call(upset(0, 5), now_s=5.5, mode=GuidanceMode.STANDARD),
        call(sorry(0, 4), upset(5, 9), now_s=9.5),
        call(upset(0, 5), now_s=21),
        call(upset(0, 5), POLICY, turn(CUSTOMER, 11, 20), now_s=26),
    ],
    ids=[
        "said",
        "said-just-before",
        "calm",
        "unsure",
        "only-listening",
        "not-answered",
        "said-before-it",
        "long-not-answered",
        "old",
    ],
)
def test_nobody_is_asked_to_acknowledge_without_need(state: CallState) -> None:
    assert "coach-acknowledge" not in hints(state)


def test_who_has_talked_most_of_two_minutes_is_told_how_much() -> None:
    talk = [*MONOLOGUE, *(turn(CUSTOMER, 5 * n + 4, 5 * n + 4.5) for n in range(30))]
    talk.sort(key=lambda said: said.final.end_ms)
    [proposal] = RULE.propose(call(*talk, now_s=150), None, {})
    assert proposal.suggestion.topic == "coach-talk-share"
    [evidence] = proposal.suggestion.evidence
    assert evidence.quote == "89% of the talk in the last 2 minutes was yours"
    assert evidence.utterance_id == "agent-145"
    early = [said for said in talk if said.final.end_ms <= 70_000]
    [sooner] = RULE.propose(call(*early, now_s=70), None, {})
    assert sooner.suggestion.evidence[0].quote == "89% of the talk in the last 70 s was yours"
    too_early = [said for said in talk if said.final.end_ms <= 60_000]
    assert hints(call(*too_early, now_s=60)) == []


def test_who_listens_is_told_nothing() -> None:
    talk = [turn(CUSTOMER if n % 2 else AGENT, 5 * n, 5 * n + 4) for n in range(30)]
    assert hints(call(*talk, now_s=150)) == []


def speaking(role: Role, heard_s: float, *, has_paused: bool = False) -> LiveSpeech:
    return LiveSpeech(
        utterance_id=UtteranceId("live"),
        participant_id=ParticipantId(role),
        role=role,
        stable="so then",
        start_ms=0,
        heard_ms=int(1000 * heard_s),
        has_paused=has_paused,
    )


def quiet_since(heard_s: float) -> LiveSpeech:
    return speaking(CUSTOMER, heard_s, has_paused=True)


def test_silence_that_nobody_announced_gets_words_to_fill_it() -> None:
    talk = [turn(CUSTOMER, 0, 4), turn(AGENT, 5, 8, "i see that you have an order with us")]
    assert hints(call(*talk, now_s=15), quiet_since(8)) == []
    [proposal] = RULE.propose(call(*talk, now_s=16.2), quiet_since(8), {})
    assert proposal.suggestion.topic == "coach-dead-air"
    assert proposal.suggestion.evidence[0].quote == "nobody has talked for 8 s"


def test_silence_after_one_moment_please_is_a_hold_for_a_while() -> None:
    talk = [
        turn(CUSTOMER, 0, 4),
        turn(AGENT, 5, 8, "one moment please while i check"),
        turn(CUSTOMER, 8, 8.5, "okay"),
    ]
    assert hints(call(*talk, now_s=30), quiet_since(8.5)) == []
    assert hints(call(*talk, now_s=55), quiet_since(8.5)) == ["coach-dead-air"]


def test_words_still_moving_are_no_silence() -> None:
    state = call(turn(AGENT, 0, 4), turn(CUSTOMER, 5, 8), now_s=20)
    assert hints(state, quiet_since(8)) == ["coach-dead-air"]
    assert hints(state, speaking(CUSTOMER, 8)) == []
    assert hints(state, quiet_since(19)) == []
    assert hints(state) == []  # nobody knows whether somebody speaks


def test_all_hints_wait_while_the_agent_speaks() -> None:
    state = call(upset(0, 5), POLICY, now_s=10.5)
    assert hints(state, speaking(CUSTOMER, 10.5)) == ["coach-acknowledge"]
    assert hints(state, speaking(AGENT, 10.5)) == []


def fast_talk() -> list[Utterance]:
    talk = []
    for n in range(6):
        talk += [
            turn(AGENT, 10 * n, 10 * n + 4.5, words=15),
            turn(CUSTOMER, 10 * n + 5, 10 * n + 9.5, words=8),
        ]
    return talk


def test_a_pace_far_above_the_customers_is_told_with_both() -> None:
    talk = fast_talk()
    [proposal] = RULE.propose(call(*talk, now_s=60), None, {})
    assert proposal.suggestion.topic == "coach-pace"
    assert proposal.suggestion.evidence[0].quote == "you speak 200 words a minute, they 107"
    assert proposal.priority < IMPORTANT
    slow = [turn(said.role, n * 5, n * 5 + 4.5, words=8) for n, said in enumerate(talk)]
    assert hints(call(*slow, now_s=60)) == []


def test_who_interrupts_is_told_how_often() -> None:
    talk = []
    for n in range(2):
        talk += [turn(CUSTOMER, 10 * n, 10 * n + 6), turn(AGENT, 10 * n + 3, 10 * n + 9)]
    assert hints(call(*talk[:2], now_s=10)) == []
    [proposal] = RULE.propose(call(*talk, now_s=20), None, {})
    assert proposal.suggestion.topic == "coach-interruptions"
    told = "you began 2 times before they had finished, in the last 2 minutes"
    assert proposal.suggestion.evidence[0].quote == told
    swapped = [turn(AGENT, 0, 6), turn(CUSTOMER, 3, 9), turn(AGENT, 10, 16), turn(CUSTOMER, 13, 19)]
    assert hints(call(*swapped, now_s=20)) == []


def test_the_mode_decides_which_hints_come() -> None:
    policy = call(upset(0, 5), POLICY, now_s=10.5)
    fast = call(*fast_talk(), now_s=60)
    shown = {
        mode: [bool(hints(replace(state, guidance_mode=mode))) for state in (policy, fast)]
        for mode in GuidanceMode
    }
    assert shown == {
        GuidanceMode.GUIDE_ME: [True, True],
        GuidanceMode.STANDARD: [True, False],
        GuidanceMode.QUIET: [False, False],
    }


def test_a_hint_comes_again_only_after_its_cool_down_and_never_beyond_its_cap() -> None:
    state = call(upset(100, 105), turn(AGENT, 106, 110), now_s=110.5)
    assert hints(with_card(state, "coach-acknowledge", 60)) == []
    once = with_card(state, "coach-acknowledge", 50)
    assert hints(once) == ["coach-acknowledge-2"]
    assert hints(with_card(once, "coach-acknowledge-2", 50)) == []
    assert hints(with_card(state, "coach-acknowledge-gently", 100)) == ["coach-acknowledge"]


def test_nothing_is_told_on_a_paused_call() -> None:
    state = call(upset(0, 5), POLICY, now_s=10.5)
    assert hints(replace(state, phase=Phase.PAUSED)) == []


# The file


def test_limits_are_read_and_the_others_keep_their_defaults() -> None:
    read = read_coaching("talk_share:\n  share: 0.7\n  cap: 3\npace: {is_on: false}\n", source="c")
    assert read.talk_share == TalkShareHint(share=0.7, cap=3)
    assert not read.pace.is_on
    assert read.dead_air == Coaching().dead_air
    assert read_coaching("# nothing\n", source="c") == Coaching()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("talkshare:\n  share: 0.7\n", r"c\.yaml:1: .*did you mean 'talk_share'\?"),
        ("pace:\n  ratios: 2\n", r"c\.yaml:2: .*did you mean 'ratio'\?"),
        ("talk_share:\n  share: 80\n", r"c\.yaml:2: talk_share\.share: .*<= 1"),
        ("talk_share:\n  cap: 0\n", r"c\.yaml:2: talk_share\.cap: .*>= 1"),
        ("dead_air:\n  silent_s: 1.5\n", r"c\.yaml:2: dead_air\.silent_s: .*int"),
        ("dead_air:\n  is_on: perhaps\n", r"c\.yaml:2: dead_air\.is_on: .*bool"),
        ("talk_share:\n  least_talk_s: 200\n", r"c\.yaml:2: least_talk_s 200 is more than"),
        ("- pace\n", r"c\.yaml:1: the file must be fields with values"),
    ],
)
def test_what_is_wrong_is_refused_with_file_and_line(text: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        read_coaching(text, source="c.yaml")


def test_the_demo_organisations_limits_are_read() -> None:
    text = (RESOURCES / "demo" / "coaching.yaml").read_text(encoding="utf-8")
    assert read_coaching(text, source="coaching.yaml").talk_share.share == 0.8
