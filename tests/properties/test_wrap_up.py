"""Any call has a wrap-up: made of the call alone, in sections, within its time."""

import time

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from assist_engine.call.fold import fold
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import IntentRead, Recorded, SentimentRead, UtteranceFinal
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.values import Role, Sentiment, WrapUp
from assist_engine.guidance.disposition import Disposition, DispositionRanker
from assist_engine.guidance.endings import OUTCOMES
from assist_engine.guidance.generated_text import SECTIONS, Generated, GeneratedLine, checked
from assist_engine.guidance.summary import WrapUpDrafter
from tests.strategies import CALL, event_logs

CODES = (
    Disposition(code="A", label="Late", intents=("late",), words=("parcel",)),
    Disposition(code="B", label="Refund", drivers=("money-back",), outcomes=("Not solved",)),
    Disposition(code="C", label="Card", intents=("card",), queue="cards"),
)
VOCABULARY = """
i we you have will can see sent placed the a new order by friday in two days and so but not parcel
refund thank that sounds great is [CARD] [PHONE] [CARD:4242] call back my name still waiting
transfer there anything else where one um does what
"""
WORDS = st.lists(st.sampled_from(VOCABULARY.split()), max_size=25).map(" ".join)
LABELS = st.sampled_from([("late", "Late"), ("card", "Card"), ("money", "Money back")])


@st.composite
def calls(draw: st.DrawFn) -> CallState:
    """Talks of customers and agents with signals of all kinds."""
    utterances = []
    for number in range(draw(st.integers(0, 12))):
        role = draw(st.sampled_from([Role.CUSTOMER, Role.AGENT, Role.BOT]))
        final = UtteranceFinal(
            utterance_id=UtteranceId(f"u-{number}"),
            participant_id=ParticipantId(role.value),
            text=draw(WORDS | st.text(max_size=40)),
            start_ms=number * 1000,
            end_ms=number * 1000 + 900,
        )
        utterance = Utterance(final=final, role=role)
        if role is Role.CUSTOMER and draw(st.booleans()):
            score = draw(st.floats(-1, 1))
            sentiment = draw(st.sampled_from(list(Sentiment)))
            intent, label = draw(LABELS)
            utterance = replace(
                utterance,
                sentiment=SentimentRead(
                    utterance_id=final.utterance_id,
                    sentiment=sentiment,
                    score=score,
                    probability=0.9,
                ),
                intents=(
                    IntentRead(
                        utterance_id=final.utterance_id,
                        intent=intent,
                        label=label,
                        probability=draw(st.floats(0, 1)),
                    ),
                ),
            )
        utterances.append(utterance)
    offered_ms = draw(st.sampled_from([0, 1_790_000_000_000, 2**53]))
    return CallState(
        call_id=CALL, utterances=tuple(utterances), offered_at_ms=offered_ms, queue="orders"
    )


def check(state: CallState, wrap_up: WrapUp) -> None:
    assert {"reason", "done", "outcome"} <= {line.section for line in wrap_up.lines}
    assert {line.section for line in wrap_up.lines} <= set(SECTIONS)
    assert all(line.text.strip() for line in wrap_up.lines)
    assert wrap_up.outcome in OUTCOMES
    assert wrap_up.disposition == wrap_up.dispositions[0].label
    shares = [one.probability for one in wrap_up.dispositions]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)


@given(calls())
def test_a_wrap_up_quotes_only_what_was_said(state: CallState) -> None:
    wrap_up = WrapUpDrafter(DispositionRanker(CODES)).draft(state)
    check(state, wrap_up)
    assert sum(one.probability for one in wrap_up.dispositions) <= 1.01
    quoted = [line.evidence for line in wrap_up.lines]
    quoted += [promise.evidence for promise in wrap_up.follow_ups]
    for evidence in quoted:
        if evidence is not None:
            assert evidence.utterance_id is not None
            said = state.utterance(evidence.utterance_id)
            assert said is not None
            assert evidence.quote in said.final.text
    assert all(promise.evidence for promise in wrap_up.follow_ups)


@given(event_logs())
def test_any_log_of_a_call_can_be_summed_up(recorded: list[Recorded]) -> None:
    state = fold(recorded, CallState(call_id=CALL))
    for ranker in (DispositionRanker(), DispositionRanker(CODES)):
        check(state, WrapUpDrafter(ranker).draft(state))


@given(
    calls(),
    st.lists(
        st.builds(
            GeneratedLine,
            section=st.sampled_from([*SECTIONS, "note", ""]),
            text=WORDS | st.text(max_size=60),
            turn=st.integers(-2, 14),
        ),
        max_size=15,
    ),
)
def test_whatever_a_model_writes_the_wrap_up_stays_one_of_this_call(
    state: CallState, lines: list[GeneratedLine]
) -> None:
    draft = WrapUpDrafter().draft(state)
    better = checked(Generated(lines=tuple(lines)), state, draft)
    if better is not None:
        check(state, better)
        assert better.is_generated
        assert (better.follow_ups, better.fields) == (draft.follow_ups, draft.fields)
        for line in set(better.lines) - set(draft.lines):
            assert line.evidence is not None
            assert line.evidence.utterance_id is not None
            assert state.utterance(line.evidence.utterance_id) is not None


def test_a_call_of_a_thousand_utterances_is_summed_up_within_50_ms() -> None:
    talk = [
        (Role.CUSTOMER, "my parcel has not arrived and i want my money back please"),
        (Role.AGENT, "i can see the parcel i have sent a new one and it will come by friday"),
        (Role.CUSTOMER, "how long does that take i have been waiting for two weeks"),
        (Role.AGENT, "i will call you back tomorrow we can also give you ten percent off"),
    ]
    utterances = []
    for number in range(1000):
        role, text = talk[number % 4]
        final = UtteranceFinal(
            utterance_id=UtteranceId(f"u-{number}"),
            participant_id=ParticipantId(role.value),
            text=text,
            start_ms=number * 1000,
            end_ms=number * 1000 + 900,
        )
        utterances.append(Utterance(final=final, role=role))
    state = CallState(call_id=CALL, utterances=tuple(utterances), offered_at_ms=1_790_000_000_000)
    drafter = WrapUpDrafter(DispositionRanker(CODES))
    taken_ms = []
    for _ in range(5):
        before = time.process_time()
        drafter.draft(state)
        taken_ms.append(1000 * (time.process_time() - before))
    assert min(taken_ms) < 50
