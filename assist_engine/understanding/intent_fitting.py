"""Fits an intent reader to examples, in closed form: the same examples always give the same reader.

Leaving an example out of kernel ridge regression, or all examples of an intent, needs no second
fit: both follow from the inverse of the kernel matrix. So the probabilities are calibrated on
examples as if never seen, and on intents as if never heard of.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from assist_engine.errors import BadInput
from assist_engine.understanding.intent_reader import (
    Calibration,
    Intent,
    IntentReader,
    Matrix,
    kernel,
    logistic,
    nearest,
    scope_evidence,
    softmax,
)

MOST_EXAMPLES: Final = 10_500  # their kernel matrix takes half a gigabyte; more gain nothing
MOST_LEFT_OUT: Final = 3_000  # examples that calibrate
RIDGE: Final = 0.1
NOTHING_SHARE: Final = 1 / 6  # of what is asked, assumed to be out of scope where examples are
STRANGERS_SHARE: Final = 0.05  # the same where there are none and intents left out stand for it
STRANGERS_WORTH: Final = 20  # real examples out of scope that count as much as all strangers
EVEN_CHANCE: Final = 0.5
MAY_BE_REFUSED: Final = 0.003  # of what is right, where no example out of scope says where to stop
MILDEST: Final = 0.2
STRICTEST: Final = 0.7
# Where little is given the calibration stays at these, fitted on draws of few examples.
PRIOR_SHARPNESS: Final = 18.0
PRIOR_SCOPE: Final = (-3.8, 9.0, 3.5, 3.5, -5.0)
PRIOR_STRENGTH: Final = 0.3

_SMALLEST_STEP: Final = 1e-6

OnStep = Callable[[int, int], None]  # done, of


@dataclass(frozen=True, kw_only=True, eq=False)
class _LeftOut:
    """How sentences are read that were left out: `owners` (n,) is -1 where no intent is right."""

    scores: Matrix  # (n, intents)
    evidence: Matrix  # (n, 5)
    owners: NDArray[np.int32]
    weights: Matrix  # (n,): how much each counts


def fit_reader(
    intents: Sequence[Intent],
    owners: Sequence[int],
    vectors: Matrix,
    *,
    model: str = "",
    on_step: OnStep = lambda done, of: None,
) -> IntentReader:
    """Fit to `vectors` (n, dimension), L2-normalised; `owners` (n,): number of the intent or -1.

    Takes n³ time: milliseconds for hundreds of examples, seconds for `MOST_EXAMPLES`; of more,
    those of the largest intents are left away.
    """
    if len(owners) != len(vectors):
        raise BadInput(f"{len(owners)} intent examples came with {len(vectors)} vectors")
    owner = np.array(owners, np.int32)
    order = _calibrating_last(owner, len(intents))
    owner, rows = owner[order], np.ascontiguousarray(vectors[order], np.float32)
    targets = np.zeros((len(rows), len(intents) + 1), np.float32)
    targets[np.arange(len(rows)), owner] = 1.0  # -1 is the last column
    on_step(1, 4)
    cosines = rows @ rows.T
    weights, inverse = solve(cosines, targets)
    on_step(2, 4)
    left_out = _leave_out(cosines[-len(inverse) :], owner, targets, weights, inverse)
    on_step(3, 4)
    calibration = calibrate(left_out)
    on_step(4, 4)
    return IntentReader(
        intents=intents,
        examples=rows,
        owners=owner,
        weights=weights,
        calibration=calibration,
        model=model,
    )


def _calibrating_last(owners: NDArray[np.int32], intents: int) -> NDArray[np.intp]:
    """The order of the examples: those that calibrate last, whole intents and some of the rest."""
    chance = np.random.default_rng(0)
    shuffled = chance.permutation(len(owners))
    if len(owners) > MOST_EXAMPLES:
        place = np.zeros(len(owners), np.intp)  # how many of its intent come before
        seen = np.zeros(intents + 1, np.intp)
        for row in shuffled:
            place[row] = seen[owners[row]]
            seen[owners[row]] += 1
        shuffled = shuffled[np.argsort(place[shuffled], kind="stable")][:MOST_EXAMPLES]
    if len(shuffled) <= MOST_LEFT_OUT:
        return np.sort(shuffled)
    wholly = [-1]
    count = int((owners == -1).sum())
    for intent in chance.permutation(intents):
        count += int((owners == intent).sum())
        if count > MOST_LEFT_OUT // 2:
            break
        wholly.append(int(intent))
    is_whole = np.isin(owners[shuffled], wholly)
    whole, rest = shuffled[is_whole][-MOST_LEFT_OUT:], shuffled[~is_whole]
    cut = len(rest) - max(0, MOST_LEFT_OUT - len(whole))
    return np.concatenate([rest[:cut], rest[cut:], whole])


def solve(cosines: Matrix, targets: Matrix) -> tuple[Matrix, Matrix]:
    """Weights of the examples, and the block of the inverse that belongs to the last ones.

    The Cholesky factor's last block is that of the Schur complement, whose inverse is the block.
    """
    from scipy.linalg import cho_factor, cho_solve

    matrix = kernel(cosines)
    matrix[np.diag_indices(len(matrix))] += np.float32(RIDGE)
    factor, _ = cho_factor(matrix, lower=True, overwrite_a=True, check_finite=False)
    weights = cho_solve((factor, True), targets, check_finite=False)
    count = min(len(matrix), MOST_LEFT_OUT)
    block = np.ascontiguousarray(factor[-count:, -count:])
    inverse: Any = cho_solve((block, True), np.eye(count, dtype=np.float32), check_finite=False)
    return weights.astype(np.float32), inverse


def _leave_out(
    cosines: Matrix,
    owners: NDArray[np.int32],
    targets: Matrix,
    weights: Matrix,
    inverse: Matrix,
) -> _LeftOut:
    """Read the last examples, each left out, then intents, each left out whole."""
    count = len(inverse)
    owner, first = owners[-count:], len(owners) - count
    loo = targets[-count:] - weights[-count:] / np.diag(inverse)[:, None]
    alone = cosines.copy()
    alone[np.arange(count), np.arange(first, first + count)] = -1.0
    known = owners >= 0
    near = nearest(alone[:, known])
    evidence = [scope_evidence(loo[:, :-1], near, loo[:, -1])]
    strangers = 0
    intents = targets.shape[1] - 1
    for intent in np.unique(owner[owner >= 0]) if intents > 1 else ():
        mine = np.flatnonzero(owner == intent)
        if len(mine) < int((owners == intent).sum()):
            continue
        block = inverse[np.ix_(mine, mine)]
        without = targets[-count:][mine] - np.linalg.solve(block, weights[-count:][mine])
        others = np.delete(without[:, :-1], intent, axis=1)
        far = nearest(cosines[mine][:, known & (owners != intent)])
        evidence.append(scope_evidence(others, far, without[:, -1]))
        strangers += len(mine)
    real = int((owner == -1).sum())
    weight = _weights(in_scope=count - real, real=real, strangers=strangers)
    return _LeftOut(
        scores=loo[:, :-1],
        evidence=np.concatenate(evidence),
        owners=np.concatenate([owner, np.full(strangers, -1, np.int32)]),
        weights=np.concatenate(
            [np.where(owner == -1, weight[1], weight[0]), np.full(strangers, weight[2])]
        ).astype(np.float32),
    )


def _weights(*, in_scope: int, real: int, strangers: int) -> tuple[float, float, float]:
    """Weight of an example, of a real one out of scope, of one whose intent was left out."""
    real_part = real / (real + STRANGERS_WORTH) if strangers else float(real > 0)
    share = real_part * NOTHING_SHARE + (1 - real_part) * STRANGERS_SHARE
    total = in_scope * share / (1 - share)
    return (1.0, total * real_part / max(1, real), total * (1 - real_part) / max(1, strangers))


def calibrate(left_out: _LeftOut) -> Calibration:
    """Probabilities and threshold from what was left out, near the prior where that is little."""
    wanted = left_out.owners[: len(left_out.scores)]
    scored = left_out.scores[wanted >= 0]
    sharpness = _sharpness(scored, wanted[wanted >= 0])
    scope = _fit_scope(left_out.evidence, left_out.owners >= 0, left_out.weights)
    return Calibration(
        sharpness=sharpness,
        scope=(scope[0], scope[1], scope[2], scope[3], scope[4]),
        threshold=_threshold(left_out, np.array(scope), sharpness),
    )


def _threshold(left_out: _LeftOut, scope: NDArray[np.float64], sharpness: float) -> float:
    """With examples out of scope: likelier in than out. Without: few that are right are refused."""
    wanted = left_out.owners[: len(left_out.scores)]
    if (wanted == -1).any() or not len(wanted):
        return EVEN_CHANCE
    in_scope = logistic(left_out.evidence[: len(wanted)] @ scope.astype(np.float32))
    is_right = softmax(left_out.scores * np.float32(sharpness)).argmax(axis=1) == wanted
    if not is_right.any():
        return EVEN_CHANCE
    lost = float(np.quantile(in_scope[is_right], MAY_BE_REFUSED))
    return min(max(lost, MILDEST), STRICTEST)


def _sharpness(scores: Matrix, wanted: NDArray[np.int32]) -> float:
    """The one under which the wanted intents are likeliest, with a prior worth ten examples."""
    best, best_cost = PRIOR_SHARPNESS, np.inf
    rows = np.arange(len(wanted))
    for tried in np.geomspace(2.0, 40.0, 40):
        shares = softmax(scores * np.float32(tried))[rows, wanted]
        surprise = -np.log(shares.clip(1e-6)).sum() if len(wanted) else 0.0
        cost = float(surprise) + 5.0 * float(np.log(tried / PRIOR_SHARPNESS)) ** 2
        if cost < best_cost:
            best, best_cost = float(tried), cost
    return best


def _fit_scope(evidence: Matrix, is_in: NDArray[np.bool_], weights: Matrix) -> list[float]:
    """Logistic regression with a Gaussian prior, by Newton's method with ever smaller steps."""
    prior = np.array(PRIOR_SCOPE)
    x, sign = evidence.astype(np.float64), np.where(is_in, 1.0, -1.0)

    def cost(at: NDArray[np.float64]) -> float:
        surprise = np.logaddexp(0.0, -sign * (x @ at))
        return float(weights @ surprise + PRIOR_STRENGTH / 2 * np.sum((at - prior) ** 2))

    at = prior.copy()
    for _ in range(50):
        p = logistic(x @ at)
        slope = x.T @ (weights * (is_in - p)) - PRIOR_STRENGTH * (at - prior)
        curve = (x * (weights * p * (1 - p))[:, None]).T @ x + PRIOR_STRENGTH * np.eye(len(at))
        step, before = np.linalg.solve(curve, slope), cost(at)
        while cost(at + step) > before and np.abs(step).max() > _SMALLEST_STEP:
            step /= 2
        at = at + step
        if np.abs(step).max() <= _SMALLEST_STEP:
            break
    return [float(value) for value in at]
