"""Writes recognised, redacted words as a person reads them: capitals, no fillers, no codes."""

import calendar
import re
from typing import Final

from assist_engine.call.clauses import sentence
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.values import Evidence

_FILLERS: Final = re.compile(r"\b(?:um+|uh+|er+|hmm+|erm|you know|i mean)\b")
_LEADING: Final = re.compile(
    r"^(?:(?:yes|yeah|no|oh|ah|hm|hi|hello|hey|okay|ok|well|so|and|but|please|right|sure|good "
    r"(?:morning|afternoon|evening)|thank you|thanks|great|perfect|of course|all right|alright|"
    r"sir|madam|ma'am) )+(?=\w)"
)
_TRAILING: Final = re.compile(
    r"(?: (?:and|but|then|because|or|(?<!hope )(?<!think )(?<!guess )so))+$"
)
_QUESTION: Final = re.compile(
    r"^(?:how|what|when|where|which|who|why|(?:can|could|do|does|did|is|are|was|were|will|would|"
    r"should|may|have|has) (?:i|you|we|they|he|she|it|there|this|that|the|my|your|any\w*|"
    r"some\w+))\b"
)
_LEADING_ON_TEXT: Final = """
that so if and but or what when which before until because while as where how then once after who
why since than believe think sure promise guess
"""
LEADING_ON: Final = tuple(_LEADING_ON_TEXT.split())  # words after which a clause goes on
_PAUSE: Final = re.compile(
    r" (?=(?:i|we|it|this|they) (?:am|is|was|want|have|will|can|need|would|do|did|still)\b)"
    r"(?<!^i )(?<!, )(?<!\bthe )(?<!\bthing )(?<!\btime )(?<!\bnow )"
    + "".join(rf"(?<!\b{word} )" for word in LEADING_ON)
)
_PLACEHOLDER: Final = re.compile(r"\[([A-Z]+(?:_[A-Z]+)*)(?::([^\]\s]+))?\]")
_PROPER: Final = frozenset(
    name.lower() for name in (*calendar.day_name, *calendar.month_name) if name not in {"", "May"}
) - {"march"}
_NAMES: Final = {
    "CARD": "card number",
    "NATIONAL_ID": "national ID",
    "PHONE": "phone number",
    "EMAIL": "email address",
    "ORDER": "order number",
    "ACCOUNT": "account number",
    "SECRET": "secret",
    "PERSON": "name",
}


def readable(text: str) -> str:
    """A text without fillers; placeholders such as `[CARD:4242]` become "[card ending in 4242]"."""
    words = [
        word.capitalize() if word.lower() in _PROPER else word
        for word in _PLACEHOLDER.sub(_named, _FILLERS.sub(" ", text)).split()
    ]
    return " ".join(words)


def as_sentence(text: str) -> str:
    """A clause as a sentence, without what leads in and hangs over."""
    return _sentence(_LEADING.sub("", readable(text)))


def quoted(text: str, *, longest: int = 34, whole: bool = False) -> str:
    """Words as a quote of at most so many words; `whole`: with what leads in, "no thank you"."""
    words = readable(text).split()
    cut = " ".join(words[:longest])
    said = _sentence(cut) if whole else as_sentence(cut)
    return f"“{said[:-1]} …”" if len(words) > longest else f"“{said}”"


def _sentence(clean: str) -> str:
    text = _PAUSE.sub(", ", _TRAILING.sub("", clean))
    written = sentence(text)
    return f"{written[:-1]}?" if _QUESTION.match(text) else written


def evidence_of(turn: Utterance | None) -> Evidence | None:
    """An utterance as evidence."""
    if turn is None:
        return None
    final = turn.final
    return Evidence(quote=final.text, utterance_id=final.utterance_id, start_ms=final.start_ms)


def caller(state: CallState) -> str:
    """How the summary calls the customer."""
    name = state.customer.name.strip() if state.customer else ""
    return name if name and not name.startswith("[") else "The customer"


def _named(placeholder: re.Match[str]) -> str:
    name = _NAMES.get(placeholder[1], placeholder[1].lower().replace("_", " "))
    if placeholder[2] is None:
        return f"[{name}]"
    return f"[{name.removesuffix(' number')} ending in {placeholder[2]}]"
