"""How well redaction finds what customers must not have stored, on MultiDoGO's labelled turns.

    python -m benchmarks.redaction FOLDER [--part dev]

FOLDER holds `*-dev.tsv` of MultiDoGO (one slot label a word). Prints, for the utterances as typed
and with their digits spoken as a recogniser writes them, the share of private words that were
masked and the share of all other words that were masked too; then the same with words misheard,
where of the private words those count that were still heard right.
"""

import argparse
import csv
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from assist_engine.contract.events import UtteranceFinal
from assist_engine.contract.ids import ParticipantId, UtteranceId
from assist_engine.contract.values import Role
from assist_engine.understanding.redaction import CallRedactor
from knowledge_base.recognition_noise import mishear

PRIVATE = {
    "card_number": "card",
    "account_number": "account",
    "target_account_number": "account",
    "ssn": "ssn",
    "phone_number": "phone",
    "email_address": "email",
}
ALSO_PRIVATE = {"address": "address", "pin": "pin"}  # counted apart: neither recall nor error
WORD_ERRORS = (0.0, 0.1, 0.2, 0.3)
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
    *("seventeen", "eighteen", "nineteen"),
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


class Turn(NamedTuple):
    """What a customer typed, with a label for each word."""

    call: str
    words: tuple[str, ...]
    labels: tuple[str, ...]


class Said(NamedTuple):
    """A word as it reaches the redactor; one that was misheard tells nothing any more."""

    text: str
    is_right: bool = True


class Figures(NamedTuple):
    """Masked and all words, by what they are: private kinds, `other`."""

    masked: Counter[str]
    all: Counter[str]

    def share(self, kinds: Sequence[str]) -> float:
        """The share of words of these kinds that were masked."""
        total = sum(self.all[kind] for kind in kinds)
        return sum(self.masked[kind] for kind in kinds) / total if total else 0.0


def read_turns(path: Path) -> Iterator[Turn]:
    """The labelled turns of a file; lines whose labels do not fit their words are left out."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            words = tuple((row["utterance"] or "").split())
            labels = tuple((row["slot-labels"] or "").split())
            if words and len(words) == len(labels):
                yield Turn(f"{path.stem} {row['conversationId']}", words, labels)


def measure(turns: Sequence[Turn], write: Callable[[Turn], list[list[Said]]]) -> Figures:
    """Redact each call's turns in order; `write` gives the words that stand for each word."""
    figures = Figures(Counter(), Counter())
    redactor, call = CallRedactor(), ""
    for turn in turns:
        if turn.call != call:
            redactor, call = CallRedactor(), turn.call
        spoken = write(turn)
        said = [word.text for words in spoken for word in words]
        final = UtteranceFinal(
            utterance_id=UtteranceId("u"),
            participant_id=ParticipantId("customer"),
            text=" ".join(said),
            start_ms=0,
            end_ms=0,
        )
        left = kept_words(said, redactor.hear(final, Role.CUSTOMER).final.text.split())
        at = 0
        for words, label in zip(spoken, turn.labels, strict=True):
            kind = PRIVATE.get(label) or ALSO_PRIVATE.get(label) or "other"
            for word in words:
                counted = kind == "other" or word.is_right
                figures.all[kind] += counted
                figures.masked[kind] += counted and not left[at]
                at += 1
    return figures


def kept_words(said: Sequence[str], redacted: Sequence[str]) -> list[bool]:
    """For each word whether it is still there in the redacted text."""
    kept = [False] * len(said)
    matcher = SequenceMatcher(None, said, redacted, autojunk=False)
    for block in matcher.get_matching_blocks():
        for n in range(block.size):
            kept[block.a + n] = True
    return kept


def as_typed(turn: Turn) -> list[list[Said]]:
    """Each word as it is."""
    return [[Said(word)] for word in turn.words]


