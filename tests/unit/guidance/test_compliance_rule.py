"""Compliance on a call: what is met, what is breached and when, reminders, verdicts."""

from collections.abc import Sequence

import numpy as np
import pytest
from msgspec.structs import replace

from assist_engine.call.fold import apply
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract import events
from assist_engine.contract.events import ComplianceBreached, ComplianceMet, Event, Recorded
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import (
    ComplianceOutcome,
    Evidence,
    Handoff,
    Participant,
    Role,
    Word,
)
from assist_engine.guidance.compliance_reader import read_compliance
from assist_engine.guidance.compliance_rule import SETTLE_MS, ComplianceRule
from assist_engine.guidance.compliance_words import ComplianceWords
from assist_engine.guidance.need import LiveSpeech
from assist_engine.guidance.rule import Vector

RULES = """
- id: notice
  title: Say that the call is recorded
  requires: {phrases: [call|line * recorded], behaviours: [recording-notice]}
  within_s: 30
  remind_after_s: 10
- id: identity
  title: Check who is calling
  requires: {phrases: [date of birth]}
  before: {phrases: [i have blocked * card]}
  known_by_handoff: [identity]
  queues: [cards]
- id: fee
  title: Say the fee
  requires: {phrases: [fee * is]}
  when: {intents: [cancel]}
  before: {phrases: [i have cancelled]}
  within_s: 60
- id: no-guarantee
  title: Guarantee nothing
  forbids: {phrases: [i|we * guarantee]}
  reminder: Say what could still change.
"""


def no_model(texts: Sequence[str]) -> Vector:
    raise AssertionError("rules without examples need no model")


RULE = ComplianceRule(ComplianceWords(read_compliance([("c.yaml", RULES)]), embed=no_model))


class Call:
    """A call told turn by turn, with the rule reviewing it."""

    def __init__(
        self, queue: str = "cards", handoff: Handoff | None = None, *, confidence: float = 1.0
    ) -> None:
        self.confidence = confidence
        self.state = CallState(call_id=CallId("call"))
        self.told: list[Event] = []
        self.commit(events.CallOffered(caller_number="1", agent_id="a", queue=queue))  # type: ignore[arg-type]
        for channel, role in enumerate((Role.CUSTOMER, Role.AGENT)):
            self.commit(
                events.ParticipantJoined(
                    participant=Participant(
                        participant_id=ParticipantId(role), role=role, channel=channel
                    )
                )
            )
        self.state = replace(self.state, handoff=handoff)

    def commit(self, event: Event) -> None:
        self.state = apply(
            self.state,
            Recorded(
                call_id=self.state.call_id,
                seq=self.state.seq + 1,
                recorded_ms=0,
                audio_ms=self.state.audio_ms,
                event=event,
            ),
        )

    def review(self, utterance: Utterance | None = None) -> list[Event]:
        new = list(RULE.review(self.state, utterance, None))
        for event in new:
            self.commit(event)
        self.told += new
        return new

    def doubt(self, word: str) -> None:
        """Recognition was not sure of this word of what was said last."""
        *before, last = self.state.utterances
        words = tuple(replace(w, confidence=0.3) if w.text == word else w for w in last.final.words)
        last = replace(last, final=replace(last.final, words=words))
        self.state = replace(self.state, utterances=(*before, last))

    def wait(self, until_ms: int) -> list[Event]:
        self.state = replace(self.state, audio_ms=until_ms)
        return self.review()

    def says(
        self, role: Role, text: str, start_s: float, *, intent: str = "", behaviour: str = ""
    ) -> list[Event]:
        uid = UtteranceId(f"{role}-{len(self.state.utterances)}")
        start_ms = int(1000 * start_s)
        words = tuple(
            Word(word, start_ms + 300 * at, start_ms + 300 * at + 250, self.confidence)
            for at, word in enumerate(text.split())
        )
        final = events.UtteranceFinal(
            utterance_id=uid,
            participant_id=ParticipantId(role),
            text=text,
            words=words,
            start_ms=start_ms,
            end_ms=words[-1].end_ms,
        )
        self.state = replace(self.state, audio_ms=max(self.state.audio_ms, final.end_ms + 500))
        self.commit(final)
        if intent:
            self.commit(
                events.IntentRead(utterance_id=uid, intent=intent, label=intent, probability=0.9)
            )
        if behaviour:
            evidence = (Evidence(quote=text, utterance_id=uid),)
            read = events.BehaviourRead(
                utterance_id=uid,
                behaviour=behaviour,
                label=behaviour,
                probability=0.9,
                evidence=evidence,
            )
            self.commit(read)
        return self.review(self.state.utterance(uid))

    def outcomes(self) -> dict[str, ComplianceOutcome]:
        return {verdict.rule: verdict.outcome for verdict in RULE.judge(self.state)}

    def reminders(self, live: LiveSpeech | None = None) -> list[str]:
        return [p.suggestion.topic for p in RULE.propose(self.state, live, {})]


