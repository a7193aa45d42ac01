"""Writes recognised, redacted words as a person reads them: capitals, no fillers, no codes."""

import calendar
import re
from typing import Final

from assist_engine.call.clauses import sentence
from assist_engine.call.state import CallState, Utterance
from assist_engine.contract.values import EntityType, Evidence

_FILLERS: Final = re.compile(
    r"\b(?:um+|uh+|er+|hmm+|erm|i mean|"
    r"(?<!do )(?<!did )(?<!if )(?<!as )you know(?! (?:what|how|if|when|where|that|the)\b))\b"
)
_LEADING: Final = re.compile(
    r"^(?:(?:yes|yeah|no|oh|ah|hm|hi|hello|hey|okay|ok|well|so|and|but|please|right|sure|good "
    r"(?:morning|afternoon|evening)|thank you|thanks|great|perfect|of course|all right|alright|"
    r"wonderful|lovely|super|nice|cool|sir|madam|ma'am|i am afraid|i'm afraid) )+(?=\w)"
)
_TRAILING: Final = re.compile(
    r"(?: (?:and|but|then|because|or|(?<!hope )(?<!think )(?<!guess )so))+$"
)
_QUESTION: Final = re.compile(
    r"^(?:how|what|when|where|which|who|why|(?:can|could|do|does|did|is|are|was|were|will|would|"
    r"should|may|have|has) (?:i|you|we|they|he|she|it|there|this|that|the|my|your|any\w*|"
    r"some\w+))\b"
)
_SUBJECT = (
    r"(?:can|could|will|would|should|may) (?:i|you|we|they|he|she|it|there|somebody|someone)|"
    r"(?:do|did|have) (?:i|you|we|they|any\w*|some\w+)|(?:does|did|has) (?:he|she|it|that|this|"
    r"any\w*|some\w+)|am i|are (?:you|we|they|there)|"
    r"(?:is|was) (?:it|that|there|this|he|she|any\w*)"
)
# "the order can it go to my office": a verb before its subject, where no other subject was.
_ASKS: Final = re.compile(
    rf"\b(?P<verb>{_SUBJECT})\b|\b(?:how|when|where|what|which|why) "
    r"(?:(?!i\b|you\b|it\b|we\b|they\b|he\b|she\b|that\b|the\b)\w+ )?(?:do|does|did|is|are|am|was|"
    r"were|can|could|will|would|should)\b"
)
_STATED_TEXT: Final = """
that this it there what so not he she they you i we who which problem thing question point issue
reason
"""
_STATED: Final = frozenset(_STATED_TEXT.split())  # "that is it": no question
_IF: Final = re.compile(r"^(?:(?:and|but|what|so) )*(?:if|what about|how about) (?!you\b)")
_GOES_ON: Final = re.compile(
    r" (?:because|since|but|and|so) (?:i|it|we|my|the|they|he|she)\b|"
    r"(?<!\bwhen)(?<!\bif)(?<!\bthat)(?<!\bwhat)(?<!\bhow)(?<!\bwhere)(?<!\bcan)(?<!\bdo) "
    r"i (?:am|was|love|like|need|want|have|think|will|would|never|still|really)\b"
)
_LEADING_ON_TEXT: Final = """
that so if and but or what when which before until because while as where how then once after who
why since than believe think sure promise guess
"""
LEADING_ON: Final = tuple(_LEADING_ON_TEXT.split())  # words after which a clause goes on
# After these the subject of a question comes: "do i have", "is it".
_VERBS: Final = (
    *("do", "does", "did", "can", "could", "will", "would", "should", "may", "must"),
    *("is", "are", "was", "were", "am", "have", "has", "had"),
)
GOES_ON_AFTER: Final = (*LEADING_ON, *_VERBS)  # no clause ends with these
_PAUSE: Final = re.compile(
    r" (?=(?:i|we|it|this|they) (?:am|is|was|want|have|will|can|need|would|do|did|still)\b)"
    r"(?<!^i )(?<!, )(?<!\bthe )(?<!\bthing )(?<!\btime )(?<!\bnow )"
    + "".join(rf"(?<!\b{word} )" for word in GOES_ON_AFTER)
)
_PLACEHOLDER: Final = re.compile(r"\[([A-Z]+(?:_[A-Z]+)*)(?::([^\]\s]+))?\]")
_PROPER: Final = frozenset(
    name.lower() for name in (*calendar.day_name, *calendar.month_name) if name not in {"", "May"}
) - {"march"}
_NO_NAMES_TEXT: Final = """
will may mark bill rose grace hope joy art june april august faith dawn summer rich frank grant
drew pat rob sue chase miles price young long short person name
"""
_NO_NAMES: Final = frozenset(_NO_NAMES_TEXT.split())  # names that are other words too
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


def says_words(text: str) -> bool:
    """Whether more than placeholders and fillers is left of a text."""
    return bool(_PLACEHOLDER.sub(" ", _FILLERS.sub(" ", text)).split())


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
    return f"{written[:-1]}?" if asks(text) else written


def asks(text: str) -> bool:
    """Whether words are a question, or end in one."""
    found = _asked(text) or _QUESTION.match(text)
    return found is not None and _GOES_ON.search(text, found.end()) is None


def question_of(text: str, *, longest: int) -> str:
    """The question in words, without what is said after it; empty where nothing is asked.

    Of one of more than so many words what comes before its verb is left out.
    """
    text = _LEADING.sub("", text)
    found = _asked(text)
    if found is None:
        return text if _QUESTION.match(text) or _IF.match(text) else ""
    end = _GOES_ON.search(text, found.end())
    whole = text[: end.start()] if end else text
    return whole if len(whole.split()) <= longest else whole[found.start() :]


def _asked(text: str) -> re.Match[str] | None:
    """The last place at which something is asked."""
    found = None
    for match in _ASKS.finditer(text):
        before = text[: match.start()].rpartition(" ")[0].rpartition(" ")[2]
        if match["verb"] is None or before not in _STATED:
            found = match
    return found


def evidence_of(turn: Utterance | None) -> Evidence | None:
    """An utterance as evidence."""
    if turn is None:
        return None
    final = turn.final
    return Evidence(quote=final.text, utterance_id=final.utterance_id, start_ms=final.start_ms)


def with_names(text: str, names: re.Pattern[str] | None) -> str:
    """A text with the names that `names_of` finds written as names are."""
    return names.sub(lambda name: name[0].capitalize(), text) if names else text


def names_of(state: CallState) -> re.Pattern[str] | None:
    """Finds the names of people on a call, as far as they are known and no other words."""
    known = [state.agent_name, state.customer.name if state.customer else ""]
    known += [one.value for one in state.entities if one.type is EntityType.PERSON]
    words = {word for name in known for word in re.findall(r"[a-z']+", name.lower())}
    alone = sorted(word for word in words - _NO_NAMES if len(word) > 1)
    return re.compile(rf"\b(?:{'|'.join(alone)})\b") if alone else None


def caller(state: CallState) -> str:
    """How the summary calls the customer."""
    name = state.customer.name.strip() if state.customer else ""
    return name if name and not name.startswith("[") else "The customer"


def _named(placeholder: re.Match[str]) -> str:
    name = _NAMES.get(placeholder[1], placeholder[1].lower().replace("_", " "))
    if placeholder[2] is None:
        return f"[{name}]"
    return f"[{name.removesuffix(' number')} ending in {placeholder[2]}]"
