"""However a private number is given, none of its digits is stored; the rest stays as it was."""

import re

from hypothesis import given
from hypothesis import strategies as st

from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.values import EntityType, Role, Word
from assist_engine.understanding.entities import Expected, find_entities
from assist_engine.understanding.entity_checks import passes_luhn
from assist_engine.understanding.redaction import CallRedactor, redact_text
from assist_engine.understanding.redaction_policy import DROP, KEEP, MASK, Policy, last
from assist_engine.understanding.spoken import DIGIT_WORDS, TEENS, TENS

UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEEN_WORDS = {str(n): word for word, n in TEENS.items()}
TEN_WORDS = {str(n): word for word, n in TENS.items() if word != "fourty"}
NUMBER_WORDS = {*DIGIT_WORDS, *TEENS, *TENS} - {"oh"}
ASKED = {
    "card": "could you give me the card number please",
    "phone": "and what is the best phone number for you",
    "national_id": "can i have your social security number",
}
ANNOUNCED = {
    "card": "my card number is",
    "phone": "my phone number is",
    "national_id": "my social security number is",
}


def with_check_digit(digits: str) -> str:
    return next(digits + check for check in "0123456789" if passes_luhn(digits + check))


CARDS = st.text("0123456789", min_size=14, max_size=14).map(lambda d: with_check_digit("4" + d))
PHONES = st.from_regex(r"[2-9][0-9]{2}[2-9][0-9]{6}", fullmatch=True)
SOCIALS = st.from_regex(r"[1-8][0-9]{2}[1-9][0-9][1-9][0-9]{3}", fullmatch=True)
PLANTED = st.one_of(
    st.tuples(st.just("card"), CARDS),
    st.tuples(st.just("phone"), PHONES),
    st.tuples(st.just("national_id"), SOCIALS),
)


@st.composite
def bits(draw: st.DrawFn, digits: str) -> list[str]:
    """A number in bits as they may be said or typed: each bit holds one to four digits."""
    said = []
    while digits:
        size = draw(st.integers(1, 4))
        said.append(draw(bit(digits[:size])))
        digits = digits[size:]
    return said


@st.composite
def bit(draw: st.DrawFn, digits: str) -> str:
    if draw(st.booleans()) and len(digits) > 1:
        return digits  # typed
    words: list[str] = []
    while digits:
        if digits[:2] in TEEN_WORDS and draw(st.booleans()):
            words.append(TEEN_WORDS[digits[:2]])
            digits = digits[2:]
        elif len(digits) > 1 and digits[0] == digits[1] and draw(st.booleans()):
            words += ["double", UNITS[int(digits[0])]]
            digits = digits[2:]
        else:
            words.append(
                "oh" if digits[0] == "0" and draw(st.booleans()) else UNITS[int(digits[0])]
            )
            digits = digits[1:]
    return " ".join(words)


@st.composite
def utterances(draw: st.DrawFn, digits: str) -> list[str]:
    """The bits of a number, several to an utterance, with what people say in between."""
    waiting = draw(bits(digits))
    said = []
    while waiting:
        count = draw(st.integers(1, len(waiting)))
        between = draw(st.sampled_from([" ", " uh ", " and then ", " um "]))
        lead = draw(st.sampled_from(["", "and then ", "uh ", "okay "]))
        said.append(lead + between.join(waiting[:count]))
        waiting = waiting[count:]
    return said


def final(text: str, at: int = 0) -> UtteranceFinal:
    words = tuple(
        Word(word, 1_000 * at + 10 * n, 1_000 * at + 10 * n + 9, 0.9)
        for n, word in enumerate(text.split())
    )
    return UtteranceFinal(
        utterance_id=UtteranceId(f"u-{at}"),
        participant_id=ParticipantId("customer"),
        text=text,
        start_ms=1_000 * at,
        end_ms=1_000 * at + 900,
        words=words,
    )


def digits_left(text: str) -> list[str]:
    """Digits and number words that can still be read."""
    readable = re.sub(r"\[[A-Z_]+\]", " ", text).lower()
    return [w for w in re.findall(r"\w+", readable) if w.isdecimal() or w in NUMBER_WORDS]


@given(PLANTED.flatmap(lambda one: st.tuples(st.just(one[0]), utterances(one[1]))))
def test_no_digit_of_what_an_agent_asked_for_is_stored(planted: tuple[str, list[str]]) -> None:
    kind, said = planted
    redactor = CallRedactor()
    redactor.hear(final(ASKED[kind]), Role.AGENT)
    for at, text in enumerate(said, start=1):
        assert not digits_left(redactor.hear(final(text, at), Role.CUSTOMER).final.text)
        redactor.hear(final("mhm"), Role.AGENT)