def test_what_is_said_in_time_is_met_and_quoted() -> None:
    call = Call("orders")
    [met] = call.says(Role.AGENT, "hello this call may be recorded how can i help", 1)
    assert isinstance(met, ComplianceMet)
    [quote] = met.evidence
    assert (quote.quote, quote.utterance_id) == ("call may be recorded", "agent-0")
    assert quote.start_ms == 1600
    assert call.wait(120_000) == []
    assert call.outcomes()["notice"] is ComplianceOutcome.MET


def test_a_behaviour_read_from_the_agents_words_counts() -> None:
    call = Call("orders")
    [met] = call.says(Role.AGENT, "we tape what we say in here", 1, behaviour="recording-notice")
    assert isinstance(met, ComplianceMet)


def test_what_a_customer_says_meets_nothing() -> None:
    call = Call("orders")
    assert call.says(Role.CUSTOMER, "i know this call is recorded i guarantee that", 1) == []


def test_what_was_not_said_is_breached_once_when_words_begun_in_time_must_be_there() -> None:
    call = Call("orders")
    assert call.wait(30_000) == []
    assert call.wait(30_000 + SETTLE_MS - 1) == []
    [breach] = call.wait(30_000 + SETTLE_MS)
    assert isinstance(breach, ComplianceBreached)
    assert breach.evidence == (Evidence(quote="not said in the first 30 s", start_ms=30_000),)
    assert call.wait(90_000) == []
    assert call.says(Role.AGENT, "this call is recorded", 91) == []
    assert call.outcomes()["notice"] is ComplianceOutcome.BREACHED


def test_words_begun_before_the_deadline_are_in_time_however_late_they_are_recognised() -> None:
    call = Call("orders")
    call.wait(37_000)
    [met] = call.says(Role.AGENT, "this call is recorded by the way", 29)
    assert isinstance(met, ComplianceMet)


def test_an_agent_who_begins_later_has_said_nothing_before() -> None:
    call = Call("orders")
    [breach] = call.says(Role.AGENT, "what can i do for you", 31)
    assert isinstance(breach, ComplianceBreached)


def test_said_too_late_is_a_breach_that_quotes_it() -> None:
    call = Call("orders")
    [breach] = call.says(Role.AGENT, "well " * 10 + "this call is recorded", 28)
    assert isinstance(breach, ComplianceBreached)
    assert breach.evidence[0].quote == "call is recorded"


def test_no_deadline_passes_while_the_call_is_paused() -> None:
    call = Call("orders")
    call.commit(events.CallPaused())
    assert call.wait(60_000) == []
    call.commit(events.CallContinued())
    assert len(call.wait(60_100)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "this call is not recorded",
        "there is no call being recorded here",
        "i never said the call is recorded",
    ],
)
def test_what_is_denied_is_not_said(text: str) -> None:
    assert Call("orders").says(Role.AGENT, text, 1) == []


