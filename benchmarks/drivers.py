"""How well drivers are found: by patterns, examples, the head and together; false alarms.

python -m benchmarks.drivers [--fit] [GOEMOTIONS.tsv] [CSV …]: sentences written for it, one half
to choose on (`dev`), one to report, also with words misheard; then the share of neutral comments
(GoEmotions) and of plain questions (CSV with a column `text`) in which a driver is found, by
driver. `--fit` prints the calibration of the examples that fits the half to choose on and half
of the comments and questions.
"""

import csv
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from assist_engine.understanding.driver_examples import THRESHOLD
from assist_engine.understanding.drivers import driver_exemplars, find_drivers
from assist_engine.understanding.exemplars import Exemplars, Meaning, MeaningHead
from assist_engine.understanding.signal import Vector
from knowledge_base.embedding import load_embedder
from knowledge_base.recognition_noise import mishear

ROOT: Final = Path(__file__).resolve().parents[1]
HELD_OUT: Final = ROOT / "tests" / "held_out"
HEAD: Final = ROOT / "resources" / "models" / "heads" / "drivers.npz"
WAYS: Final = ("patterns", "examples", "head", "patterns + head")
WERS: Final = (0.0, 0.1, 0.2, 0.3)
NEUTRAL_LABEL: Final = "27"  # of GoEmotions
MOST_COMMENTS: Final = 3000

Found = set[str]
Sentences = list[tuple[str, str]]  # label, text


class Finder:
    """Finds labels in texts in the ways that are compared."""

    def __init__(
        self, exemplars: Exemplars, head: Meaning, embed: Callable[[Sequence[str]], Vector]
    ) -> None:
        self._exemplars, self._head, self._embed = exemplars, head, embed

    def find(self, texts: Sequence[str]) -> list[tuple[Found, ...]]:
        """What is found in each text, in the order of `WAYS`."""
        vectors = self._embed(texts)
        return [self._one(text, vector) for text, vector in zip(texts, vectors, strict=True)]

    def _one(self, text: str, vector: Vector) -> tuple[Found, ...]:
        words = {driver.label for driver, _, _ in find_drivers(text)}
        near, meant = _sure(self._exemplars, vector), _sure(self._head, vector)
        return words, near, meant, words | meant


def _sure(meaning: Meaning, vector: Vector) -> Found:
    match = meaning.nearest(vector)
    return {match.label} if match.probability >= THRESHOLD else set()


def main(arguments: list[str]) -> None:
    embed = load_embedder(threads=1).encode
    exemplars = driver_exemplars(lambda texts: embed(list(texts)))
    with np.load(HEAD) as arrays:
        head = MeaningHead.from_arrays(dict(arrays))
    finder = Finder(exemplars, head, lambda texts: embed(list(texts)))
    tables = {path.name: harmless(path) for path in map(Path, arguments) if path.suffix}
    if "--fit" in arguments:
        fit(exemplars, embed, tables)
    for half in ("dev", "report"):
        said = held_out(f"drivers-{half}.tsv")
        print(f"\n{half}: {len(said)} sentences, {sum(bool(label) for label, _ in said)} with one")
        print(f"{'':8}{'':17}{'precision':>10}{'recall':>8}{'false alarms':>14}")
        for wer in WERS:
            show_wer(finder, said, wer)
    for name, texts in tables.items():
        show_harmless(finder, name, texts)


def held_out(name: str) -> Sentences:
    lines = (HELD_OUT / name).read_text(encoding="utf-8").splitlines()
    return [(label, text) for label, text in (line.split("\t") for line in lines)]


def show_wer(finder: Finder, said: Sentences, wer: float) -> None:
    chance = random.Random(1)
    heard = [mishear(text, wer=wer, chance=chance) if wer else text for _, text in said]
    found = finder.find(heard)
    for at, way in enumerate(WAYS):
        pairs = [(label, one[at]) for (label, _), one in zip(said, found, strict=True)]
        right = sum(label in labels for label, labels in pairs)
        claimed = sum(len(labels) for _, labels in pairs)
        wanted = sum(bool(label) for label, _ in pairs)
        alarms = sum(bool(labels) for label, labels in pairs if not label)
        plain = sum(not label for label, _ in pairs)
        print(
            f"{wer:<8.0%}{way:17}{right / max(1, claimed):10.3f}{right / wanted:8.3f}"
            f"{alarms:>8} of {plain}"
        )


def harmless(path: Path) -> list[str]:
    """Neutral comments of a GoEmotions file, or the texts of a CSV; at most `MOST_COMMENTS`."""
    with path.open(encoding="utf-8") as file:
        if path.suffix == ".tsv":
            rows = (line.rstrip("\n").split("\t") for line in file)
            texts = [row[0] for row in rows if row[1] == NEUTRAL_LABEL]
        else:
            texts = [row["text"] for row in csv.DictReader(file)]
    random.Random(1).shuffle(texts)
    return texts[:MOST_COMMENTS]


def show_harmless(finder: Finder, name: str, texts: list[str]) -> None:
    found = finder.find(texts[1::2])
    print(f"\n{name}: {len(found)} texts; share in which a driver is found")
    for at, way in enumerate(WAYS):
        counted = Counter(label for one in found for label in one[at])
        often = ", ".join(f"{label} {n / len(found):.2%}" for label, n in counted.most_common(5))
        print(f"{way:17}{sum(bool(one[at]) for one in found) / len(found):8.2%}   {often}")


def fit(
    exemplars: Exemplars, embed: Callable[[list[str]], Vector], tables: dict[str, list[str]]
) -> None:
    """Fit on the dev sentences, clean and misheard, and on every second harmless text."""
    chance = random.Random(2)
    said = held_out("drivers-dev.tsv")
    said += [(label, mishear(text, wer=0.15, chance=chance)) for label, text in said]
    said += [("", text) for texts in tables.values() for text in texts[::2]]
    matches = [exemplars.nearest(vector) for vector in embed([text for _, text in said])]
    rows = np.array([(match.score, match.margin) for match in matches])
    is_right = [match.label == label for match, (label, _) in zip(matches, said, strict=True)]
    fitted = LogisticRegression(C=100.0, max_iter=1000).fit(rows, is_right)
    score, margin = fitted.coef_[0]
    print(f"Calibration(intercept={fitted.intercept_[0]:.2f}, {score=:.2f}, {margin=:.2f})")
    wrong = sorted(
        (m.probability, m.label, text)
        for m, (label, text) in zip(matches, said, strict=True)
        if m.label != label
    )
    for probability, label, text in wrong[-15:]:
        print(f"  {probability:.2f} {label}: {text[:90]}")


if __name__ == "__main__":
    main(sys.argv[1:])
