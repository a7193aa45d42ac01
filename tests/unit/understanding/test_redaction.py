"""A call's redactor: what is stored, what is shown, what it remembers, what policies do."""

import pytest

from assist_engine.contract.ids import CustomerId
from assist_engine.contract.values import CustomerProfile, EntityType, Role
from assist_engine.errors import BadInput
from assist_engine.understanding.redaction import CallRedactor, redact_text
from assist_engine.understanding.redaction_policy import (
    DEFAULT_POLICIES,
    KEEP,
    MASK,
    last,
    parse_policies,
    parse_policy,
)
from tests.properties.test_redaction import final

E = EntityType


def test_a_final_is_stored_with_placeholders_and_words_that_fit() -> None:
    heard = CallRedactor().hear(final("yes my card is four one one one ok"), Role.CUSTOMER)
    assert heard.final.text == "yes my card is [CARD] ok"
    card = heard.final.words[4]
    assert (card.text, card.start_ms, card.end_ms) == ("[CARD]", 40, 79)
    (redaction,) = heard.final.redactions
    assert (redaction.type, redaction.start, redaction.end) == (E.CARD, 15, 21)
    (entity,) = heard.entities
    assert (entity.value, entity.stored, entity.evidence.quote) == ("4111", "[CARD]", "[CARD]")
    assert entity.evidence.start_ms == 40


def test_signs_around_a_number_stay_with_its_placeholder() -> None:
    heard = CallRedactor().hear(final("call (555) 014-2731, please"), Role.CUSTOMER)
    assert heard.final.text == "call ([PHONE], please"
    assert [word.text for word in heard.final.words] == heard.final.text.split()


def test_what_the_agent_asked_says_what_the_digits_are() -> None:
    redactor = CallRedactor()
    redactor.hear(final("what are the last four digits of your social"), Role.AGENT)
    heard = redactor.hear(final("seven seven one two"), Role.CUSTOMER)
    assert heard.final.text == "[NATIONAL_ID]"
    redactor.hear(final("and your pin"), Role.AGENT)
    assert redactor.hear(final("two oh one eight"), Role.CUSTOMER).final.text == "[SECRET]"


def test_a_question_is_open_for_a_few_utterances_only() -> None:
    redactor = CallRedactor()
    redactor.hear(final("can i have your pin"), Role.AGENT)
    for _ in range(4):
        redactor.hear(final("i do not know where i put it"), Role.CUSTOMER)
    assert redactor.hear(final("forty two"), Role.CUSTOMER).final.text == "forty two"


def test_an_agent_is_not_taken_for_the_answer() -> None:
    redactor = CallRedactor()
    redactor.hear(final("what is your password"), Role.AGENT)
    assert redactor.hear(final("take your time"), Role.AGENT).final.text == "take your time"
    assert redactor.hear(final("it's blue heaven"), Role.CUSTOMER).final.text == "it's [SECRET]"


def test_words_that_do_not_fit_the_text_are_not_stored() -> None:
    from msgspec.structs import replace

    raw = replace(final("pin 4455"), words=final("pin four four double five").words)
    assert CallRedactor().hear(raw, Role.CUSTOMER).final.words == ()


def test_after_a_restart_the_stored_finals_bring_the_context_back() -> None:
    before = CallRedactor()
    lines = [
        (final("can i have the card number", 1), Role.AGENT),
        (final("four one one one", 2), Role.CUSTOMER),
    ]
    stored = [(before.hear(line, role).final, role) for line, role in lines]
    after = CallRedactor()
    again = [after.hear(line, role).final for line, role in stored]
    assert again == [line for line, _ in stored]
    assert after.hear(final("one one", 3), Role.CUSTOMER).final.text == "[CARD]"


@pytest.mark.parametrize(
    ("stable", "tail", "shown"),
    [
        ("my card is", "four", ("my card is", "[CARD]")),
        ("my card is four", "one one", ("my card is [CARD]", "")),
        ("i waited two weeks", "", ("i waited two weeks", "")),
        ("it is", "four one um", ("it is", "[NUMBER] um")),
        ("my email is j o n", "at gmail", ("my email is [EMAIL]", "")),
        ("", "karen dot mitchell at gmail", ("", "[EMAIL]")),
        ("my password is", "blue", ("my password is", "[SECRET]")),
        ("i would like to", "cancel", ("i would like to", "cancel")),
    ],
)
def test_partials_hide_what_may_become_private(
    stable: str, tail: str, shown: tuple[str, str]
) -> None:
    assert CallRedactor().preview(stable, tail, Role.CUSTOMER) == shown