@given(PLANTED.flatmap(lambda one: st.tuples(st.just(one[0]), bits(one[1]))))
def test_no_digit_of_what_a_customer_announces_is_stored(planted: tuple[str, list[str]]) -> None:
    kind, said = planted
    text = f"{ANNOUNCED[kind]} {' '.join(said)} and i want to know what happened"
    assert not digits_left(CallRedactor().hear(final(text), Role.CUSTOMER).final.text)


@given(PLANTED, st.sampled_from(["", "it is ", "yes "]), st.sampled_from(["", " ", "-", "."]))
def test_nobody_has_to_say_what_it_is(planted: tuple[str, str], lead: str, between: str) -> None:
    digits = planted[1]
    groups = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    spoken = " ".join(UNITS[int(digit)] for digit in digits)
    for text in (lead + between.join(groups), lead + spoken):
        assert not digits_left(redact_text(text))


@given(PLANTED.flatmap(lambda one: st.tuples(st.just(one[0]), utterances(one[1]))))
def test_no_partial_shows_a_digit(planted: tuple[str, list[str]]) -> None:
    kind, said = planted
    redactor = CallRedactor()
    redactor.hear(final(ASKED[kind]), Role.AGENT)
    for at, text in enumerate(said, start=1):
        words = text.split()
        for count in range(1, len(words) + 1):
            for cut in {0, count // 2, count}:
                stable, tail = " ".join(words[:cut]), " ".join(words[cut:count])
                shown = redactor.preview(stable, tail, Role.CUSTOMER)
                assert not digits_left(" ".join(shown))
        redactor.hear(final(text, at), Role.CUSTOMER)


VOCABULARY = """my card number is pin order the and i want two four one oh hundred 4111 1111 12 to
for karen at gmail dot com double street elm road password please not may fifteenth pounds b k
078-05-1120 $5 [CARD] [PHONE:2731] uh"""
SENTENCES = st.lists(st.sampled_from(VOCABULARY.split()), max_size=14).map(" ".join)
POLICIES = st.dictionaries(
    st.sampled_from(EntityType), st.sampled_from([KEEP, MASK, DROP, last(4), last(2)])
)


@given(SENTENCES | st.text(max_size=40))
def test_redacting_again_changes_nothing(text: str) -> None:
    once = CallRedactor().hear(final(text), Role.CUSTOMER).final
    assert CallRedactor().hear(once, Role.CUSTOMER).final == once


@given(SENTENCES, POLICIES)
def test_words_and_text_agree(text: str, policies: dict[EntityType, Policy]) -> None:
    raw = final(text)
    redacted = CallRedactor(policies).hear(raw, Role.CUSTOMER).final
    assert [word.text for word in redacted.words] == redacted.text.split()
    times = [time for word in redacted.words for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert set(times) <= {time for word in raw.words for time in (word.start_ms, word.end_ms)}


@given(SENTENCES | st.text(max_size=40))
def test_redactions_say_where_they_are(text: str) -> None:
    redacted = CallRedactor().hear(final(text), Role.CUSTOMER).final
    for redaction in redacted.redactions:
        assert redacted.text[redaction.start : redaction.end] == f"[{redaction.type.upper()}]"


@given(SENTENCES | st.text(max_size=40))
def test_what_is_found_fits_and_does_not_overlap(text: str) -> None:
    at = 0
    for found in find_entities(text, Expected(asked=(EntityType.CARD,))):
        assert at <= found.start < found.end <= len(text)
        at = found.end


@given(SENTENCES | st.text(max_size=40))
def test_a_policy_that_keeps_all_changes_nothing(text: str) -> None:
    keep_all = dict.fromkeys(EntityType, KEEP)
    raw = final(text)
    assert CallRedactor(keep_all).hear(raw, Role.CUSTOMER).final == raw
    assert redact_text(text, keep_all) == text


@given(SENTENCES)
def test_a_preview_is_remembered_nowhere(text: str) -> None:
    one, other = CallRedactor(), CallRedactor()
    one.preview(text, "four", Role.CUSTOMER)
    raw = final(text)
    assert one.hear(raw, Role.CUSTOMER) == other.hear(raw, Role.CUSTOMER)
