"""Regret of choosing next actions at random, by the author's order and by the ranker.

    python -m benchmarks.action_ranking [FILE.png]     the figures, on worlds held out
    python -m benchmarks.action_ranking --choose       how the ranker's weights were chosen

A world has contexts, playbooks that always fit, the author's priorities and hidden success rates.
The weights are chosen on worlds of one kind and reported on worlds of another: other seeds, other
numbers of contexts and playbooks, other distributions of rates and priorities. Each way of
choosing meets the same customers with the same luck; regret is what the oracle, who knows the
rates, would have got more. Without exploration the ranker learns only of what it shows.
"""

import os
import random
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assist_engine.contract.ids import CallId, PlaybookId
from assist_engine.guidance.action_outcome import ActionOutcome
from assist_engine.guidance.ranking import ActionMemory, Option, Weights, chance_of, rank

CALLS: Final = 3000
WORLDS: Final = 30
LUCKS: Final = 4  # times that each held-out world is lived through
EXPLORATION: Final = 0.05
TRIED: Final = (5.0, 10.0, 20.0, 40.0, 80.0)  # cards, for each of the weights
STRETCHES: Final = (slice(0, 200), slice(800, 1000), slice(2500, 3000))
COLOURS: Final = ("#767676", "#B3541E", "#2F6DB5", "#2E7D4F")

Curve = NDArray[np.float64]


class World(NamedTuple):
    """`rates`: of each context, the chance of a good outcome by playbook."""

    seed: int
    priorities: dict[str, int]
    rates: dict[str, dict[str, float]]
    shares: tuple[float, ...]  # of the calls, by context


Choose = Callable[[World, str, int, ActionMemory], str]


def to_choose_on(seed: int, *, author_is_right: bool = False) -> World:
    """Three contexts as frequent as each other, four playbooks, rates around one half."""
    chance = random.Random(f"choose-{seed}")
    priorities = {f"p{number}": chance.randint(50, 75) for number in range(4)}
    order = sorted(priorities, key=lambda name: priorities[name])
    rates = {}
    for number in range(3):
        drawn = [chance.betavariate(2, 2) for _ in order]
        if author_is_right:
            drawn.sort()
        rates[f"c{number}"] = dict(zip(order, drawn, strict=True))
    return World(seed, priorities, rates, (1 / 3,) * 3)


def held_out(seed: int, *, author_is_right: bool = False) -> World:
    """Two to six contexts, some rare, three to six playbooks, any rates.

    The author's order is right in four contexts of ten, or in all.
    """
    chance = random.Random(f"report-{seed}")
    names = [f"p{number}" for number in range(chance.randint(3, 6))]
    priorities = {name: chance.randint(40, 80) for name in names}
    rates = {}
    for number in range(chance.randint(2, 6)):
        drawn = [chance.uniform(0.05, 0.9) for _ in names]
        is_right = chance.random() < 0.4 or author_is_right
        order = sorted(names, key=lambda name: priorities[name])
        rates[f"c{number}"] = dict(zip(order, sorted(drawn) if is_right else drawn, strict=True))
    shares = [1 / (place + 1) for place in range(len(rates))]
    return World(seed, priorities, rates, tuple(share / sum(shares) for share in shares))


def by_author(world: World, context: str, call: int, memory: ActionMemory) -> str:
    return max(world.priorities, key=lambda name: (world.priorities[name], name))


def at_random(world: World, context: str, call: int, memory: ActionMemory) -> str:
    return random.Random(f"{world.seed}-{call}").choice(list(world.priorities))


def by_ranker(exploration: float) -> Choose:
    def choose(world: World, context: str, call: int, memory: ActionMemory) -> str:
        options = [
            Option(
                playbook_id=PlaybookId(name), priority=priority, probability=1.0, context=context
            )
            for name, priority in world.priorities.items()
        ]
        chance = chance_of(CallId(f"{world.seed}-{call}"), options)
        first = rank(options, memory, exploration=exploration, chance=chance)[0]
        return str(first.option.playbook_id)

    return choose


WAYS: Final[dict[str, Choose]] = {
    "random": at_random,
    "author's order": by_author,
    "ranker": by_ranker(0.0),
    "ranker, 5 % exploration": by_ranker(EXPLORATION),
}


def regret(
    choose: Choose,
    world: World,
    *,
    calls: int = CALLS,
    weights: Weights | None = None,
    luck_of: int = 0,
) -> Curve:
    """Regret of each call, in expectation: the best rate less that of what was chosen."""
    chance = random.Random(f"calls-{world.seed}-{luck_of}")
    memory = ActionMemory(weights or Weights())
    contexts = chance.choices(list(world.rates), world.shares, k=calls)
    lost = np.zeros(calls)
    for call, context in enumerate(contexts):
        luck = chance.random()
        chosen = choose(world, context, call, memory)
        rate = world.rates[context][chosen]
        is_good = luck < rate
        outcome = ActionOutcome(
            playbook_id=PlaybookId(chosen),
            value=float(is_good),
            is_accepted=is_good,
            context=context,
        )
        memory.learn(CallId(f"call-{call}"), [outcome])
        lost[call] = max(world.rates[context].values()) - rate
    return lost


