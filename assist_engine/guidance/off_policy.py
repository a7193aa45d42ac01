"""Judges a way of choosing next best actions by calls on which another one chose. Pure.

Each card that was shown counts as often as the policy would have shown it, by the probability
with which it was chosen (its propensity); so a policy can be judged before it is used.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import msgspec

from assist_engine.contract.ids import CallId, PlaybookId
from assist_engine.guidance.action_outcome import ActionOutcome
from assist_engine.guidance.ranking import ActionMemory, Option, rank

Call: TypeAlias = tuple[CallId, Sequence[ActionOutcome]]
Policy: TypeAlias = Callable[[ActionOutcome, ActionMemory], dict[str, float]]
"""With which probability each candidate of a decision would be shown, by what was known then."""

FEWEST_EFFECTIVE: Final = 30.0  # below it an estimate says nothing


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy would have achieved, by inverse propensity.

    `support`: share of decisions whose log holds with some probability what the policy chooses.
    """

    name: str
    decisions: int
    ips: float  # mean outcome, 0 to 1
    snips: float  # self-normalised
    effective: float  # decisions that the estimate rests on
    support: float

    @property
    def is_enough(self) -> bool:
        """Whether the estimate rests on enough to say anything."""
        return self.effective >= FEWEST_EFFECTIVE and self.support >= 0.9


def estimate(name: str, policy: Policy, calls: Sequence[Call]) -> Estimate:
    """Replay calls, oldest first; the policy knows of each decision only the calls before it."""
    memory = ActionMemory()
    weights: list[float] = []
    weighed: list[float] = []
    supported = 0.0
    for call_id, outcomes in calls:
        for outcome in outcomes:
            if len(outcome.candidates) < 2 or outcome.propensity <= 0:
                continue
            chosen = policy(outcome, memory)
            shown = str(outcome.playbook_id)
            weight = chosen.get(shown, 0.0) / outcome.propensity
            weights.append(weight)
            weighed.append(weight * outcome.value)
            supported += 1.0 if outcome.propensity < 1.0 else chosen.get(shown, 0.0)
        memory.learn(call_id, outcomes)
    number, total = len(weights), sum(weights)
    squares = sum(weight * weight for weight in weights)
    return Estimate(
        name=name,
        decisions=number,
        ips=sum(weighed) / number if number else 0.0,
        snips=sum(weighed) / total if total else 0.0,
        effective=total * total / squares if squares else 0.0,
        support=supported / number if number else 0.0,
    )


def at_random(outcome: ActionOutcome, memory: ActionMemory) -> dict[str, float]:
    """Every candidate alike."""
    return dict.fromkeys(outcome.candidates, 1.0 / len(outcome.candidates))


def by_rank(priorities: dict[PlaybookId, int], *, learns: bool) -> Policy:
    """The ranker with these priorities of the author's; `learns` False: the author's order."""

    def choose(outcome: ActionOutcome, memory: ActionMemory) -> dict[str, float]:
        options = [
            Option(
                playbook_id=PlaybookId(name),
                priority=priorities[PlaybookId(name)],
                probability=1.0,
                context=outcome.context,
            )
            for name in outcome.candidates
            if PlaybookId(name) in priorities
        ]
        ranked = rank(options, memory if learns else ActionMemory())
        return {str(ranked[0].option.playbook_id): 1.0} if ranked else {}

    return choose
