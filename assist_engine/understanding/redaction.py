"""Takes out of what is said what must not be stored: by pattern, spoken form and context.

One `CallRedactor` a call hears every final in order, before it is recorded. What it takes out
becomes `[TYPE]`, `[TYPE:4242]` or nothing, as the policy of its type says.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.values import (
    CustomerProfile,
    EntityType,
    Evidence,
    Redaction,
    Role,
    Word,
)
from assist_engine.understanding.assembly import EntityAssembler
from assist_engine.understanding.conversation import Conversation
from assist_engine.understanding.entities import Expected, Found, find_entities, name_words
from assist_engine.understanding.redaction_policy import DEFAULT_POLICIES, MASK, Policy
from assist_engine.understanding.signal import quote
from assist_engine.understanding.unfinished import find_unfinished

# What an agent tells a customer; other numbers they only read back.
_AGENTS_NAME: Final = frozenset(
    {
        EntityType.ORDER,
        EntityType.PHONE,
        EntityType.EMAIL,
        EntityType.DATE,
        EntityType.AMOUNT,
        EntityType.PRODUCT,
    }
)


class FoundEntity(msgspec.Struct, frozen=True, kw_only=True):
    """An entity that is new or has grown; `stored` is what the policy lets be stored of it."""

    entity_id: str
    type: EntityType
    value: str
    stored: str
    is_valid: bool
    is_complete: bool
    probability: float
    evidence: Evidence  # redacted


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A final as it may be recorded, and the entities it added to.

    `found` is what its raw words hold, by their characters; it must not be recorded.
    """

    final: UtteranceFinal
    entities: tuple[FoundEntity, ...] = ()
    found: tuple[Found, ...] = ()


class _Part(NamedTuple):
    """Characters of a redacted text and the characters of the raw text behind them."""

    text: str
    start: int
    end: int
    type: EntityType | None = None


class CallRedactor:
    """Redacts one call, with the memory of what was asked and what is being dictated."""

    def __init__(
        self,
        policies: Mapping[EntityType, Policy] = DEFAULT_POLICIES,
        *,
        names: Sequence[str] = (),
        products: Sequence[str] = (),
        region: str = "US",
    ) -> None:
        """`names` of people who may be named; `products` as the organisation calls them."""
        self._policies = policies
        self._known = Expected(
            names=name_words(names),
            products=tuple(product.lower() for product in products),
            region=region,
            day_first=region not in {"US", "CA"},
        )
        self._conversation = Conversation()
        self._assembler = EntityAssembler(region=region)

    def know(self, profile: CustomerProfile) -> None:
        """Learn what the customer is called and which number they call from."""
        names = {*self._known.names, *name_words([profile.name])}
        phone = "".join(sign for sign in profile.phone if sign.isdigit())
        self._known = replace(self._known, names=tuple(sorted(names)), phone=phone)

    def hear(self, final: UtteranceFinal, role: Role) -> Heard:
        """The final as it may be recorded. One that was redacted before is left as it is."""
        for redaction in final.redactions:
            self._assembler.reserve(redaction.type)
        found = find_entities(final.text, self._expected(role))
        parts = list(_parts(final.text, found, self._policies))
        redacted = _redacted(final, parts)
        is_short = self._conversation.asks_last_digits
        taken = [one for one in found if role is Role.CUSTOMER or _is_telling(one)]
        assembled = self._assembler.add(final.text, taken, is_short=is_short)
        self._conversation.hear(final.text, role, found, open_type=self._assembler.open_type)
        entities = tuple(
            FoundEntity(
                entity_id=entity.entity_id,
                type=entity.type,
                value=entity.value,
                stored=self._policy(entity.type).stored(entity.type, entity.value),
                is_valid=entity.is_valid,
                is_complete=entity.is_complete,
                probability=entity.probability,
                evidence=_evidence(redacted, parts, words),
            )
            for entity, words in assembled
        )
        return Heard(final=redacted, entities=entities, found=tuple(found))

    def preview(self, stable: str, tail: str, role: Role) -> tuple[str, str]:
        """The words of a partial as others may see them; nothing is remembered.

        Digits at the end are hidden whatever they are, since what follows is not known.
        """
        text = f"{stable} {tail}" if stable and tail else stable or tail
        expected = replace(self._expected(role), is_partial=True)
        found = [*find_entities(text, expected)]
        found = find_unfinished(text, found, expected)
        parts = list(_parts(text, found, self._policies))
        cut = len(stable)
        first = "".join(_before(part, cut) for part in parts)
        rest = "".join(_behind(part, cut) for part in parts)
        return first.strip(), rest.strip()

    def scrub(self, text: str) -> str:
        """A typed text (note, whisper, wrap-up) as it may be stored: by its own words alone."""
        found = find_entities(text, self._known)
        return "".join(part.text for part in _parts(text, found, self._policies))

    def stored(self, kind: EntityType, value: str) -> str:
        """What may be stored of a value of this type; nothing of nothing."""
        return self._policy(kind).stored(kind, value) if value else ""

    def forget(self) -> None:
        """The call is over: what was dictated and the number that called are not kept."""
        self._known = replace(self._known, phone="")
        self._conversation = Conversation()
        self._assembler = EntityAssembler(region=self._known.region)

    def _expected(self, role: Role) -> Expected:
        return replace(
            self._known,
            asked=self._conversation.asked_of(role),
            going_on=self._conversation.going_on,
        )

    def _policy(self, kind: EntityType) -> Policy:
        return self._policies.get(kind, MASK)


