"""Secrets planted in a call, and a search for them: raw, grouped, spoken, in bits."""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from assist_engine.understanding.spoken import DIGIT_WORDS, TEENS, TENS

# By what they are: digits, in bits as they are said; or words that stand in nothing else.
DIGITS: Mapping[str, tuple[str, ...]] = {
    "card": ("49298301", "55187724"),
    "national id": ("529846137",),
    "phone": ("5032247731",),
    "account": ("88341207",),
    "last digits": ("9317",),
    "caller": ("5032249912",),
}
WORDS: Mapping[str, tuple[str, ...]] = {
    "email": ("marmotfern", "lanternmail"),
    "address": ("marigold",),
    "password": ("bluefinch",),
    "record's email": ("oldharbour",),
}

_UNITS = {word: str(value) for word, value in DIGIT_WORDS.items()}
_TEENS = {word: str(value) for word, value in TEENS.items()}
_WORD_TIMES = re.compile(r'",\d+,\d+,[\d.e+-]+\],\["')  # between the words of a final
_UNIT = "|".join(_UNITS)
_TENS_AND_UNIT = re.compile(rf"\b({'|'.join(TENS)})(?:[ -]+({_UNIT}))?\b")
_TEEN = re.compile(rf"\b({'|'.join(_TEENS)})\b")
_TIMES = re.compile(rf"\b(double|triple) ({_UNIT}|\d)\b")
_ONE = re.compile(rf"\b({_UNIT})\b")
_RUN = re.compile(r"\d(?:[ \t.()+-]*\d)*")


def leaks(
    texts: Iterable[str],
    *,
    digits: Mapping[str, tuple[str, ...]] = DIGITS,
    words: Mapping[str, tuple[str, ...]] = WORDS,
) -> set[str]:
    """What of the planted can be read in any of the texts, even one bit of it."""
    found: set[str] = set()
    for text in texts:
        plain = _WORD_TIMES.sub(" ", text.lower())
        runs = " ".join(digit_runs(plain))
        found |= {kind for kind, bits in digits.items() if any(bit in runs for bit in bits)}
        joined = re.sub(r"[^a-z\d]", "", plain)
        found |= {kind for kind, said in words.items() if any(word in joined for word in said)}
    return found


def written(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file below a folder as text; of a database also all that its tables hold."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield path, data.decode("utf-8", errors="replace")
            yield path, data.decode("utf-16-le", errors="replace")
            if data.startswith(b"SQLite format 3"):
                yield path, _dumped(path)


def _dumped(path: Path) -> str:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return "\n".join(connection.iterdump())


def digit_runs(text: str) -> Iterator[str]:
    """All digits that stand together, typed or spoken."""
    text = _TIMES.sub(lambda m: " ".join([m[2]] * (2 if m[1] == "double" else 3)), text)
    text = _TENS_AND_UNIT.sub(
        lambda m: str(TENS[m[1]] + int(_UNITS[m[2]])) if m[2] else str(TENS[m[1]]), text
    )
    text = _TEEN.sub(lambda m: _TEENS[m[1]], text)
    text = _ONE.sub(lambda m: _UNITS[m[1]], text)
    for run in _RUN.findall(text):
        yield re.sub(r"\D", "", run)