def test_what_must_come_before_is_breached_by_the_words_that_came_too_soon() -> None:
    call = Call()
    call.says(Role.AGENT, "this line is recorded", 1)
    [breach] = call.says(Role.AGENT, "okay i have blocked your card", 20)
    assert isinstance(breach, ComplianceBreached)
    assert (breach.rule, breach.evidence[0].quote) == ("identity", "i have blocked your card")


def test_first_the_check_then_the_account_is_right_also_in_one_breath() -> None:
    call = Call()
    [met] = call.says(Role.AGENT, "your date of birth is right so i have blocked the card", 5)
    assert (type(met), getattr(met, "rule", "")) == (ComplianceMet, "identity")
    other = Call()
    [breach] = other.says(Role.AGENT, "i have blocked the card and your date of birth please", 5)
    assert isinstance(breach, ComplianceBreached)


def test_what_the_bot_has_checked_is_met_and_nobody_is_reminded_of_it() -> None:
    done = Handoff(source="chat assistant", lines=(), do_not_ask_again=("Identity", "order"))
    call = Call(handoff=done)
    call.state = replace(call.state, audio_ms=11_000)
    assert "compliance-identity" not in call.reminders()
    [met] = call.review()
    assert isinstance(met, ComplianceMet)
    assert met.evidence == (Evidence(quote="chat assistant: Identity"),)
    assert call.says(Role.AGENT, "i have blocked your card", 12) == []


def test_a_disclosure_is_due_from_the_intent_on() -> None:
    call = Call("broadband")
    call.says(Role.AGENT, "this call is recorded", 1)
    call.wait(100_000)
    assert call.outcomes()["fee"] is ComplianceOutcome.NOT_DUE
    call.says(Role.CUSTOMER, "i want to cancel", 100, intent="cancel")
    assert call.wait(150_000) == []
    [breach] = call.wait(101_150 + 60_000 + SETTLE_MS)
    assert isinstance(breach, ComplianceBreached)
    assert [quote.quote for quote in breach.evidence] == [
        "i want to cancel",
        "not said within 60 s of that",
    ]


def test_a_disclosure_made_before_the_intent_was_recognised_counts() -> None:
    call = Call("broadband")
    call.says(Role.AGENT, "this call is recorded", 1)
    assert call.says(Role.AGENT, "the fee for that is sixty dollars", 12) == []
    assert call.outcomes()["fee"] is ComplianceOutcome.NOT_DUE
    [met] = call.says(Role.CUSTOMER, "cancel it", 10, intent="cancel")
    assert isinstance(met, ComplianceMet)
    assert met.evidence[0].quote == "fee for that is"


def test_an_earlier_disclosure_counts_also_behind_words_that_were_recognised_late() -> None:
    call = Call("broadband")
    call.says(Role.AGENT, "this call is recorded", 1)
    call.says(Role.AGENT, "the fee for that is sixty dollars", 62)
    call.says(Role.CUSTOMER, "hello there", 2)
    [met] = call.says(Role.CUSTOMER, "cancel it", 70, intent="cancel")
    assert isinstance(met, ComplianceMet)


def test_what_was_said_long_before_anybody_asked_for_it_does_not_count() -> None:
    call = Call("broadband")
    call.says(Role.AGENT, "this call is recorded", 1)
    call.says(Role.AGENT, "the fee for that is sixty dollars", 12)
    assert call.says(Role.CUSTOMER, "cancel it", 90, intent="cancel") == []


def test_an_action_recognised_before_its_cause_is_found_when_the_cause_comes() -> None:
    call = Call("broadband")
    call.says(Role.AGENT, "this call is recorded", 1)
    assert call.says(Role.AGENT, "done i have cancelled it", 12) == []
    [breach] = call.says(Role.CUSTOMER, "cancel it", 10, intent="cancel")
    assert isinstance(breach, ComplianceBreached)
    assert breach.evidence[0].quote == "i have cancelled"


