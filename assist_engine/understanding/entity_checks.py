"""Checks what entities must satisfy: check digits, lengths, numbering plans. Pure."""

import re
from typing import Final

import phonenumbers

from assist_engine.contract.values import EntityType

CARD_LENGTHS: Final = range(13, 20)  # ISO/IEC 7812
LONGEST: Final = {
    EntityType.CARD: 19,
    EntityType.NATIONAL_ID: 12,
    EntityType.PHONE: 15,
    EntityType.SECRET: 12,
    EntityType.POSTCODE: 9,
    EntityType.DATE: 8,
    EntityType.ACCOUNT: 34,  # ISO 13616, IBAN
    EntityType.ORDER: 24,
    EntityType.NUMBER: 34,
}
_LAST_DIGITS: Final = 4
_NINO: Final = re.compile(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")
_SSN: Final = re.compile(r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}")
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_POSTCODE: Final = re.compile(
    r"\d{5}(?:\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}|[A-Z]\d[A-Z]\d[A-Z]\d|\d{4}|\d{6}"
)


def passes_luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        digit = int(sign) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def is_card(digits: str) -> bool:
    """Whether digits are a whole card number."""
    is_sized = digits.isdecimal() and len(digits) in CARD_LENGTHS and len(set(digits)) > 1
    return is_sized and passes_luhn(digits)


def is_nino(text: str) -> bool:
    """Whether it has the form of a British national insurance number."""
    return _NINO.fullmatch(text) is not None


def is_iban(text: str) -> bool:
    """Whether it has the form of an IBAN and its check digits are right (ISO 7064, mod 97)."""
    if not _IBAN.fullmatch(text):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def phone_value(digits: str, *, region: str) -> str | None:
    """The number in E.164 where the numbering plan knows such numbers, else None."""
    try:
        parsed = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def is_valid(kind: EntityType, text: str, *, region: str) -> bool:
    """Whether a dictated value, digits and capital letters, is a whole one of its type.

    Of a card or a national id the last four digits are whole too: they are what is asked for.
    """
    is_last = text.isdigit() and len(text) == _LAST_DIGITS
    match kind:
        case EntityType.CARD:
            valid = is_last or is_card(text)
        case EntityType.NATIONAL_ID:
            valid = is_last or _SSN.fullmatch(text) is not None or is_nino(text)
        case EntityType.PHONE:
            valid = phone_value(text, region=region) is not None
        case EntityType.SECRET:
            valid = not text.isdigit() or 3 <= len(text) <= 8
        case EntityType.POSTCODE:
            valid = _POSTCODE.fullmatch(text) is not None
        case EntityType.ACCOUNT if _IBAN.fullmatch(text):
            valid = is_iban(text)
        case _:
            valid = len(text) >= _LAST_DIGITS
    return valid
