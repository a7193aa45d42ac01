"""Compliance and coaching hold on any call: decided once, one breach a rule, no hint too many."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from assist_engine.call.state import CallState, Card, CardStatus, Phase, Utterance
from assist_engine.call.voice_metrics import recent_metrics, voice_metrics
from assist_engine.contract.events import (
    ComplianceBreached,
    ComplianceMet,
    Event,
    IntentRead,
    SentimentRead,
    UtteranceFinal,
)
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import ComplianceOutcome, GuidanceMode, Role, Sentiment
from assist_engine.guidance.coaching import Coaching
from assist_engine.guidance.coaching_rule import CoachingRule
from assist_engine.guidance.compliance_reader import read_compliance
from assist_engine.guidance.compliance_rule import SETTLE_MS, ComplianceRule
from assist_engine.guidance.compliance_words import ComplianceWords
from assist_engine.guidance.rule import Vector

RULES = """
- {id: notice, title: N, requires: {phrases: [is recorded]}, within_s: 30}
- {id: identity, title: I, requires: {phrases: [your birthday]}, before: {phrases: [is blocked]}}
- id: fee
  title: F
  requires: {phrases: [the fee]}
  when: {intents: [cancel]}
  within_s: 20
- {id: promise, title: P, forbids: {phrases: [i guarantee]}}
"""
SAID = [
    "this is recorded",
    "your birthday please",
    "the card is blocked",
    "the fee is low",
    "i guarantee it",
    "i do not guarantee it",
    "okay",
]


def no_model(texts: Sequence[str]) -> Vector:
    raise AssertionError("rules without examples need no model")


RULE = ComplianceRule(ComplianceWords(read_compliance([("c.yaml", RULES)]), embed=no_model))
COACH = CoachingRule()


@st.composite
def calls(draw: st.DrawFn) -> list[Utterance]:
    """Turns of both, in the order of their ends; some customers want to cancel or are upset."""
    turns: list[Utterance] = []
    at_ms = 0
    for number in range(draw(st.integers(1, 14))):
        at_ms += draw(st.integers(-2_000, 15_000))
        start_ms = max(0, at_ms)
        at_ms = start_ms + draw(st.integers(500, 9_000))
        role = draw(st.sampled_from([Role.AGENT, Role.CUSTOMER]))
        uid = UtteranceId(f"{role}-{number}")
        final = UtteranceFinal(
            utterance_id=uid,
            participant_id=ParticipantId(role),
            text=draw(st.sampled_from(SAID)),
            start_ms=start_ms,
            end_ms=at_ms,
        )
        spoken = Utterance(final=final, role=role)
        if role is Role.CUSTOMER and draw(st.booleans()):
            wish = IntentRead(utterance_id=uid, intent="cancel", label="", probability=0.9)
            upset = SentimentRead(
                utterance_id=uid, sentiment=Sentiment.NEGATIVE, score=-1, probability=0.9
            )
            spoken = replace(spoken, intents=(wish,), sentiment=upset)
        turns.append(spoken)
    return sorted(turns, key=lambda spoken: spoken.final.end_ms)


class Told:
    """A call reviewed after each turn and at moments between."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.state = CallState(call_id=CallId("call"), phase=Phase.LIVE)

    def look(self, utterance: Utterance | None = None) -> None:
        for event in RULE.review(self.state, utterance, None):
            self.events.append(event)
            if isinstance(event, ComplianceMet):
                self.state = replace(self.state, met=(*self.state.met, event))
            elif isinstance(event, ComplianceBreached):
                self.state = replace(self.state, breaches=(*self.state.breaches, event))

    def hear(self, spoken: Utterance, *, at_ms: int) -> None:
        now_ms = max(self.state.audio_ms, at_ms)
        said = (*self.state.utterances, spoken)
        self.state = replace(self.state, audio_ms=now_ms, utterances=said)
        self.look(spoken)

    def wait(self, until_ms: int) -> None:
        self.state = replace(self.state, audio_ms=max(self.state.audio_ms, until_ms))
        self.look()


def played(turns: Sequence[Utterance]) -> Told:
    told = Told()
    for spoken in turns:
        told.wait(spoken.final.end_ms)
        told.hear(spoken, at_ms=spoken.final.end_ms + 500)
    return told