def choose_weights() -> None:
    """The mean regret a call of each pair of weights, on the worlds to choose on."""
    worlds = [to_choose_on(seed) for seed in range(20)]
    right = [to_choose_on(seed, author_is_right=True) for seed in range(20)]
    print("regret a call, 20 worlds to choose on: plain, 5 % exploration, plain with author right")
    tried = ((by_ranker(0.0), worlds), (by_ranker(EXPLORATION), worlds), (by_ranker(0.0), right))
    for prior, whole in product(TRIED, TRIED):
        weights = Weights(prior=prior, whole=whole)
        means = [
            np.mean(
                [
                    regret(way, w, calls=1200, weights=weights, luck_of=luck)
                    for w in each
                    for luck in range(2)
                ]
            )
            for way, each in tried
        ]
        told = "".join(f"{mean:9.4f}" for mean in means)
        print(f"prior {prior:4.0f}  whole {whole:4.0f}{told}", flush=True)


def report(title: str, worlds: list[World]) -> dict[str, Curve]:
    """Print regret a call by stretch of calls; returns each way's curves, one row a world."""
    curves = {
        name: np.array(
            [regret(way, world, luck_of=luck) for world in worlds for luck in range(LUCKS)]
        )
        for name, way in WAYS.items()
    }
    runs = f"{len(worlds)} worlds, {LUCKS} times each"
    print(f"{title}: regret a call, mean of {runs} (10th to 90th percentile)")
    for name, rows in curves.items():
        cells = []
        for stretch in STRETCHES:
            each = rows[:, stretch].mean(axis=1)
            low, high = np.percentile(each, [10, 90])
            cells.append(f"{each.mean():.3f} ({low:.3f} to {high:.3f})")
        print(f"{name:26}" + "".join(f"{cell:>26}" for cell in cells))
    author = curves["author's order"].mean(axis=1)
    for name in ("ranker", "ranker, 5 % exploration"):
        more = curves[name].mean(axis=1) - author
        worse = more[more > 0]
        told = (
            f", there by {worse.mean():.3f} a call, at most {worse.max():.3f}" if len(worse) else ""
        )
        print(f"{name}: worse than the author's order in {len(worse)} of {len(more)} runs{told}")
    bound = np.mean([lost_to_the_bound(world) for world in worlds])
    print(f"of it because learning moves a priority by so much at most: {bound:.3f}")
    return curves


def lost_to_the_bound(world: World) -> float:
    """Regret a call of a ranker that has seen everything ten thousand times."""
    memory = ActionMemory()
    known = [
        ActionOutcome(playbook_id=PlaybookId(name), value=rate, is_accepted=True, context=context)
        for context, rates in world.rates.items()
        for name, rate in rates.items()
    ]
    memory.learn(CallId("all"), known * 10_000)
    choose = by_ranker(0.0)
    return sum(
        share * (max(rates.values()) - rates[choose(world, context, 0, memory)])
        for (context, rates), share in zip(world.rates.items(), world.shares, strict=True)
    )


def plot(curves: dict[str, Curve], path: Path) -> None:
    """Regret a call, smoothed over 100 calls, with the 10th to 90th percentile, as a PNG."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import pyqtgraph  # it wants the platform to be chosen before
    import pyqtgraph.exporters

    pyqtgraph.mkQApp()
    pyqtgraph.setConfigOptions(background="w", foreground="k", antialias=True)
    title = f"Regret a call (oracle: 0), {WORLDS} held-out worlds, 10th to 90th percentile"
    figure = pyqtgraph.PlotWidget(title=title)
    figure.resize(900, 500)
    figure.addLegend(offset=(-20, 20))
    figure.setLabel("bottom", "calls")
    figure.setYRange(0, 0.6)
    window = np.ones(100) / 100
    for (name, rows), colour in zip(curves.items(), COLOURS, strict=True):
        smooth = np.array([np.convolve(row, window, mode="valid") for row in rows])
        at = np.arange(smooth.shape[1]) + 100
        low, high = np.percentile(smooth, [10, 90], axis=0)
        edges = [pyqtgraph.PlotCurveItem(at, edge, pen=None) for edge in (low, high)]
        shade = pyqtgraph.mkColor(colour)
        shade.setAlpha(22)
        figure.addItem(pyqtgraph.FillBetweenItem(*edges, brush=pyqtgraph.mkBrush(shade)))
        figure.plot(at, smooth.mean(axis=0), pen=pyqtgraph.mkPen(colour, width=2), name=name)
    pyqtgraph.exporters.ImageExporter(figure.plotItem).export(str(path))


def main() -> None:
    if "--choose" in sys.argv:
        choose_weights()
        return
    curves = report("held-out worlds", [held_out(seed) for seed in range(WORLDS)])
    right = [held_out(seed, author_is_right=True) for seed in range(WORLDS)]
    report("the same, the author right everywhere", right)
    if len(sys.argv) > 1:
        plot(curves, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
