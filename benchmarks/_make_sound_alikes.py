"""Writes resources/recognition-noise/sound-alikes.tsv.gz: which words are misheard as which.

python -m benchmarks._make_sound_alikes CMUDICT WORDS, with `cmudict.dict` of the CMU Pronouncing
Dictionary and a list of words, most frequent first. Needs rapidfuzz, which nothing else here does.
"""

import gzip
import re
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np

OUT: Final = Path(__file__).resolve().parents[1] / "resources/recognition-noise/sound-alikes.tsv.gz"
WORDS: Final = 24_000
ALIKES: Final = 8
# Sounds that recognisers take for each other: same place, other voice; neighbouring vowels.
_CLASSES: Final = (
    "P B", "T D", "K G", "F V TH DH", "S Z", "SH ZH CH JH", "M N NG", "L R W", "Y HH",
    "IY IH EY", "EH AE", "AA AO AH ER", "OW UH UW", "AY OY AW",
)  # fmt: skip
_CLASS_OF: Final = {
    phone: number for number, phones in enumerate(_CLASSES) for phone in phones.split()
}


def main(dictionary: Path, frequent: Path) -> None:
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    said = pronunciations(dictionary)
    words = [word for word in frequent.read_text().split() if word in said][:WORDS]
    symbols = {phone: chr(65 + at) for at, phone in enumerate(_CLASS_OF)}
    exact = ["".join(symbols[phone] for phone in said[word]) for word in words]
    rough = ["".join(chr(65 + _CLASS_OF[phone]) for phone in said[word]) for word in words]
    lengths = np.array([len(one) for one in exact])
    rarity = np.log10(np.arange(len(words)) + 100)
    with gzip.GzipFile(OUT, "wb", mtime=0) as file:
        for start in range(0, len(words), 500):
            part = slice(start, start + 500)
            distance: Any = 0.6 * cdist(exact[part], exact, scorer=Levenshtein.distance)
            distance += 0.4 * cdist(rough[part], rough, scorer=Levenshtein.distance)
            likeness = distance / np.maximum(lengths[part][:, None], lengths) + 0.03 * rarity
            for row, word in zip(likeness, words[part], strict=True):
                near = [words[at] for at in np.argsort(row)[: ALIKES + 1] if words[at] != word]
                file.write(f"{word}\t{' '.join(near[:ALIKES])}\n".encode())


def pronunciations(dictionary: Path) -> dict[str, list[str]]:
    """The first pronunciation of each plain word, without stress."""
    said: dict[str, list[str]] = {}
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        word, *phones = line.split("#")[0].split()
        if re.fullmatch(r"[a-z]+(?:'[a-z]+)?", word):
            said.setdefault(word, [phone.rstrip("012") for phone in phones])
    return said


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