class Speaker:
    """Writes typed words as a recogniser would hear them; seeded."""

    def __init__(self, seed: int = 7) -> None:
        self._chance = random.Random(seed)

    def __call__(self, turn: Turn) -> list[list[Said]]:
        """The spoken words for each typed one."""
        pairs = zip(turn.words, turn.labels, strict=True)
        return [[Said(said) for said in self._word(word, label)] for word, label in pairs]

    def _word(self, word: str, label: str) -> list[str]:
        for host in ("gmail", "yahoo", "hotmail", "outlook", "mail"):
            if label == "email_address" and word.endswith(f"{host}com"):
                before = word.removesuffix(f"{host}com")
                return [*([before] if before else []), "at", host, "dot", "com"]
        if not word.isdecimal():
            return [word]
        if label not in PRIVATE and len(word) <= 4:
            return self._cardinal(int(word))
        return self._dictated(word)

    def _dictated(self, digits: str) -> list[str]:
        if len(digits) % 2 == 0 and self._chance.random() < 0.2:
            pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
            return [word for pair in pairs for word in self._pair(pair)]
        said: list[str] = []
        at = 0
        while at < len(digits):
            is_double = digits[at : at + 2] == 2 * digits[at]
            if is_double and self._chance.random() < 0.5:
                said, at = [*said, "double", self._digit(digits[at])], at + 2
            else:
                said, at = [*said, self._digit(digits[at])], at + 1
        return said

    def _digit(self, digit: str) -> str:
        return "oh" if digit == "0" and self._chance.random() < 0.5 else DIGITS[int(digit)]

    def _pair(self, pair: str) -> list[str]:
        if pair[0] == "0":
            return [self._digit(digit) for digit in pair]
        return self._cardinal(int(pair))

    def _cardinal(self, number: int) -> list[str]:
        if number < 20:
            return [(*DIGITS, *TEENS)[number]]
        if number < 100:
            return [TENS[number // 10], *self._rest(number % 10)]
        is_year = 1100 <= number < 2000 or 2010 <= number < 2100
        if is_year and number % 100:
            return [*self._cardinal(number // 100), *self._pair(f"{number % 100:02d}")]
        size, name = (100, "hundred") if number < 1000 else (1000, "thousand")
        return [*self._cardinal(number // size), name, *self._rest(number % size)]

    def _rest(self, number: int) -> list[str]:
        return self._cardinal(number) if number else []


class Mishearing:
    """Makes errors in what a speaker says; labels stay with what is left of their words."""

    def __init__(self, speaker: Speaker, *, wer: float, seed: int = 7) -> None:
        self._speaker, self._wer, self._chance = speaker, wer, random.Random(seed)

    def __call__(self, turn: Turn) -> list[list[Said]]:
        """The words heard for each typed one; none where all of them were lost."""
        return [
            [
                Said(heard, is_right=heard == word.text)
                for word in words
                for heard in mishear(word.text, wer=self._wer, chance=self._chance).split()
            ]
            for words in self._speaker(turn)
        ]


def report(figures: Figures) -> dict[str, float]:
    """Recall of each private kind and of all, and the share of other words masked."""
    kinds = sorted({*PRIVATE.values()})
    also = [kind for kind in sorted(ALSO_PRIVATE.values()) if figures.all[kind]]
    shares = {kind: figures.share([kind]) for kind in (*kinds, *also)}
    return {
        "recall": round(figures.share(kinds), 4),
        "others_masked": round(figures.share(["other"]), 4),
        **{kind: round(share, 4) for kind, share in shares.items()},
    }


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, nargs="?", help="of MultiDoGO's labelled files")
    parser.add_argument("--part", default="dev", help="dev (default) or train")
    parser.add_argument("--json", action="store_true", help="print JSON")
    chosen = parser.parse_args()
    if chosen.folder is None:
        print("nothing measured: name the folder with MultiDoGO's *-dev.tsv")
        return
    paths = sorted(chosen.folder.glob(f"*-{chosen.part}.tsv"))
    if not paths:
        parser.error(f"{chosen.folder} holds no *-{chosen.part}.tsv")
    turns = [turn for path in paths for turn in read_turns(path)]
    began = time.perf_counter()
    found = {"typed": report(measure(turns, as_typed))}
    each_ms = 1_000 * (time.perf_counter() - began) / len(turns)
    found["spoken"] = report(measure(turns, Speaker()))
    for wer in WORD_ERRORS[1:]:
        found[f"spoken, {wer:.0%} word errors"] = report(
            measure(turns, Mishearing(Speaker(), wer=wer))
        )
    if chosen.json:
        print(json.dumps({"turns": len(turns), "ms_per_turn": each_ms, **found}))
        return
    print(f"{len(turns):,} turns, {each_ms:.2f} ms each")
    for name, figures in found.items():
        print(f"{name}: " + ", ".join(f"{kind} {share:.1%}" for kind, share in figures.items()))


if __name__ == "__main__":
    main()
