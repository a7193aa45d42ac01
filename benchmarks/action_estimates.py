"""Checks `evaluate actions` on logs whose truth is known: coverage, bias and what it refuses.

    python -m benchmarks.action_estimates [LOGS]

Each log is a held-out world of `benchmarks.action_ranking`, played by the ranker with some
exploration. The truth of a way of choosing is its mean success rate over the logged decisions,
with what it would have known at each. An interval covers where the truth is in it.
"""

import random
import sys
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from assist_engine.contract.ids import CallId, PlaybookId
from assist_engine.guidance.action_outcome import ActionOutcome
from assist_engine.guidance.off_policy import Call, Estimate, Policy, at_random, by_rank, estimate
from assist_engine.guidance.ranking import ActionMemory, Option, chance_of, rank
from benchmarks.action_ranking import World, held_out

LOGS: Final = 300
SIZES: Final = (300, 2000)
EXPLORATIONS: Final = (0.0, 0.05, 0.2)


class Judged(NamedTuple):
    """An estimate beside the truth."""

    estimate: Estimate
    truth: float

    @property
    def is_covered(self) -> bool:
        return self.estimate.low <= self.truth <= self.estimate.high


def logged(world: World, *, calls: int, exploration: float) -> list[Call]:
    """What the ranker showed in a world and what came of it."""
    chance, memory = random.Random(f"log-{world.seed}-{exploration}-{calls}"), ActionMemory()
    contexts = chance.choices(list(world.rates), world.shares, k=calls)
    log: list[Call] = []
    for number, context in enumerate(contexts):
        call_id = CallId(f"{world.seed}-{number}")
        options = [
            Option(playbook_id=PlaybookId(name), priority=p, probability=1.0, context=context)
            for name, p in world.priorities.items()
        ]
        luck = chance_of(call_id, options)
        first = rank(options, memory, exploration=exploration, chance=luck)[0]
        name = first.option.playbook_id
        is_good = chance.random() < world.rates[context][str(name)]
        outcome = ActionOutcome(
            playbook_id=name,
            value=float(is_good),
            is_accepted=is_good,
            context=context,
            propensity=first.propensity,
            candidates=first.candidates,
        )
        memory.learn(call_id, [outcome])
        log.append((call_id, (outcome,)))
    return log


def truth_of(policy: Policy, world: World, calls: Sequence[Call]) -> float:
    """What a way of choosing would have achieved on the logged decisions, by the hidden rates."""
    memory, gained = ActionMemory(), []
    for call_id, outcomes in calls:
        for outcome in outcomes:
            if len(outcome.candidates) > 1:
                rates = world.rates[outcome.context]
                chosen = policy(outcome, memory)
                gained.append(sum(share * rates[name] for name, share in chosen.items()))
        memory.learn(call_id, outcomes)
    return float(np.mean(gained)) if gained else 0.0


def policies_of(world: World) -> dict[str, Policy]:
    priorities = {PlaybookId(name): priority for name, priority in world.priorities.items()}
    return {
        "the ranker": by_rank(priorities, learns=True),
        "the author's order": by_rank(priorities, learns=False),
        "chance": at_random,
    }


def judge(seed: int, *, calls: int, exploration: float) -> list[Judged]:
    """All three ways on one log."""
    world = held_out(1000 + seed)
    log = logged(world, calls=calls, exploration=exploration)
    return [
        Judged(estimate(name, policy, log), truth_of(policy, world, log))
        for name, policy in policies_of(world).items()
    ]


def main() -> None:
    logs = int(sys.argv[1]) if len(sys.argv) > 1 else LOGS
    print(f"{logs} logs each; of those with a figure: coverage of 95 % intervals, bias, width")
    for calls in SIZES:
        for exploration in EXPLORATIONS:
            print(f"{calls} calls, exploration {exploration:.0%}")
            judged = [judge(seed, calls=calls, exploration=exploration) for seed in range(logs)]
            for each in zip(*judged, strict=True):
                told = [one for one in each if one.estimate.is_enough]
                name, share = each[0].estimate.name, len(told) / len(each)
                if not told:
                    print(f"  {name:20} never a figure")
                    continue
                covered = np.mean([one.is_covered for one in told])
                bias = np.mean([one.estimate.snips - one.truth for one in told])
                width = np.mean([one.estimate.high - one.estimate.low for one in told])
                print(
                    f"  {name:20} figure in {share:4.0%}, covered {covered:.1%}, bias {bias:+.3f}, "
                    f"width {width:.3f}"
                )


if __name__ == "__main__":
    main()
