"""Finds the entities of an utterance: numbers, addresses, dates, amounts, names. Pure.

What is found never overlaps; of two readings of the same words the more probable one is kept and
of the other what lies outside it, so that no private digit falls between two readings.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from assist_engine.contract.values import EntityType
from assist_engine.understanding.entity_cues import PRIVATE, find_cues
from assist_engine.understanding.entity_numbers import LEADING, Surroundings, read_run
from assist_engine.understanding.entity_words import find_words
from assist_engine.understanding.spoken import Token, is_placeholder, tokenize
from assist_engine.understanding.spoken_amounts import find_amounts
from assist_engine.understanding.spoken_dates import find_dates
from assist_engine.understanding.spoken_emails import find_emails
from assist_engine.understanding.spoken_runs import Run, find_runs

_WRITTEN_OUT: Final = 0.97  # an address with its signs, a date with its month, a sum in dollars
_UNSURE: Final = 0.75
_IN_WORDS: Final = frozenset({EntityType.SECRET, EntityType.ADDRESS, EntityType.PERSON})
_SPELLED: Final = 3  # letters in a row that spell something
_SHORTEST_NAME: Final = 2
_NEAR: Final = 4  # tokens between two bits of one number
_BLANK: Final = "|"  # what the patterns see in place of a placeholder


class Found(NamedTuple):
    """An entity in a text; start and end are characters."""

    type: EntityType
    start: int
    end: int
    value: str
    is_valid: bool
    probability: float


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What the talk before an utterance tells about it."""

    asked: tuple[EntityType, ...] = ()
    going_on: EntityType | None = None  # what is being dictated in bits
    phone: str = ""  # digits of the customer's number
    names: tuple[str, ...] = ()  # words of the customer's names, in lower case
    products: tuple[str, ...] = ()  # as the organisation calls them, in lower case
    region: str = "US"  # whose telephone numbers need no country code
    day_first: bool = False
    is_partial: bool = False  # more words will follow
    is_strict: bool = False  # three digits are private however they look


def name_words(names: Sequence[str]) -> tuple[str, ...]:
    """The words of names by which somebody may be called, as they are looked for."""
    found = {word for name in names for word in re.findall(r"[^\W\d_]+", name.lower())}
    return tuple(sorted(word for word in found if len(word) >= _SHORTEST_NAME))


NOTHING_EXPECTED: Final = Expected()


def find_entities(text: str, expected: Expected = NOTHING_EXPECTED) -> list[Found]:
    """The entities of a text in order, without overlaps."""
    tokens = tokenize(text)
    lowered = _lowered(text, tokens)
    claimed: list[Found] = []
    for found in (*_emails(text, tokens), *_figures(text, tokens, expected)):
        _claim(text, claimed, found)
    unread = _blanked(lowered, [(one.start, one.end) for one in claimed])
    rest = [*_numbers(lowered, tokens, expected, claimed), *_words(text, unread, expected)]
    for found in sorted(rest, key=lambda one: (one.type not in PRIVATE, -one.probability)):
        _claim(text, claimed, found)
    return list(_whole(text, sorted(claimed, key=lambda one: one.start)))


def _whole(text: str, parts: Sequence[Found]) -> Iterator[Found]:
    """Parts of one thing with only space between them, put together."""
    waiting: Found | None = None
    for part in parts:
        if waiting and waiting.type is part.type and part.type in _IN_WORDS:
            between = text[waiting.end : part.start]
            if not between.strip():
                value = text[waiting.start : part.end]
                waiting = waiting._replace(end=part.end, value=value, is_valid=True)
                continue
        if waiting:
            yield waiting
        waiting = part
    if waiting:
        yield waiting


def _lowered(text: str, tokens: Sequence[Token]) -> str:
    """The text in lower case, as long as it was, with blanks for placeholders."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := sign.lower()) == 1 else sign for sign in text)
    return _blanked(lowered, [(t.start, t.end) for t in tokens if is_placeholder(t)])


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text, as long as before, with nothing to be read in these spans."""
    for start, end in spans:
        text = text[:start] + _BLANK * (end - start) + text[end:]
    return text


