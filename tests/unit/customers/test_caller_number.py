import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist_engine.customers.caller_number import normalise


@pytest.mark.parametrize(
    "spelled",
    [
        "+15550142731",
        "5550142731",
        "(555) 014-2731",
        "555.014.2731",
        " 1 555 014 2731 ",
        "0015550142731",
        "tel:+1-555-014-2731",
        "sip:+15550142731@carrier.example;user=phone",
        "sip:5550142731@10.0.0.1",
    ],
)
def test_every_spelling_of_a_number_is_one_number(spelled: str) -> None:
    assert normalise(spelled) == "+15550142731"


def test_a_local_number_is_read_in_its_country() -> None:
    assert normalise("020 7946 0018", region="GB") == "+442079460018"
    assert normalise("+44 20 7946 0018", region="US") == "+442079460018"
    assert normalise("00442079460018", region="US") == "+442079460018"


@pytest.mark.parametrize("spelled", ["", "anonymous", "Restricted", "12", "sip:@host", "+", "00"])
def test_a_withheld_or_impossible_number_is_none(spelled: str) -> None:
    assert normalise(spelled) is None


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_none(text: str) -> None:
    number = normalise(text)
    assert number is None or normalise(number) == number


@given(st.integers(2_000_000_000, 9_999_999_999))
def test_local_and_international_spelling_agree(digits: int) -> None:
    local = str(digits)
    parsed = phonenumbers.parse(f"+1{local}")
    spellings = (
        local,
        f"+1{local}",
        f"({local[:3]}) {local[3:6]}-{local[6:]}",
        phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL),
    )
    assert {normalise(spelled) for spelled in spellings} == {f"+1{local}"}
