"""Hides in a partial what will be private once it is finished: an address half said, a spelling."""

import re
from collections.abc import Sequence
from typing import Final

from assist_engine.contract.values import EntityType
from assist_engine.understanding.entities import Expected, Found
from assist_engine.understanding.entity_cues import find_cues

_WORDED: Final = frozenset({EntityType.EMAIL, EntityType.ADDRESS, EntityType.SECRET})
_LINK: Final = re.compile(
    r"(?:\W*\b(?:is|it's|its|was|to|at|as|are|would be|should be|now)\b)+\W*|: ?"
)
_SPELLED: Final = re.compile(r"(?:\b[a-z]\b ?){2,}(?:\b(?:at|dot|underscore|dash)\b.*)?$")
_HALF_EMAIL: Final = re.compile(
    r"\S+(?: (?:dot|underscore|dash) \S+)* at (?:gmail|yahoo|hotmail|outlook|icloud|aol|live|"
    r"\S+ dot)(?: .*)?$|\S+@\S*$|\S+ (?:dot|underscore) \S*(?: at)?(?: \S+)?$"
)
_LEAD_IN: Final = re.compile(
    r"(?:(?:yes|yeah|sure|okay|ok|of course|it's|its|it is|that's|that is|well|uh|um|so|my|the|"
    r"email|address|password|is|please)\b ?)+"
)


def find_unfinished(text: str, found: Sequence[Found], expected: Expected) -> list[Found]:
    """The finds of a partial with what hides the rest of it, where something is half said."""
    lowered = text.lower()
    start, kind = len(text), EntityType.EMAIL
    for pattern in (_SPELLED, _HALF_EMAIL):
        if (match := pattern.search(lowered)) and match.start() < start:
            start = match.start()
    for begun, begun_kind in (*_answering(lowered, expected), *_announced(lowered)):
        if begun < start:
            start, kind = begun, begun_kind
    if start >= len(text):
        return list(found)
    kept = [one for one in found if one.end <= start]
    crossing = [one.start for one in found if one.start < start < one.end]
    start = min([start, *crossing])
    return [*kept, Found(kind, start, len(text.rstrip()), "", False, 0.5)]


def _answering(lowered: str, expected: Expected) -> list[tuple[int, EntityType]]:
    """Where the answer to a question for an address or a password begins."""
    asked = [kind for kind in expected.asked if kind in _WORDED]
    if not asked:
        return []
    lead = _LEAD_IN.match(lowered)
    return [(lead.end() if lead else 0, asked[0])]


def _announced(lowered: str) -> list[tuple[int, EntityType]]:
    """Where words begin that the utterance itself says are an address or a password."""
    return [
        (link.end(), cue.type)
        for cue in find_cues(lowered)
        if cue.type in _WORDED and (link := _LINK.match(lowered, cue.end))
    ]
