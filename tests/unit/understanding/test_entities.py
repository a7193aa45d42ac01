"""What numbers and words are: by cues, by what was asked, by their form; and what they are not."""

import time

import pytest

from assist_engine.contract.values import EntityType
from assist_engine.understanding.entities import Expected, find_entities
from assist_engine.understanding.entity_checks import is_card, is_iban, is_valid
from assist_engine.understanding.entity_cues import asked_for

E = EntityType


def found(text: str, *asked: EntityType, **known: object) -> list[tuple[EntityType, str]]:
    expected = Expected(asked=asked, **known)  # type: ignore[arg-type]
    return [(one.type, one.value) for one in find_entities(text, expected)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("my card number is four one one one uh one one one one two", E.CARD, "411111112"),
        ("4111 1111 1111 1111", E.CARD, "4111111111111111"),
        ("559 e 15", E.CARD, "559E15"),
        ("account number is four four one eight zero", E.ACCOUNT, "44180"),
        ("GB82 WEST 1234 5698 7654 32 is my iban", E.ACCOUNT, "GB82 WEST 1234 5698 7654 32"),
        ("078-05-1120", E.NATIONAL_ID, "078051120"),
        ("the ssn ends in 1120", E.NATIONAL_ID, "1120"),
        ("call me at 555-014-2731 please", E.PHONE, "+15550142731"),
        ("order b k seven four nine is late", E.ORDER, "BK749"),
        ("my policy number is 786543", E.ORDER, "786543"),
        ("my pin is 2018", E.SECRET, "2018"),
        ("the password is sunshine seven and i am stuck", E.SECRET, "sunshine seven"),
        ("i live at 12 elm road", E.ADDRESS, "12 elm road"),
        ("my zip code is 65382", E.POSTCODE, "65382"),
        ("sw1a 1aa", E.POSTCODE, "sw1a 1aa"),
        ("my name is karen mitchell", E.PERSON, "karen mitchell"),
        ("hello this is karen calling", E.PERSON, "karen"),
        ("date 06032018", E.DATE, "2018-06-03"),
        ("transfer 500", E.AMOUNT, "500"),
        ("four four uh one eight two", E.NUMBER, "44182"),
        ("4577", E.NUMBER, "4577"),
    ],
)
def test_what_is_said_is_found(text: str, kind: EntityType, value: str) -> None:
    assert (kind, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "i have been waiting for two weeks",
        "that's one or two days too late",
        "can i get a refund for the 2 lamps",
        "my 5g router is at a friend's place",
        "we have been customers since 2015",
        "the chevrolet camaro 2017 please",
        "i need one of the two at 330 pm",
        "my password is not working",
        "this is taking ages",
        "this is ridiculous",
        "i would like a virtual card how do i get one",
        "block my current card and send a new one",
        "my passcode isn't working",
        "i do not know what my password is.",
        "my address is incorrect on your file",
        "i moved to a new city",
        "it should be going through at this point",
        "they were 10/10, open at 11:50, since 1919-1921",
        "a hundred million people",
        "oh oh i see",
        "i want to book a one way ticket",
        "oh i see",
    ],
)
def test_what_only_counts_is_not_private(text: str) -> None:
    assert not {kind for kind, _ in found(text)} - {E.DATE, E.AMOUNT}


@pytest.mark.parametrize(
    ("asked", "text", "pairs"),
    [
        (E.SECRET, "nineteen eighty four", [(E.SECRET, "1984")]),
        (E.SECRET, "it's fluffy bunny nine", [(E.SECRET, "fluffy bunny nine")]),
        (E.CARD, "it's four", [(E.CARD, "4")]),
        (E.CARD, "one moment please", []),
        (E.CARD, "the second one", []),
        (E.NATIONAL_ID, "seven seven one two", [(E.NATIONAL_ID, "7712")]),
        (E.DATE, "fifteen oh five nineteen ninety", [(E.DATE, "1990-05-15")]),
        (E.ORDER, "nine nine one two", [(E.ORDER, "9912")]),
        (E.ADDRESS, "it's the old mill near bath", [(E.ADDRESS, "the old mill near bath")]),
        (E.SECRET, "sorry i don't remember", []),
    ],
)
def test_what_was_asked_says_what_comes(
    asked: EntityType, text: str, pairs: list[tuple[EntityType, str]]
) -> None:
    assert found(text, asked) == pairs


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("can i have the last four digits of your social", (E.NATIONAL_ID,)),
        ("could you read me the last four of the card", (E.CARD,)),
        ("and your date of birth please", (E.DATE,)),
        ("what's the security code on the card", (E.SECRET,)),
        ("and your pin", (E.SECRET,)),
        ("may i have your e mail address", (E.EMAIL,)),
        ("what are the last four digits", (E.NUMBER,)),
        ("i will look at your account", ()),
        ("thank you very much", ()),
    ],
)
def test_what_an_agent_asks_for_is_understood(text: str, asked: tuple[EntityType, ...]) -> None:
    assert asked_for(text) == asked


def test_a_cue_is_for_the_digits_next_to_it() -> None:
    assert found("ssn 2567 and card 5197") == [(E.NATIONAL_ID, "2567"), (E.CARD, "5197")]
    assert found("card 4111 1111 1111 1111 call 555 014 2731")[1][0] is E.PHONE


def test_what_the_organisation_and_the_record_know_is_found() -> None:
    assert (E.PRODUCT, "Fibre 900") in found("my Fibre 900 is slow", products=("fibre 900",))
    assert (E.PERSON, "Karen") in found("Karen here", names=("karen", "mitchell"))
    ((kind, _),) = found("0142731", phone="15550142731")
    assert kind is E.PHONE


def test_placeholders_are_left_alone() -> None:
    assert found("my [CARD:4242] and [NATIONAL_ID] are gone") == []


@pytest.mark.parametrize(
    ("kind", "value", "valid"),
    [
        (E.CARD, "4111111111111111", True),
        (E.CARD, "4111111111111112", False),
        (E.CARD, "1111", True),
        (E.NATIONAL_ID, "078051120", True),
        (E.NATIONAL_ID, "000051120", False),
        (E.NATIONAL_ID, "QQ123456C", False),
        (E.NATIONAL_ID, "AB123456C", True),
        (E.PHONE, "5550142731", True),
        (E.PHONE, "12", False),
        (E.ACCOUNT, "GB82WEST12345698765432", True),
        (E.ACCOUNT, "GB82WEST12345698765431", False),
        (E.POSTCODE, "SW1A1AA", True),
        (E.SECRET, "12", False),
    ],
)
def test_values_are_checked(kind: EntityType, value: str, valid: bool) -> None:
    assert is_valid(kind, value, region="US") is valid


def test_check_digits() -> None:
    assert is_card("4242424242424242")
    assert not is_card("0000000000000000")
    assert is_iban("DE89370400440532013000")


def test_an_utterance_takes_about_a_millisecond_at_most() -> None:
    text = (
        "so my account number is four four one eight zero two seven and my email is karen dot "
        "mitchell at gmail dot com i want to know why my order has not arrived"
    )
    find_entities(text)
    taken = []
    for _ in range(50):
        began = time.process_time()
        find_entities(text)
        taken.append(time.process_time() - began)
    assert min(taken) < 0.002


def test_a_name_of_two_words_is_one_person() -> None:
    expected = Expected(names=("karen", "mitchell"))
    [person] = find_entities("my name is karen mitchell", expected)
    assert (person.type, person.value) == (EntityType.PERSON, "karen mitchell")
