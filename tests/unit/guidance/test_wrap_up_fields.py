"""Things named on a call become fields, redacted ones with what may be kept."""

import pytest
from msgspec.structs import replace

from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.events import EntityRead, UtteranceFinal
from assist_engine.contract.ids import CallId, ParticipantId, UtteranceId
from assist_engine.contract.values import EntityType, Evidence, FollowUp, Role
from assist_engine.guidance.wrap_up_fields import fields_of

SAID = Evidence(quote="b k seven four", utterance_id=UtteranceId("u"), start_ms=5)


def entity(
    kind: EntityType, value: str, *, probability: float = 0.9, is_valid: bool = True
) -> CallState:
    read = EntityRead(
        entity_id="e",
        utterance_id=UtteranceId("u"),
        type=kind,
        value=value,
        is_valid=is_valid,
        probability=probability,
        evidence=(SAID,),
    )
    return CallState(call_id=CallId("c"), entities=(read,))


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        (EntityType.ORDER, "BK749205", [("Order", "BK749205")]),
        (EntityType.CARD, "[CARD:4242]", [("Card", "ends in 4242")]),
        (EntityType.CARD, "[CARD]", []),
        (EntityType.PHONE, "", []),
        (EntityType.SECRET, "open sesame", []),
        (EntityType.NATIONAL_ID, "[NATIONAL_ID:12]", []),
        (EntityType.NUMBER, "12", []),
    ],
)
def test_what_was_named_is_a_field_where_it_may_be_kept(
    kind: EntityType, value: str, told: list[tuple[str, str]]
) -> None:
    fields = fields_of(entity(kind, value), ())
    assert [(field.name, field.value) for field in fields] == told
    assert all(field.evidence == SAID for field in fields)


def test_what_is_unsure_or_no_such_number_is_no_field() -> None:
    assert fields_of(entity(EntityType.ORDER, "BK1", probability=0.4), ()) == ()
    assert fields_of(entity(EntityType.ORDER, "BK1", is_valid=False), ()) == ()


def test_the_next_step_is_the_soonest_known_day() -> None:
    promised = (
        FollowUp(text="later", due="in two weeks", due_on="2026-12-09"),
        FollowUp(text="soon", due="by friday", due_on="2026-11-27", evidence=SAID),
        FollowUp(text="some day"),
    )
    [field] = fields_of(CallState(call_id=CallId("c")), promised)
    assert (field.name, field.value, field.evidence) == ("Next step due", "2026-11-27", SAID)


def test_a_sum_is_a_field_where_something_was_done_with_it() -> None:
    state = entity(EntityType.AMOUNT, "30 USD")
    deed = Evidence(quote=f"i gave you {SAID.quote}", utterance_id=UtteranceId("u"), start_ms=1)
    assert fields_of(state, ()) == ()
    assert fields_of(state, (), [None, deed])[0].value == "30 USD"


def test_a_birthday_is_no_field_and_another_day_is() -> None:
    born = entity(EntityType.DATE, "1985-03-12")
    arrival = entity(EntityType.DATE, "2026-12-01")
    for state, told in ((born, []), (arrival, ["2026-12-01"])):
        known = replace(state, offered_at_ms=1_790_000_000_000)
        assert [field.value for field in fields_of(known, ())] == told


@pytest.mark.parametrize(
    ("before", "name"),
    [
        ("your ticket number is", "Ticket"),
        ("it is", "Order"),
        ("the reference for the claim", "Claim"),
    ],
)
def test_a_number_is_called_as_it_was_announced(before: str, name: str) -> None:
    said = UtteranceFinal(
        utterance_id=UtteranceId("u"),
        participant_id=ParticipantId("agent"),
        text=f"{before} {SAID.quote}",
        start_ms=0,
        end_ms=1,
    )
    state = replace(
        entity(EntityType.ORDER, "BK74"), utterances=(Utterance(final=said, role=Role.AGENT),)
    )
    assert [field.name for field in fields_of(state, ())] == [name]


def test_names_are_written_with_capitals() -> None:
    assert fields_of(entity(EntityType.PERSON, "karen mitchell"), ())[0].value == "Karen Mitchell"
