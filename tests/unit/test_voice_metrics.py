"""Voice metrics of small calls, by hand; and how far a long one costs more than a short one."""

import time

from msgspec.structs import replace

from assist_engine.call.state import CallState, Utterance
from assist_engine.call.talk import is_back_channel
from assist_engine.call.voice_metrics import (
    ParticipantVoice,
    VoiceMeter,
    voice_metrics,
)
from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role, Word

AGENT, CUSTOMER = Role.AGENT, Role.CUSTOMER


def said(role: Role, start_ms: int, end_ms: int, text: str = "where is my order") -> Utterance:
    spoken = text.split()
    each_ms = (end_ms - start_ms) // len(spoken)
    words = tuple(
        Word(
            text=word,
            start_ms=start_ms + at * each_ms,
            end_ms=start_ms + (at + 1) * each_ms,
            confidence=1.0,
        )
        for at, word in enumerate(spoken)
    )
    final = UtteranceFinal(
        utterance_id=UtteranceId(f"{role}-{start_ms}"),
        participant_id=ParticipantId(role.value),
        text=text,
        start_ms=start_ms,
        end_ms=end_ms,
        words=words,
    )
    return Utterance(final=final, role=role)


def call_of(*utterances: Utterance) -> CallState:
    return CallState(call_id=CallId("c"), utterances=utterances)


def voice(state: CallState, role: Role) -> ParticipantVoice:
    (found,) = [who for who in voice_metrics(state).participants if who.role is role]
    return found


def test_talk_pace_and_answers_are_counted_for_each() -> None:
    call = call_of(said(AGENT, 0, 2_000), said(CUSTOMER, 2_500, 4_500), said(AGENT, 5_500, 9_500))
    agent, customer = voice(call, AGENT), voice(call, CUSTOMER)
    assert (agent.talk_ms, agent.words, agent.talk_share) == (6_000, 8, 0.75)
    assert (agent.pace_wpm, customer.pace_wpm) == (80.0, 120.0)
    assert (agent.answers, agent.answer_median_ms) == (1, 1_000)
    assert (customer.answers, customer.answer_median_ms) == (1, 500)


def test_talking_into_a_turn_interrupts_but_listening_and_short_overlaps_do_not() -> None:
    turn = said(AGENT, 0, 4_000)
    assert voice(call_of(turn, said(CUSTOMER, 2_000, 3_000)), CUSTOMER).interruptions == 1
    assert voice(call_of(turn, said(CUSTOMER, 3_700, 5_000)), CUSTOMER).interruptions == 0
    mhm = call_of(turn, said(CUSTOMER, 2_000, 2_400, "mhm yes"))
    assert voice(mhm, CUSTOMER).interruptions == 0
    assert voice_metrics(mhm).overlap_ms == 400


def test_an_interruption_is_seen_though_the_interrupted_final_comes_later() -> None:
    call = call_of(said(CUSTOMER, 2_000, 3_000), said(AGENT, 0, 4_000))
    assert voice(call, CUSTOMER).interruptions == 1


def test_silence_is_dead_air_unless_it_was_announced_or_is_long() -> None:
    def after(text: str, gap_ms: int) -> tuple[int, int]:
        call = call_of(said(AGENT, 0, 2_000, text), said(AGENT, 2_000 + gap_ms, 9_000 + gap_ms))
        metrics = voice_metrics(call)
        return metrics.dead_air_count, metrics.hold_count

    assert after("your order is here now", 2_900) == (0, 0)
    assert after("your order is here now", 5_000) == (1, 0)
    assert after("one moment please", 5_000) == (0, 1)
    assert after("your order is here now", 21_000) == (0, 1)


def test_okay_by_the_customer_keeps_a_hold_announced() -> None:
    call = call_of(
        said(AGENT, 0, 2_000, "let me check that for you"),
        said(CUSTOMER, 2_100, 2_400, "okay"),
        said(AGENT, 12_400, 14_000),
    )
    metrics = voice_metrics(call)
    assert (metrics.hold_count, metrics.hold_ms, metrics.dead_air_ms) == (1, 10_000, 0)


def test_a_window_holds_what_begins_in_it() -> None:
    call = call_of(said(AGENT, 0, 2_000), said(CUSTOMER, 8_000, 9_000), said(AGENT, 10_000, 11_000))
    (agent,) = voice_metrics(call, since_ms=9_500).participants
    assert (agent.talk_ms, agent.answer_median_ms) == (1_000, 1_000)
    assert voice_metrics(call, since_ms=9_500).dead_air_count == 0
    assert voice_metrics(call, since_ms=7_000).longest_dead_air_ms == 6_000


def test_a_final_without_word_times_is_one_stretch() -> None:
    whole = said(CUSTOMER, 0, 3_000)
    call = call_of(replace(whole, final=replace(whole.final, words=())))
    assert (voice(call, CUSTOMER).talk_ms, voice(call, CUSTOMER).words) == (3_000, 4)


def test_back_channels_are_short_and_only_listen() -> None:
    assert all(map(is_back_channel, ["mhm", "yes okay", "uh huh", "I see"]))
    assert not any(map(is_back_channel, ["", "yes but no", "yes yes yes yes", "hello"]))


def test_the_next_turn_of_a_long_call_costs_no_more_than_of_a_short_one() -> None:
    def of_turn(turns: int) -> float:
        meter = VoiceMeter()
        for number in range(turns):
            role = (AGENT, CUSTOMER)[number % 2]
            meter.add(said(role, number * 3_000, number * 3_000 + 2_500))
        began = time.process_time()
        for number in range(turns, turns + 200):
            meter.add(said(AGENT, number * 3_000, number * 3_000 + 2_500))
            meter.window(number * 3_000 - 120_000)
        return time.process_time() - began

    assert of_turn(2_000) < 5 * of_turn(100)