def test_forbidden_words_are_a_breach_and_can_be_put_right() -> None:
    call = Call("orders")
    call.says(Role.AGENT, "this call is recorded", 1)
    assert call.says(Role.AGENT, "i cannot guarantee that it comes on friday", 5) == []
    [breach] = call.says(Role.AGENT, "okay i do guarantee it comes on friday", 9)
    assert isinstance(breach, ComplianceBreached)
    assert breach.evidence[0].quote == "i do guarantee"
    [proposal] = RULE.propose(call.state, None, {})
    assert proposal.suggestion.body == "Say what could still change."
    assert not proposal.suggestion.is_primary
    assert call.says(Role.AGENT, "we guarantee that", 20) == []
    call.state = replace(call.state, audio_ms=90_000)
    assert call.reminders() == []


def test_where_nothing_forbidden_was_said_the_rule_is_kept() -> None:
    call = Call("orders")
    assert call.outcomes()["no-guarantee"] is ComplianceOutcome.NOT_DUE
    call.says(Role.AGENT, "hello", 1)
    assert call.outcomes()["no-guarantee"] is ComplianceOutcome.MET


def live(*, has_paused: bool = False) -> LiveSpeech:
    return LiveSpeech(
        utterance_id=UtteranceId("customer-9"),
        participant_id=ParticipantId("customer"),
        role=Role.CUSTOMER,
        stable="and then i went to",
        start_ms=0,
        heard_ms=10_000,
        has_paused=has_paused,
    )


def test_a_reminder_waits_for_a_pause_but_never_beyond_what_is_left() -> None:
    call = Call("orders")
    call.state = replace(call.state, audio_ms=9_900)
    assert call.reminders() == []
    call.state = replace(call.state, audio_ms=12_000)
    assert call.reminders(live()) == []
    assert call.reminders(live(has_paused=True)) == ["compliance-notice"]
    [quiet] = RULE.propose(call.state, None, {})
    assert (quiet.suggestion.is_primary, quiet.suggestion.due_ms) == (False, 30_000)
    call.state = replace(call.state, audio_ms=20_000)
    [near] = RULE.propose(call.state, live(), {})
    assert near.suggestion.is_primary
    assert near.priority > quiet.priority
    call.state = replace(call.state, audio_ms=30_000)
    assert call.reminders() == []


def test_a_reminder_without_a_deadline_does_not_wait_for_ever() -> None:
    call = Call()
    call.says(Role.AGENT, "this call is recorded", 1)
    call.says(Role.CUSTOMER, "i lost my card", 4)
    wished_ms = call.state.utterances[-1].final.end_ms
    call.state = replace(call.state, audio_ms=wished_ms + 29_900)
    assert call.reminders(live()) == []
    call.state = replace(call.state, audio_ms=wished_ms + 30_000)
    assert call.reminders(live()) == ["compliance-identity"]


def test_before_the_customer_wants_something_nobody_is_reminded_of_what_comes_before_it() -> None:
    call = Call()
    call.says(Role.AGENT, "this call is recorded", 1)
    call.says(Role.CUSTOMER, "hello there", 4)
    call.state = replace(call.state, audio_ms=60_000)
    assert call.reminders() == []


def test_who_is_just_saying_it_is_not_reminded() -> None:
    call = Call("orders")
    call.state = replace(call.state, audio_ms=25_000)
    saying = replace(live(), role=Role.AGENT, stable="oh and this call is being recorded")
    assert call.reminders(saying) == []
    assert call.reminders(replace(saying, stable="oh and")) == ["compliance-notice"]
    assert call.reminders(replace(saying, role=Role.CUSTOMER)) == ["compliance-notice"]


def test_of_words_that_were_hardly_understood_nothing_is_held_against_anybody() -> None:
    call = Call("orders", confidence=0.4)
    call.says(Role.AGENT, "this walls is ordered", 1)
    call.state = replace(call.state, audio_ms=25_000)
    assert call.reminders() == []
    assert call.wait(60_000) == []
    assert call.says(Role.AGENT, "well i guarantee that", 62) == []
    [verdict] = [v for v in RULE.judge(call.state) if v.rule == "notice"]
    assert verdict.outcome is ComplianceOutcome.NOT_DUE
    assert verdict.evidence[0].quote == "hardly understood: this walls is ordered"
    clear = Call("orders", confidence=0.7)
    clear.says(Role.AGENT, "what can i do for you", 1)
    [breach] = clear.wait(60_000)
    assert isinstance(breach, ComplianceBreached)


