import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.contract.values import ContactChannel
from assist_engine.customers.profile import elapsed, parse_customer
from assist_engine.errors import BadInput

NOW_MS = 1_800_000_000_000
HOUR_MS = 3_600_000

FULL = """\
customer_id: ana
name: Ana Ruiz
organisation: Harbor Shop
tier: gold
since_year: 2019
phones: ["(415) 555-0117", "+442079460018"]
preferences: [prefers e-mail]
flags: [third contact]
consent_recording: false
facts: {open_order_days_late: 9, is_travelling: false, monthly_price: 70.5, tier: gold}
timeline:
  - {ago: 3 d, contact_channel: order, title: Order late, is_open: true, reference: order B1}
  - {ago: 2 h, contact_channel: chat, title: Asked, mood: -0.5, intent: late-parcel}
handoff: {source: bot, lines: [Wants order B1], do_not_ask_again: [order number]}
"""


def test_a_full_file_is_read_newest_first() -> None:
    file = parse_customer(FULL, source="ana.yaml", now_ms=NOW_MS)
    assert file.numbers == ("+14155550117", "+442079460018")
    profile, timeline, handoff = file.known.profile, file.known.timeline, file.known.handoff
    assert (profile.name, profile.phone, profile.since_year) == ("Ana Ruiz", "+14155550117", 2019)
    assert profile.consent_recording is False
    assert profile.facts == {
        "open_order_days_late": 9,
        "is_travelling": False,
        "monthly_price": 70.5,
        "tier": "gold",
    }
    assert [entry.title for entry in timeline] == ["Asked", "Order late"]
    assert timeline[0].at_ms == NOW_MS - 2 * HOUR_MS
    assert (timeline[0].contact_channel, timeline[0].mood) == (ContactChannel.CHAT, -0.5)
    assert timeline[1].is_open
    assert handoff is not None
    assert handoff.do_not_ask_again == ("order number",)


def test_the_least_a_file_needs() -> None:
    text = "customer_id: a\nname: A\norganisation: Harbor Bank\nphones: []\n"
    file = parse_customer(text, source="a.yaml", now_ms=NOW_MS)
    assert file.numbers == ()
    assert (file.known.profile.phone, file.known.timeline, file.known.handoff) == ("", (), None)


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("name: Ana Ruiz", "name: [Ana", 3, "not YAML"),
        ("name: Ana Ruiz", "name: 12", 2, "Expected `str`, got `int`"),
        ("tier: gold\n", "teir: gold\n", 1, "unknown field `teir`"),
        ("name: Ana Ruiz\n", "", 1, "missing required field `name`"),
        ("(415) 555-0117", "call me", 6, "'call me' is no phone number"),
        ("ago: 2 h", "ago: 2 hours", 13, "'2 hours' is not a number and min, h, d, w, mo or y"),
        ("mood: -0.5", "mood: -5", 13, "Expected `float` >= -1.0"),
        ("contact_channel: chat", "contact_channel: fax", 13, "Invalid enum value 'fax'"),
        ("since_year: 2019", "since_year: 2019-13-40", 5, "month must be in 1..12"),
        ("since_year: 2019", "since_year: !!bool old", 5, "'old' is no bool"),
        ("since_year: 2019", "since_year: !!timestamp old", 5, "'old' is no timestamp"),
        ("since_year: 2019", "since_year: !!int ''", 5, "'' is no int"),
        ("customer_id: ana", "customer_id: '\x07'", 1, "not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(old: str, new: str, line: int, told: str) -> None:
    assert old in FULL
    with pytest.raises(BadInput) as refused:
        parse_customer(FULL.replace(old, new, 1), source="ana.yaml", now_ms=NOW_MS)
    assert str(refused.value).startswith(f"ana.yaml, line {line}: ")
    assert told in str(refused.value)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "a: &a [*a]\n"])
def test_a_file_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"^odd\.yaml, line \d+: "):
        parse_customer(text, source="odd.yaml", now_ms=NOW_MS)


@given(st.text(max_size=200))
def test_any_text_is_a_customer_or_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"^any\.yaml, line \d+: "):
        parse_customer(text, source="any.yaml", now_ms=NOW_MS)


@pytest.mark.parametrize(
    ("ago", "hours"),
    [
        ("2 h", 2),
        ("2h", 2),
        ("120 min", 2),
        ("3 d", 72),
        ("1 w", 168),
        ("1 mo", 720),
        (" 1 y", 8760),
    ],
)
def test_elapsed_time_is_read(ago: str, hours: int) -> None:
    assert elapsed(ago) == hours * HOUR_MS


@pytest.mark.parametrize("ago", ["", "h", "-2 h", "2 hours", "two d", "1.5 h", "99999 d"])
def test_what_is_no_elapsed_time_is_none(ago: str) -> None:
    assert elapsed(ago) is None
