"""How many words a transcript has wrong: the usual word error rate."""

from collections.abc import Sequence

import msgspec


class WordErrors(msgspec.Struct, frozen=True, kw_only=True):
    """Wrong words (substituted, missing and added together) out of those really said."""

    wrong: int
    said: int

    @property
    def rate(self) -> float:
        """Word error rate, 0 to 1 and beyond; 0 where nothing was said or heard."""
        return self.wrong / self.said if self.said else float(self.wrong > 0)

    def __add__(self, other: "WordErrors") -> "WordErrors":
        return WordErrors(wrong=self.wrong + other.wrong, said=self.said + other.said)


def count_word_errors(heard: str, *, said: str) -> WordErrors:
    """Compare two texts word by word, without regard to capitals."""
    reference = said.lower().split()
    return WordErrors(wrong=_distance(heard.lower().split(), reference), said=len(reference))


def _distance(words: Sequence[str], reference: Sequence[str]) -> int:
    row = list(range(len(reference) + 1))
    for count, word in enumerate(words, start=1):
        diagonal, row[0] = row[0], count
        for at, expected in enumerate(reference, start=1):
            cheapest = min(row[at] + 1, row[at - 1] + 1, diagonal + (word != expected))
            diagonal, row[at] = row[at], cheapest
    return row[-1]
