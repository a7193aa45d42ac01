from hypothesis import given
from hypothesis import strategies as st

from assist_engine.contract.ids import CustomerId
from assist_engine.contract.values import ContactChannel, CustomerProfile, TimelineEntry
from assist_engine.customers.profile import KnownCustomer
from assist_engine.customers.reason import SUREST, predict, told_ago, weight_of

NOW_MS = 1_800_000_000_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def entry(
    title: str,
    *,
    hours: float,
    channel: ContactChannel = ContactChannel.CHAT,
    intent: str = "",
    reference: str = "",
    mood: float | None = None,
    is_open: bool = False,
) -> TimelineEntry:
    return TimelineEntry(
        at_ms=NOW_MS - int(hours * HOUR_MS),
        contact_channel=channel,
        title=title,
        intent=intent,
        reference=reference,
        mood=mood,
        is_open=is_open,
    )


def known(*timeline: TimelineEntry) -> KnownCustomer:
    profile = CustomerProfile(customer_id=CustomerId("c"), name="C", organisation="Harbor Shop")
    return KnownCustomer(profile=profile, timeline=timeline)


CHAT = entry(
    "Asked the bot", hours=2, intent="late-parcel", reference="order B1", mood=-0.6, is_open=True
)
LATE = entry(
    "Order B1 is late",
    hours=9 * 24,
    channel=ContactChannel.ORDER,
    intent="late-parcel",
    reference="order B1",
    is_open=True,
)
BILL = entry("Bill opened", hours=3, channel=ContactChannel.EMAIL, intent="bill", reference="bill")


def test_an_open_matter_asked_about_is_the_reason_with_its_evidence() -> None:
    reason = predict(known(CHAT, LATE), now_ms=NOW_MS)
    assert reason is not None
    assert reason.title == "Order B1 is late"
    assert reason.opening == "Are you calling about order B1?"
    assert reason.intent == "late-parcel"
    assert [e.quote for e in reason.evidence] == [
        "Asked the bot · 2 h ago",
        "Order B1 is late · 9 d ago",
    ]
    assert 0.75 < reason.probability <= SUREST


def test_the_heavier_of_two_matters_is_told() -> None:
    reason = predict(known(CHAT, BILL, LATE), now_ms=NOW_MS)
    assert reason is not None
    assert reason.intent == "late-parcel"


def test_two_equal_matters_leave_nobody_sure() -> None:
    other = entry(
        "Asked too", hours=2, intent="return-item", reference="order B2", mood=-0.6, is_open=True
    )
    assert predict(known(CHAT, other), now_ms=NOW_MS) is None


def test_nothing_known_or_nothing_named_predicts_nothing() -> None:
    assert predict(known(), now_ms=NOW_MS) is None
    unnamed = entry("Something happened", hours=1, is_open=True, mood=-1.0)
    assert predict(known(unnamed), now_ms=NOW_MS) is None
    no_intent = entry("Order placed", hours=1, reference="order B1", is_open=True)
    assert predict(known(no_intent), now_ms=NOW_MS) is None


def test_what_was_long_ago_and_closed_is_no_reason() -> None:
    old = entry("Asked", hours=90 * 24, intent="late-parcel", mood=-1.0)
    assert predict(known(old), now_ms=NOW_MS) is None


def test_without_a_reference_the_title_opens() -> None:
    asked = entry("Asked for a refund", hours=1, intent="refund", mood=-0.5, is_open=True)
    reason = predict(known(asked), now_ms=NOW_MS)
    assert reason is not None
    assert reason.opening == "Is this about “Asked for a refund”?"


def test_how_long_ago_is_told_in_the_largest_unit() -> None:
    told = [told_ago(ms) for ms in (-5, 30 * 60_000, 2 * HOUR_MS, 9 * DAY_MS, 130 * DAY_MS)]
    assert told == ["0 min", "30 min", "2 h", "9 d", "4 mo"]


entries = st.builds(
    entry,
    st.just("Something"),
    hours=st.floats(-1, 20_000),
    channel=st.sampled_from(ContactChannel),
    intent=st.sampled_from(["", "late-parcel", "refund-wanted"]),
    reference=st.sampled_from(["", "order B1", "order B2"]),
    mood=st.none() | st.floats(-1, 1),
    is_open=st.booleans(),
)


@given(st.lists(entries, max_size=12))
def test_a_prediction_is_a_probability_with_evidence(timeline: list[TimelineEntry]) -> None:
    reason = predict(known(*timeline), now_ms=NOW_MS)
    if reason is not None:
        assert 0.5 <= reason.probability <= SUREST
        assert 1 <= len(reason.evidence) <= 3
        assert reason.intent in {"late-parcel", "refund-wanted"}


@given(entries, st.integers(0, 400 * DAY_MS))
def test_an_entry_weighs_less_as_it_ages(some: TimelineEntry, later_ms: int) -> None:
    now = weight_of(some, now_ms=NOW_MS)
    assert now >= weight_of(some, now_ms=NOW_MS + later_ms) >= 0


@given(st.lists(entries, min_size=1, max_size=8))
def test_the_order_of_the_timeline_does_not_change_the_probability(
    timeline: list[TimelineEntry],
) -> None:
    forward = predict(known(*timeline), now_ms=NOW_MS)
    backward = predict(known(*reversed(timeline)), now_ms=NOW_MS)
    assert (forward and forward.probability) == (backward and backward.probability)
