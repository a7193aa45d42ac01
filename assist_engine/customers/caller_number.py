"""Caller numbers in one spelling, so that local and international ones find one customer."""

import phonenumbers


def normalise(number: str, *, region: str = "US") -> str | None:
    """Write a caller number as E.164 (`+15550142731`); None when it is none, or is withheld.

    Args:
        number: as telephony gives it: local, international, `00…`, `tel:…` or `sip:…@host`.
        region: ISO country whose local spelling is understood.
    """
    spelled = number.strip().removeprefix("sip:").split("@", 1)[0]
    if spelled.startswith("00"):
        spelled = f"+{spelled[2:]}"  # trunks in every country send 00, whatever people dial there
    try:
        parsed = phonenumbers.parse(spelled, region)
    except phonenumbers.NumberParseException:
        return None
    # Possible, not valid: numbers reserved for fiction, and new ranges, are not yet "valid".
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
