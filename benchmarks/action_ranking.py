"""Whether learning to rank works: regret on simulated calls with hidden rates of success.

python -m benchmarks.action_ranking [FILE.png]: three contexts, four playbooks that always fit,
the author's order right in one context only. Each way of choosing meets the same customers, with
the same luck; regret is what the oracle, who knows the rates, would have got more. Without
exploration the ranker learns only of what it shows.
"""

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assist_engine.contract.ids import CallId, PlaybookId
from assist_engine.guidance.action_outcome import ActionOutcome
from assist_engine.guidance.ranking import ActionMemory, Option, chance_of, rank

CALLS: Final = 3000
SEEDS: Final = tuple(range(10))
PRIORITIES: Final = {"replace": 70, "refund": 62, "repair": 58, "voucher": 54}
RATES: Final = {
    "late-parcel": {"replace": 0.70, "refund": 0.50, "repair": 0.20, "voucher": 0.35},
    "damaged-item": {"replace": 0.40, "refund": 0.75, "repair": 0.55, "voucher": 0.30},
    "high-bill": {"replace": 0.15, "refund": 0.35, "repair": 0.30, "voucher": 0.65},
}
COLOURS: Final = ("#767676", "#B3541E", "#2F6DB5", "#2E7D4F")

Curve = NDArray[np.float64]
Choose = Callable[[str, int, ActionMemory], str]


def by_author(context: str, call: int, memory: ActionMemory) -> str:
    return max(PRIORITIES, key=lambda name: PRIORITIES[name])


def at_random(context: str, call: int, memory: ActionMemory) -> str:
    return random.Random(call).choice(list(PRIORITIES))


def by_ranker(exploration: float) -> Choose:
    def choose(context: str, call: int, memory: ActionMemory) -> str:
        options = [
            Option(
                playbook_id=PlaybookId(name), priority=priority, probability=1.0, context=context
            )
            for name, priority in PRIORITIES.items()
        ]
        chance = chance_of(CallId(f"call-{call}"), options)
        first = rank(options, memory, exploration=exploration, chance=chance)[0]
        return str(first.option.playbook_id)

    return choose


WAYS: Final[dict[str, Choose]] = {
    "random": at_random,
    "author's order": by_author,
    "ranker": by_ranker(0.0),
    "ranker, 5 % exploration": by_ranker(0.05),
}


def regret(choose: Choose, *, seed: int, calls: int = CALLS) -> Curve:
    """Regret of each call, in expectation: the best rate less that of what was chosen."""
    chance, memory = random.Random(seed), ActionMemory()
    lost = np.zeros(calls)
    for call in range(calls):
        context = chance.choice(list(RATES))
        luck = chance.random()
        chosen = choose(context, seed * 1_000_000 + call, memory)
        rate = RATES[context][chosen]
        is_good = luck < rate
        outcome = ActionOutcome(
            playbook_id=PlaybookId(chosen),
            value=float(is_good),
            is_accepted=is_good,
            context=context,
        )
        memory.learn(CallId(f"call-{call}"), [outcome])
        lost[call] = max(RATES[context].values()) - rate
    return lost


def mean_regret(choose: Choose, *, calls: int = CALLS) -> Curve:
    runs = [regret(choose, seed=seed, calls=calls) for seed in SEEDS]
    mean: Curve = np.mean(runs, axis=0)
    return mean


def plot(curves: dict[str, Curve], path: Path) -> None:
    """Regret a call, smoothed over 50 calls, as a PNG."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import pyqtgraph  # it wants the platform to be chosen before
    import pyqtgraph.exporters

    pyqtgraph.mkQApp()
    pyqtgraph.setConfigOptions(background="w", foreground="k", antialias=True)
    figure = pyqtgraph.PlotWidget(title="Regret a call (oracle: 0), mean of 10 runs")
    figure.resize(900, 500)
    figure.addLegend(offset=(-20, 20))
    figure.setLabel("bottom", "calls")
    figure.setYRange(0, 0.4)
    window = np.ones(50) / 50
    for (name, curve), colour in zip(curves.items(), COLOURS, strict=True):
        smooth = np.convolve(curve, window, mode="valid")
        pen = pyqtgraph.mkPen(colour, width=2)
        figure.plot(np.arange(len(smooth)) + 50, smooth, pen=pen, name=name)
    pyqtgraph.exporters.ImageExporter(figure.plotItem).export(str(path))


def main() -> None:
    curves = {name: mean_regret(choose) for name, choose in WAYS.items()}
    print(f"regret a call, mean of {len(SEEDS)} runs; oracle: 0")
    print(f"{'':26}{'first 200':>12}{'calls 800-1000':>16}{'last 500':>12}{'whole sum':>12}")
    for name, curve in curves.items():
        parts = [curve[:200].mean(), curve[800:1000].mean(), curve[-500:].mean()]
        print(f"{name:26}{parts[0]:12.3f}{parts[1]:16.3f}{parts[2]:12.3f}{curve.sum():12.1f}")
    if len(sys.argv) > 1:
        plot(curves, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
