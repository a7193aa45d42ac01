"""Voice metrics measured while the call grows are those of the whole, whatever comes late."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from assist_engine.call.state import CallState, Utterance
from assist_engine.call.voice_metrics import VoiceMeter, VoiceMetrics, voice_metrics
from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Role, Word

ROLES = {"agent": Role.AGENT, "customer": Role.CUSTOMER, "bot": Role.BOT}
TEXTS = ["mhm", "yes okay", "one moment please", "where is my order", "i will check that"]


@st.composite
def utterances(draw: st.DrawFn) -> Utterance:
    who = draw(st.sampled_from(sorted(ROLES)))
    text = draw(st.sampled_from(TEXTS))
    at_ms = start_ms = draw(st.integers(0, 9_000))
    words = []
    for word in text.split():
        at_ms += draw(st.integers(0, 400))
        end_ms = at_ms + draw(st.integers(0, 500))
        words.append(Word(text=word, start_ms=at_ms, end_ms=end_ms, confidence=1.0))
        at_ms = end_ms
    final = UtteranceFinal(
        utterance_id=UtteranceId(f"{who}-{start_ms}"),
        participant_id=ParticipantId(who),
        text=text,
        start_ms=start_ms,
        end_ms=at_ms,
        words=tuple(words) if draw(st.booleans()) else (),
    )
    return Utterance(final=final, role=ROLES[who])


CALLS = st.lists(utterances(), max_size=8)


def call_of(said: list[Utterance]) -> CallState:
    return CallState(call_id=CallId("c"), utterances=tuple(said))


@given(CALLS, st.integers(0, 12_000))
def test_measured_turn_by_turn_is_measured_at_the_end(said: list[Utterance], since_ms: int) -> None:
    meter = VoiceMeter()
    for count in range(len(said) + 1):
        state = call_of(said[:count])
        meter.follow(state)
        assert replace(meter.metrics(), since_ms=0) == voice_metrics(state)
        assert meter.window(since_ms) == voice_metrics(state, since_ms=since_ms)


@given(CALLS, st.integers(0, 12_000))
def test_shares_make_one_and_nothing_is_negative(said: list[Utterance], since_ms: int) -> None:
    metrics = voice_metrics(call_of(said), since_ms=since_ms)
    shares = [who.talk_share for who in metrics.participants]
    assert abs(sum(shares) - 1.0) < 1e-9 or not any(who.talk_ms for who in metrics.participants)
    assert 0.0 <= metrics.overlap_share <= 1.0
    assert metrics.longest_dead_air_ms <= metrics.dead_air_ms
    for who in metrics.participants:
        assert min(who.talk_ms, who.words, who.answers, who.interruptions) >= 0
        if who.answers:
            assert who.answer_median_ms is not None
            assert who.answer_p90_ms is not None
            assert 0 <= who.answer_median_ms <= who.answer_p90_ms


@given(CALLS)
def test_overlap_and_talk_are_what_counting_every_millisecond_gives(said: list[Utterance]) -> None:
    metrics = voice_metrics(call_of(said))
    talking = {who: [False] * 14_000 for who in ROLES}
    for utterance in said:
        for start_ms, end_ms in spoken(utterance):
            talking[utterance.final.participant_id][start_ms:end_ms] = [True] * (end_ms - start_ms)
    at_once = [sum(now) for now in zip(*talking.values(), strict=True)]
    assert metrics.overlap_ms == sum(count >= 2 for count in at_once)
    assert {who.participant_id: who.talk_ms for who in metrics.participants if who.talk_ms} == {
        who: sum(now) for who, now in talking.items() if any(now)
    }


def spoken(utterance: Utterance) -> list[tuple[int, int]]:
    """The talk of an utterance, gaps under 200 ms between its words included."""
    final = utterance.final
    if not final.words:
        return [(final.start_ms, final.end_ms)]
    joined = [[final.words[0].start_ms, final.words[0].end_ms]]
    for word in final.words[1:]:
        if word.start_ms - joined[-1][1] < 200:
            joined[-1][1] = max(joined[-1][1], word.end_ms)
        else:
            joined.append([word.start_ms, word.end_ms])
    return [(start, end) for start, end in joined]


@given(CALLS)
def test_what_comes_late_finds_its_place(said: list[Utterance]) -> None:
    later = sorted(said, key=lambda u: u.final.end_ms)
    first, second = voice_metrics(call_of(said)), voice_metrics(call_of(later))
    assert sums(first) == sums(second)


def sums(metrics: VoiceMetrics) -> tuple[object, ...]:
    talk = {who.participant_id: (who.talk_ms, who.words) for who in metrics.participants}
    return talk, metrics.overlap_ms, metrics.silent_since_ms
