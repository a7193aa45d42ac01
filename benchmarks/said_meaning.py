"""Fits the calibration of `guidance/said_meaning.py` to the held-out sentences to choose on.

python -m benchmarks.said_meaning: log odds from score and margin of each step and each compliance
rule that a sentence might mean, where no phrase decides. `benchmarks/checklist_ticks.py` and
`benchmarks/compliance_words.py` have the figures.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression

from assist_engine.guidance.checklist_rule import SAID_SO
from benchmarks import checklist_ticks, compliance_words


def ratings() -> list[tuple[bool, float, float]]:
    """Whether it was said, score and margin."""
    steps = checklist_ticks.Judge().judge(checklist_ticks.read_sentences("dev"))
    ears = compliance_words.Ears()
    return [
        *(
            (one.is_said, one.score, one.margin)
            for one in steps
            if one.probability not in {0.0, SAID_SO}
        ),
        *ears.ratings(compliance_words.read_sentences("dev")),
    ]


def main() -> None:
    """Print intercept and weights."""
    rated = ratings()
    head = LogisticRegression(C=100.0)
    head.fit([(score, margin) for _, score, margin in rated], [said for said, _, _ in rated])
    intercept, score, margin = np.round([head.intercept_[0], *head.coef_[0]], 1)
    print(f"intercept={intercept}, score={score}, margin={margin}")


if __name__ == "__main__":
    main()
