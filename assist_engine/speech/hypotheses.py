"""Settles what a recogniser keeps changing its mind about. Pure: texts and times in, heard out.

Within one turn the stable words only grow; a final ends the turn. Handled here: a final that is
empty after good partials (the settled words are promoted), speech without an end (says when to
cut it), lone phantom words and music (dropped).
"""

from collections.abc import Sequence

import msgspec

from assist_engine.contract.values import Word
from assist_engine.speech.engine import Heard, HeardFinal, HeardPartial

# Nobody says these alone; recognisers hear them in breath and line noise (nerd-dictation#31).
_NEVER_ALONE = frozenset({"the", "a", "an", "and", "of", "huh"})


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long things must last (ms of audio) before they are believed."""

    settle_ms: int = 200  # a word with others after it becomes stable
    settle_last_ms: int = 400  # the last word is often half a word
    settle_in_silence_ms: int = 100  # nothing more is coming that could change it
    long_turn_ms: int = 15_000  # from here on a pause ends the turn
    pause_ms: int = 200
    longest_turn_ms: int = 25_000  # from here on anything ends it


class Hypotheses:
    """The turns of one channel."""

    def __init__(self, *, start_ms: int = 0, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._turn = 1
        self._last_end_ms = start_ms
        self._begin_turn()

    def _begin_turn(self) -> None:
        self._words: list[str] = []
        self._since_ms: list[int] = []
        self._stable: list[str] = []
        self._shown = ("", "")
        self._start_ms: int | None = None
        self._heard_ms = self._last_end_ms

    @property
    def is_open(self) -> bool:
        """Whether someone is in the middle of saying something."""
        return bool(self._words)

    def partial(
        self, text: str, *, heard_ms: int, voice_from_ms: int, silent_ms: int = 0
    ) -> list[Heard]:
        """Take the recogniser's present text; say what to show if it differs from before."""
        words = text.split()
        if not words:
            return []  # it lost the thread; the final decides
        if self._start_ms is None:
            self._start_ms = min(max(voice_from_ms, self._last_end_ms), heard_ms)
        self._follow(words, heard_ms=heard_ms)
        self._settle(is_silent=silent_ms >= self._patience.pause_ms)
        shown = " ".join(self._stable), " ".join(words[len(self._stable) :])
        if shown == self._shown:
            return []
        self._shown = shown
        return [self._partial(*shown)]

    def _follow(self, words: list[str], *, heard_ms: int) -> None:
        self._heard_ms = heard_ms
        if words == self._words:
            return
        same = _common_prefix(words, self._words)
        self._since_ms = self._since_ms[:same] + [heard_ms] * (len(words) - same)
        self._words = words

    def _settle(self, *, is_silent: bool) -> None:
        patience, last = self._patience, len(self._words) - 1
        # A lone word may be noise: it settles with the next word or with the final.
        while last and len(self._stable) <= last:
            at = len(self._stable)
            needed_ms = patience.settle_ms if at < last else patience.settle_last_ms
            if is_silent:
                needed_ms = patience.settle_in_silence_ms
            if self._heard_ms - self._since_ms[at] < needed_ms:
                return
            self._stable.append(self._words[at])

    def is_overdue(self, *, heard_ms: int, silent_ms: int) -> bool:
        """Whether the turn has lasted so long that it should be cut here."""
        if self._start_ms is None:
            return False
        age_ms = heard_ms - self._start_ms
        if age_ms >= self._patience.longest_turn_ms:
            return True
        return age_ms >= self._patience.long_turn_ms and silent_ms >= self._patience.pause_ms

    def final(self, words: Sequence[Word], *, heard_ms: int) -> list[Heard]:
        """End the turn with the recogniser's words (none: it lost them)."""
        if words:
            ending = [] if is_noise(words) else [self._final(words)]
        else:
            ending = self._promoted(heard_ms=heard_ms)
        return self._end_turn(ending, heard_ms=heard_ms)

    def _end_turn(self, ending: list[Heard], *, heard_ms: int) -> list[Heard]:
        if not ending and self._shown != ("", ""):
            ending = [self._partial("", "")]
        for heard in ending:
            self._last_end_ms = heard.end_ms if isinstance(heard, HeardFinal) else heard_ms
        if ending:
            self._turn += 1
        self._begin_turn()
        return ending

    def _final(self, words: Sequence[Word]) -> Heard:
        return HeardFinal(
            turn=self._turn,
            text=" ".join(word.text for word in words),
            words=tuple(words),
            start_ms=words[0].start_ms,
            end_ms=words[-1].end_ms,
        )

    def _promoted(self, *, heard_ms: int) -> list[Heard]:
        tail = self._words[len(self._stable) :] if self._stable else []
        since_ms = self._since_ms[len(self._stable) :]
        lasting = [
            word
            for word, from_ms in zip(tail, since_ms, strict=False)
            if heard_ms - from_ms >= self._patience.settle_ms
        ]
        text = " ".join(self._stable + lasting)
        if not text or self._start_ms is None:
            return []
        return [
            HeardFinal(
                turn=self._turn,
                text=text,
                words=(),
                start_ms=self._start_ms,
                end_ms=max(self._heard_ms, self._start_ms),
                is_promoted=True,
            )
        ]

    def _partial(self, stable: str, tail: str) -> HeardPartial:
        start_ms = self._heard_ms if self._start_ms is None else self._start_ms
        return HeardPartial(
            turn=self._turn, stable=stable, tail=tail, start_ms=start_ms, heard_ms=self._heard_ms
        )


def is_noise(words: Sequence[Word]) -> bool:
    """Whether a final is no speech: a lone phantom, or scraps heard in music.

    Figures from the demo model: speech fills its time (over 0.6 of it is word) with confidences
    near 1; music gives short words with long holes between them (0.1 to 0.2), drums single letters.
    """
    if any(len(word.text) > 3 for word in words):
        return False
    if len(words) == 1:
        return _is_phantom(words[0])
    spoken_ms = sum(word.end_ms - word.start_ms for word in words)
    return spoken_ms < 0.3 * (words[-1].end_ms - words[0].start_ms)


def _is_phantom(word: Word) -> bool:
    is_short = word.end_ms - word.start_ms < 80
    return is_short or word.confidence < 0.7 or word.text in _NEVER_ALONE


def _common_prefix(words: list[str], others: list[str]) -> int:
    count = 0
    for word, other in zip(words, others, strict=False):
        if word != other:
            break
        count += 1
    return count