def test_a_partial_answer_is_hidden_from_its_first_word() -> None:
    redactor = CallRedactor()
    redactor.hear(final("what is your e mail address"), Role.AGENT)
    assert redactor.preview("it's", "karen", Role.CUSTOMER) == ("it's", "[EMAIL]")


def test_typed_text_is_scrubbed_by_its_own_words() -> None:
    redactor = CallRedactor()
    redactor.hear(final("can i have your pin"), Role.AGENT)
    note = "Called back on 555-014-2731, paid £20, waits 2 days. [CARD] ok"
    assert redactor.scrub(note) == "Called back on [PHONE], paid £20, waits 2 days. [CARD] ok"


def test_names_go_on_request() -> None:
    profile = CustomerProfile(
        customer_id=CustomerId("c"), name="Karen Mitchell", organisation="Northwind"
    )
    text = "this is karen about mitchell's parcel"
    for policy, stored in ((KEEP, text), (MASK, "this is [PERSON] about [PERSON] parcel")):
        redactor = CallRedactor({**DEFAULT_POLICIES, E.PERSON: policy})
        redactor.know(profile)
        assert redactor.hear(final(text), Role.CUSTOMER).final.text == stored


@pytest.mark.parametrize(
    ("policy", "stored"),
    [
        ("keep", "card 4242 4242 4242 4242 now"),
        ("mask", "card [CARD] now"),
        ("drop", "card now"),
        ("last4", "card [CARD:4242] now"),
        ("LAST2", "card [CARD:42] now"),
    ],
)
def test_policies(policy: str, stored: str) -> None:
    policies = parse_policies({"card": policy})
    assert redact_text("card 4242 4242 4242 4242 now", policies) == stored


def test_the_last_digits_of_a_short_value_are_not_shown() -> None:
    assert last(4).stored(E.CARD, "4242") == "[CARD]"


def test_bad_policies_are_told_what_is_accepted() -> None:
    with pytest.raises(BadInput, match="accepted: keep, mask, drop, or last1 to last9"):
        parse_policy("hide")
    with pytest.raises(BadInput, match="accepted: account, address"):
        parse_policies({"shoe_size": "mask"})


def test_context_may_be_given() -> None:
    assert redact_text("two oh one eight") == "[NUMBER]"
    assert redact_text("forty two") == "forty two"
    assert redact_text("forty two", context=[E.SECRET]) == "[SECRET]"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("my  number\tis 4577 ,ok", "my  number\tis [NUMBER] ,ok"),
        ("559 e 15", "[CARD]"),
        ("arun 45 gmailcom", "[EMAIL]"),
        ("karen dot doe at gmail dot com d o e", "[EMAIL]"),
        ("order bk-7492 of may 5", "order bk-7492 of may 5"),
    ],
)
def test_space_and_order_stay(text: str, stored: str) -> None:
    assert redact_text(text) == stored


@pytest.mark.parametrize(
    ("asked", "said", "role"),
    [
        ("you can look up the pin", "all right thank you young man", Role.CUSTOMER),
        ("what is the new address", "never mind thank you so much", Role.CUSTOMER),
        ("may i have your account number", "oh no i am sorry", Role.AGENT),
        ("may i have your account number", "somebody comes between nine and eleven", Role.AGENT),
        ("your account number please", "can he come between nine thirty and ten", Role.CUSTOMER),
    ],
)
def test_thanks_and_hours_are_no_answer(asked: str, said: str, role: Role) -> None:
    call = CallRedactor()
    call.hear(final(asked), Role.AGENT)
    assert call.hear(final(said), role).final.text == said


@pytest.mark.parametrize(
    ("asked", "said", "stored"),
    [
        ("what is your password", "thanks it is blue river", "[SECRET]"),
        ("what is your password", "blue river thank you", "[SECRET]"),
        ("your account number please", "oh four four one eight", "[ACCOUNT]"),
    ],
)
def test_an_answer_with_thanks_stays_private(asked: str, said: str, stored: str) -> None:
    call = CallRedactor()
    call.hear(final(asked), Role.AGENT)
    assert stored in call.hear(final(said), Role.CUSTOMER).final.text