@given(calls(), st.integers(0, 100_000))
def test_each_rule_is_decided_once_and_the_verdict_says_how(
    turns: list[Utterance], later_ms: int
) -> None:
    told = played(turns)
    told.wait(told.state.audio_ms + later_ms)
    told.wait(told.state.audio_ms + 10)
    decided = [getattr(event, "rule", "") for event in told.events]
    assert len(decided) == len(set(decided))
    verdicts = {verdict.rule: verdict.outcome for verdict in RULE.judge(told.state)}
    assert list(verdicts) == ["notice", "identity", "fee", "promise"]
    for event in told.events:
        is_met = isinstance(event, ComplianceMet)
        wanted = ComplianceOutcome.MET if is_met else ComplianceOutcome.BREACHED
        assert verdicts[getattr(event, "rule", "")] is wanted
        assert getattr(event, "evidence", ())


@given(calls())
def test_nobody_is_reminded_of_what_is_decided(turns: list[Utterance]) -> None:
    told = Told()
    for spoken in turns:
        told.hear(spoken, at_ms=spoken.final.end_ms + 500)
        decided = {event.rule for event in told.events if isinstance(event, ComplianceMet)} | {
            event.rule for event in told.events if isinstance(event, ComplianceBreached)
        }
        reminded = {p.suggestion.topic for p in RULE.propose(told.state, None, {})}
        assert not reminded & {f"compliance-{rule}" for rule in decided}


@given(calls(), st.data())
def test_the_order_in_which_the_channels_arrive_changes_nothing(
    turns: list[Utterance], data: st.DataObject
) -> None:
    """Each channel in its order, one up to some seconds behind the other."""
    behind = data.draw(st.sampled_from(list(Role)[:2]))
    lag_ms = data.draw(st.integers(0, SETTLE_MS - 1_000))
    late = sorted(turns, key=lambda s: s.final.end_ms + (lag_ms if s.role is behind else 0))

    def outcomes(order: Sequence[Utterance], lags: bool) -> dict[str, ComplianceOutcome]:
        told = Told()
        for spoken in order:
            lag = lag_ms if lags and spoken.role is behind else 0
            told.wait(spoken.final.end_ms + lag)
            told.hear(spoken, at_ms=spoken.final.end_ms + lag)
        told.wait(told.state.audio_ms + 60_000)
        return {verdict.rule: verdict.outcome for verdict in RULE.judge(told.state)}

    assert outcomes(turns, lags=False) == outcomes(late, lags=True)


@given(calls(), st.sampled_from(GuidanceMode), st.integers(1, 4))
def test_no_hint_comes_beyond_its_cap_or_within_its_cool_down(
    turns: list[Utterance], mode: GuidanceMode, times: int
) -> None:
    limits = Coaching()
    state = CallState(call_id=CallId("call"), phase=Phase.LIVE, guidance_mode=mode)
    for spoken in [s for n in range(times) for s in later(turns, n * 150_000)]:
        state = replace(
            state,
            utterances=(*state.utterances, spoken),
            audio_ms=max(state.audio_ms, spoken.final.end_ms + 500),
        )
        for proposal in COACH.propose(state, None, {}):
            assert proposal.suggestion.evidence
            card = Card(
                suggestion=proposal.suggestion,
                status=CardStatus.SHOWN,
                made_ms=state.audio_ms,
                asked_ms=0,
            )
            state = replace(state, cards=(*state.cards, card))
    topics = [card.suggestion.topic for card in state.cards]
    assert len(topics) == len(set(topics))
    assert not topics or mode is not GuidanceMode.QUIET
    for name in ("acknowledge", "talk_share", "dead_air", "pace", "interruptions"):
        topic, hint = f"coach-{name.replace('_', '-')}", getattr(limits, name)
        made = [c.made_ms for c in state.cards if c.suggestion.topic.startswith(topic)]
        assert len(made) <= hint.cap
        assert all(late - soon >= 1000 * hint.cooldown_s for soon, late in pairwise(made))


def later(turns: Sequence[Utterance], by_ms: int) -> list[Utterance]:
    return [
        replace(
            spoken,
            final=replace(
                spoken.final,
                utterance_id=UtteranceId(f"{spoken.final.utterance_id}-{by_ms}"),
                start_ms=spoken.final.start_ms + by_ms,
                end_ms=spoken.final.end_ms + by_ms,
            ),
        )
        for spoken in turns
    ]


@settings(max_examples=200)
@given(calls(), st.integers(1, 5), st.integers(0, 200_000))
def test_the_end_of_a_call_measured_alone_is_as_in_the_whole(
    turns: list[Utterance], times: int, since_ms: int
) -> None:
    said = [s for n in range(times) for s in later(turns, n * (turns[-1].final.end_ms + 1_000))]
    state = CallState(call_id=CallId("call"), utterances=tuple(said))
    assert recent_metrics(state, since_ms=since_ms) == voice_metrics(state, since_ms=since_ms)
