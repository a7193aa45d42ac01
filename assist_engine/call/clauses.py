"""Cuts recognised speech, which has no punctuation, into clauses, and writes them as sentences."""

import re
from typing import Final

import msgspec

from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.values import Evidence

_NEW_CLAUSE: Final = re.compile(
    r"\b(?:(?:and|so|but|then) (?=(?:i|we|you|it|he|she|they|the|your|that)\b)|"
    r"(?=is there anything else|does that work|is that (?:correct|okay|all right)|"
    r"can i have|may i have|what is (?:your|the)|please )|(?<=minute )(?=i\b))"
)
_OPENER: Final = re.compile(
    r"^(?:(?:yes|no|okay|great|perfect|sure|right|alright|all right|of course|i understand|"
    r"absolutely|certainly|well) )+(?=\w)"
)


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what somebody said that stands by itself."""

    text: str
    final: UtteranceFinal

    @property
    def evidence(self) -> Evidence:
        """The clause as a quote with its moment."""
        words_before = self.final.text[: max(0, self.final.text.find(self.text))].count(" ")
        is_timed = words_before < len(self.final.words)
        start_ms = self.final.words[words_before].start_ms if is_timed else self.final.start_ms
        return Evidence(quote=self.text, utterance_id=self.final.utterance_id, start_ms=start_ms)


def clauses_of(final: UtteranceFinal) -> list[Clause]:
    """An utterance without punctuation, cut where a clause seems to begin; at least one."""
    parts = (_OPENER.sub("", part.strip()) for part in _NEW_CLAUSE.split(final.text))
    clauses = [Clause(text=part, final=final) for part in parts if part]
    return clauses or [Clause(text=final.text, final=final)]


def sentence(text: str) -> str:
    """Recognised words as a sentence: capital first letter, capital I, full stop."""
    with_i = re.sub(r"\bi(?='|\b)", "I", text.strip())
    return f"{with_i[:1].upper()}{with_i[1:]}." if with_i else ""
