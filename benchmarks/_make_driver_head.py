"""Trains `resources/models/heads/drivers.npz` on the examples of drivers and on harmless texts.

python -m benchmarks._make_driver_head GOEMOTIONS-train.tsv CSV …: neutral comments and the texts
of CSV files with a column `text`, but none in which a pattern finds a driver. The calibration is
fitted on the sentences to choose on (`tests/held_out`) and on harmless texts that the head did
not learn from.
"""

import random
import sys
from pathlib import Path
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from assist_engine.understanding.driver_examples import EXAMPLES, NEUTRAL
from assist_engine.understanding.drivers import find_drivers
from assist_engine.understanding.exemplars import Calibration, MeaningHead, sentences
from benchmarks.drivers import HEAD, harmless, held_out
from knowledge_base.embedding import DEFAULT_MODEL, load_embedder
from knowledge_base.recognition_noise import mishear

MOST_OF_A_FILE: Final = 3000
NOT_LEARNED_FROM: Final = 5  # each so-manyth harmless text is for the calibration
EXAMPLE_WEIGHT: Final = 10.0  # an example stands for many ways of saying it
NEAR_MISS_WEIGHT: Final = 3.0
STRENGTH: Final = 5.0  # inverse of the regularisation


def main(files: list[Path]) -> None:
    encode = load_embedder(threads=1).encode
    said = [(label, text) for label, lines in EXAMPLES.items() for text in sentences(lines)]
    plain = [text for file in files for text in harmless(file)[:MOST_OF_A_FILE]]
    plain = [text for text in plain if not any(find_drivers(text))]
    learned = [text for at, text in enumerate(plain) if at % NOT_LEARNED_FROM]
    labels = list(EXAMPLES)
    rows = encode([*(text for _, text in said), *NEUTRAL, *learned])
    wanted = [labels.index(label) for label, _ in said] + [len(labels)] * (len(rows) - len(said))
    weight = np.ones(len(rows))
    weight[: len(said)] = EXAMPLE_WEIGHT
    weight[len(said) : len(said) + len(NEUTRAL)] = NEAR_MISS_WEIGHT
    fitted = LogisticRegression(C=STRENGTH, max_iter=500).fit(rows, wanted, sample_weight=weight)
    raw = MeaningHead(
        labels,
        model=DEFAULT_MODEL,
        weights=fitted.coef_.astype(np.float32),
        bias=fitted.intercept_.astype(np.float32),
        calibration=Calibration(intercept=0.0, score=0.0, margin=1.0),
    )
    chance = random.Random(2)
    chosen_on = held_out("drivers-dev.tsv")
    chosen_on += [(label, mishear(text, wer=0.15, chance=chance)) for label, text in chosen_on]
    chosen_on += [("", text) for text in plain[::NOT_LEARNED_FROM]]
    matches = [raw.nearest(vector) for vector in encode([text for _, text in chosen_on])]
    is_right = [m.label == label for m, (label, _) in zip(matches, chosen_on, strict=True)]
    odds = LogisticRegression(C=100.0).fit([[m.margin] for m in matches], is_right)
    np.savez_compressed(
        HEAD,
        labels=np.array(labels),
        model=np.array(DEFAULT_MODEL),
        weights=fitted.coef_.astype(np.float16),
        bias=fitted.intercept_.astype(np.float32),
        calibration=np.array([odds.intercept_[0], 0.0, odds.coef_[0][0]]),
    )
    print(f"{len(said)} examples, {len(learned)} harmless texts; {HEAD.stat().st_size} bytes")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
