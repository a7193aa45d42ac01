"""When alert rules speak, when they stay quiet, and when they may speak again."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.call.fold import apply
from assist_engine.call.state import CallState, Phase
from assist_engine.contract.events import (
    AlertAcknowledged,
    AlertRaised,
    DriverRead,
    Event,
    ParticipantJoined,
    Recorded,
    SentimentRead,
    UtteranceFinal,
)
from assist_engine.contract.ids import AgentId, CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import AlertVerdict, Evidence, Participant, Role, Sentiment
from assist_engine.supervision.alert_rule import (
    AlertThresholds,
    DriverThresholds,
    UpsetThresholds,
    UpsetWithDriver,
    shipped_rules,
)
from assist_engine.supervision.alerting import Alerting


class Script:
    """Plays customer turns (score, driver said) ten seconds apart and reviews after each."""

    def __init__(self, alerting: Alerting | None = None) -> None:
        self.alerting = alerting or Alerting()
        self.state = CallState(call_id=CallId("c"), phase=Phase.LIVE)
        self.raised: list[AlertRaised] = []
        customer = Participant(
            participant_id=ParticipantId("customer"), role=Role.CUSTOMER, channel=0
        )
        self.add(ParticipantJoined(participant=customer), 0)

    def add(self, event: Event, audio_ms: int) -> None:
        recorded = Recorded(
            call_id=self.state.call_id,
            seq=self.state.seq + 1,
            recorded_ms=0,
            audio_ms=audio_ms,
            event=event,
        )
        self.state = apply(self.state, recorded)

    def acknowledge(self) -> None:
        alert = self.state.alerts[-1].raised.alert_id
        event = AlertAcknowledged(alert_id=alert, by=AgentId("s"), verdict=AlertVerdict.USEFUL)
        self.add(event, self.state.audio_ms)

    def turn(
        self, score: float, *, driver: str = "", name: str = "x", probability: float = 0.9
    ) -> "Script":
        number = len(self.state.utterances)
        uid, now_ms = UtteranceId(f"u-{number}"), number * 10_000
        feeling = Sentiment.NEUTRAL
        if abs(score) > 0.2:
            feeling = Sentiment.POSITIVE if score > 0 else Sentiment.NEGATIVE
        said = Evidence(quote=f"words {number}", utterance_id=uid)
        final = UtteranceFinal(
            utterance_id=uid,
            participant_id=ParticipantId("customer"),
            text=f"words {number}",
            start_ms=now_ms - 3000,
            end_ms=now_ms,
        )
        self.add(final, now_ms)
        read = SentimentRead(
            utterance_id=uid, sentiment=feeling, score=score, probability=0.9, evidence=(said,)
        )
        self.add(read, now_ms)
        if driver:
            threat = Evidence(quote=driver, utterance_id=uid)
            heard = DriverRead(
                utterance_id=uid,
                driver=name,
                label=driver,
                probability=probability,
                evidence=(threat,),
            )
            self.add(heard, now_ms)
        for alert in self.alerting.review(self.state):
            self.raised.append(alert)
            self.add(alert, now_ms)
        return self


def test_two_negative_turns_and_a_driver_raise_one_alert_with_words() -> None:
    script = Script().turn(-0.8).turn(0.0).turn(-0.7, driver="Threat to cancel")
    [alert] = script.raised
    assert alert.alert_id == "upset-with-driver-1"
    assert alert.title == "Upset customer: threat to cancel"
    assert [e.quote for e in alert.evidence] == ["Threat to cancel", "words 0", "words 2"]


def test_anger_alone_or_a_driver_alone_is_no_alert() -> None:
    assert Script().turn(-0.8).turn(-0.8).turn(-0.8).raised == []
    assert Script().turn(0.0).turn(-0.8, driver="Threat").turn(0.5).raised == []


def test_turns_long_past_do_not_count() -> None:
    script = Script().turn(-0.8).turn(0.0).turn(0.0).turn(-0.8, driver="Threat")
    assert script.raised == []


def test_it_is_raised_again_only_after_the_mood_recovered() -> None:
    script = Script().turn(-0.8).turn(-0.8, driver="Threat")
    for _ in range(8):
        script.turn(-0.8, driver="Threat")
    assert len(script.raised) == 1
    for _ in range(4):
        script.turn(0.9)
    script.turn(-0.9).turn(-0.9, driver="Threat")
    assert [alert.alert_id for alert in script.raised] == [
        "upset-with-driver-1",
        "upset-with-driver-2",
    ]


def test_a_quick_recovery_waits_for_the_cool_down() -> None:
    script = Script().turn(-0.9).turn(-0.9, driver="Threat").turn(0.9).turn(0.9)
    assert len(script.turn(-0.9).turn(-0.9, driver="Threat").raised) == 1


def test_thresholds_are_arguments() -> None:
    rule = UpsetWithDriver(UpsetThresholds(negative_turns=1))
    assert len(Script(Alerting([rule])).turn(-0.9, driver="Threat").raised) == 1


def test_a_call_that_ended_raises_nothing() -> None:
    script = Script().turn(-0.9)
    script.state = CallState(
        call_id=CallId("c"), phase=Phase.RELEASED, utterances=script.state.utterances
    )
    assert script.turn(-0.9, driver="Threat").raised == []


@given(st.lists(st.tuples(st.floats(-1, 1), st.booleans()), max_size=30))
def test_alerts_are_apart_and_numbered(turns: list[tuple[float, bool]]) -> None:
    script = Script()
    for score, has_driver in turns:
        script.turn(score, driver="Threat" if has_driver else "")
    times = [alert.raised_ms for alert in script.state.alerts]
    assert all(b - a >= 60_000 for a, b in itertools.pairwise(times))
    assert [a.alert_id for a in script.raised] == [
        f"upset-with-driver-{n}" for n in range(1, len(script.raised) + 1)
    ]


@pytest.mark.parametrize(
    ("name", "label", "title"),
    [
        ("vulnerability", "Bereavement", "Customer may be vulnerable: bereavement"),
        ("legal-threat", "Legal threat", "Customer threatens legal steps"),
        ("escalation", "Wants a manager", "Customer wants a manager"),
    ],
)
def test_some_words_alone_call_a_supervisor_at_once(name: str, label: str, title: str) -> None:
    [alert] = Script().turn(0.0, driver=label, name=name).raised
    assert (alert.alert_id, alert.title) == (f"{name}-heard-1", title)
    assert [evidence.quote for evidence in alert.evidence] == [label]


def test_thanks_and_promises_never_raise_an_alert() -> None:
    for name in ("thanks", "promise"):
        script = Script().turn(-0.9).turn(-0.9, driver=name, name=name)
        assert script.raised == []


def test_what_one_alert_told_raises_no_second_one() -> None:
    script = Script().turn(-0.9).turn(-0.9, driver="Wants a manager", name="escalation")
    script.turn(-0.9)
    assert [alert.rule for alert in script.raised] == ["escalation-heard"]
    script.turn(-0.9, driver="Threat to cancel")
    assert script.raised[-1].title == "Upset customer: threat to cancel"


def test_the_same_again_waits_for_an_acknowledgement_and_the_cool_down() -> None:
    script = Script()
    for _ in range(14):
        script.turn(0.0, driver="Wants a manager", name="escalation")
    assert len(script.raised) == 1
    script.acknowledge()
    for _ in range(2):
        script.turn(0.0, driver="Wants a manager", name="escalation")
    assert len(script.raised) == 2


def test_another_kind_of_vulnerability_is_another_alert() -> None:
    script = Script().turn(0.0, driver="Illness", name="vulnerability")
    script.turn(0.0, driver="Money trouble", name="vulnerability")
    assert [alert.title.rpartition(": ")[2] for alert in script.raised] == [
        "illness",
        "money trouble",
    ]


def test_what_is_only_possible_raises_nothing_and_rules_can_be_tuned() -> None:
    def raised(thresholds: DriverThresholds) -> int:
        rules = shipped_rules(AlertThresholds(legal_threat=thresholds))
        script = Script(Alerting(rules))
        script.turn(0.0, driver="Legal", name="legal-threat", probability=0.6)
        return len(script.raised)

    assert raised(DriverThresholds()) == 0
    assert raised(DriverThresholds(minimum_probability=0.5)) == 1
    assert raised(DriverThresholds(minimum_probability=0.5, is_on=False)) == 0