@pytest.mark.parametrize(
    ("said", "is_breached"),
    [("recorded owls on this line", False), ("owls live on this line", True)],
)
def test_a_doubtful_word_beside_those_of_the_rule_may_have_said_it(
    said: str, is_breached: bool
) -> None:
    call = Call("orders")
    call.says(Role.AGENT, said, 1)
    call.doubt("owls")
    assert bool(call.wait(60_000)) == is_breached
    [verdict] = [v for v in RULE.judge(call.state) if v.rule == "notice"]
    assert (verdict.outcome is ComplianceOutcome.BREACHED) == is_breached
    assert ("hardly understood" in verdict.evidence[0].quote) != is_breached


def test_badly_heard_words_are_a_doubt_in_whatever_order_they_are_recognised() -> None:
    call = Call("orders")
    call.says(Role.CUSTOMER, "hello is anybody there", 31)
    call.confidence = 0.4
    call.says(Role.AGENT, "this walls is ordered", 20)
    assert call.wait(60_000) == []
    assert call.outcomes()["notice"] is ComplianceOutcome.NOT_DUE


def test_badly_heard_words_keep_a_reminder_back_for_a_while_and_half_of_its_own_for_good() -> None:
    call = Call(confidence=0.4)
    call.says(Role.AGENT, "owls live on walls", 1)
    call.confidence = 1.0
    call.says(Role.CUSTOMER, "i lost my card", 4)
    call.state = replace(call.state, audio_ms=25_000)
    assert call.reminders() == []
    call.state = replace(call.state, audio_ms=40_000)
    assert call.reminders() == ["compliance-identity"]
    call.says(Role.AGENT, "your date oaf birth", 42)
    call.doubt("oaf")
    call.state = replace(call.state, audio_ms=90_000)
    assert call.reminders() == []


def test_words_drawn_together_are_the_words_of_a_phrase() -> None:
    call = Call("orders")
    [met] = call.says(Role.AGENT, "hi the call's being recorded", 1)
    assert met.evidence[0].quote == "call's being recorded"  # type: ignore[union-attr]


def test_reminders_end_once_it_is_said() -> None:
    call = Call("orders")
    call.state = replace(call.state, audio_ms=12_000)
    assert call.reminders() == ["compliance-notice"]
    call.says(Role.AGENT, "oh and this call is recorded", 12)
    assert call.reminders() == []


def test_a_call_that_ends_before_the_deadline_is_not_judged_by_it() -> None:
    call = Call("orders")
    call.says(Role.CUSTOMER, "sorry wrong number", 2)
    assert call.outcomes()["notice"] is ComplianceOutcome.NOT_DUE
    call.state = replace(call.state, audio_ms=31_000)  # over before words could still be missing
    assert call.outcomes()["notice"] is ComplianceOutcome.BREACHED


def test_of_another_queue_there_is_no_verdict() -> None:
    assert "identity" not in Call("orders").outcomes()
    assert "identity" in Call("cards").outcomes()


def test_a_clause_is_quoted_where_it_was_said() -> None:
    words = "good morning and the line is recorded"
    call = Call("orders")
    call.says(Role.AGENT, "good morning", 1)
    final = events.UtteranceFinal(
        utterance_id=UtteranceId("agent-7"),
        participant_id=ParticipantId("agent"),
        text=words,
        start_ms=2000,
        end_ms=4000,
        words=tuple(
            Word(w, 2000 + 200 * n, 2100 + 200 * n, 1) for n, w in enumerate(words.split())
        ),
    )
    spoken = Utterance(final=final, role=Role.AGENT)
    [met] = RULE.review_clause(call.state, spoken, "the line is recorded", np.zeros(3, np.float32))
    assert isinstance(met, ComplianceMet)
    assert (met.evidence[0].quote, met.evidence[0].start_ms) == ("line is recorded", 2800)
