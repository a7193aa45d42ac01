"""Checklists tick themselves: by whose words, of which cards, how sure, and not again."""

from collections.abc import Iterator

import pytest

from assist_engine.call.fold import apply
from assist_engine.call.state import CallState
from assist_engine.contract.events import (
    CallOffered,
    ChecklistTicked,
    Event,
    ParticipantJoined,
    Recorded,
    SuggestionMade,
    UtteranceFinal,
)
from assist_engine.contract.ids import (
    AgentId,
    CallId,
    ParticipantId,
    PlaybookId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.values import Participant, Role, Suggestion, SuggestionKind
from assist_engine.guidance.checklist_rule import ChecklistRule, SaidSteps
from assist_engine.guidance.playbook_reader import load_playbooks
from assist_engine.guidance.rule import Vector
from benchmarks.checklist_ticks import Judge, figures, read_sentences

BLOCK = PlaybookId("block-and-replace-card")
BLOCKED = "okay the card is blocked from now on"


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


class Call:
    """A call on which agent and customer speak, and the rule listens."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.rule = ChecklistRule(judge.said)
        self.state = CallState(call_id=CallId("c"))
        joined = [
            ParticipantJoined(
                participant=Participant(participant_id=ParticipantId(role), role=role, channel=at)
            )
            for at, role in enumerate((Role.CUSTOMER, Role.AGENT))
        ]
        self.commit(CallOffered(caller_number="+1", agent_id=AgentId("a")), *joined)

    def commit(self, *events: Event) -> None:
        for event in events:
            seq = self.state.seq + 1
            recorded = Recorded(
                call_id=self.state.call_id, seq=seq, recorded_ms=seq, audio_ms=seq, event=event
            )
            self.state = apply(self.state, recorded)

    def show(self, playbook_id: PlaybookId = BLOCK) -> None:
        [playbook] = [p for p in self._judge.playbooks if p.playbook_id == playbook_id]
        suggestion = Suggestion(
            suggestion_id=SuggestionId(playbook_id),
            kind=SuggestionKind.NEXT_ACTION,
            topic=playbook_id,
            title=playbook.title,
            body=playbook.body,
            probability=0.9,
            evidence=(),
            playbook_id=playbook_id,
            checklist=playbook.checklist,
        )
        self.commit(SuggestionMade(suggestion=suggestion))

    def say(self, text: str, role: Role = Role.AGENT) -> list[ChecklistTicked]:
        final = UtteranceFinal(
            utterance_id=UtteranceId(f"{role}-{self.state.seq}"),
            participant_id=ParticipantId(role),
            text=text,
            start_ms=self.state.seq * 1000,
            end_ms=self.state.seq * 1000 + 900,
        )
        self.commit(final)
        [vector] = self._judge.embed([text])
        return self._ticked(self.state.utterance(final.utterance_id) is not None, vector)

    def look(self) -> list[ChecklistTicked]:
        return list(self._tick(self.rule.review(self.state, None, None)))

    def _ticked(self, is_there: bool, vector: Vector) -> list[ChecklistTicked]:
        assert is_there
        return list(self._tick(self.rule.review(self.state, self.state.utterances[-1], vector)))

    def _tick(self, events: object) -> Iterator[ChecklistTicked]:
        assert isinstance(events, list | tuple)
        self.commit(*events)
        yield from events


@pytest.fixture
def call(judge: Judge) -> Call:
    return Call(judge)


def test_a_step_said_in_other_words_is_ticked_with_its_words(call: Call) -> None:
    call.show()
    [tick] = call.say(BLOCKED)
    assert (tick.playbook_id, tick.item, tick.is_done) == (BLOCK, "Block the card", True)
    assert tick.is_heard
    assert tick.probability >= 0.7
    [evidence] = tick.evidence
    assert evidence.quote == BLOCKED
    assert evidence.utterance_id == call.state.utterances[-1].final.utterance_id
    assert call.say("so the card is blocked okay") == []


def test_only_agents_tick_and_only_cards_that_were_shown(call: Call) -> None:
    assert call.say(BLOCKED) == []
    call.show(PlaybookId("replacement-or-refund"))
    assert call.say("i just stopped that card nobody is able to pay with it") == []
    assert call.say("can i have a replacement or my money back", Role.CUSTOMER) == []


def test_what_was_said_before_the_card_came_counts(call: Call) -> None:
    assert call.say("for security may i have your date of birth and full name") == []
    assert call.look() == []
    call.show()
    assert [tick.item for tick in call.look()] == ["Check identity"]
    assert call.look() == []


def test_a_call_that_is_over_is_forgotten(call: Call) -> None:
    call.say("for security may i have your date of birth and full name")
    call.rule.forget(call.state.call_id)
    call.show()
    assert call.look() == []


def test_a_step_undone_by_hand_is_done_by_new_words_only(call: Call) -> None:
    call.show()
    call.say(BLOCKED)
    call.commit(ChecklistTicked(playbook_id=BLOCK, item="Block the card", is_done=False))
    assert call.look() == []
    assert call.say(BLOCKED) == []
    [tick] = call.say("i have blocked your card so nobody can use it anymore")
    assert tick.item == "Block the card"


def test_what_is_denied_or_asked_for_later_is_not_done(call: Call) -> None:
    call.show()
    assert call.say("no the card is not blocked") == []
    assert call.say("i will block the card as soon as you tell me your name") == []


def test_a_clause_has_its_own_moment(call: Call, judge: Judge) -> None:
    call.show()
    call.say("thank you very much for all of that information")
    said = call.state.utterances[-1]
    [vector] = judge.embed(["your card is blocked now"])
    assert call.rule.review_clause(call.state, said, "your card is blocked now", vector)


def test_steps_without_examples_are_said_by_their_own_words(judge: Judge) -> None:
    text = "[{id: a, title: T, body: B, when: {intents: [i]}, checklist: [Run the line test]}]"
    playbooks = load_playbooks(text, source="p.yaml")
    said = SaidSteps(playbooks, embed=judge.embed)
    [step] = playbooks[0].steps
    [nothing] = judge.embed(["good morning"])
    heard = said.probability(PlaybookId("a"), step, "i will run the line test now", nothing)
    assert heard >= 0.9
    assert said.probability(PlaybookId("a"), step, "good morning", nothing) < 0.5


@pytest.mark.parametrize(
    ("name", "precision", "recall"), [("dev", 0.95, 0.6), ("report", 0.85, 0.6)]
)
def test_held_out_sentences_are_ticked_rightly(
    judge: Judge, name: str, precision: float, recall: float
) -> None:
    told = figures(judge.judge(read_sentences(name)))
    assert told[0] >= precision
    assert told[1] >= recall
