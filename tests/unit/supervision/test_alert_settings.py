"""The thresholds of alerts are settings: the same ones, checked, and in force."""

import msgspec
import pytest

from assist_engine.app import alert_thresholds
from assist_engine.call.state import CallState, Phase, Utterance
from assist_engine.contract.events import AlertRaised, DriverRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import Evidence, Role
from assist_engine.settings import AlertSettings, Settings
from assist_engine.supervision.alert_rule import AlertThresholds, shipped_rules
from assist_engine.supervision.alerting import Alerting


def alerts_of(toml: str) -> AlertSettings:
    return msgspec.toml.decode(toml, type=Settings).alerts


def threatened(probability: float) -> CallState:
    """A call in which the customer threatens legal steps."""
    said = UtteranceFinal(
        utterance_id=UtteranceId("u-1"),
        participant_id=ParticipantId("customer"),
        text="you will hear from my lawyer",
        start_ms=0,
        end_ms=900,
    )
    read = DriverRead(
        utterance_id=said.utterance_id,
        driver="legal-threat",
        label="Legal threat",
        probability=probability,
        evidence=(Evidence(quote=said.text, utterance_id=said.utterance_id),),
    )
    return CallState(
        call_id=CallId("c"),
        phase=Phase.LIVE,
        utterances=(Utterance(final=said, role=Role.CUSTOMER, drivers=(read,)),),
    )


def raised(toml: str, *, probability: float) -> list[AlertRaised]:
    alerting = Alerting(shipped_rules(alert_thresholds(alerts_of(toml))))
    return alerting.review(threatened(probability))


def test_without_settings_the_thresholds_are_those_of_the_rules() -> None:
    assert alert_thresholds(AlertSettings()) == AlertThresholds()


def test_every_threshold_can_be_set() -> None:
    driver = "is_on = false\nminimum_probability = 0.9\nlast_turns = 5\ncooldown_ms = 7\n"
    told = (
        "[alerts.upset]\nlast_turns = 9\nnegative_turns = 4\nminimum_probability = 0.8\n"
        "cooldown_ms = 5\nrecovered_mood = 0.25\n"
        f"[alerts.vulnerability]\n{driver}[alerts.legal_threat]\n{driver}"
        f"[alerts.escalation]\n{driver}"
    )
    set_to = msgspec.to_builtins(alert_thresholds(alerts_of(told)))
    shipped = msgspec.to_builtins(AlertThresholds())
    for rule, thresholds in shipped.items():
        for name, value in thresholds.items():
            assert set_to[rule][name] != value, f"alerts.{rule}.{name}"


def test_a_threshold_decides_what_is_raised() -> None:
    assert [one.rule for one in raised("", probability=0.75)] == ["legal-threat-heard"]
    surer = "[alerts.legal_threat]\nminimum_probability = 0.8\n"
    assert raised(surer, probability=0.75) == []
    assert len(raised(surer, probability=0.85)) == 1
    assert raised("[alerts.legal_threat]\nis_on = false\n", probability=1.0) == []


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("[alerts.escalation]\nminimum_probability = 1.5\n", "<= 1.0 - at `$.alerts.escalation"),
        ("[alerts.upset]\nlast_turns = 0\n", ">= 1 - at `$.alerts.upset.last_turns`"),
        ("[alerts.upset]\nnegative_turns = 4\n", "negative_turns is 4 of last_turns 3"),
        ("[alerts.anger]\nis_on = true\n", "unknown field `anger` - at `$.alerts`"),
    ],
)
def test_what_cannot_be_meant_is_refused_saying_where(toml: str, told: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        alerts_of(toml)
    assert told in str(refused.value)
