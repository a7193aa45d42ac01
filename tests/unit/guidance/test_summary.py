"""Wrap-up drafts: always one, in the participants' words, with promises and their dates."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from assist_engine.call.clauses import clauses_of, sentence
from assist_engine.call.state import (
    ActionRun,
    ActionStatus,
    CallState,
    Card,
    CardStatus,
    Utterance,
)
from assist_engine.contract.actions import ActionDone, ActionStarted
from assist_engine.contract.events import (
    ChecklistTicked,
    IntentRead,
    SentimentRead,
    UtteranceFinal,
)
from assist_engine.contract.ids import (
    ActionId,
    ActionKey,
    AgentId,
    CallId,
    ParticipantId,
    PlaybookId,
    SuggestionId,
    UtteranceId,
)
from assist_engine.contract.values import (
    ActionKind,
    Evidence,
    Role,
    Sentiment,
    Suggestion,
    SuggestionKind,
    Word,
)
from assist_engine.guidance import summary
from assist_engine.guidance.disposition import GENERAL
from assist_engine.guidance.promises import follow_ups
from assist_engine.guidance.readable import as_sentence

C, A = Role.CUSTOMER, Role.AGENT


def final(number: int, role: Role, text: str) -> UtteranceFinal:
    return UtteranceFinal(
        utterance_id=UtteranceId(f"u-{number}"),
        participant_id=ParticipantId(role.value),
        text=text,
        start_ms=number * 1000,
        end_ms=number * 1000 + 900,
    )


def call(*turns: tuple[Role, str, float | None]) -> CallState:
    utterances = []
    for number, (role, text, score) in enumerate(turns):
        said = final(number, role, text)
        feeling = (
            Sentiment.NEUTRAL if not score else Sentiment("positive" if score > 0 else "negative")
        )
        read = (
            None
            if score is None
            else SentimentRead(
                utterance_id=said.utterance_id, sentiment=feeling, score=score, probability=0.9
            )
        )
        utterances.append(Utterance(final=said, role=role, sentiment=read))
    return CallState(call_id=CallId("c"), utterances=tuple(utterances))


def promised(text: str) -> list[str]:
    return [promise.due for promise in follow_ups(call((A, text, None)))]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("it will be delivered by friday with express shipping", "by friday"),
        ("you should see the refund within ten business days", "within ten business days"),
        ("it will arrive in two days", "in two days"),
        ("we will call you within twenty four hours", "within twenty four hours"),
        ("the technician will call you on thursday morning", "on thursday morning"),
        (
            "the first appointment is thursday between nine and eleven in the morning",
            "thursday between nine and eleven in the morning",
        ),
        ("i'll call you back tomorrow at ten", "tomorrow at ten"),
        ("we will have it fixed by the end of the week", "by the end of the week"),
        ("you will receive an email in a few minutes", "in a few minutes"),
        ("it comes by post within five business days", "within five business days"),
        ("you hear from us tomorrow", "tomorrow"),
        (
            "i am booking a technician for tomorrow between nine and eleven",
            "tomorrow between nine and eleven",
        ),
    ],
)
def test_promises_are_found_with_their_time(text: str, due: str) -> None:
    assert promised(text) == [due]


@pytest.mark.parametrize(
    "text",
    [
        "i see one charge in madrid this morning",
        "i can send a new one today",
        "thank you for calling today",
        "we will look into it",
        "have a nice friday",
        "if it comes by friday you are lucky",
        "it was there on monday",
        "your contract runs for another four months",
    ],
)
def test_what_is_no_promise_or_has_no_time_is_left_out(text: str) -> None:
    assert promised(text) == []


def test_a_customer_promises_nothing_for_the_company() -> None:
    assert follow_ups(call((C, "i will cancel by friday", None))) == ()


def test_a_promise_points_to_its_moment() -> None:
    words = ["i", "have", "placed", "the", "order", "and", "it", "will", "come", "by", "friday"]
    said = UtteranceFinal(
        utterance_id=UtteranceId("u"),
        participant_id=ParticipantId("agent"),
        text=" ".join(words),
        start_ms=0,
        end_ms=9000,
        words=tuple(Word(w, i * 100, i * 100 + 90, 1.0) for i, w in enumerate(words)),
    )
    state = CallState(call_id=CallId("c"), utterances=(Utterance(final=said, role=A),))
    [promise] = follow_ups(state)
    assert promise.text == "It will come by Friday."
    assert promise.evidence is not None
    assert (promise.evidence.utterance_id, promise.evidence.start_ms) == ("u", 600)


def test_a_call_is_summed_up_in_its_words() -> None:
    state = call(
        (A, "thank you for calling how can i help you", None),
        (C, "hello my parcel never arrived and i am angry", -0.8),
        (A, "i am sorry i have ordered a new one and it will come by friday", None),
        (C, "okay that sounds good thank you", 0.9),
    )
    wrap_up = summary.draft(state)
    told = {line.section: line for line in reversed(wrap_up.lines)}
    assert "my parcel never arrived" in told["reason"].text.lower()
    assert told["reason"].evidence is not None
    assert told["reason"].evidence.utterance_id == "u-1"
    assert "I have ordered a new one" in told["done"].text
    assert told["mood"].text == "Negative at the start, positive at the end."
    assert wrap_up.outcome == "Follow-up promised"
    assert [promise.due for promise in wrap_up.follow_ups] == ["by friday"]
    assert wrap_up.disposition == GENERAL


@pytest.mark.parametrize(
    ("last", "score", "outcome"),
    [
        ("great thank you", 0.9, "Solved"),
        ("this is a disgrace", -0.9, "Not solved"),
        ("hm let me think", 0.0, "Unclear"),
    ],
)
def test_the_outcome_is_read_from_the_end(last: str, score: float, outcome: str) -> None:
    state = call((C, "my parcel never arrived", -0.5), (A, "one moment", None), (C, last, score))
    assert summary.draft(state).outcome == outcome


def test_the_main_intent_is_the_disposition() -> None:
    utterances = []
    for number, (label, probability) in enumerate([("Late", 0.6), ("Refund", 0.5), ("Late", 0.7)]):
        said = final(number, C, "my parcel never arrived")
        read = IntentRead(
            utterance_id=said.utterance_id, intent=label, label=label, probability=probability
        )
        utterances.append(Utterance(final=said, role=C, intents=(read,)))
    wrap_up = summary.draft(CallState(call_id=CallId("c"), utterances=tuple(utterances)))
    assert (wrap_up.disposition, wrap_up.disposition_probability) == ("Late", 0.7)
    assert "(Late)" in wrap_up.lines[0].text


def test_a_used_card_was_done() -> None:
    suggestion = Suggestion(
        suggestion_id=SuggestionId("s"),
        kind=SuggestionKind.NEXT_ACTION,
        topic="t",
        title="Block the card",
        body="",
        probability=0.9,
        evidence=(),
    )
    card = Card(suggestion=suggestion, status=CardStatus.USED, made_ms=0, asked_ms=0)
    done = [
        line.text
        for line in summary.draft(CallState(call_id=CallId("c"), cards=(card,))).lines
        if line.section == "done"
    ]
    assert done == ["Used: Block the card."]


def test_a_silent_call_has_a_wrap_up_too() -> None:
    wrap_up = summary.draft(CallState(call_id=CallId("c")))
    assert wrap_up.lines[0].text == "The customer said nothing."
    assert (wrap_up.outcome, wrap_up.disposition_probability) == ("Unclear", 0.0)


TURN = st.tuples(
    st.sampled_from([C, A]),
    st.text(alphabet="i will by friday and so can 12", max_size=60),
    st.none() | st.floats(-1, 1),
)


@given(st.lists(TURN, max_size=8))
def test_any_call_has_a_wrap_up_whose_evidence_is_in_it(
    turns: list[tuple[Role, str, float | None]],
) -> None:
    state = call(*turns)
    wrap_up = summary.draft(state)
    assert {"reason", "done", "outcome"} <= {line.section for line in wrap_up.lines}
    quoted = [line.evidence for line in wrap_up.lines] + [p.evidence for p in wrap_up.follow_ups]
    for evidence in quoted:
        if evidence is not None and evidence.utterance_id is not None:
            said = state.utterance(evidence.utterance_id)
            assert said is not None
            assert evidence.quote in said.final.text


@given(st.text(alphabet="i will so and the you it 12", max_size=80))
def test_clauses_are_words_of_the_utterance(text: str) -> None:
    for clause in clauses_of(final(0, A, text)):
        assert clause.text in text
        assert sentence(clause.text) == "" or sentence(clause.text).endswith(".")


def card(number: int, status: CardStatus = CardStatus.SHOWN) -> Card:
    suggestion = Suggestion(
        suggestion_id=SuggestionId(f"s-{number}"),
        kind=SuggestionKind.NEXT_ACTION,
        topic=f"t-{number}",
        title=f"Card {number}",
        body="",
        probability=0.9,
        evidence=(),
        playbook_id=PlaybookId("p"),
    )
    return Card(suggestion=suggestion, status=status, made_ms=number, asked_ms=0)


def ran(number: int, status: ActionStatus, said: str = "") -> ActionRun:
    started = ActionStarted(
        action_id=ActionId("ticket"),
        suggestion_id=SuggestionId(f"s-{number}"),
        label=f"Create ticket {number}",
        action_kind=ActionKind.REQUEST,
        key=ActionKey(f"k-{number}"),
        by=AgentId("kim"),
    )
    outcome = ActionDone(key=started.key, text=said) if status is ActionStatus.DONE else None
    return ActionRun(started=started, status=status, outcome=outcome)


def done(state: CallState) -> list[str]:
    return [line.text for line in summary.draft(state).lines if line.section == "done"]


def test_actions_are_told_with_what_became_of_them_and_not_as_used_cards_too() -> None:
    statuses = [ActionStatus.DONE, ActionStatus.FAILED, ActionStatus.UNKNOWN, ActionStatus.UNDONE]
    state = CallState(
        call_id=CallId("c"),
        cards=tuple(card(number, CardStatus.USED) for number in range(5)),
        actions=tuple(ran(number, status, "R539") for number, status in enumerate(statuses)),
    )
    assert done(state) == [
        "Done: Create ticket 0 (R539).",
        "Not done, it failed: Create ticket 1.",
        "To be checked in the other system: Create ticket 2.",
        "Done and taken back: Create ticket 3.",
        "Used: Card 4.",
    ]


def test_steps_are_one_line_without_those_that_the_agents_words_tell() -> None:
    state = call((A, "i have blocked your card", None), (C, "okay", 0.0))
    words = Evidence(quote="i have blocked your card", utterance_id=UtteranceId("u-0"), start_ms=0)
    ticks = [
        ChecklistTicked(playbook_id=PlaybookId("p"), item=item, is_done=is_done, evidence=evidence)
        for item, is_done, evidence in (
            ("Block the card", True, (words,)),
            ("Check identity", True, ()),
            ("ID seen", True, ()),
            ("Send a card", False, ()),
        )
    ]
    assert done(replace(state, ticks=tuple(ticks))) == [
        "Checklist: check identity; ID seen.",
        "I have blocked your card.",
    ]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("that would be great", "Agreed: I can send a new one."),
        ("no that is not great", "Offered: I can send a new one."),
        ("how long does that take", "Offered: I can send a new one."),
    ],
)
def test_an_offer_is_agreed_on_where_the_answer_says_so(answer: str, told: str) -> None:
    assert done(call((A, "i can send a new one", None), (C, answer, 0.0))) == [told]


@pytest.mark.parametrize(
    "text",
    [
        "i have not blocked your card",
        "if i had blocked it",
        "have you restarted it",
        "can i have your name",
        "i have to ask you something",
    ],
)
def test_what_was_not_done_is_not_told_as_done(text: str) -> None:
    assert done(call((A, text, None), (C, "okay", 0.0))) == ["No action was heard on the call."]


@pytest.mark.parametrize(
    ("greeting", "matter"),
    [
        ("hi um can you hear me", "i was charged twice for my bill and i want that corrected"),
        ("hello can you help me", "my parcel never arrived"),
        ("so i have a question", "how do i return these shoes"),
        ("i want to speak to somebody", "my internet keeps dropping at home"),
        ("hello", "where is my order"),
    ],
)
def test_the_reason_is_the_matter_and_not_the_greeting(greeting: str, matter: str) -> None:
    state = call((A, "hello", None), (C, greeting, 0.0), (A, "sure", None), (C, matter, 0.0))
    reason = summary.draft(state).lines[0]
    assert matter[1:].replace(" i ", " I ") in reason.text
    assert reason.evidence is not None
    assert reason.evidence.utterance_id == "u-3"


def test_placeholders_and_fillers_read_well() -> None:
    said = "um my name is [PERSON] and my card [CARD:4242] does not work you know on friday"
    state = call((C, said, 0.0), (A, "i will call you back tomorrow on [PHONE]", None))
    wrap_up = summary.draft(state)
    assert wrap_up.lines[0].text == (
        "The customer called: “My card [card ending in 4242] does not work on Friday.”"
    )
    assert [p.text for p in wrap_up.follow_ups] == [
        "I will call you back tomorrow on [phone number]."
    ]


def test_promises_have_the_calendar_day_where_the_company_is() -> None:
    state = call((A, "i will call you back tomorrow", None), (C, "thank you", 0.5))
    late = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    at_night = replace(state, offered_at_ms=int(late.timestamp() * 1000))
    east = timezone(timedelta(hours=2))
    assert [p.due_on for p in follow_ups(at_night)] == ["2026-11-26"]
    assert [p.due_on for p in follow_ups(at_night, east)] == ["2026-11-27"]
    assert [p.due_on for p in follow_ups(state)] == [""]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (((A, "i will transfer you to sales"), (C, "okay")), "Transferred"),
        (((A, "try it now"), (C, "yes it works now")), "Solved"),
        (((A, "try it now"), (C, "it does not work")), "Not solved"),
        (((A, "i will call you back"), (C, "this is useless i will cancel")), "Not solved"),
        (((A, "i will call you back"), (C, "okay")), "Follow-up promised"),
        (((C, "my bill is wrong"), (A, "is it")), "Unclear"),
    ],
)
def test_the_outcome_is_read_from_words_too(
    said: tuple[tuple[Role, str], ...], outcome: str
) -> None:
    wrap_up = summary.draft(call(*((role, text, None) for role, text in said)))
    assert wrap_up.outcome == outcome
    [line] = [line for line in wrap_up.lines if line.section == "outcome"]
    assert line.evidence is not None


def test_what_denies_an_answer_is_not_the_reason() -> None:
    state = call(
        (C, "where is my order", -0.1),
        (A, "it was delivered yesterday", None),
        (C, "no it wasn't i was home all day and nobody came", -0.8),
    )
    assert summary.draft(state).lines[0].text == "The customer called: “Where is my order?”"


def test_what_only_leads_in_is_left_out() -> None:
    state = call(
        (C, "hi amy i'm calling because since monday my wifi is slow", -0.3),
        (A, "oh i'm sorry about that it looks like the router is old", None),
    )
    lines = summary.draft(state).lines
    assert lines[0].text == "The customer called: “Since Monday my wifi is slow.”"
    assert done(state) == ["Found: It looks like the router is old."]


@pytest.mark.parametrize(
    ("asked", "answer", "told", "due"),
    [
        (
            "and how long does that take",
            "two business days and then we see",
            "I am opening a search with the carrier: two business days.",
            "two business days",
        ),
        (
            "when do i get my money back",
            "three to five business days",
            "“When do I get my money back?” Three to five business days.",
            "three to five business days",
        ),
        (
            "how fast would a new set be here",
            "with express it is there in two days",
            "“How fast would a new set be here?” With express, it is there in two days.",
            "in two days",
        ),
    ],
)
def test_a_bare_time_is_a_promise_where_it_answers_when(
    asked: str, answer: str, told: str, due: str
) -> None:
    state = call(
        (C, "my parcel is lost", -0.5),
        (A, "i see i am opening a search with the carrier", None),
        (C, asked, 0.0),
        (A, answer, None),
    )
    [promise] = follow_ups(replace(state, offered_at_ms=1_790_000_000_000))
    assert (promise.text, promise.due) == (told, due)
    assert promise.due_on
    assert promise.evidence is not None
    assert promise.evidence.utterance_id == "u-3"


@pytest.mark.parametrize("asked", ["what does it cost", "how long is it", "okay"])
def test_a_bare_time_that_answers_something_else_is_no_promise(asked: str) -> None:
    past = "it was delivered two days ago"
    assert follow_ups(call((C, asked, 0.0), (A, "another four months", None))) == ()
    assert follow_ups(call((C, "when do i get it", 0.0), (A, past, None))) == ()


@pytest.mark.parametrize(
    ("asked", "answer", "told"),
    [
        (
            "great and do i have to tell you when i leave",
            "yes enter the dates in the app",
            "Answered “Do I have to tell you when I leave?”: Enter the dates in the app.",
        ),
        (
            "can you send another one now",
            "yes i can do that today",
            "Agreed to “Can you send another one now?”: I can do that today.",
        ),
        ("can it go to my office", "okay it is changed", "It is changed."),
        ("nobody came", "i am opening a search", "I am opening a search."),
        (
            "nobody came",
            "i can see them they were scanned last week",
            "Found: They were scanned last week.",
        ),
        ("the label is gone", "i can text you a code", "Offered: I can text you a code."),
        (
            "my bill is thirteen dollars more than before",
            "thank you anna the discount of thirteen dollars on your bill ended",
            "Explained: The discount of thirteen dollars on your bill ended.",
        ),
    ],
)
def test_what_the_agent_did_and_answered_is_told(asked: str, answer: str, told: str) -> None:
    assert done(call((C, asked, 0.0), (A, answer, None), (C, "hm", 0.0))) == [told]


def test_a_question_stays_open_while_the_agent_asks_back() -> None:
    state = call(
        (C, "do you charge something when i pay in euros", 0.0),
        (A, "may i have your full name please", None),
        (C, "susan parker", 0.0),
        (A, "with your card there is no fee in euros", None),
    )
    assert done(state) == [
        "Answered “Do you charge something when I pay in euros?”: "
        "With your card there is no fee in euros."
    ]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("the order can it go to my office", "The order can it go to my office?"),
        ("do i have to send it back", "Do I have to send it back?"),
        ("no that was it thank you", "That was it thank you."),
        ("the problem is it drops", "The problem is it drops."),
        ("do you know what it costs", "Do you know what it costs?"),
        ("do you have it in green i love the color", "Do you have it in green I love the color."),
        ("you know my card um is lost", "My card is lost."),
    ],
)
def test_questions_have_their_mark_and_nothing_is_torn_apart(said: str, written: str) -> None:
    assert as_sentence(said) == written


def test_an_ending_of_placeholders_is_not_quoted() -> None:
    state = call((C, "my pin does not work", -0.4), (A, "try it", None), (C, "[SECRET]", 0.0))
    [line] = [line for line in summary.draft(state).lines if line.section == "outcome"]
    assert "secret" not in line.text.lower()


def test_what_two_clauses_ask_for_is_two_reasons_in_their_order() -> None:
    text = "my bill is thirteen dollars more than before and the wifi in my bedroom is weak"
    said = final(0, C, text)
    clauses = text.split(" and ")
    reads = tuple(
        IntentRead(
            utterance_id=said.utterance_id,
            intent=label,
            label=label,
            probability=probability,
            evidence=(Evidence(quote=clause, utterance_id=said.utterance_id),),
        )
        for clause, label, probability in zip(
            reversed(clauses), ("Wifi", "Bill"), (0.99, 0.95), strict=True
        )
    )
    state = CallState(
        call_id=CallId("c"), utterances=(Utterance(final=said, role=C, intents=reads),)
    )
    assert [line.text for line in summary.draft(state).lines][:2] == [
        "The customer called (Bill): “My bill is thirteen dollars more than before.”",
        "Also (Wifi): “The wifi in my bedroom is weak.”",
    ]


def test_names_are_written_as_names() -> None:
    state = replace(
        call((C, "thank you david i will call again if the grace period ends", 0.8)),
        agent_name="David Grace",
    )
    [line] = [line for line in summary.draft(state).lines if line.section == "outcome"]
    assert "“Thank you David, I will call again if the grace period ends.”" in line.text


def test_thanks_at_the_end_say_nothing_of_what_helped() -> None:
    goodbye = (
        (C, "my parcel is lost", -0.9),
        (A, "i have sent a new one is there anything else", None),
        (C, "no thank you bye", 0.9),
    )
    assert not [one for one in summary.draft(call(*goodbye)).lines if one.text.startswith("Better")]
    relief = (*goodbye[:2], (C, "oh that is a relief to me and my daughter", 0.9))
    [line] = [one for one in summary.draft(call(*relief)).lines if one.text.startswith("Better")]
    assert line.text.endswith("after: “I have sent a new one.”")
