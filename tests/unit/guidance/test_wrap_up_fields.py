"""Things named on a call become fields, redacted ones with what may be kept."""

import pytest

from assist_engine.call.state import CallState
from assist_engine.contract.events import EntityRead
from assist_engine.contract.ids import CallId, UtteranceId
from assist_engine.contract.values import EntityType, Evidence, FollowUp
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
