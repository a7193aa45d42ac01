"""What playbooks wait for: emotions, effort, a falling mood, a stage, another playbook's use."""

from collections.abc import Mapping

import pytest

from assist_engine.call.fold import apply
from assist_engine.call.state import CallState
from assist_engine.contract import events
from assist_engine.contract.events import Event, Recorded
from assist_engine.contract.ids import (
    AgentId,
    CallId,
    CustomerId,
    ParticipantId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.values import (
    CustomerProfile,
    Emotion,
    Evidence,
    Felt,
    Participant,
    Role,
    Sentiment,
)
from assist_engine.guidance.next_action_rule import NextActionRule
from assist_engine.guidance.playbook import Fact
from assist_engine.guidance.playbook_reader import load_playbooks
from assist_engine.guidance.rule import Proposal


class Call:
    """A call on which what was heard and read is committed at a time (ms of audio)."""

    def __init__(self, facts: Mapping[str, Fact] | None = None) -> None:
        self.state = CallState(call_id=CallId("c"))
        joined = [
            events.ParticipantJoined(
                participant=Participant(participant_id=ParticipantId(role), role=role, channel=at)
            )
            for at, role in enumerate((Role.CUSTOMER, Role.AGENT))
        ]
        profile = CustomerProfile(
            customer_id=CustomerId("k"), name="Kim", organisation="Harbor", facts=dict(facts or {})
        )
        self.commit(0, events.CallOffered(caller_number="+1", agent_id=AgentId("a")), *joined)
        self.commit(0, events.CustomerIdentified(profile=profile, identified_by="number"))

    def commit(self, at_ms: int, *new: Event) -> None:
        for event in new:
            seq = self.state.seq + 1
            recorded = Recorded(
                call_id=self.state.call_id, seq=seq, recorded_ms=seq, audio_ms=at_ms, event=event
            )
            self.state = apply(self.state, recorded)

    def say(self, at_ms: int, text: str, role: Role = Role.CUSTOMER) -> UtteranceId:
        uid = UtteranceId(f"{role}-{at_ms}")
        final = events.UtteranceFinal(
            utterance_id=uid,
            participant_id=ParticipantId(role),
            text=text,
            start_ms=at_ms - 900,
            end_ms=at_ms,
        )
        self.commit(at_ms, final)
        return uid

    def want(self, at_ms: int, intent: str = "late") -> None:
        uid = self.say(at_ms, "where is it")
        evidence = (Evidence(quote="where is it", utterance_id=uid),)
        read = events.IntentRead(
            utterance_id=uid, intent=intent, label="Late", probability=0.8, evidence=evidence
        )
        self.commit(at_ms, read)

    def feel(self, at_ms: int, score: float, emotion: Emotion | None = None) -> None:
        uid = self.say(at_ms, f"i feel {score}")
        sentiment = Sentiment.NEGATIVE if score < 0 else Sentiment.POSITIVE
        self.commit(
            at_ms,
            events.SentimentRead(
                utterance_id=uid, sentiment=sentiment, score=score, probability=0.9
            ),
        )
        if emotion:
            felt = (Felt(emotion, 0.8),)
            self.commit(at_ms, events.EmotionRead(utterance_id=uid, emotions=felt, intensity=0.9))

    def propose(self, when: str, more: str = "") -> list[Proposal]:
        text = f"[{{id: a, title: T, body: B, when: {{{when}}}{more}}}]"
        return list(NextActionRule(load_playbooks(text, source="p")).propose(self.state, None, {}))


def test_an_emotion_that_was_just_felt() -> None:
    call = Call()
    call.feel(5_000, -0.8, Emotion.ANGER)
    [proposal] = call.propose("any_emotion: [anger, frustration]")
    assert proposal.context == "anger"
    assert proposal.suggestion.evidence[0].quote == "i feel -0.8"
    assert call.propose("any_emotion: [joy]") == []
    call.commit(70_000, events.NoteTaken(text="x"))
    assert call.propose("any_emotion: [anger]") == []


def test_effort_from_a_share_on() -> None:
    call = Call()
    uid = call.say(5_000, "this is the third time")
    evidence = (Evidence(quote="third time", utterance_id=uid),)
    call.commit(5_000, events.EffortRead(utterance_id=uid, effort=0.6, evidence=evidence))
    [proposal] = call.propose("effort_at_least: 0.6")
    assert (proposal.context, proposal.asked_ms) == ("effort", 5_000)
    assert call.propose("effort_at_least: 0.7") == []
    call.want(6_000)
    assert call.propose("intents: [late], effort_at_least: 0.5")[0].context == "late"
    assert call.propose("intents: [late], effort_at_least: 0.7") == []


def test_a_mood_that_falls() -> None:
    call = Call()
    call.feel(5_000, 0.6)
    assert call.propose("mood: falling") == []
    call.feel(10_000, -0.9)
    [proposal] = call.propose("mood: falling")
    assert proposal.suggestion.evidence[0].quote == "i feel -0.9"
    call.feel(15_000, 0.9)
    call.feel(20_000, 0.9)
    assert call.propose("mood: falling") == []


@pytest.mark.parametrize(
    ("stage", "at_ms", "is_there"),
    [
        ("opening", 50_000, True),
        ("opening", 61_000, False),
        ("after 30 s", 29_000, False),
        ("after 30 s", 31_000, True),
        ("after identity check", 31_000, False),
    ],
)
def test_a_stage(stage: str, at_ms: int, is_there: bool) -> None:
    call = Call()
    call.want(at_ms)
    assert bool(call.propose(f"intents: [late], stage: {stage}")) is is_there


def test_words_from_before_a_stage_wait_for_it() -> None:
    call = Call()
    call.want(5_000)
    uid = call.say(50_000, "what is your date of birth", Role.AGENT)
    when = "intents: [late], stage: after identity check"
    assert call.propose(when) == []
    checked = events.BehaviourRead(
        utterance_id=uid, behaviour="identity-check", label="Checked", probability=0.9
    )
    call.commit(50_000, checked)
    [proposal] = call.propose(when)
    assert proposal.asked_ms == 5_000
    call.commit(81_000, events.NoteTaken(text="x"))
    assert call.propose(when) == []


def test_a_playbook_after_another_one_was_used() -> None:
    text = """
- {id: first, title: First, body: B, when: {intents: [late]}}
- {id: second, title: Second, body: B, when: {follows: [first]}}
"""
    rule = NextActionRule(load_playbooks(text, source="p"))
    call = Call()
    call.want(5_000)
    [first] = rule.propose(call.state, None, {})
    call.commit(5_500, events.SuggestionMade(suggestion=first.suggestion, asked_ms=5_000))
    assert rule.propose(call.state, None, {}) == []
    call.commit(6_000, events.SuggestionUsed(suggestion_id=SuggestionId("action-first")))
    [second] = rule.propose(call.state, None, {})
    assert second.suggestion.playbook_id == "second"
    assert second.suggestion.evidence == first.suggestion.evidence[:1]


def test_offers_are_for_those_who_may_have_them() -> None:
    more = ", offers: [{offer: ten off, facts: {years: '>= 5'}}, {offer: 'back {amount}'}]"
    body = "B\nYou may offer: ten off"
    for facts, told in [({"years": 6}, body), ({"years": 2}, "B"), ({}, "B")]:
        call = Call(facts)
        call.want(5_000)
        [proposal] = call.propose("intents: [late]", more)
        assert proposal.suggestion.body == told