def redact_text(
    text: str,
    policies: Mapping[EntityType, Policy] = DEFAULT_POLICIES,
    *,
    context: Sequence[EntityType] = (),
) -> str:
    """A text on its own as it may be stored; `context`: what it was asked for."""
    found = find_entities(text, Expected(asked=tuple(context)))
    return "".join(part.text for part in _parts(text, found, policies))


def _is_telling(found: Found) -> bool:
    """Whether an agent's words name an entity, rather than read back a piece of one."""
    return found.type in _AGENTS_NAME and found.is_valid


def _parts(
    text: str, found: Sequence[Found], policies: Mapping[EntityType, Policy]
) -> Iterator[_Part]:
    """The redacted text in parts, in order; what is not redacted keeps its words and spaces."""
    at = 0
    for one in found:
        policy = policies.get(one.type, MASK)
        if policy.kind == "keep":
            continue
        start = one.start
        stored = policy.stored(one.type, one.value)
        if not stored and start > at and text[start - 1] == " ":
            start -= 1  # a word that is dropped takes one space along
        yield _Part(text[at:start], at, start)
        yield _Part(stored, start, one.end, one.type)
        at = one.end
    yield _Part(text[at:], at, len(text))


def _before(part: _Part, cut: int) -> str:
    """What of a part was said before a character of the raw text; placeholders go undivided."""
    if part.type is not None:
        return part.text if part.start < cut else ""
    return part.text[: max(0, cut - part.start)]


def _behind(part: _Part, cut: int) -> str:
    if part.type is not None:
        return "" if part.start < cut else part.text
    return part.text[max(0, cut - part.start) :]


def _redacted(final: UtteranceFinal, parts: Sequence[_Part]) -> UtteranceFinal:
    if not any(part.type for part in parts):
        return final
    text = "".join(part.text for part in parts)
    words = _words(final, parts, text) if final.words else ()
    new = list(_redactions(parts))
    old = [moved for one in final.redactions if (moved := _moved(one, parts)) is not None]
    redactions = tuple(sorted([*new, *old], key=lambda one: one.start))
    return replace(final, text=text, words=words, redactions=redactions)


def _redactions(parts: Sequence[_Part]) -> Iterator[Redaction]:
    at = 0
    for part in parts:
        if part.type is not None:
            yield Redaction(part.type, at, at + len(part.text))
        at += len(part.text)


def _moved(redaction: Redaction, parts: Sequence[_Part]) -> Redaction | None:
    """Where an earlier redaction stands in the text that was redacted again."""
    at = 0
    for part in parts:
        if part.type is None and part.start <= redaction.start <= redaction.end <= part.end:
            start = at + redaction.start - part.start
            return Redaction(redaction.type, start, start + redaction.end - redaction.start)
        at += len(part.text)
    return None


def _words(final: UtteranceFinal, parts: Sequence[_Part], text: str) -> tuple[Word, ...]:
    """One word for each word of the redacted text; none where words and text never agreed."""
    raw = list(_word_spans(final.text))
    if len(raw) != len(final.words):
        return ()
    return tuple(
        _joined_word(
            text[start:end],
            [
                word
                for (word_start, word_end), word in zip(raw, final.words, strict=True)
                if word_start < behind[1] and behind[0] < word_end
            ],
        )
        for start, end in _word_spans(text)
        if (behind := _behind_span(parts, start, end))
    )


def _word_spans(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        yield start, at


def _behind_span(parts: Sequence[_Part], start: int, end: int) -> tuple[int, int]:
    """The characters of the raw text behind start..end of the redacted one."""
    raw: list[int] = []
    at = 0
    for part in parts:
        low, high = max(start, at), min(end, at + len(part.text))
        if low < high:
            if part.type is None:
                raw += [part.start + low - at, part.start + high - at]
            else:
                raw += [part.start, part.end]
        at += len(part.text)
    return min(raw), max(raw)


def _joined_word(text: str, words: Sequence[Word]) -> Word:
    return Word(
        text=text,
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        confidence=min(word.confidence for word in words),
    )


def _evidence(final: UtteranceFinal, parts: Sequence[_Part], found: Found) -> Evidence:
    """The words that named an entity, as they are stored."""
    at = 0
    for part in parts:
        if part.start <= found.start and found.end <= part.end:
            if part.type is not None:
                return quote(final, at, at + len(part.text)) if part.text else quote(final)
            start = at + found.start - part.start
            return quote(final, start, start + found.end - found.start)
        at += len(part.text)
    return quote(final)
