"""Entities that come in bits grow under one id, are put right, and are told again whole."""

from assist_engine.contract.values import EntityType, Role
from assist_engine.understanding.assembly import EntityAssembler
from assist_engine.understanding.entities import Expected, find_entities
from assist_engine.understanding.redaction import CallRedactor
from tests.properties.test_redaction import final

E = EntityType


class Talk:
    """Hears a call line by line and keeps what was said of its entities."""

    def __init__(self) -> None:
        self._redactor = CallRedactor()
        self._at = 0
        self.told: list[tuple[str, str, bool]] = []  # id, value, complete

    def agent(self, text: str) -> None:
        self._hear(text, Role.AGENT)

    def customer(self, text: str) -> list[tuple[str, str, bool]]:
        return self._hear(text, Role.CUSTOMER)

    def _hear(self, text: str, role: Role) -> list[tuple[str, str, bool]]:
        self._at += 1
        heard = self._redactor.hear(final(text, self._at), role)
        told = [(one.entity_id, one.value, one.is_complete) for one in heard.entities]
        self.told += told
        return told


def test_a_card_in_four_bits_is_one_card() -> None:
    talk = Talk()
    talk.agent("can i have the card number please")
    assert talk.customer("sure it's four one one one") == [("card-1", "4111", False)]
    talk.agent("mhm")
    assert talk.customer("one one one one") == [("card-1", "41111111", False)]
    assert talk.customer("and then one one") == [("card-1", "4111111111", False)]
    assert talk.customer("one one") == [("card-1", "411111111111", False)]
    talk.agent("okay")
    assert talk.customer("one one one one") == [("card-1", "4111111111111111", True)]


def test_said_again_it_is_nothing_new() -> None:
    talk = Talk()
    card = "my card is 4111 1111 1111 1111"
    assert talk.customer(card) == [("card-1", "4111111111111111", True)]
    assert talk.customer(card) == []


def test_a_later_whole_statement_wins() -> None:
    talk = Talk()
    talk.customer("my card is 4111 1111 1111 1111")
    later = talk.customer("no sorry it is 4242 4242 4242 4242")
    assert later == [("card-1", "4242424242424242", True)]


def test_the_last_bit_is_put_right() -> None:
    talk = Talk()
    talk.agent("can i have the card number please")
    talk.customer("four one one one")
    talk.customer("one two one two")
    assert talk.customer("no sorry one one one one") == [("card-1", "41111111", False)]


def test_five_not_nine() -> None:
    talk = Talk()
    talk.customer("my account number is seven seven three two nine")
    assert talk.customer("no sorry five not nine") == [("account-1", "77325", False)]
    assert talk.customer("no sorry one not eight") == []


def test_two_cards_are_two() -> None:
    talk = Talk()
    talk.customer("my card is 4111 1111 1111 1111")
    assert talk.customer("and the card 4242 4242 4242 4242")[0][0] == "card-2"


def test_another_cue_begins_another_number() -> None:
    talk = Talk()
    talk.customer("my account number is seven seven three")
    assert talk.customer("my account number is one two three") == [("account-2", "123", False)]


def test_digits_show_what_they_are_once_they_are_whole() -> None:
    talk = Talk()
    assert talk.customer("it's five five five oh one four") == [("number-1", "555014", False)]
    assert talk.customer("two seven three one") == [("number-1", "5550142731", True)]


def test_last_four_digits_are_whole_when_they_were_asked_for() -> None:
    talk = Talk()
    talk.agent("what are the last four digits of your card")
    assert talk.customer("seven seven one two") == [("card-1", "7712", True)]


def test_an_agent_who_reads_back_adds_nothing() -> None:
    talk = Talk()
    talk.agent("can i have the card number please")
    talk.customer("four one one one")
    talk.agent("four one one one")
    assert talk.customer("one one one one") == [("card-1", "41111111", False)]


def test_an_order_that_an_agent_names_is_an_entity() -> None:
    talk = Talk()
    talk.agent("your order number is b k seven four nine two")
    assert talk.told == [("order-1", "BK7492", False)]


def test_ids_of_placeholders_are_not_given_again() -> None:
    assembler = EntityAssembler()
    assembler.reserve(E.CARD)
    text = "4111 1111 1111 1111"
    ((entity, _),) = assembler.add(text, find_entities(text, Expected()))
    assert entity.entity_id == "card-2"
