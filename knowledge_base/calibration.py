"""Turns a rank score into the probability that a passage helps, and says below which to be silent.

Learned from golden questions: a logistic curve over the score and its lead over the next article.
"""

import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

MIN_QUESTIONS: Final = 30  # fewer say too little; the shipped curve is better
CANDIDATES: Final = 3  # best articles of a question that the curve learns from
_FOLDS: Final = 5
_WRONG_COSTS: Final = 2.0  # a wrong card costs an agent as much as two right ones bring


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Coefficients of the curve, the threshold, and how many questions taught them."""

    intercept: float
    score: float
    lead: float
    threshold: float
    questions: int = 0  # 0: the shipped curve

    def probability(self, *, score: float, lead: float) -> float:
        """Probability of helping, 0 to 1. `lead`: score less the best other article's."""
        power = self.intercept + self.score * score + self.lead * lead
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, power))))


# Fitted to the golden questions of the demo articles.
SHIPPED: Final = Calibration(intercept=-4.05, score=6.15, lead=21.69, threshold=0.63)


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An article found for a golden question, and whether it is a right one."""

    score: float
    lead: float
    is_right: bool


def fit(questions: Sequence[Sequence[Candidate]]) -> Calibration:
    """Learn from the best candidates of each question, best first.

    The threshold comes from questions the curve was not fitted to. Too few questions, or
    only right or only wrong candidates: the shipped curve.
    """
    if len(questions) < MIN_QUESTIONS or not _is_mixed(questions):
        return SHIPPED
    judged: list[tuple[float, bool]] = []
    for fold in range(_FOLDS):
        taught = [found for at, found in enumerate(questions) if at % _FOLDS != fold]
        if not _is_mixed(taught):
            return SHIPPED
        curve = _curve(taught)
        for found in questions[fold::_FOLDS]:
            if found:
                best = found[0]
                judged.append((curve.probability(score=best.score, lead=best.lead), best.is_right))
    curve = _curve(questions)
    return msgspec.structs.replace(
        curve, threshold=best_threshold(judged), questions=len(questions)
    )


def best_threshold(judged: Sequence[tuple[float, bool]]) -> float:
    """The threshold with the most right cards, each wrong one counted against two right ones.

    1.0 where every threshold would lose.
    """
    ordered = sorted(judged, reverse=True)
    if not ordered:
        return SHIPPED.threshold
    gains = np.cumsum([1.0 if is_right else -_WRONG_COSTS for _, is_right in ordered])
    at = int(np.argmax(gains))
    if gains[at] <= 0:
        return 1.0
    lower = ordered[at + 1][0] if at + 1 < len(ordered) else 0.0
    return round((ordered[at][0] + lower) / 2, 4)


def _is_mixed(questions: Sequence[Sequence[Candidate]]) -> bool:
    return len({candidate.is_right for found in questions for candidate in found}) == 2


def _curve(questions: Sequence[Sequence[Candidate]]) -> Calibration:
    # scikit-learn takes a second to import, and most commands fit nothing.
    from sklearn.linear_model import LogisticRegression

    candidates = [candidate for found in questions for candidate in found]
    features = np.array([(one.score, one.lead) for one in candidates])
    labels = np.array([one.is_right for one in candidates])
    model = LogisticRegression(C=100.0).fit(features, labels)
    by_score, by_lead = (float(value) for value in model.coef_[0])
    if by_score < 0 or by_lead < 0:  # the curve must rise with both, or it would reorder
        model = LogisticRegression(C=100.0).fit(features[:, :1], labels)
        by_score, by_lead = max(0.0, float(model.coef_[0][0])), 0.0
    return Calibration(
        intercept=float(model.intercept_[0]), score=by_score, lead=by_lead, threshold=0.5
    )
