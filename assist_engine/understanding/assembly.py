"""Puts entities together that come in bits: "four one one one", "mhm", "and then two two two two".

One assembler a call. Each entity keeps its id while it grows or is put right; it is told again,
whole, whenever it changes.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from assist_engine.contract.values import EntityType
from assist_engine.understanding.entities import Found
from assist_engine.understanding.entity_checks import LONGEST, is_card, is_nino, is_valid
from assist_engine.understanding.entity_cues import PRIVATE
from assist_engine.understanding.entity_numbers import LEADING
from assist_engine.understanding.spoken import words
from assist_engine.understanding.spoken_dates import compact_date

_PIECED: Final = frozenset(
    {
        EntityType.CARD,
        EntityType.ACCOUNT,
        EntityType.NATIONAL_ID,
        EntityType.PHONE,
        EntityType.SECRET,
        EntityType.NUMBER,
        EntityType.ORDER,
    }
)
_CORRECTION: Final = re.compile(
    r"\b(?:no|sorry|wrong|mistake|correction|i mean|i meant|actually|not|again|rather)\b"
)
_NOT: Final = re.compile(r"\W*(?:and |but )?(?:not|instead of|rather than)(?: a| an)?\W*")
_SHORT: Final = 4
_COUNTED: Final = words("two three four digits numbers ones part sure yep")
_PHONE_LENGTHS: Final = (10, 11)
_CARD_LENGTH: Final = 15  # from here on it may be whole with a digit misheard
_TELLING: Final = 3  # characters from which a piece is worth showing


class Assembled(msgspec.Struct, frozen=True, kw_only=True):
    """An entity as far as it has been said; `value` is whole."""

    entity_id: str
    type: EntityType
    value: str
    is_valid: bool
    is_complete: bool  # nothing is missing as far as its form tells
    probability: float
    pieces: tuple[str, ...] = ()
    is_short: bool = False  # only its last digits were asked for


class EntityAssembler:
    """Holds the entities of one call."""

    def __init__(self, *, region: str = "US") -> None:
        self._region = region
        self._entities: dict[str, Assembled] = {}
        self._counts: Counter[EntityType] = Counter()
        self._open: str | None = None  # the one that the next digits may belong to

    @property
    def open_type(self) -> EntityType | None:
        """The type of what is being dictated in bits, while something is missing."""
        entity = self._entities.get(self._open or "")
        return entity.type if entity and not entity.is_complete else None

    def add(
        self, text: str, found: Sequence[Found], *, is_short: bool = False
    ) -> list[tuple[Assembled, Found]]:
        """What an utterance adds: entities new or changed, each with the words that did it.

        `is_short`: only the last digits were asked for. Pieces of one utterance come in order.
        """
        is_correction = _CORRECTION.search(text.lower()) is not None
        changed: dict[str, tuple[Assembled, Found]] = {}
        skip = -1
        for at, piece in enumerate(found):
            if at == skip:
                continue
            exchanged = self._exchange(text, found, at)
            if exchanged is not None:
                entity, skip = exchanged, at + 1
            else:
                lead = text[found[at - 1].end if at else 0 : piece.start]
                entity = self._take(
                    piece,
                    goes_on=_only_leads(lead),
                    is_correction=is_correction,
                    is_short=is_short,
                )
            if entity != self._entities.get(entity.entity_id):
                self._entities[entity.entity_id] = entity
                if len(entity.value) >= _TELLING:
                    changed[entity.entity_id] = (entity, piece)
        return list(changed.values())

    def reserve(self, kind: EntityType) -> None:
        """Count an entity of which only the placeholder is known: its id is not given again."""
        self._counts[kind] += 1
        self._open = None

    def _take(
        self, piece: Found, *, goes_on: bool, is_correction: bool, is_short: bool
    ) -> Assembled:
        known = self._known(piece)
        if known is not None:
            return known
        before = self._entities.get(self._open or "")
        if before is None or not _may_be_one(before, piece):
            return self._new(piece, is_short=is_short)
        if is_correction and len(before.value) >= _TELLING:
            return self._corrected(before, piece)
        if not goes_on or before.is_complete or not _has_room(before, piece):
            return self._new(piece, is_short=is_short)
        return self._grown(before, (*before.pieces, piece.value), piece)

    def _known(self, piece: Found) -> Assembled | None:
        """The entity that has this value already; what is repeated is nothing new."""
        for entity in self._entities.values():
            same_type = entity.type is piece.type or piece.type is EntityType.NUMBER
            if same_type and entity.is_complete and _plain(entity.value) == _plain(piece.value):
                return entity
        return None

    def _new(self, piece: Found, *, is_short: bool) -> Assembled:
        self._counts[piece.type] += 1
        entity = Assembled(
            entity_id=f"{piece.type}-{self._counts[piece.type]}",
            type=piece.type,
            value=piece.value,
            is_valid=piece.is_valid,
            is_complete=_is_complete(piece.type, piece.value, is_short=is_short, is_one_piece=True),
            probability=piece.probability,
            pieces=(piece.value,),
            is_short=is_short,
        )
        if piece.type in _PIECED:
            self._open = entity.entity_id
        return entity

    def _grown(self, entity: Assembled, pieces: tuple[str, ...], piece: Found) -> Assembled:
        """The entity with other pieces; digits of which nobody said what they are may show it."""
        value = "".join(pieces)
        kind = _merged(entity.type, piece.type)
        if kind is EntityType.NUMBER:
            kind = self._shown_by(value)
        return replace(
            entity,
            type=kind,
            value=value,
            pieces=pieces,
            is_valid=is_valid(kind, value, region=self._region),
            is_complete=_is_complete(
                kind, value, is_short=entity.is_short, is_one_piece=len(pieces) == 1
            ),
            probability=max(entity.probability, piece.probability),
        )

    def _shown_by(self, value: str) -> EntityType:
        if is_card(value):
            return EntityType.CARD
        is_phone = len(value) in _PHONE_LENGTHS and is_valid(
            EntityType.PHONE, value, region=self._region
        )
        return EntityType.PHONE if is_phone else EntityType.NUMBER

    def _corrected(self, entity: Assembled, piece: Found) -> Assembled:
        """A later whole statement wins; one as long as the last piece puts that piece right."""
        if len(piece.value) == len(entity.pieces[-1]) < len(entity.value):
            return self._grown(entity, (*entity.pieces[:-1], piece.value), piece)
        if len(piece.value) >= min(_SHORT, len(entity.value)):
            return self._grown(entity, (piece.value,), piece)
        if entity.is_complete:
            return entity
        return self._grown(entity, (*entity.pieces, piece.value), piece)

    def _exchange(self, text: str, found: Sequence[Found], at: int) -> Assembled | None:
        """ "five not nine": the last such digits in what was said before become the others."""
        entity = self._entities.get(self._open or "")
        if entity is None or at + 1 >= len(found):
            return None
        right, wrong = found[at], found[at + 1]
        if not _NOT.fullmatch(text[right.end : wrong.start].lower()):
            return None
        if len(right.value) != len(wrong.value) or len(wrong.value) >= _SHORT:
            return None
        place = entity.value.rfind(wrong.value)
        if place < 0:
            return entity  # nothing that was said is what they take back
        value = entity.value[:place] + right.value + entity.value[place + len(wrong.value) :]
        return self._grown(entity, (value,), right)


def _only_leads(lead: str) -> bool:
    """Whether words before digits only lead from one bit to the next."""
    said = re.findall(r"[^\W_]+(?:['’][^\W_]+)?", lead.lower())
    return all(word in LEADING or word in _COUNTED for word in said)


def _plain(value: str) -> str:
    return "".join(sign for sign in value.lower() if sign.isalnum())


def _may_be_one(entity: Assembled, piece: Found) -> bool:
    same = entity.type is piece.type or EntityType.NUMBER in {entity.type, piece.type}
    return same and piece.type in _PIECED


def _has_room(entity: Assembled, piece: Found) -> bool:
    """Whether a piece still fits behind what was said, and is no whole one itself."""
    longest = LONGEST[_merged(entity.type, piece.type)]
    is_whole = _is_whole(piece.type, piece.value)
    return not is_whole and len(entity.value) + len(piece.value) <= longest


def _merged(one: EntityType, other: EntityType) -> EntityType:
    return other if one is EntityType.NUMBER else one


def _is_whole(kind: EntityType, value: str) -> bool:
    """Whether a piece alone has the full length of its type."""
    match kind:
        case EntityType.CARD:
            return is_card(value)
        case EntityType.PHONE:
            return len(_plain(value)) >= 10
        case EntityType.NATIONAL_ID:
            return len(value) == 9 or is_nino(value)
        case _:
            return is_card(value)


def _is_complete(kind: EntityType, value: str, *, is_short: bool, is_one_piece: bool) -> bool:
    match kind:
        case EntityType.NATIONAL_ID:
            is_last = len(value) == _SHORT and (is_short or is_one_piece)
            return is_last or _is_whole(kind, value)
        case EntityType.CARD | EntityType.PHONE:
            is_full = kind is EntityType.CARD and len(value) >= _CARD_LENGTH
            return is_full or _is_whole(kind, value) or (is_short and len(value) >= _SHORT)
        case EntityType.SECRET:
            return not value.isdigit() or len(value) >= _SHORT
        case EntityType.ACCOUNT | EntityType.ORDER | EntityType.NUMBER:
            return (is_short and len(value) >= _SHORT) or len(value) >= 8
        case EntityType.DATE:
            return "-" in value or compact_date(value) is not None
        case _:
            return True


def is_private(kind: EntityType) -> bool:
    """Whether digits of this type tell who somebody is or open what is theirs."""
    return kind in PRIVATE