def _claim(text: str, claimed: list[Found], new: Found) -> None:
    """Keep of a find what no earlier one has taken."""
    parts = [(new.start, new.end)]
    for old in claimed:
        parts = [
            part
            for start, end in parts
            for part in ((start, min(end, old.start)), (max(start, old.end), end))
            if part[0] < part[1]
        ]
    whole = parts == [(new.start, new.end)]
    if whole or new.type in PRIVATE:
        claimed += [new] if whole else [_part(text, new, *part) for part in parts]
        claimed[:] = [one for one in claimed if one.start < one.end]


def _part(text: str, found: Found, start: int, end: int) -> Found:
    end -= len(text[start:end]) - len(text[start:end].rstrip())
    start += len(text[start:end]) - len(text[start:end].lstrip())
    return found._replace(start=start, end=end, value=text[start:end], is_valid=False)


def _emails(text: str, tokens: Sequence[Token]) -> Iterator[Found]:
    for email in find_emails(text, tokens):
        probability = _WRITTEN_OUT if email.is_valid else _UNSURE
        end = _spelled_until(tokens, email.end)
        yield Found(EntityType.EMAIL, email.start, end, email.value, email.is_valid, probability)


def _spelled_until(tokens: Sequence[Token], end: int) -> int:
    """The end of letters that spell an address right behind it, or of the address."""
    letters = 0
    for token in tokens:
        if token.start < end:
            continue
        if not (len(token.text) == 1 and token.text.isalpha()):
            break
        letters += 1
        last = token.end
    return last if letters >= _SPELLED else end


def _figures(text: str, tokens: Sequence[Token], expected: Expected) -> Iterator[Found]:
    for date in find_dates(tokens, day_first=expected.day_first):
        start, end = tokens[date.first].start, tokens[date.last - 1].end
        yield Found(EntityType.DATE, start, end, date.value, date.is_valid, _WRITTEN_OUT)
    for amount in find_amounts(tokens):
        start, end = tokens[amount.first].start, tokens[amount.last - 1].end
        yield Found(EntityType.AMOUNT, start, end, amount.value, True, _WRITTEN_OUT)


def _numbers(
    lowered: str, tokens: Sequence[Token], expected: Expected, claimed: Sequence[Found]
) -> Iterator[Found]:
    free = _free_tokens(tokens, claimed)
    runs = [run for part in free for run in _runs_of(tokens, part)]
    if not runs:
        return
    around = Surroundings(
        lowered=lowered,
        tokens=tokens,
        cues=find_cues(lowered),
        asked=expected.asked,
        region=expected.region,
        day_first=expected.day_first,
        is_partial=expected.is_partial,
        phone=expected.phone,
        is_strict=expected.is_strict,
    )
    before = expected.going_on if _is_bare(tokens, runs) else None
    end = runs[0].first
    for run in runs:
        reading = read_run(run, around, before if run.first - end <= _NEAR else None)
        if reading is None:
            continue
        around = around._replace(taken=run.end)
        before = reading.type if reading.type in PRIVATE else None
        end = run.last
        yield Found(reading.type, run.start, run.end, *reading[1:])


def _is_bare(tokens: Sequence[Token], runs: Sequence[Run]) -> bool:
    """Whether digits are all that is said, but for words that only lead to them."""
    said = {at for run in runs for at in range(run.first, run.last)}
    return all(
        at in said or token.text in LEADING or not token.text[0].isalnum()
        for at, token in enumerate(tokens)
    )


def _free_tokens(tokens: Sequence[Token], claimed: Sequence[Found]) -> Iterator[range]:
    """Ranges of tokens that nothing has taken."""
    start = 0
    for at, token in enumerate(tokens):
        if any(one.start < token.end and token.start < one.end for one in claimed):
            if start < at:
                yield range(start, at)
            start = at + 1
    if start < len(tokens):
        yield range(start, len(tokens))


def _runs_of(tokens: Sequence[Token], part: range) -> list[Run]:
    runs = find_runs(tokens[part.start : part.stop])
    if part.start == 0:
        return runs
    return [run.moved(part.start) for run in runs]


def _words(text: str, lowered: str, expected: Expected) -> Iterator[Found]:
    for found in find_words(lowered, expected.asked, expected.names):
        value = text[found.start : found.end]
        yield Found(found.type, found.start, found.end, value, True, found.probability)
    for product in expected.products:
        at = lowered.find(product)
        if at >= 0:
            end = at + len(product)
            yield Found(EntityType.PRODUCT, at, end, text[at:end], True, _WRITTEN_OUT)
